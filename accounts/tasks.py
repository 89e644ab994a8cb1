"""What the worker does. Each task may be lost, doubled or killed; the rows decide."""

from celery import shared_task

from accounts import audit_chain


@shared_task(name="accounts.seal_audit")
def seal_audit() -> None:
    audit_chain.seal()
