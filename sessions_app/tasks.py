"""What the worker does. Each task may be lost, doubled or killed; the rows decide."""

from celery import shared_task

from sessions_app.services import link_mails, log_drafts, undoing


@shared_task(name=link_mails.DELIVER_TASK)
def deliver_link_mails() -> None:
    link_mails.deliver_due()


@shared_task(name="sessions_app.forget_old")
def forget_old() -> None:
    """Drafts nobody came back to, and what can be undone no more."""
    log_drafts.forget_old()
    undoing.forget_old()
