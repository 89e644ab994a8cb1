import datetime

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms import said
from accounts.permissions import therapist_required
from sessions_app import access
from sessions_app.forms import ClientEndForm, ClientForm
from sessions_app.services import clients, endings
from sessions_app.views.undoing import say_with_undo


@require_http_methods(["GET", "POST"])
@therapist_required
def client_create(request):
    form = ClientForm(request.POST or None, therapist=request.user)
    if request.method == "POST" and form.is_valid():
        pair = clients.take_on(**form.cleaned_data, by=request.user)
        return redirect("client_detail", key=pair.client.key)
    return render(request, "sessions_app/client_create.html", {"form": form})


@require_http_methods(["GET", "POST"])
@login_required
def client_edit(request, key):
    pair = access.own_pair_for(request.user, key)
    form = ClientForm(request.POST or None, instance=pair.client, therapist=request.user)
    if request.method == "POST" and form.is_valid():
        clients.edit(client=pair.client, **form.cleaned_data, by=request.user)
        return redirect("client_detail", key=key)
    return render(request, "sessions_app/client_edit.html", {"form": form, "pair": pair})


@require_http_methods(["GET", "POST"])
@login_required
def client_end(request, key):
    pair = access.own_pair_for(request.user, key)
    form = ClientEndForm(request.POST or None, pair=pair)
    if request.method == "POST" and form.is_valid():
        try:
            return _end(request, pair, **form.cleaned_data)
        except endings.AlreadyEnded:
            form.add_error("ending", _("This has ended already. Look at the client's page."))
    return render(request, "sessions_app/client_end.html", {"form": form, "pair": pair})


def _end(request, pair, *, ending, on, to):
    if to is None:
        undo = endings.end(pair=pair, ending=ending, on=on, by=request.user)
        say_with_undo(request, _("The ending is recorded."), undo)
        return redirect("client_detail", key=pair.client.key)
    undo = endings.hand_over(pair=pair, to=to, on=on, by=request.user)
    first_day = on + datetime.timedelta(days=1)
    words = _("From %(day)s on %(name)s sees this client. Nobody is shown your notes then.")
    say_with_undo(request, words % {"day": said(first_day), "name": to.name}, undo)
    return redirect("client_list")
