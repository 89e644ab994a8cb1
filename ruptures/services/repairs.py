"""The therapist's work on a strain. Each step is looked at by the detector at once."""

import datetime
from typing import Any

from accounts import audit
from accounts.models import User
from accounts.prepared import Given, prepared
from ruptures.models import Episode, Generalisation, RepairRecord, RepairStep
from ruptures.seen import refuse_stale
from ruptures.services import episodes, screening


@audit.noted(audit.Action.CHANGED, on="episode")
def log_step(
    *,
    episode: Episode,
    step: str,
    done: str,
    on: datetime.date,
    note: str,
    by: User,
    seen: str | None = None,
) -> RepairStep:
    """A step on a day; the same step on the same day is mended, not doubled, and keeps its note
    where no new one is given. Raises ChangedMeanwhile where that day's was written since the form
    was opened."""
    episodes.locked(episode)
    taken = list(episode.repair_steps.filter(step=step))
    same_day = next((row for row in taken if row.taken_on == on), None)
    if same_day:
        note = note or same_day.note
        is_the_same = (same_day.done, same_day.note) == (done, note)
        stored = shown_of(taken)
        refuse_stale(stored, stored if is_the_same else {}, seen)
        same_day.hide_what_changes({"note": note})
    shown_at = same_day.note_shown_at if same_day else None
    of_that_day = episode.pair.therapy_sessions.attended().filter(starts_at__date=on)
    logged, _new = RepairStep.objects.update_or_create(
        episode=episode,
        step=step,
        taken_on=on,
        defaults={
            "done": done,
            "note": note,
            "note_shown_at": shown_at,
            "by": by,
            "therapy_session": of_that_day.last(),
        },
    )
    screening.screen_pair(pair=episode.pair)
    return logged


def shown_of(taken: list[RepairStep]) -> dict[str, Any]:
    """What the page shows of one step, for the mark of its form."""
    return {row.taken_on.isoformat(): [row.done, row.note] for row in taken}


def record_of(episode: Episode) -> RepairRecord:
    """What is kept of the repair; an empty one, not yet stored, where there is nothing."""
    kept = _records(episode=episode.pk)
    record = kept[0] if kept else RepairRecord()
    record.episode = episode  # with its client's key
    return record


@prepared
def _records():
    return RepairRecord.objects.filter(episode=Given("episode"))


@audit.noted(audit.Action.CHANGED, on="episode")
def keep(
    *, episode: Episode, values: dict[str, Any], by: User, seen: str | None = None
) -> RepairRecord:
    """Writes some fields of the record. Raises ChangedMeanwhile where they were written since the
    form was opened."""
    RepairRecord.objects.get_or_create(episode=episode)
    record = RepairRecord.objects.select_for_update(no_key=True).get(episode=episode)
    record.episode = episode
    refuse_stale({name: getattr(record, name) for name in values}, values, seen)
    record.hide_what_changes(values)
    for name, value in values.items():
        setattr(record, name, value)
    record.save(update_fields=[*values, "reflection_shown_at", "changed_at"])
    return record


@audit.noted(audit.Action.CHANGED, on="episode")
def show_reflection(*, episode: Episode, wanted: bool, by: User, seen: str = "") -> None:
    """To whoever supervises the pair's therapist, for as long as they do; or no longer. `seen` is
    the print of what the author read; raises TextHasChanged."""
    record = RepairRecord.objects.select_for_update(no_key=True).get(episode=episode)
    record.episode = episode
    record.choose("reflection", wanted=wanted, seen=seen)


@audit.noted(audit.Action.CHANGED, on="episode")
def show_step(
    *, episode: Episode, step: str, on: datetime.date, wanted: bool, by: User, seen: str = ""
) -> None:
    """The note of a step of that day, in the same way."""
    episodes.locked(episode)
    taken = RepairStep.objects.get(episode=episode, step=step, taken_on=on)
    taken.episode = episode
    taken.choose("note", wanted=wanted, seen=seen)


@audit.noted(audit.Action.CHANGED, on="episode")
def note_generalisation(
    *, episode: Episode, on: datetime.date, with_whom: str, note: str, by: User
) -> Generalisation:
    """A day on which the client tried the new response outside; also after the strain closed."""
    return Generalisation.objects.create(
        episode=episode, tried_on=on, with_whom=with_whom, note=note, by=by
    )
