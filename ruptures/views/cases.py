from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.permissions import therapist_required
from ruptures.services import caseloads, chart_data
from sessions_app import access
from sessions_app.models import AgreementStanding
from sessions_app.services import agreements, patterns

CLIENTS_A_PAGE = 50
LONGEST_SEARCH = 120


@require_GET
@therapist_required
def client_list(request):
    sought = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH]
    pairs = caseloads.caseload_of(request.user, sought=sought)
    page = Paginator(pairs, CLIENTS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "ruptures/client_list.html", {"page": page, "sought": sought})


@require_GET
@login_required
def client_detail(request, key):
    """Both worlds on one page: the record of the pair and what the detector makes of it."""
    pair = access.pair_for(request.user, key)
    timeline = caseloads.timeline_of(pair, reader=request.user)
    context = {
        "pair": pair,
        "timeline": timeline,
        "is_own": pair.therapist_id == request.user.pk,
        "last_rated": caseloads.last_rated_of(timeline),
        "state": chart_data.state_sentence(timeline),
        "chart": chart_data.alliance_chart_of(pair),
        "episodes": list(pair.episodes.all()[:20]),
        "open_episode": pair.episodes.open().first(),
        "patterns": patterns.versions_of(pair),
        "levels": AgreementStanding.Level.choices,
    }
    context["agreements"], context["past_agreements"] = agreements.agreements_of(pair)
    return render(request, "ruptures/client_detail.html", context)
