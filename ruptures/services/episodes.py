"""Possible strains: opening, following, confirming, closing. `by` is the person who acts."""

import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from ruptures.models import Episode, EpisodeState, Finding
from ruptures.models.finding import Severity
from ruptures.services import alerts
from sessions_app.models import Client, Pair, TherapySession

CLOSED = {
    Episode.State.VERIFIED,
    Episode.State.STRENGTHENED,
    Episode.State.CAME_BACK,
    Episode.State.NEW_LEVEL,
    Episode.State.ENDED_EARLY,
    Episode.State.NOT_A_STRAIN,
    Episode.State.RESOLVED,
}


def follow(*, pair: Pair, therapy_sessions: list[TherapySession], found, alerting: bool) -> None:
    """Brings the stored episodes of `pair` in line with what the detector found.

    An episode that a person closed stays closed; one the detector no longer sees stays open until
    a person closes it.
    """
    for episode_found in found.episodes:
        episode = _stored(pair, therapy_sessions, episode_found)
        if episode is None:
            continue
        _update(episode, therapy_sessions, episode_found)
        _join_findings(episode, therapy_sessions)
        if alerting and episode.is_open:
            alerts.raise_for(episode=episode)


def _stored(pair: Pair, therapy_sessions, found) -> Episode | None:
    """The row of a found episode: the one with its opening, else the open one, else a new one."""
    opened_session = therapy_sessions[found.opened - 1]
    same = pair.episodes.filter(opened_session=opened_session).first()
    if same:
        return same
    if found.state not in CLOSED:
        already_open = pair.episodes.open().first()
        if already_open:
            return already_open
    return Episode.objects.create(
        pair=pair,
        opened_session=opened_session,
        opened_at=max(
            opened_session.starts_at, opened_session.logged_at or opened_session.starts_at
        ),
    )


def _update(episode: Episode, therapy_sessions, found) -> None:
    if not episode.is_open:
        return
    episode.severity = found.severity
    episode.baseline_mean, episode.baseline_spread = found.baseline_mean, found.baseline_spread
    episode.lowest_total = found.lowest
    if episode.confirmed_by_id is None:
        episode.type, episode.component = found.type, found.component
    _add_states(episode, therapy_sessions, found.states)
    episode.save()


def _add_states(episode: Episode, therapy_sessions, states) -> None:
    """Writes the states that are not yet in the episode's history; those written stay."""
    written = set(episode.states.values_list("therapy_session_id", "state"))
    for entered in states:
        therapy_session = therapy_sessions[entered.session - 1]
        if (therapy_session.pk, entered.state) not in written:
            EpisodeState.objects.create(
                episode=episode,
                state=entered.state,
                therapy_session=therapy_session,
                entered_at=therapy_session.starts_at,
            )
    last = states[-1]
    episode.state = last.state
    if episode.state in CLOSED:
        episode.closed_session = therapy_sessions[last.session - 1]
        episode.closed_at = episode.closed_session.starts_at


def _join_findings(episode: Episode, therapy_sessions) -> None:
    """Findings from the opening to the end belong to the episode."""
    first = next(
        i for i, session in enumerate(therapy_sessions) if session.pk == episode.opened_session_id
    )
    theirs = therapy_sessions[first:]
    if episode.closed_session_id:
        keys = [session.pk for session in theirs]
        theirs = theirs[: keys.index(episode.closed_session_id) + 1]
    elif not episode.is_open:
        theirs = [session for session in theirs if session.starts_at <= episode.closed_at]
    Finding.objects.filter(therapy_session__in=theirs, episode=None).update(episode=episode)


@transaction.atomic
def open_by_hand(*, pair: Pair, type: str, component: str, by: User) -> Episode | None:
    """A strain a person noticed. It needs one logged session; None where there is none yet."""
    last = pair.therapy_sessions.happened().last()
    if last is None:
        return None
    already_open = pair.episodes.open().first()
    if already_open:
        return already_open
    episode = Episode.objects.create(
        pair=pair,
        opened_session=last,
        opened_at=timezone.now(),
        opened_by_hand=True,
        type=type,
        component=component,
        confirmed_by=by,
    )
    _enter(episode, Episode.State.OPEN, by=by)
    return episode


@transaction.atomic
def confirm(*, episode: Episode, type: str, component: str, by: User) -> None:
    episode.type, episode.component, episode.confirmed_by = type, component, by
    episode.save(update_fields=["type", "component", "confirmed_by"])


@transaction.atomic
def settle(*, episode: Episode, answer: str, on: datetime.date, by: User) -> None:
    """What the client said when asked whether this is settled."""
    episode.settled, episode.settled_on = answer, on
    episode.save(update_fields=["settled", "settled_on"])


@transaction.atomic
def dismiss(*, episode: Episode, reason: str, by: User) -> None:
    """Not a strain. The reason is kept: it says how often a rule was right."""
    episode.dismissed_reason = reason
    _close(episode, Episode.State.NOT_A_STRAIN, by=by)


@transaction.atomic
def end_early(*, client: Client) -> None:
    for episode in Episode.objects.open().filter(pair__client=client):
        _close(episode, Episode.State.ENDED_EARLY, by=None)


def _close(episode: Episode, state: str, *, by: User | None) -> None:
    locked = Episode.objects.select_for_update().get(pk=episode.pk)
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
