"""Who did what to which record: written with its cause, sealed into a keyed chain afterwards.

`note` costs one INSERT in the transaction of its cause. The sealer (`accounts/audit_chain.py`)
gives each row its place in the chain later, so that no two causes wait for each other.
"""

import hashlib
import hmac
import inspect
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, OperationalError, models, transaction
from django.http import Http404

from accounts import tries
from accounts.models import AuditEntry, User
from accounts.prepared import Write, insert, insertion

Action = AuditEntry.Action


@dataclass
class Visit:
    """One request: its page, and what was noted in it already."""

    request: object
    seen: set = field(default_factory=set)

    @property
    def page(self) -> str:
        match = getattr(self.request, "resolver_match", None)
        return match.url_name or "" if match else ""


_VISIT: ContextVar[Visit | None] = ContextVar("this request, for the audit", default=None)


@contextmanager
def visit(request) -> Iterator[Visit]:
    """What is noted within names the page of `request`, and each reading of a record once."""
    token = _VISIT.set(Visit(request))
    try:
        yield _VISIT.get()
    finally:
        _VISIT.reset(token)


def note(
    action: str,
    *,
    by: User | None,
    on: models.Model | None = None,
    deed: str = "",
    client_key: UUID | None = None,
    refused: bool = False,
) -> None:
    """One row: `by` did `action` to the record `on`. `by` is None where no staff is signed in.

    `client_key` names the client where `on` does not lead to one without a query.
    """
    at_page = _VISIT.get()
    if action == Action.READ and at_page is not None:
        read = (*_named(on), refused)
        if read in at_page.seen:
            return
        at_page.seen.add(read)
    insert(_entry(action, by=by, on=on, deed=deed, client_key=client_key, refused=refused))


def noting(action: str, *, by: User | None, on: models.Model, deed: str, client_key: UUID) -> Write:
    """The row of a change that was made, not written yet: for `prepared.together`."""
    return insertion(_entry(action, by=by, on=on, deed=deed, client_key=client_key, refused=False))


def _entry(
    action: str,
    *,
    by: User | None,
    on: models.Model | None,
    deed: str,
    client_key: UUID | None,
    refused: bool,
) -> AuditEntry:
    """The row, not stored yet."""
    at_page = _VISIT.get()
    kind, record = _named(on)
    entry = AuditEntry(
        by_id=by.pk if by is not None else None,
        action=action,
        deed=deed,
        kind=kind,
        record=record,
        client_key=client_key or client_key_of(on),
        page=at_page.page if at_page else "",
        outcome=AuditEntry.Outcome.REFUSED if refused else AuditEntry.Outcome.DONE,
    )
    entry.own_mac = own_mac(entry)
    return entry


def note_failed_try(action: str, *, whose: User | None, deed: str) -> None:
    """A wrong password or code, or a limit that was reached: by nobody known, for the access of
    `whose`, or of nobody here. The first of each quarter of an hour alone."""
    if tries.is_among_the_first(f"{action}.{deed}", str(whose.pk if whose else "")):
        note(action, by=None, on=whose, deed=deed, refused=True)


def noted(action: str, *, on: str | None = None):
    """Makes a service one transaction that leaves one row of the audit.

    `on` is the keyword that names the record; without it what the service returns is the record,
    or comes first in it.

    Where it fails because a record it was called with is erased at this moment, the answer is that
    of an absent one, Http404.
    """

    def decorate(service):
        deed = f"{service.__module__.rpartition('.')[2]}.{service.__name__}"
        names = inspect.signature(service).parameters
        assert "by" in names and (on is None or on in names), deed

        @wraps(service)
        def audited(**kwargs):
            try:
                with transaction.atomic():
                    result = service(**kwargs)
                    made = result[0] if isinstance(result, tuple) else result
                    record = kwargs[on] if on else made
                    note(action, by=kwargs["by"], on=record, deed=deed)
                    return result
            except OperationalError:  # too slow, away or in a deadlock: it is not asked again
                raise
            except (DatabaseError, ObjectDoesNotExist) as failure:
                if _any_is_gone(kwargs.values()):
                    raise Http404 from failure
                raise

        return audited

    return decorate


def _any_is_gone(arguments: Iterable) -> bool:
    records = [each for each in arguments if isinstance(each, models.Model) and each.pk]
    return any(not each._meta.base_manager.filter(pk=each.pk).exists() for each in records)


def fetch(
    records: models.QuerySet,
    *,
    by: User,
    shown: bool = True,
    otherwise: Callable[[], models.QuerySet] | None = None,
    **lookup,
):
    """The one of `records` that `lookup` names: what `by` may see. Where it is not among them and
    `otherwise` tells of more, the one of those. Reading it is noted, where it is `shown`.

    Not allowed and not existing are one answer, Http404; the first leaves a refusal.
    """
    record = records.filter(**lookup).first()
    if record is None and otherwise:
        record = otherwise().filter(**lookup).first()
    if record is None:
        hidden = records.model._default_manager.filter(**lookup).first()
        if hidden is not None:
            note(Action.READ, by=by, on=hidden, refused=True)
        raise Http404
    if shown:
        note(Action.READ, by=by, on=record)
    return record


def client_key_of(record) -> UUID | None:
    """The client a record is of, along the relations that models upstairs name so."""
    while record is not None:
        if record._meta.model_name == "client":
            return record.key
        ways = ("client", "pair", "therapy_session", "episode", "agreement", "tablet_link")
        own = {field.name for field in record._meta.fields}
        way = next((name for name in ways if name in own and getattr(record, name)), None)
        record = getattr(record, way) if way else None
    return None


def _named(record: models.Model | None) -> tuple[str, str]:
    """Its kind and its key."""
    if record is None:
        return "", ""
    return record._meta.label_lower, str(getattr(record, "key", None) or record.pk or "")


def own_mac(entry: AuditEntry) -> str:
    """Covers everything the row says, but not its place in the chain."""
    says = (
        entry.at.timestamp(),
        entry.by_id,
        entry.action,
        entry.deed,
        entry.kind,
        entry.record,
        str(entry.client_key or ""),
        entry.page,
        entry.outcome,
    )
    return keyed(json.dumps(says))


def keyed(text: str) -> str:
    return hmac.new(settings.AUDIT_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
