"""Rows of a pair → what the alliance chart draws."""

from collections.abc import Iterator

from django.db.models import F, Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ruptures import repair
from ruptures.charts import ChartSession, alliance_page, lines_page
from ruptures.charts.sessions import MOST_POINTS
from ruptures.models import Episode, PolicyVersion, RepairStep
from ruptures.services.form_names import NAME_OF_FORM, form_names
from ruptures.services.trend_pictures import wording
from sessions_app.markers import MARKER_BY_CODE
from sessions_app.models import Pair, TherapySession

SESSIONS_DRAWN = 60
TENTHS = 10
MARK_OF = {
    Episode.State.PARTIAL: "partial",
    Episode.State.RECOVERED: "recovered",
    Episode.State.CAME_BACK: "recovered",
    Episode.State.UNRESOLVED: "unresolved",
    Episode.State.VERIFIED: "held",
    Episode.State.STRENGTHENED: "held",
}
STEP_NAMES = {step.code: step.name for step in repair.REPAIR_STEPS}


def newest_sessions_of(pair: Pair, at_most: int | None = None) -> list[TherapySession]:
    """What the chart draws, the newest first; `SESSIONS_DRAWN` unless told."""
    return list(
        pair.therapy_sessions.happened()
        .select_related("srs_entry__pack", "screening", "prediction")
        .defer("srs_entry__pack__content")
        .annotate(form_name=F(NAME_OF_FORM))
        .prefetch_related("markers")
        .order_by("-starts_at")[: at_most or SESSIONS_DRAWN]
    )


def alliance_chart_of(pair: Pair, sessions: list[TherapySession] | None = None):
    """The chart of the pair's newest sessions, with its table and its plain figure. `sessions`:
    what `newest_sessions_of` gave, where the page has asked for it."""
    sessions = newest_sessions_of(pair) if sessions is None else sessions
    cutoff = PolicyVersion.current().cue
    drawn = _drawn(pair, sessions)
    return alliance_page(drawn, cutoff=cutoff, key="alliance", wording=wording())


def whole_charts_of(pair: Pair, sessions: list[TherapySession], *, full_scale: bool) -> list:
    """Totals and the four lines of `sessions`, the newest first; totals from 0 if asked for."""
    policy, words = PolicyVersion.current(), wording()
    drawn = _drawn(pair, sessions)
    return [
        alliance_page(
            drawn, cutoff=policy.cue, key="alliance", full_scale=full_scale, wording=words
        ),
        lines_page(drawn, cutoff=policy.line_cue, key="lines", wording=words),
    ]


def _drawn(pair: Pair, sessions: list[TherapySession]) -> list[ChartSession]:
    taken = Prefetch("repair_steps", RepairStep.objects.taken())
    strains = pair.episodes.exclude(state=Episode.State.NOT_A_STRAIN)
    strains = strains.select_related("opened_session").order_by("opened_at")
    episodes = list(strains.prefetch_related(taken, "states"))
    forms = form_names(
        (session.srs_entry.pack.code, session.form_name)
        for session in sessions
        if hasattr(session, "srs_entry")
    )
    drawn = [
        _draw(number, session, episodes, forms)
        for number, session in enumerate(reversed(sessions), start=1 + _left_out(pair, sessions))
    ]
    _add_steps(drawn, episodes)
    return [ChartSession(**fields) for fields in drawn]


def _left_out(pair: Pair, drawn: list[TherapySession]) -> int:
    """How many earlier sessions the chart does not show, so that numbers stay those of the pair."""
    if len(drawn) not in (SESSIONS_DRAWN, MOST_POINTS):
        return 0
    return pair.therapy_sessions.happened().count() - len(drawn)


def _draw(
    number: int, session: TherapySession, episodes: list[Episode], forms: dict[str, str]
) -> dict:
    entry = getattr(session, "srs_entry", None)
    return {
        "number": number,
        "on": timezone.localdate(session.starts_at),
        "total": entry.total if entry else None,
        "lines": entry.lines if entry else None,
        "form": forms[entry.pack.code] if entry else "",
        "incomplete": entry is not None and entry.total is None,
        "attendance": session.attendance,
        "band": _band(session),
        "markers": tuple(
            {str(MARKER_BY_CODE[marker.code].kind): None for marker in session.markers.all()}
        ),
        "states": tuple(_became(episodes, session)),
        "in_episode": next(
            (place for place, each in enumerate(episodes, 1) if _covers(each, session)), 0
        ),
    }


def _band(session: TherapySession) -> tuple[float, float] | None:
    """Mean ± 2 expected spreads before this session, in tenths; from two ratings on."""
    screening = getattr(session, "screening", None)
    if screening is None or screening.baseline_n < 2 or screening.expected_spread is None:
        return None
    reach = 2 * screening.expected_spread
    return (
        (screening.baseline_mean - reach) * TENTHS,
        (screening.baseline_mean + reach) * TENTHS,
    )


def _became(episodes: list[Episode], session: TherapySession) -> Iterator[tuple[str, str]]:
    """What a strain became at a session; where it opened, the shade says so."""
    for episode in episodes:
        for entered in episode.states.all():
            is_drawn = entered.state not in (Episode.State.OPEN, Episode.State.ADDRESSED)
            if entered.therapy_session_id == session.pk and is_drawn:
                yield MARK_OF.get(entered.state, ""), entered.get_state_display()


def _covers(episode: Episode, session: TherapySession) -> bool:
    if session.starts_at < episode.opened_session.starts_at:
        return False
    return episode.is_open or session.starts_at <= episode.closed_at


def _add_steps(drawn: list[dict], episodes: list[Episode]) -> None:
    """Each step stands at the last session on or before its day."""
    for episode in episodes:
        for row in episode.repair_steps.all():
            at = [fields for fields in drawn if fields["on"] <= row.taken_on]
            if at:
                name = _(STEP_NAMES[row.step])
                at[-1]["repair_steps"] = (*at[-1].get("repair_steps", ()), name)


def state_sentence(newest: list[TherapySession]) -> str:
    """One sentence on where the marks stand; `newest` the newest first.

    Only ratings on the newest one's form are compared; its versions go together.
    """
    entries = [row.srs_entry for row in newest if getattr(row, "srs_entry", None)]
    totals = [
        entry.total
        for entry in entries
        if entry.total is not None and entry.pack.code == entries[0].pack.code
    ]
    if not totals:
        return _("No rating yet.")
    number = wording().number
    last = _("Last %(total)s") % {"total": number(totals[0] / TENTHS)}
    return f"{last}{_change(totals, number)}{_below_cue(totals, number)}."


def _change(totals: list[int], number) -> str:
    """How far the marks have gone one way without a turn, and over how many sessions."""
    if len(totals) < 2:
        return ""
    falls = totals[0] < totals[1]
    if totals[0] == totals[1]:
        return _(", as the time before")
    steps = 1
    while steps + 1 < len(totals) and _goes_on(totals, steps, falls):
        steps += 1
    words = _MOVES[falls, steps > 1]
    points = number(abs(totals[0] - totals[steps]) / TENTHS)
    return str(words) % {"points": points, "sessions": steps + 1}


def _goes_on(totals: list[int], steps: int, falls: bool) -> bool:
    newer, older = totals[steps], totals[steps + 1]
    return newer < older if falls else newer > older


_MOVES = {
    (True, False): gettext_lazy(", down %(points)s from the time before"),
    (True, True): gettext_lazy(", down %(points)s over %(sessions)s sessions"),
    (False, False): gettext_lazy(", up %(points)s from the time before"),
    (False, True): gettext_lazy(", up %(points)s over %(sessions)s sessions"),
}


def _below_cue(totals: list[int], number) -> str:
    cue = PolicyVersion.current().cue
    running = next((i for i, total in enumerate(totals) if total >= cue), len(totals))
    words = {
        0: "",
        1: _(", below %(cue)s"),
        2: _(", below %(cue)s twice running"),
    }.get(running, _(", below %(cue)s the last %(times)s times"))
    return words % {"cue": _whole(cue, number), "times": running}


def _whole(cue: int, number) -> str:
    """36 rather than 36.0; a clinic may have chosen 36.5."""
    return str(cue // TENTHS) if cue % TENTHS == 0 else number(cue / TENTHS)
