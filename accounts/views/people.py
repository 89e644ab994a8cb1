"""The administrator's pages about people: who works here, how they come in, who supervises whom."""

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms import PersonForm, SupervisionForm
from accounts.models import Supervision, User
from accounts.permissions import administrator_required, confirmed
from accounts.services import invitations, people, second_factors

ROWS_A_PAGE = 100


@require_GET
@administrator_required
def person_list(request):
    context = {
        "people": _page_of(people.everybody(), request.GET.get("page")),
        "supervisions": _page_of(people.supervisions(), request.GET.get("relations")),
        "is_led": people.clinic_is_led(),
    }
    return render(request, "accounts/person_list.html", context)


def _page_of(rows, number: str | None) -> Page:
    return Paginator(rows, ROWS_A_PAGE).get_page(number)


@require_GET
@administrator_required
def person_detail(request, key):
    """One person's access: the invitation, the second step, and the way out."""
    person = get_object_or_404(User, key=key)
    context = {
        "person": person,
        "roles": list(person.role_periods.all()),
        "invitation": invitations.newest_of(person),
        "has_second_factor": second_factors.has_one(person),
        "is_oneself": person == request.user,
    }
    return render(request, "accounts/person_detail.html", context)


@require_http_methods(["GET", "POST"])
@administrator_required
@confirmed
def person_create(request):
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = invitations.invite(**form.cleaned_data, by=request.user)
        messages.success(request, _("Invited. The link in the mail is good for seven days."))
        return redirect("person_detail", key=person.key)
    return render(request, "accounts/person_create.html", {"form": form})


@require_POST
@administrator_required
@confirmed
def invitation_send(request, key):
    person = _somebody_else(request, key)
    invitations.send(user=person, by=request.user)
    messages.success(request, _("Invited. The link in the mail is good for seven days."))
    return redirect("person_detail", key=key)


@require_POST
@administrator_required
@confirmed
def invitation_withdraw(request, key):
    person = _somebody_else(request, key)
    invitations.withdraw(user=person, by=request.user)
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("person_detail", key=key)


@require_POST
@administrator_required
@confirmed
def second_factor_reset(request, key):
    person = _somebody_else(request, key)
    second_factors.reset(user=person, by=request.user)
    messages.success(
        request, _("Reset. They are signed out, told by e-mail, and set up a new second step.")
    )
    return redirect("person_detail", key=key)


def _somebody_else(request, key) -> User:
    return get_object_or_404(User.objects.exclude(pk=request.user.pk), key=key)


@require_http_methods(["GET", "POST"])
@administrator_required
@confirmed
def supervision_create(request):
    form = SupervisionForm(request.POST or None, initial={"from_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        people.start_supervision(**form.cleaned_data, by=request.user)
        return redirect("person_list")
    return render(request, "accounts/supervision_create.html", {"form": form})


@require_POST
@administrator_required
@confirmed
def supervision_end(request, key):
    supervision = get_object_or_404(Supervision.objects.not_ended(), key=key)
    people.end_supervision(supervision=supervision, on=timezone.localdate(), by=request.user)
    return redirect("person_list")
