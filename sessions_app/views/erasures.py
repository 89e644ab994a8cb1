from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Clinic
from accounts.permissions import administrator_required, confirmed, retention_required
from sessions_app import access
from sessions_app.forms import EraseForm, KeepYearsForm
from sessions_app.services import erasures


@require_GET
@retention_required
def retention_list(request):
    return _render(request, KeepYearsForm(instance=Clinic.current()))


@require_POST
@administrator_required
@confirmed
def retention_period(request):
    form = KeepYearsForm(request.POST, instance=Clinic.current())
    if not form.is_valid():
        return _render(request, form, status=400)
    erasures.change_period(years=form.cleaned_data["keep_years"], by=request.user)
    messages.success(request, _("The time of keeping is saved."))
    return redirect("retention_list")


def _render(request, form, *, status: int = 200):
    context = {"clients": erasures.due_for(request.user), "clinic": Clinic.current(), "form": form}
    return render(request, "sessions_app/retention_list.html", context, status=status)


@require_http_methods(["GET", "POST"])
@login_required
@confirmed
def client_erase(request, key):
    client = access.erasable_client_for(request.user, key)
    form = EraseForm(request.POST or None, client=client)
    if request.method == "POST" and form.is_valid():
        try:
            erasures.erase(client=client, reason=form.cleaned_data["reason"], by=request.user)
        except erasures.ErasedAlready:
            messages.info(request, _("The record is erased already."))
        else:
            messages.success(request, _("The record is erased."))
        return redirect("retention_list")
    context = {"form": form, "client": client}
    return render(request, "sessions_app/client_erase.html", context)
