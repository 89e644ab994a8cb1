"""The clinic's settings."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import ClinicForm
from accounts.models import Clinic
from accounts.permissions import administrator_required, confirmed
from accounts.services import people, trial_mails


@require_http_methods(["GET", "POST"])
@administrator_required
@confirmed
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
