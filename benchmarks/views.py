"""Plain views that the pages are compared with. They pass through the same middleware."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from benchmarks.models import Row

SHELF_WRITTEN = 0
SHELF_READ = 7
ROWS_READ = 50


@require_GET
def bare(request):
    return HttpResponse("ok")


@require_GET
@login_required
def bare_signed_in(request):
    return HttpResponse("ok")


@require_POST
def bare_insert(request):
    Row.objects.create(shelf=SHELF_WRITTEN, name=request.POST["name"])
    return HttpResponse("ok")


@require_GET
@login_required
def plain_table(request):
    """A plain page of this application: its base template, rows by an index, a link in each."""
    rows = Row.objects.filter(shelf=SHELF_READ)[:ROWS_READ]
    return render(request, "benchmarks/plain_table.html", {"rows": rows})


@require_GET
@login_required
def plain_row(request, pk):
    """Where the links of the plain page lead."""
    return HttpResponse(get_object_or_404(Row, pk=pk).name)
