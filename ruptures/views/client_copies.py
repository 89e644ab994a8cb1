from csv import writer
from functools import wraps
from io import StringIO

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.sessions import background
from ruptures import client_tables
from ruptures.access import own_client_copy_for
from ruptures.services import client_copies, copy_jobs
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


@require_http_methods(["GET", "POST"])
@login_required
def client_copy(request, key):
    """Asking for the copy, and where it stands."""
    pair = own_pair_for(request.user, key)
    if request.method == "POST":
        copy_jobs.ask(pair=pair, by=request.user)
        return redirect("client_copy", key=key)
    copy = copy_jobs.standing(pair=pair, asked_by=request.user)
    context = {"pair": pair, "copy": copy, "parts": client_copies.PARTS}
    return render(request, "ruptures/client_copy.html", context)


@background
@require_GET
@login_required
def client_copy_state(request, key):
    """Asked by the page while the copy is being made."""
    copy = own_client_copy_for(request.user, key, shown=False)
    return JsonResponse({"state": copy.state, "parts_made": copy.parts_made or 0})


def of_what_was_made(view):
    """A view decorator: it gets the copy's pair and what the copy says, and handing it out is
    noted. While there is none to hand out, the page of the copy says so."""

    @wraps(view)
    @require_GET
    @login_required
    def answer(request, key):
        copy = own_client_copy_for(request.user, key)
        if not copy.is_ready:
            return redirect("client_copy", key=key)
        try:
            content = copy_jobs.hand_out(copy=copy, by=request.user)
        except copy_jobs.GoneMeanwhile:
            return redirect("client_copy", key=key)
        return view(request, copy.pair, content)

    return answer


@of_what_was_made
def client_copy_read(request, pair, content):
    """To read and to print."""
    context = {"pair": pair, "tables": client_tables.readable(content)}
    return render(request, "ruptures/client_copy_read.html", context)


@of_what_was_made
def client_copy_json(request, pair, content):
    return _named(JsonResponse(content, json_dumps_params={"indent": 1}), "json")


@of_what_was_made
def client_copy_csv(request, pair, content):
    """The ratings as a table."""
    text = StringIO()
    writer(text).writerows(map(defused, client_tables.ratings(content)))
    return _named(HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8"), "csv")


def _named(response, ending: str):
    """Names nobody: it lands in the folder of downloads."""
    name = f"record-{timezone.localdate().isoformat()}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
