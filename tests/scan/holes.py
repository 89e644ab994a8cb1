"""Three mistakes as an application might make them. A scanner that does not find them has not
looked, and what it says of the other pages is worth nothing."""

from django.db import connection
from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_POST


@require_GET
def index(request):
    return HttpResponse(
        '<a href="/holes/sql/?name=Avocet-11">statement</a>'
        '<a href="/holes/script/?name=Heron">script</a>'
    )


@require_GET
def sql(request):
    """What was asked for becomes a part of the statement."""
    name = request.GET.get("name", "")
    with connection.cursor() as cursor:
        cursor.execute(f"select case_label from sessions_app_client where case_label = '{name}'")
        return HttpResponse(str(cursor.fetchall()))


@require_GET
def script(request):
    """What was asked for becomes a part of the page."""
    return HttpResponse(f"<p>Looking for {request.GET.get('name', '')}</p>")


@require_POST
def crash(request):
    """What was sent is believed to be a number."""
    return HttpResponse(int(request.POST["number"]))
