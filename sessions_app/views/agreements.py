from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sessions_app import access
from sessions_app.forms import AgreementForm, PatternForm, RewordForm, StandingForm
from sessions_app.services import agreements, patterns
from sessions_app.views.undoing import say_with_undo


@require_http_methods(["GET", "POST"])
@login_required
def agreement_create(request, key):
    pair = access.own_pair_for(request.user, key)
    form = AgreementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        agreements.agree(pair=pair, **form.cleaned_data, on=timezone.localdate(), by=request.user)
        return redirect("client_detail", key=key)
    return render(request, "sessions_app/agreement_create.html", {"form": form, "pair": pair})


@require_POST
@login_required
def agreement_end(request, key, agreement_key):
    agreement = access.own_agreement_for(request.user, key, agreement_key)
    try:
        undo = agreements.end(agreement=agreement, on=timezone.localdate(), by=request.user)
    except agreements.AlreadyEnded:
        messages.error(request, _("This had ended already."))
    else:
        say_with_undo(request, _("It is among the earlier ones now."), undo)
    return redirect("client_detail", key=key)


@require_http_methods(["GET", "POST"])
@login_required
def agreement_reword(request, key, agreement_key):
    agreement = access.own_agreement_for(request.user, key, agreement_key)
    form = RewordForm(request.POST or None, initial={"text": agreement.text})
    if request.method == "POST" and form.is_valid():
        on = timezone.localdate()
        try:
            agreements.reword(agreement=agreement, **form.cleaned_data, on=on, by=request.user)
        except agreements.AlreadyEnded:
            form.add_error("text", _("This has ended meanwhile. Add it anew if it holds again."))
        else:
            return redirect("client_detail", key=key)
    context = {"form": form, "pair": agreement.pair}
    return render(request, "sessions_app/agreement_reword.html", context)


@require_POST
@login_required
def agreement_stand(request, key, agreement_key):
    """How far the two are at one on a goal or a task today, in one tap."""
    agreement = access.own_agreement_for(request.user, key, agreement_key)
    form = StandingForm(request.POST)
    if form.is_valid():
        on = timezone.localdate()
        agreements.stand(agreement=agreement, **form.cleaned_data, on=on, by=request.user)
    else:
        messages.error(request, _("Say how far you agree: choose one of the three."))
    return redirect("client_detail", key=key)


@require_http_methods(["GET", "POST"])
@login_required
def pattern_write(request, key):
    pair = access.own_pair_for(request.user, key)
    versions = patterns.versions_of(pair)
    known = {"text": versions[0].text} if versions else {}
    form = PatternForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        patterns.write(pair=pair, **form.cleaned_data, by=request.user)
        messages.success(request, _("The pattern is saved; the version before stays."))
        return redirect("client_detail", key=key)
    context = {"form": form, "pair": pair, "versions": versions}
    return render(request, "sessions_app/pattern_write.html", context)
