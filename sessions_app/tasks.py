"""What the worker does. Each task may be lost, doubled or killed; the rows decide."""

from celery import shared_task

from sessions_app.services import link_mails


@shared_task(name=link_mails.DELIVER_TASK)
def deliver_link_mails() -> None:
    link_mails.deliver_due()
