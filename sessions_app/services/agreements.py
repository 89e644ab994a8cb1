"""Goals and tasks that a pair agreed on, how far they are at one, and what each was before."""

import datetime
from dataclasses import dataclass

from accounts import audit
from accounts.models import User
from sessions_app.models import Agreement, AgreementStanding, Pair, UndoStep

AGREEMENTS_SHOWN = 100


class AlreadyEnded(ValueError):
    """Somebody has ended or reworded this agreement meanwhile."""


@dataclass(frozen=True)
class Standing:
    """One agreement as a page shows it. `standings` the newest first; `before`: earlier words and
    their days, the newest first."""

    agreement: Agreement
    standings: list[AgreementStanding]
    before: list[Agreement]

    @property
    def now(self) -> AgreementStanding | None:
        return self.standings[0] if self.standings else None


@audit.noted(audit.Action.ADDED)
def agree(*, pair: Pair, kind: str, text: str, on: datetime.date, by: User) -> Agreement:
    return Agreement.objects.create(pair=pair, kind=kind, text=text, from_on=on)


@audit.noted(audit.Action.ENDED, on="agreement")
def end(*, agreement: Agreement, on: datetime.date, by: User) -> UndoStep:
    """It holds no more, from the day `on`. Raises AlreadyEnded."""
    locked = Agreement.objects.select_for_update(no_key=True).get(pk=agreement.pk)
    _end(locked, on)
    return UndoStep.objects.create(
        kind=UndoStep.Kind.AGREEMENT_END, by=by, pair=agreement.pair, agreement=locked
    )


@audit.noted(audit.Action.CHANGED, on="agreement")
def resume(*, agreement: Agreement, by: User) -> None:
    """It holds as if it had not been ended."""
    agreement.until_on = None
    agreement.save(update_fields=["until_on"])


@audit.noted(audit.Action.CHANGED)
def reword(*, agreement: Agreement, text: str, on: datetime.date, by: User) -> Agreement:
    """Other words for the same goal or task: the old row ends, the new one follows it. The same
    words change nothing. Raises AlreadyEnded."""
    old = Agreement.objects.select_for_update(no_key=True).get(pk=agreement.pk)
    if old.until_on is None and text == old.text:
        return old
    _end(old, on)
    return Agreement.objects.create(
        pair=old.pair, kind=old.kind, text=text, from_on=on, follows=old
    )


def _end(agreement: Agreement, on: datetime.date) -> None:
    if agreement.until_on is not None:
        raise AlreadyEnded
    agreement.until_on = max(on, agreement.from_on)
    agreement.save(update_fields=["until_on"])


@audit.noted(audit.Action.CHANGED, on="agreement")
def stand(*, agreement: Agreement, level: str, on: datetime.date, by: User) -> AgreementStanding:
    """How far client and therapist are at one on it on the day `on`; of one day the last counts."""
    return AgreementStanding.objects.update_or_create(
        agreement=agreement, asked_on=on, defaults={"level": level}
    )[0]


def texts_of(pair: Pair) -> list[Agreement]:
    """What holds today, without its history."""
    return list(pair.agreements.filter(until_on=None)[:AGREEMENTS_SHOWN])


def agreements_of(pair: Pair) -> tuple[list[Standing], list[Standing]]:
    """What holds today, and what has ended without other words in its place."""
    rows = pair.agreements.prefetch_related("standings").order_by("-from_on", "-pk")
    newest_first = list(rows[:AGREEMENTS_SHOWN])
    known = {row.pk: row for row in newest_first}
    followed = {row.follows_id for row in newest_first}
    shown = [
        Standing(row, list(row.standings.all()), _before(row, known))
        for row in reversed(newest_first)
        if row.pk not in followed
    ]
    shown.sort(key=lambda each: each.agreement.kind)
    return (
        [each for each in shown if each.agreement.until_on is None],
        [each for each in shown if each.agreement.until_on is not None],
    )


def _before(agreement: Agreement, known: dict[int, Agreement]) -> list[Agreement]:
    earlier = []
    while agreement := known.get(agreement.follows_id):
        earlier.append(agreement)
    return earlier
