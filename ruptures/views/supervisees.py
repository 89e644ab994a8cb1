from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.permissions import supervisor_required
from ruptures import access
from ruptures.services import agendas, supervisees


@require_GET
@supervisor_required
def supervisee_list(request):
    rows = supervisees.supervisees_with_figures(request.user)
    return render(request, "ruptures/supervisee_list.html", {"rows": rows})


@require_GET
@supervisor_required
def agenda_detail(request, key):
    """One sheet for one supervision, to print."""
    therapist = access.supervisee_for(request.user, key)
    parts = agendas.agenda_of(therapist, reader=request.user)
    context = {"therapist": therapist, "parts": parts, "today": timezone.localdate()}
    return render(request, "ruptures/agenda_detail.html", context)
