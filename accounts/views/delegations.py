"""Who stands in for a supervisor who is away."""

from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import DelegationForm
from accounts.models import Delegation
from accounts.permissions import team_required
from accounts.services import delegations


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
