"""What people decide about possible strains. `by` is the person who acts."""

import datetime

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from ruptures.models import Episode, EpisodeState, PolicyVersion
from ruptures.models.finding import Severity
from ruptures.seen import refuse_stale
from ruptures.services import screening
from sessions_app.models import Pair, TherapySession


class NothingToJoin(ValueError):
    """A strain noted by hand joins the last logged session, and there is none yet, or it
    belongs to a strain that was closed."""


class TooEarly(ValueError):
    """A new usual level asked for too soon, or after a session that was back at the old one."""


class CannotReopen(ValueError):
    """A closing that stands: by the course, by an ending, or before a later strain."""


@audit.noted(audit.Action.ADDED)
def open_by_hand(*, pair: Pair, type: str, component: str, by: User) -> Episode:
    """A strain a person noticed; the open one where there is one. Raises NothingToJoin."""
    already_open = pair.episodes.open().first()
    if already_open:
        return already_open
    episode = Episode.objects.create(
        pair=pair,
        opened_session=_session_to_join(pair),
        opened_at=timezone.now(),
        opened_by_hand=True,
        type=type,
        component=component,
        confirmed_by=by,
    )
    _enter(episode, Episode.State.OPEN, by=by)
    screening.screen_pair(pair=pair)
    return episode


def _session_to_join(pair: Pair) -> TherapySession:
    last = pair.therapy_sessions.happened().last()
    if last is None or pair.episodes.filter(closed_at__gte=last.starts_at).exists():
        raise NothingToJoin
    return last


@audit.noted(audit.Action.CHANGED, on="episode")
def confirm(
    *, episode: Episode, type: str, component: str, by: User, seen: str | None = None
) -> None:
    """A person's choice of type and component. Raises ChangedMeanwhile where another was stored
    since the form was opened."""
    now = locked(episode)
    stored = {"type": now.type, "component": now.component}
    refuse_stale(stored, {"type": type, "component": component}, seen)
    episode.type, episode.component, episode.confirmed_by = type, component, by
    episode.save(update_fields=["type", "component", "confirmed_by"])
    screening.screen_pair(pair=episode.pair)


@audit.noted(audit.Action.CHANGED, on="episode")
def record_answer(
    *, episode: Episode, answer: str, on: datetime.date, by: User, seen: str | None = None
) -> None:
    """What the client said when asked whether this is settled. Raises ChangedMeanwhile where
    another answer was stored since the form was opened."""
    stored = answer_of(locked(episode))
    refuse_stale(stored, {"answer": answer, "on": on.isoformat()}, seen)
    episode.settled, episode.settled_on = answer, on
    episode.save(update_fields=["settled", "settled_on"])
    screening.screen_pair(pair=episode.pair)


def answer_of(episode: Episode) -> dict[str, str]:
    """The client's answer and its day, blank where nobody asked."""
    on = episode.settled_on.isoformat() if episode.settled_on else ""
    return {"answer": episode.settled, "on": on}


@audit.noted(audit.Action.CHANGED, on="episode")
def take_to_supervision(*, episode: Episode, wanted: bool, by: User) -> None:
    """The therapist wants to speak of it, or no longer; the moment of the first wish stays."""
    if wanted == (episode.for_supervision_at is not None):
        return
    episode.for_supervision_at = timezone.now() if wanted else None
    if wanted:
        episode.news_at = episode.for_supervision_at
    episode.save(update_fields=["for_supervision_at", "news_at"])


@audit.noted(audit.Action.ENDED, on="episode")
def dismiss(
    *, episode: Episode, by: User, because: str = Episode.Dismissal.OTHER, reason: str = ""
) -> None:
    """Not a strain. Why is kept, in a word of the list and in the therapist's own: it says how
    often a rule was right."""
    episode.dismissed_as, episode.dismissed_reason = because, reason
    _close(episode, Episode.State.NOT_A_STRAIN, by=by)


@audit.noted(audit.Action.ENDED, on="episode")
def resolve(*, episode: Episode, reason: str, by: User) -> None:
    """The therapist closes it, though the marks have not borne it out."""
    episode.resolved_reason = reason
    _close(episode, Episode.State.RESOLVED, by=by)


@audit.noted(audit.Action.ENDED, on="episode")
def take_new_level(*, episode: Episode, by: User) -> None:
    """The clinician agrees that this is the client's usual level now. Raises TooEarly."""
    if not can_take_new_level(locked(episode), PolicyVersion.current()):
        raise TooEarly
    _close(episode, Episode.State.NEW_LEVEL, by=by)
    screening.screen_pair(pair=episode.pair)


def can_take_new_level(episode: Episode, version: PolicyVersion) -> bool:
    """From so many attended sessions on without a single one back at the old level."""
    needed = version.policy.new_level_sessions
    return episode.is_open and episode.attended_since >= needed and not episode.ever_recovered


@audit.noted(audit.Action.CHANGED, on="episode")
def reopen(*, episode: Episode, by: User) -> None:
    """Takes back what the therapist closed. Raises CannotReopen where that would not be true any
    more: the therapy ended, the client went on to somebody else, or a later strain was noticed."""
    if locked(episode).is_open:
        return
    if not can_reopen(episode):
        raise CannotReopen
    episode.state, episode.closed_at, episode.closed_session = Episode.State.OPEN, None, None
    episode.dismissed_as = episode.dismissed_reason = episode.resolved_reason = ""
    episode.news_at = timezone.now()
    episode.save(update_fields=[*CLOSING, "closed_session", "news_at"])
    screening.screen_pair(pair=episode.pair)
    episode.refresh_from_db()
    _enter(episode, episode.state, by=by)


def can_reopen(episode: Episode) -> bool:
    pair = episode.pair
    return (
        episode.was_closed_by_a_person
        and not pair.is_over
        and not pair.episodes.filter(opened_at__gt=episode.opened_at).exists()
    )


@transaction.atomic
def end_early(*, pair: Pair) -> None:
    """The client left the pair while a strain was open."""
    for episode in pair.episodes.open():
        _close(episode, Episode.State.ENDED_EARLY, by=None)


CLOSING = ("state", "closed_at", "dismissed_as", "dismissed_reason", "resolved_reason")


def locked(episode: Episode) -> Episode:
    """As it is stored now. The pair is locked before it, as whoever brings a rating does, so that
    of the two neither waits for the other."""
    Pair.objects.select_for_update(of=("self",), no_key=True).get(pk=episode.pair_id)
    return Episode.objects.select_for_update(no_key=True).get(pk=episode.pk)


def _close(episode: Episode, state: str, *, by: User | None) -> None:
    if not locked(episode).is_open:
        return
    episode.state = state
    episode.closed_at = episode.news_at = timezone.now()
    episode.save(update_fields=[*CLOSING, "news_at"])
    _enter(episode, state, by=by)


def _enter(episode: Episode, state: str, *, by: User | None) -> None:
    EpisodeState.objects.create(
        episode=episode,
        state=state,
        therapy_session=episode.pair.therapy_sessions.happened().last(),
        by=by,
        entered_at=timezone.now(),
    )


def waiting_longest_first(episodes):
    """High before moderate, then the oldest first: the order in which to look."""
    return sorted(
        episodes, key=lambda episode: (episode.severity != Severity.HIGH, episode.opened_at)
    )
