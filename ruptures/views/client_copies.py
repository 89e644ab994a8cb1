from csv import writer
from io import StringIO

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from ruptures import client_tables
from ruptures.services import client_copies
from ruptures.spreadsheets import defused
from sessions_app.access import own_pair_for

LOOKS_A_PAGE = 50


@require_GET
@login_required
def client_looks(request, key):
    """Who looked at this client's record."""
    pair = own_pair_for(request.user, key)
    page = Paginator(client_copies.looks_at(pair.client), LOOKS_A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {"pair": pair, "page": page, "looks": client_copies.in_a_row(page)}
    return render(request, "ruptures/client_looks.html", context)


@require_GET
@login_required
def client_copy(request, key):
    """To read and to print."""
    pair = own_pair_for(request.user, key)
    copy = client_copies.copy_of(pair=pair, by=request.user)
    context = {"pair": pair, "tables": client_tables.readable(copy)}
    return render(request, "ruptures/client_copy.html", context)


@require_GET
@login_required
def client_copy_json(request, key):
    copy = client_copies.copy_of(pair=own_pair_for(request.user, key), by=request.user)
    return _named(JsonResponse(copy, json_dumps_params={"indent": 1}), "json")


@require_GET
@login_required
def client_copy_csv(request, key):
    """The ratings as a table."""
    copy = client_copies.copy_of(pair=own_pair_for(request.user, key), by=request.user)
    text = StringIO()
    writer(text).writerows(map(defused, client_tables.ratings(copy)))
    return _named(HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8"), "csv")


def _named(response, ending: str):
    """Names nobody: it lands in the folder of downloads."""
    name = f"record-{timezone.localdate().isoformat()}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
