from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ruptures.services import rule_pages


@require_GET
@login_required
def rule_list(request):
    """Every rule and every threshold, with its source: nothing about the detector is hidden."""
    return render(request, "ruptures/rule_list.html", rule_pages.rules_in_force())
