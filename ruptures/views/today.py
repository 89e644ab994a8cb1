from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from ruptures.services import caseloads


@require_GET
@login_required
def today(request):
    """A therapist's day. Who has no clients of their own starts where their own work is."""
    has_clients = caseloads.has_clients(request.user)
    if not has_clients:
        if request.user.is_supervisor:
            return redirect("review_queue")
        if request.user.is_administrator:
            return redirect("installation_check")
    day = caseloads.day_of(request.user, timezone.localdate())
    rows = [(session, caseloads.chip(session)) for session in day.therapy_sessions]
    context = {"day": day, "rows": rows, "now": timezone.now(), "has_clients": has_clients}
    return render(request, "ruptures/today.html", context)
