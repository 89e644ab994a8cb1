"""What the worker does. Each task may be lost, doubled or killed; the rows decide."""

from celery import shared_task

from accounts import audit_chain
from accounts.services import account_mails


@shared_task(name="accounts.seal_audit")
def seal_audit() -> None:
    audit_chain.seal()


@shared_task(name=account_mails.DELIVER_TASK)
def deliver_account_mails() -> None:
    account_mails.deliver_due()
