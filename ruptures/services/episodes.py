"""What people decide about possible strains. `by` is the person who acts."""

import datetime

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from ruptures.models import Episode, EpisodeState
from ruptures.models.finding import Severity
from ruptures.services import screening
from sessions_app.models import Client, Pair, TherapySession


class NothingToJoin(ValueError):
    """A strain noted by hand joins the last logged session, and there is none yet, or it
    belongs to a strain that was closed."""


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
def confirm(*, episode: Episode, type: str, component: str, by: User) -> None:
    episode.type, episode.component, episode.confirmed_by = type, component, by
    episode.save(update_fields=["type", "component", "confirmed_by"])


@audit.noted(audit.Action.CHANGED, on="episode")
def record_answer(*, episode: Episode, answer: str, on: datetime.date, by: User) -> None:
    """What the client said when asked whether this is settled."""
    episode.settled, episode.settled_on = answer, on
    episode.save(update_fields=["settled", "settled_on"])
    screening.screen_pair(pair=episode.pair)


@audit.noted(audit.Action.ENDED, on="episode")
def dismiss(*, episode: Episode, reason: str, by: User) -> None:
    """Not a strain. The reason is kept: it says how often a rule was right."""
    episode.dismissed_reason = reason
    _close(episode, Episode.State.NOT_A_STRAIN, by=by)


@transaction.atomic
def end_early(*, client: Client) -> None:
    for episode in Episode.objects.open().filter(pair__client=client):
        _close(episode, Episode.State.ENDED_EARLY, by=None)


def _close(episode: Episode, state: str, *, by: User | None) -> None:
    locked = Episode.objects.select_for_update(no_key=True).get(pk=episode.pk)
    if not locked.is_open:
        return
    episode.state, episode.closed_at = state, timezone.now()
    episode.save(update_fields=["state", "closed_at", "dismissed_reason"])
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
