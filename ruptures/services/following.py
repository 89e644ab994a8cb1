"""Brings the stored strains of a pair in line with what the detector found."""

from collections import Counter

from ruptures.models import Episode, EpisodeState, Finding
from ruptures.services import alerts
from sessions_app.models import Pair, TherapySession

State = Episode.State
CLOSED_BY_THE_COURSE = {State.VERIFIED, State.STRENGTHENED, State.CAME_BACK, State.NEW_LEVEL}
CLOSED_BY_A_PERSON = {State.NOT_A_STRAIN, State.RESOLVED, State.ENDED_EARLY}


def follow(*, pair: Pair, therapy_sessions: list[TherapySession], found, alerting: bool) -> Counter:
    """Opens, updates and closes episodes of `pair`, and tells its supervisors.

    Returns how many strains opened and closed.

    An episode that a person closed stays as it is; one the detector no longer sees stays open
    until a person closes it.
    """
    open_before = set(pair.episodes.open().values_list("pk", flat=True))
    known_before = set(pair.episodes.values_list("pk", flat=True))
    for episode_found in found.episodes:
        episode = _stored(pair, therapy_sessions, episode_found)
        if episode is None:
            continue
        _update(episode, therapy_sessions, episode_found)
        _join_findings(episode, therapy_sessions)
        if alerting and episode.is_open:
            alerts.raise_for(episode=episode)
    return _changes(pair, open_before, known_before)


def _changes(pair: Pair, open_before: set[int], known_before: set[int]) -> Counter:
    open_now = set(pair.episodes.open().values_list("pk", flat=True))
    return Counter(
        strains_opened=pair.episodes.exclude(pk__in=known_before).count(),
        strains_closed=len(open_before - open_now),
    )


def _stored(pair: Pair, therapy_sessions, found) -> Episode | None:
    """The row of a found episode: the one with its opening, else the open one that lies within
    it, else a new one. None where another open one stands in the way of a new one."""
    opened_session = therapy_sessions[found.opened - 1]
    same = pair.episodes.filter(opened_session=opened_session).order_by("closed_at").first()
    if same:
        return same
    already_open = pair.episodes.open().first()
    if already_open:
        within = [session.pk for session in _sessions_within(therapy_sessions, found)]
        return already_open if already_open.opened_session_id in within else None
    return Episode.objects.create(
        pair=pair,
        opened_session=opened_session,
        opened_at=max(
            opened_session.starts_at, opened_session.logged_at or opened_session.starts_at
        ),
    )


def _sessions_within(therapy_sessions, found) -> list[TherapySession]:
    """From a found episode's opening to its end, or to the newest session while it is open."""
    is_closed = found.state in CLOSED_BY_THE_COURSE | CLOSED_BY_A_PERSON
    last = found.states[-1].session if is_closed else len(therapy_sessions)
    return therapy_sessions[found.opened - 1 : last]


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
    """Writes the states that are not yet in the episode's history; those written stay. What a
    person decides is written by that person's action, never from here."""
    written = set(episode.states.values_list("therapy_session_id", "state"))
    for entered in states:
        if entered.state in CLOSED_BY_A_PERSON:
            continue
        therapy_session = therapy_sessions[entered.session - 1]
        if (therapy_session.pk, entered.state) not in written:
            EpisodeState.objects.create(
                episode=episode,
                state=entered.state,
                therapy_session=therapy_session,
                entered_at=therapy_session.starts_at,
            )
        episode.state = entered.state
        if entered.state in CLOSED_BY_THE_COURSE:
            episode.closed_session = therapy_session
            episode.closed_at = therapy_session.starts_at


def _join_findings(episode: Episode, therapy_sessions) -> None:
    """Findings from the opening to the end belong to the episode."""
    first = next(
        i for i, session in enumerate(therapy_sessions) if session.pk == episode.opened_session_id
    )
    theirs = therapy_sessions[first:]
    if not episode.is_open:
        theirs = [session for session in theirs if session.starts_at <= episode.closed_at]
    Finding.objects.filter(therapy_session__in=theirs, episode=None).update(episode=episode)
