"""How a therapy ends: planned, by staying away, or by going to another therapist of the clinic."""

import datetime

from django.db import models
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.prepared import Given, prepared
from sessions_app.models import Client, Pair, TabletLink, TherapySession, UndoStep
from sessions_app.signals import pair_ended, pair_resumed


class AlreadyEnded(ValueError):
    """The pair was ended or handed over meanwhile."""


class GoneOn(ValueError):
    """The new therapist has begun with the client, or the client has gone on from there, so the
    handover cannot be taken back."""


@audit.noted(audit.Action.ENDED, on="pair")
def end(*, pair: Pair, ending: str, on: datetime.date, by: User) -> UndoStep:
    """The therapy ended on the day `on`. The record stays with its therapist; what was still booked
    is cancelled, an open strain is closed. Raises AlreadyEnded."""
    locked = _locked(pair)
    client = locked.client
    step = _keep_for_undo(locked, by, cancelled=_cancel_bookings(locked))
    client.status, client.ending, client.ended_on = Client.Status.ENDED, ending, on
    client.save(update_fields=["status", "ending", "ended_on"])
    pair_ended.send(sender=Pair, pair=locked)
    return step


@audit.noted(audit.Action.ENDED, on="pair")
def hand_over(*, pair: Pair, to: User, on: datetime.date, by: User) -> UndoStep:
    """The client goes on with the colleague `to` from the day after `on`: a new pair, with a usual
    level of its own, and what is booked from then on. The old pair is closed, with its notes, and
    so is its open strain. Raises AlreadyEnded."""
    locked = _locked(pair)
    locked.until_on = on
    locked.save(update_fields=["until_on"])
    after = on + datetime.timedelta(days=1)
    new = Pair.objects.create(client=locked.client, therapist=to, from_on=after)
    moved = _take_bookings_along(locked, new)
    step = _keep_for_undo(locked, by, moved=moved, cancelled=_cancel_bookings(locked), new=new.pk)
    pair_ended.send(sender=Pair, pair=locked)
    return step


@audit.noted(audit.Action.CHANGED, on="pair")
def give_to(*, pair: Pair, to: User, by: User) -> None:
    """A pair that is yet to begin is somebody else's from its first day, with its bookings."""
    pair.therapist = to
    pair.save(update_fields=["therapist"])


@audit.noted(audit.Action.CHANGED)
def resume(*, step: UndoStep, by: User) -> Pair:
    """Takes an ending back: bookings and the open strain are there again. Raises GoneOn."""
    _lock(TherapySession.objects.filter(_touched_by(step)))
    pair = Pair.objects.select_for_update(no_key=True).get(pk=step.pair_id)
    client = Client.objects.select_for_update(no_key=True).get(pk=pair.client_id)
    new = Pair.objects.filter(pk=step.before["new"]).first()
    if new:
        if _has_gone_on(new, client) or _has_begun(new, moved=step.before["moved"]):
            raise GoneOn
        new.therapy_sessions.update(pair=pair)
        new.delete()
        pair.until_on = None
        pair.save(update_fields=["until_on"])
    client.status, client.ending, client.ended_on = Client.Status.ACTIVE, "", None
    client.save(update_fields=["status", "ending", "ended_on"])
    cancelled = pair.therapy_sessions.filter(pk__in=step.before["cancelled"])
    cancelled.filter(attendance=TherapySession.Attendance.CANCELLED_THERAPIST).update(
        attendance=TherapySession.Attendance.BOOKED, cancelled_at=None
    )
    pair_resumed.send(sender=Pair, pair=pair, since=step.made_at)
    return pair


def _locked(pair: Pair) -> Pair:
    """Raises AlreadyEnded."""
    _lock(pair.therapy_sessions.booked())
    locked = Pair.objects.select_for_update(of=("self",), no_key=True).select_related("client")
    locked = locked.get(pk=pair.pk)
    if locked.is_over:
        raise AlreadyEnded
    return locked


def _lock(sessions) -> None:
    """Before their pair, as a form that comes in locks them."""
    list(sessions.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk"))


def _touched_by(step: UndoStep) -> models.Q:
    return models.Q(pair=step.before["new"]) | models.Q(pk__in=step.before["cancelled"])


def _take_bookings_along(pair: Pair, new: Pair) -> list[int]:
    """Answers with the numbers of the sessions that go along."""
    start = timezone.make_aware(datetime.datetime.combine(new.from_on, datetime.time()))
    booked = pair.therapy_sessions.booked().filter(starts_at__gte=max(start, timezone.now()))
    numbers = list(booked.values_list("pk", flat=True))
    TabletLink.objects.usable().filter(therapy_session__in=numbers).update(
        revoked_at=timezone.now()
    )
    booked.update(pair=new)
    return numbers


def _has_gone_on(new: Pair, client: Client) -> bool:
    return new.until_on is not None or client.has_ended


def _has_begun(new: Pair, *, moved: list[int]) -> bool:
    """Anything in the new pair but the appointments that came along, or somebody who read it in an
    emergency."""
    sessions = new.therapy_sessions.exclude(
        pk__in=moved, attendance=TherapySession.Attendance.BOOKED
    )
    written = (sessions, new.agreements, new.relational_patterns, new.break_glasses)
    return any(rows.exists() for rows in written)


def _cancel_bookings(pair: Pair) -> list[int]:
    """What was booked from now on does not take place. Answers with the numbers of the sessions."""
    now = timezone.now()
    booked = pair.therapy_sessions.booked().filter(starts_at__gt=now)
    numbers = list(booked.values_list("pk", flat=True))
    cancelled = TherapySession.Attendance.CANCELLED_THERAPIST
    booked.update(attendance=cancelled, cancelled_at=now)
    return numbers


def _keep_for_undo(
    pair: Pair,
    by: User,
    *,
    cancelled: list[int],
    moved: list[int] = (),
    new: int | None = None,
) -> UndoStep:
    before = {"cancelled": cancelled, "moved": list(moved), "new": new}
    return UndoStep.objects.create(kind=UndoStep.Kind.ENDING, by=by, pair=pair, before=before)


def previous_of(pair: Pair) -> Pair | None:
    """Who the client came from, in this clinic."""
    earlier = _earlier(client=pair.client_id, from_on=pair.from_on)
    return earlier[0] if earlier else None


@prepared
def _earlier():
    before = Given("from_on", models.DateField())
    earlier = Pair.objects.filter(client=Given("client"), until_on__lt=before)
    return earlier.select_related("therapist").order_by("-until_on")[:1]
