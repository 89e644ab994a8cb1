from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms import ClinicForm, DelegationForm, LanguageForm, PersonForm, SupervisionForm
from accounts.models import Clinic, Delegation, Supervision, User
from accounts.permissions import administrator_required, team_required
from accounts.services import delegations, people, trial_mails


@require_GET
@administrator_required
def person_list(request):
    context = {"people": people.everybody(), "supervisions": people.supervisions()}
    return render(request, "accounts/person_list.html", context)


@require_http_methods(["GET", "POST"])
@administrator_required
def person_create(request):
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        people.add_person(**form.cleaned_data, by=request.user)
        messages.success(request, _("Added. They choose a password with “Forgot your password?”."))
        return redirect("person_list")
    return render(request, "accounts/person_create.html", {"form": form})


@require_POST
@administrator_required
def person_deactivate(request, key):
    user = get_object_or_404(User.objects.exclude(pk=request.user.pk), key=key)
    people.deactivate(user=user, by=request.user)
    messages.success(request, _("%(name)s can no longer sign in.") % {"name": user.name})
    return redirect("person_list")


@require_http_methods(["GET", "POST"])
@administrator_required
def supervision_create(request):
    form = SupervisionForm(request.POST or None, initial={"from_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        people.start_supervision(**form.cleaned_data, by=request.user)
        return redirect("person_list")
    return render(request, "accounts/supervision_create.html", {"form": form})


@require_POST
@administrator_required
def supervision_end(request, key):
    supervision = get_object_or_404(Supervision.objects.not_ended(), key=key)
    people.end_supervision(supervision=supervision, on=timezone.localdate(), by=request.user)
    return redirect("person_list")


@require_http_methods(["GET", "POST"])
@team_required
def delegation_create(request):
    """Who stands in while the reader is away, and the form that names somebody."""
    form = DelegationForm(request.POST or None, supervisor=request.user)
    if request.method == "POST" and form.is_valid():
        delegations.name_one(**form.cleaned_data, by=request.user)
        return redirect("delegation_create")
    context = {"form": form, "delegations": delegations.given_by(request.user)}
    return render(request, "accounts/delegation_create.html", context)


@require_POST
@team_required
def delegation_end(request, key):
    named = Delegation.objects.not_ended().filter(supervisor=request.user)
    delegation = get_object_or_404(named, key=key)
    delegations.end(delegation=delegation, on=timezone.localdate(), by=request.user)
    return redirect("delegation_create")


@require_http_methods(["GET", "POST"])
@administrator_required
def clinic_edit(request):
    form = ClinicForm(request.POST or None, instance=Clinic.current())
    if request.method == "POST" and form.is_valid():
        people.change_clinic(**form.cleaned_data, by=request.user)
        messages.success(request, _("The clinic's settings are saved."))
        return redirect("person_list")
    return render(request, "accounts/clinic_edit.html", {"form": form})


@require_POST
@administrator_required
def clinic_mail_try(request):
    """A test mail to whoever presses the button, to see that mail goes out."""
    try:
        trial_mails.send_to_oneself(trial_mails.clinic_message(), by=request.user)
    except trial_mails.NotTaken as refused:
        messages.error(request, _("The test did not go out. %(why)s") % {"why": refused})
    else:
        messages.success(request, _("The test went to %(to)s.") % {"to": request.user.email})
    return redirect("clinic_edit")


@require_POST
def language_choose(request):
    """For this browser, and for whoever is signed in: on their other devices and in mail too."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(form.errors["language"].as_text())
    language = form.cleaned_data["language"]
    if request.user.is_authenticated:
        people.choose_language(language=language, by=request.user)
    response = redirect(_back(request, form.cleaned_data["next"]))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
    return response


def _back(request, asked: str) -> str:
    """The page they were on, if it is one of ours."""
    ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, request.is_secure())
    return asked if ours else "today"
