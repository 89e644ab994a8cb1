from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ruptures.services import rule_pages, rule_precision


@require_GET
@login_required
def rule_list(request):
    """Every rule and every threshold, with its source: nothing about the detector is hidden."""
    return render(request, "ruptures/rule_list.html", rule_pages.rules_in_force())


@require_GET
@login_required
def rule_precision_list(request):
    """How often each rule was right, as far as people said: counts of the clinic, no person."""
    return render(request, "ruptures/rule_precision_list.html", rule_precision.records_of_rules())
