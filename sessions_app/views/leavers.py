"""The administrator's page on which somebody leaves."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.forms import LeaveForm
from accounts.models import User
from accounts.permissions import administrator_required, confirmed
from sessions_app.services import endings, leavers


@require_http_methods(["GET", "POST"])
@administrator_required
@confirmed
def person_leave(request, key):
    """How many clients there are is all that an administrator is told of them."""
    people = User.objects.filter(is_active=True).exclude(pk=request.user.pk)
    person = get_object_or_404(people, key=key)
    count = leavers.caseload_of(person).count()
    sent = request.POST if request.method == "POST" else None  # there may be no field at all
    form = LeaveForm(sent, person=person, has_clients=count > 0)
    if form.is_valid():
        return _leave(request, person, form.cleaned_data.get("successor"))
    context = {"form": form, "person": person, "count": count}
    return render(request, "sessions_app/person_leave.html", context)


def _leave(request, person, successor):
    try:
        count = leavers.leave(person=person, successor=successor, by=request.user)
    except (
        leavers.CaseloadNeedsSomebody,
        endings.AlreadyEnded,
    ):  # a client came or went
        return redirect("person_leave", key=person.key)
    said = [_("%(name)s can no longer sign in.") % {"name": person.name}]
    if count:
        handed = ngettext(
            "%(count)s client was handed over.", "%(count)s clients were handed over.", count
        )
        said.append(handed % {"count": count})
    messages.success(request, " ".join(said))
    return redirect("person_detail", key=person.key)
