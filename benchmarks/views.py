"""Plain views that the pages are compared with. They pass through the same middleware."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
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
def bare_table(request):
    rows = Row.objects.filter(shelf=SHELF_READ)[:ROWS_READ]
    return render(request, "benchmarks/bare_table.html", {"rows": rows})
