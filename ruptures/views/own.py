from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.permissions import therapist_required
from ruptures.services import own_repairs as own_repairs_service


@require_GET
@therapist_required
def own_repairs(request):
    """How a therapist's own strains and repairs went; nobody else sees this page."""
    own = own_repairs_service.own_repairs_of(request.user, today=timezone.localdate())
    return render(request, "ruptures/own_repairs.html", {"own": own})
