from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.permissions import supervisor_required
from ruptures import access
from ruptures.services import reports, trend_pictures
from ruptures.trend import sentence
from ruptures.writing import one_decimal

REPORTS_SHOWN = 60


@require_GET
@supervisor_required
def weekly_report_list(request):
    weekly_reports = request.user.weekly_reports.all()[:REPORTS_SHOWN]
    return render(request, "ruptures/weekly_report_list.html", {"weekly_reports": weekly_reports})


@require_GET
@supervisor_required
def weekly_report_detail(request, week):
    report = access.weekly_report_for(request.user, week)
    figures = reports.figures_of(report)
    context = {
        "report": report,
        "figures": figures,
        "sentence": sentence(figures[-1], _, one_decimal),
        "chart": trend_pictures.weekly_chart(figures),
    }
    return render(request, "ruptures/weekly_report_detail.html", context)
