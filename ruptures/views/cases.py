from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.permissions import therapist_required
from ruptures.services import caseloads, client_pages
from sessions_app import access

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
    context = client_pages.page_of(pair, reader=request.user, page=request.GET.get("page"))
    return render(request, "ruptures/client_detail.html", context)


@require_GET
@login_required
def client_chart(request, key):
    """Totals and the four lines over all sessions; `?scale=whole` begins the totals at 0, and
    `?table=open` unfolds the tables."""
    pair = access.pair_for(request.user, key)
    full_scale = request.GET.get("scale") == "whole"
    page = client_pages.chart_page_of(pair, reader=request.user, full_scale=full_scale)
    page["table_is_open"] = request.GET.get("table") == "open"
    return render(request, "ruptures/client_chart.html", page)


@require_GET
@login_required
def client_chart_figure(request, key):
    """The live figure of the chart on the client's page, fetched when it is wanted."""
    pair = access.pair_for(request.user, key)
    return JsonResponse(client_pages.figure_of(pair, reader=request.user))
