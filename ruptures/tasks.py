"""What the worker does. Each task may be lost, doubled or killed; the rows decide."""

from celery import shared_task

from accounts.services import account_mails
from ruptures.models import Rescreening
from ruptures.services import (
    alerts,
    copy_jobs,
    ladders,
    reconciling,
    reports,
    rescreening,
    vigilance,
)
from sessions_app.services import link_mails


@shared_task(name=alerts.DELIVER_TASK)
def deliver_alerts() -> None:
    alerts.deliver_due()


@shared_task(name="ruptures.sweep")
def sweep() -> None:
    """Every minute: a sign of life, whatever is due, and who is next where nobody answered."""
    vigilance.worker_was_here()
    alerts.deliver_due()
    link_mails.deliver_due()
    account_mails.deliver_due()
    ladders.climb_due()


@shared_task(name=copy_jobs.TASK)
def make_client_copies() -> None:
    copy_jobs.make_due()


@shared_task(name="ruptures.make_weekly_reports")
def make_weekly_reports() -> None:
    reports.make_due()


@shared_task(name="ruptures.rescreen_by_clock")
def rescreen_by_clock() -> None:
    """What changes without an entry: no next date, and strains nobody answered in time."""
    vigilance.screen_open_episodes()


@shared_task(name="ruptures.reconcile")
def reconcile() -> None:
    reconciling.reconcile()


@shared_task(name=rescreening.TASK)
def rescreen_chunks(rescreening_id: int) -> None:
    run = Rescreening.objects.get(pk=rescreening_id)
    while rescreening.work_on(run):
        continue
