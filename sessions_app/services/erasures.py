"""How long records are kept, and erasing one client for good.

The client's key is destroyed and every row that hangs on the client is deleted, alerts that wait
among them. The audit keeps its rows: they name the client by a random key alone.
"""

import datetime

from django.db import transaction
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import Clinic, User
from sessions_app import erasure_log
from sessions_app.models import Client, ClientKey, TherapySession

CLIENTS_SHOWN = 100


class Reason(TextChoices):
    TIME_IS_OVER = "time_is_over", _("The time of keeping is over")
    CLIENT_ASKED = "client_asked", _("The client asked for it")
    MISTAKE = "mistake", _("It was entered by mistake")


def due_for(person: User):
    """Clients whose time of keeping is over: all for the administrator, else the own ones. The
    longest ended first."""
    known = Client.objects.all() if person.is_administrator else Client.objects.ended_with(person)
    due = known.kept_long_enough(Clinic.current().keep_years)
    return due.order_by("ended_on", "pk")[:CLIENTS_SHOWN]


@audit.noted(audit.Action.CHANGED)
def change_period(*, years: int, by: User) -> Clinic:
    clinic = Clinic.current()
    clinic.keep_years = years
    clinic.save(update_fields=["keep_years"])
    return clinic


class KeptLonger(ValueError):
    """The time of keeping is given as the reason and is not over; `until` is the day it is."""

    def __init__(self, until: datetime.date):
        super().__init__(until.isoformat())
        self.until = until


class ErasedAlready(ValueError):
    """Somebody else erased this client at the same moment, or the same person pressed twice."""


def refuse_too_early(*, client: Client, reason: str) -> None:
    """Raises KeptLonger."""
    if reason != Reason.TIME_IS_OVER:
        return
    until = client.kept_until(Clinic.current().keep_years)
    if until > timezone.localdate():
        raise KeptLonger(until)


@transaction.atomic
def erase(*, client: Client, reason: str, by: User) -> None:
    """Cannot be undone. Raises KeptLonger, ErasedAlready."""
    refuse_too_early(client=client, reason=reason)
    key = ClientKey.objects.select_for_update().filter(client=client).first()
    if key is None:
        raise ErasedAlready
    _wait_for_hand_ins(client)
    erasure_log.add(key.key, reason=reason)
    audit.note(audit.Action.ERASED, by=by, on=client, deed="erasures.erase")
    _destroy(key)


def _wait_for_hand_ins(client: Client) -> None:
    """Sessions first and pairs after them, as a hand-in locks them: what is being handed in is
    there before, or finds its session gone."""
    sessions = TherapySession.objects.filter(pair__client=client).order_by("pk")
    for locked in (sessions, client.pairs.order_by("pk")):
        list(locked.select_for_update(of=("self",)).values_list("pk"))


def _destroy(key: ClientKey) -> None:
    key.client.delete()
    key.delete()


@transaction.atomic
def apply_erasures() -> int:
    """Erases again who was erased before, as after restoring an old backup. Returns how many.

    Raises erasure_log.LogBroken before anything is erased.
    """
    erased = erasure_log.erased()
    keys = ClientKey.objects.filter(client__isnull=False).select_related("client")
    again = [key for key in keys.iterator() if erasure_log.hash_of(key.key) in erased]
    for key in again:
        _wait_for_hand_ins(key.client)
        audit.note(audit.Action.ERASED, by=None, on=key.client, deed="erasures.apply_erasures")
        _destroy(key)
    return len(again)
