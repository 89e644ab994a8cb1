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

    `pair` comes with its episodes. Returns how many strains opened and closed.

    An episode that a person closed stays as it is; one the detector no longer sees stays open
    until a person closes it.
    """
    known = list(pair.episodes.all())
    number_before = len(known)
    open_before = [episode for episode in known if episode.is_open]
    for episode_found in found.episodes:
        episode = _stored(pair, known, therapy_sessions, episode_found)
        if episode is None:
            continue
        if episode.pk is None:
            known.append(episode)
        _update(episode, therapy_sessions, episode_found)
        _join_findings(episode, therapy_sessions)
        if alerting and episode.is_open:
            alerts.raise_for(episode=episode)
    return Counter(
        strains_opened=len(known) - number_before,
        strains_closed=sum(not episode.is_open for episode in open_before),
    )


def _stored(pair: Pair, known: list[Episode], therapy_sessions, found) -> Episode | None:
    """The row of a found episode: the one with its opening, else the open one that lies within
    it, else a new one, not yet saved. None where another open one stands in the way of a new
    one."""
    opened_session = therapy_sessions[found.opened - 1]
    same = [episode for episode in known if episode.opened_session_id == opened_session.pk]
    if same:
        return min(same, key=_closed_first)
    already_open = next((episode for episode in known if episode.is_open), None)
    if already_open:
        within = [session.pk for session in _sessions_within(therapy_sessions, found)]
        return already_open if already_open.opened_session_id in within else None
    return Episode(
        pair=pair,
        opened_session=opened_session,
        opened_at=max(
            opened_session.starts_at, opened_session.logged_at or opened_session.starts_at
        ),
    )


def _closed_first(episode: Episode) -> tuple:
    return episode.is_open, episode.closed_at or episode.opened_at


def _sessions_within(therapy_sessions, found) -> list[TherapySession]:
    """From a found episode's opening to its end, or to the newest session while it is open."""
    is_closed = found.state in CLOSED_BY_THE_COURSE | CLOSED_BY_A_PERSON
    last = found.states[-1].session if is_closed else len(therapy_sessions)
    return therapy_sessions[found.opened - 1 : last]


def _update(episode: Episode, therapy_sessions, found) -> None:
    if not episode.is_open:
        return
    before = _columns(episode)
    episode.severity = found.severity
    episode.baseline_mean, episode.baseline_spread = found.baseline_mean, found.baseline_spread
    episode.lowest_total = found.lowest
    if episode.confirmed_by_id is None:
        episode.type, episode.component = found.type, found.component
    entered = _entered(therapy_sessions, found.states)
    for therapy_session, state in entered:
        episode.state = state
        if state in CLOSED_BY_THE_COURSE:
            episode.closed_session = therapy_session
            episode.closed_at = therapy_session.starts_at
    if episode.pk is None or _columns(episode) != before:
        episode.save()
    _add_states(episode, entered)


def _columns(episode: Episode) -> list:
    return [getattr(episode, field.attname) for field in Episode._meta.concrete_fields]


def _entered(therapy_sessions, states) -> list[tuple[TherapySession, str]]:
    """What a person decides is written by that person's action, never from here."""
    return [
        (therapy_sessions[entered.session - 1], entered.state)
        for entered in states
        if entered.state not in CLOSED_BY_A_PERSON
    ]


def _add_states(episode: Episode, entered: list[tuple[TherapySession, str]]) -> None:
    """Writes the states that are not yet in the episode's history; those written stay."""
    written = set(episode.states.values_list("therapy_session_id", "state"))
    EpisodeState.objects.bulk_create(
        EpisodeState(
            episode=episode,
            state=state,
            therapy_session=therapy_session,
            entered_at=therapy_session.starts_at,
        )
        for therapy_session, state in dict.fromkeys(entered)
        if (therapy_session.pk, state) not in written
    )


def _join_findings(episode: Episode, therapy_sessions) -> None:
    """Findings from the opening to the end belong to the episode."""
    first = next(
        i for i, session in enumerate(therapy_sessions) if session.pk == episode.opened_session_id
    )
    theirs = therapy_sessions[first:]
    if not episode.is_open:
        theirs = [session for session in theirs if session.starts_at <= episode.closed_at]
    Finding.objects.filter(therapy_session__in=theirs, episode=None).update(episode=episode)
