from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import services
from accounts.forms import ClinicForm, PersonForm, SupervisionForm
from accounts.models import Clinic, Supervision, User
from accounts.permissions import administrator_required


@require_GET
@administrator_required
def person_list(request):
    context = {"people": services.everybody(), "supervisions": services.supervisions()}
    return render(request, "accounts/person_list.html", context)


@require_http_methods(["GET", "POST"])
@administrator_required
def person_create(request):
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.add_person(**form.cleaned_data, by=request.user)
        messages.success(request, _("Added. They choose a password with “Forgot your password?”."))
        return redirect("person_list")
    return render(request, "accounts/person_create.html", {"form": form})


@require_POST
@administrator_required
def person_deactivate(request, key):
    user = get_object_or_404(User.objects.exclude(pk=request.user.pk), key=key)
    services.deactivate(user=user, by=request.user)
    messages.success(request, _("%(name)s can no longer sign in.") % {"name": user.name})
    return redirect("person_list")


@require_http_methods(["GET", "POST"])
@administrator_required
def supervision_create(request):
    form = SupervisionForm(request.POST or None, initial={"from_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        services.start_supervision(**form.cleaned_data, by=request.user)
        return redirect("person_list")
    return render(request, "accounts/supervision_create.html", {"form": form})


@require_POST
@administrator_required
def supervision_end(request, key):
    supervision = get_object_or_404(Supervision.objects.not_ended(), key=key)
    services.end_supervision(supervision=supervision, on=timezone.localdate(), by=request.user)
    return redirect("person_list")


@require_http_methods(["GET", "POST"])
@administrator_required
def clinic_edit(request):
    form = ClinicForm(request.POST or None, instance=Clinic.current())
    if request.method == "POST" and form.is_valid():
        services.change_clinic(**form.cleaned_data, by=request.user)
        messages.success(request, _("The clinic's settings are saved."))
        return redirect("person_list")
    return render(request, "accounts/clinic_edit.html", {"form": form})
