from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Clinic
from accounts.permissions import supervisor_required, team_required
from accounts.services import people, trial_mails
from ruptures import access
from ruptures.forms import TeamEventForm, WeeklyMailForm
from ruptures.services import report_contents, report_pages, reports, team_events, weekly_mails

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
    page = report_pages.page_of(report_contents.content_of(report), reader=request.user)
    return render(request, "ruptures/weekly_report_detail.html", {"page": page, "report": report})


@require_GET
@team_required
def weekly_report_now(request):
    """The weeks up to today, before Monday makes a report of them."""
    page = report_pages.page_of(reports.so_far(request.user), reader=request.user)
    return render(request, "ruptures/weekly_report_now.html", {"page": page})


@require_http_methods(["GET", "POST"])
@team_required
def weekly_mail_edit(request):
    form = WeeklyMailForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        people.choose_weekly_mail(**form.cleaned_data, by=request.user)
        messages.success(request, _("Saved. It holds from the next Monday mail on."))
        return redirect("weekly_mail_edit")
    context = {"form": form, "is_link_for_all": Clinic.current().weekly_mail_link_only}
    return render(request, "ruptures/weekly_mail_edit.html", context)


@require_POST
@team_required
def weekly_mail_try(request):
    """The Monday mail as it goes out, to the person alone; no week counts as sent by it."""
    content = reports.newest_content(request.user)
    message = weekly_mails.weekly_message(content, recipient=request.user, is_test=True)
    try:
        trial_mails.send_to_oneself(message, by=request.user)
    except trial_mails.NotTaken as refused:
        messages.error(request, _("The test did not go out. %(why)s") % {"why": refused})
    else:
        messages.success(request, _("The test went to %(to)s.") % {"to": request.user.email})
    return redirect("weekly_mail_edit")


@require_http_methods(["GET", "POST"])
@team_required
def team_event_create(request):
    form = TeamEventForm(request.POST or None, supervisor=request.user)
    if request.method == "POST" and form.is_valid():
        team_events.note(**form.cleaned_data, by=request.user)
        messages.success(request, _("Noted. Weeks that were sent stay as they were."))
        return redirect("weekly_report_now")
    context = {"form": form, "events": team_events.noted_by(request.user)}
    return render(request, "ruptures/team_event_create.html", context)


@require_POST
@team_required
def team_event_remove(request, key):
    team_events.remove(event=access.team_event_for(request.user, key), by=request.user)
    return redirect("team_event_create")
