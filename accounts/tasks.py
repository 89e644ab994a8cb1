"""What the worker does. Each task may be lost, doubled or killed; the rows decide."""

from celery import shared_task

from accounts import audit_chain, sessions
from accounts.services import account_mails


@shared_task(name="accounts.seal_audit")
def seal_audit() -> None:
    audit_chain.seal()


@shared_task(name=account_mails.DELIVER_TASK)
def deliver_account_mails() -> None:
    account_mails.deliver_due()


@shared_task(name="accounts.forget_sessions")
def forget_sessions() -> None:
    sessions.forget_old()
