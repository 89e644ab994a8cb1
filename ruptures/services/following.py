"""Brings the stored strains of a pair in line with what the detector found."""

from collections import Counter

from django.utils import timezone

from accounts.prepared import insert
from ruptures.models import Episode, EpisodeState, Finding
from ruptures.models.finding import ABOUT_THE_THERAPIST, Severity
from ruptures.services import alerts
from ruptures.services.histories import Course
from sessions_app.models import Pair

State = Episode.State
CLOSED_BY_THE_COURSE = {State.VERIFIED, State.STRENGTHENED, State.CAME_BACK, State.NEW_LEVEL}
CLOSED_BY_A_PERSON = set(Episode.CLOSED_BY_A_PERSON)
FOLLOWED = (
    "severity",
    "baseline_mean",
    "baseline_spread",
    "lowest_total",
    "struck_mean",
    "recovered_running",
    "attended_since",
    "ever_recovered",
    "type",
    "component",
    "state",
    "closed_session_id",
    "closed_at",
    "news_at",
)


def follow(*, course: Course, found, findings: list[Finding], alerting: bool) -> Counter:
    """Opens, updates and closes episodes of the pair, and tells its supervisors.

    `findings` join the episode they fall in. Returns how many strains opened and closed.

    An episode that is closed stays as it is.
    """
    known_before = list(course.episodes)
    open_before = [episode for episode in known_before if episode.is_open]
    for episode_found in found.episodes:
        episode = _held(course, episode_found)
        if episode is None:
            continue
        before = {name: getattr(episode, name) for name in FOLLOWED}
        entered = _update(episode, course.therapy_sessions, episode_found)
        joined = join(episode, course.therapy_sessions, findings, since=episode_found.opened)
        if _is_news(before, episode, joined):
            episode.news_at = timezone.now()
        _save(episode, before, entered)
        stored = [row.pk for row in joined if row.pk]
        if stored:
            Finding.objects.filter(pk__in=stored).update(episode=episode)
        if alerting and episode.is_open:
            alerts.raise_for(episode=episode)
    return Counter(
        strains_opened=len(course.episodes) - len(known_before),
        strains_closed=sum(not episode.is_open for episode in open_before),
    )


def stands_otherwise(course: Course, found) -> bool:
    """Whether a stored strain is open where the detector sees none any more, or closed where it
    still sees one, as after a late correction or under another policy.

    The detector is then told how the strains stand (`as_stored`) and asked again, so
    that what it finds beside them has a strain to belong to.
    """
    sessions = course.therapy_sessions
    spans = [_sessions_within(sessions, each) for each in found.episodes]
    return any(_differs(episode, spans) for episode in course.episodes)


def _differs(episode: Episode, spans: list[list]) -> bool:
    opening = episode.opened_session_id
    if episode.is_open:
        return not any(opening == row.pk for span in spans for row in span)
    if episode.state not in CLOSED_BY_THE_COURSE:
        return False
    own = next((span for span in spans if span[0].pk == opening), [])
    return any(row.starts_at > episode.closed_at for row in own)


def _held(course: Course, found) -> Episode | None:
    """The episode of a found one: the one with its opening; else the open one, which began within
    it or before it; else a new one, not yet stored.

    One that was over before the open one began is new as well, and closed; where a person closed
    it, it is that person's.
    """
    within = [row.pk for row in _sessions_within(course.therapy_sessions, found)]
    same = [row for row in course.episodes if row.opened_session_id == within[0]]
    if same:
        return min(same, key=_closed_first)
    already_open = next((row for row in course.episodes if row.is_open), None)
    if already_open:
        keys = [row.pk for row in course.therapy_sessions]
        if keys.index(already_open.opened_session_id) <= keys.index(within[-1]):
            return already_open
        if found.state in CLOSED_BY_A_PERSON:
            theirs = (row for row in course.episodes if row.opened_session_id in within)
            return next(theirs, None)
    episode = opened_at(course.therapy_sessions[found.opened - 1], pair=course.pair)
    course.episodes.append(episode)
    return episode


def opened_at(therapy_session, *, pair: Pair) -> Episode:
    """A new episode, not stored."""
    known_at = max(
        therapy_session.starts_at, therapy_session.logged_at or therapy_session.starts_at
    )
    return Episode(pair=pair, opened_session_id=therapy_session.pk, opened_at=known_at)


def _closed_first(episode: Episode) -> tuple:
    return (True,) if episode.is_open else (False, episode.closed_at)


def _sessions_within(therapy_sessions, found) -> list:
    """From a found episode's opening to its end, or to the newest session while it is open."""
    is_closed = found.state in CLOSED_BY_THE_COURSE | CLOSED_BY_A_PERSON
    last = found.states[-1].session if is_closed else len(therapy_sessions)
    return therapy_sessions[found.opened - 1 : last]


def _update(episode: Episode, therapy_sessions, found) -> list[EpisodeState]:
    return bring_in_line(episode, therapy_sessions, found) if episode.is_open else []


def _is_news(before: dict, episode: Episode, joined: list[Finding]) -> bool:
    """Whether a supervisor who had seen the episode should look again: it was raised, it closed,
    or something was found that is worth asking and not about the therapist."""
    if before["closed_at"] is not None:
        return False
    raised = _rank(episode.severity) > _rank(before["severity"])
    return raised or not episode.is_open or any(map(_is_news_itself, joined))


def _rank(severity: str) -> int:
    return list(Severity).index(severity)


def _is_news_itself(finding: Finding) -> bool:
    is_new = finding.pk is None and finding.severity != Severity.INFO
    return is_new and finding.rule not in ABOUT_THE_THERAPIST


def _save(episode: Episode, before: dict, entered: list[EpisodeState]) -> None:
    """Writes the episode where it is new or changed, and what is new in its history of states."""
    if episode.pk is None:
        insert(episode)
    elif before != {name: getattr(episode, name) for name in FOLLOWED}:
        episode.save(update_fields=[name.removesuffix("_id") for name in FOLLOWED])
    if len(entered) == 1:
        insert(entered[0])
    else:
        EpisodeState.objects.bulk_create(entered)


def bring_in_line(episode: Episode, therapy_sessions, found) -> list[EpisodeState]:
    """Takes over what was found, unless a person said otherwise. Returns the new states; nothing
    is stored."""
    episode.severity = found.severity
    episode.baseline_mean, episode.baseline_spread = found.baseline_mean, found.baseline_spread
    episode.lowest_total, episode.struck_mean = found.lowest, found.struck_mean
    episode.recovered_running, episode.attended_since = found.recovered, found.attended
    episode.ever_recovered = found.ever_recovered
    if episode.confirmed_by_id is None:
        episode.type, episode.component = found.type, found.component
    return _enter_states(episode, therapy_sessions, found.states)


def _enter_states(episode: Episode, therapy_sessions, states) -> list[EpisodeState]:
    """The states that are not yet in the episode's history; those written stay. What a person
    decides is written by that person's action, never from here."""
    stored = episode.states.all() if episode.pk else ()
    written = {(row.therapy_session_id, row.state) for row in stored}
    new = []
    for entered in states:
        if entered.state in CLOSED_BY_A_PERSON:
            continue
        therapy_session = therapy_sessions[entered.session - 1]
        if (therapy_session.pk, entered.state) not in written:
            written.add((therapy_session.pk, entered.state))
            new.append(
                EpisodeState(
                    episode=episode,
                    state=entered.state,
                    therapy_session_id=therapy_session.pk,
                    entered_at=therapy_session.starts_at,
                )
            )
        episode.state = entered.state
        if entered.state in CLOSED_BY_THE_COURSE:
            episode.closed_session_id = therapy_session.pk
            episode.closed_at = therapy_session.starts_at
    return new


def join(
    episode: Episode, therapy_sessions, findings: list[Finding], *, since: int | None = None
) -> list[Finding]:
    """Findings from the opening to the end belong to the episode, and those from session `since`
    on, counted from 1, where the detector sees it begin earlier. Returns those that are new to it;
    nothing is stored."""
    keys = [session.pk for session in therapy_sessions]
    first = keys.index(episode.opened_session_id)
    if since is not None:
        first = min(first, since - 1)
    theirs = {
        session.pk
        for session in therapy_sessions[first:]
        if episode.is_open or session.starts_at <= episode.closed_at
    }
    joining = [
        row for row in findings if row.episode_id is None and row.therapy_session_id in theirs
    ]
    for row in joining:
        row.episode = episode
    return joining
