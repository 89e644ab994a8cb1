"""Rows of a pair → what the alliance chart draws.

Sessions, strains and steps are read as plain rows by prepared questions: as model instances they
cost more than the drawing does.
"""

from collections import namedtuple
from collections.abc import Callable
from functools import cache

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.prepared import Given, prepared
from ruptures import repair
from ruptures.charts import ChartSession, alliance_page, alliance_still, lines_page
from ruptures.charts.page import PageChart
from ruptures.charts.sessions import MOST_POINTS
from ruptures.models import Episode, EpisodeState, PolicyVersion, RepairStep
from ruptures.services.form_names import form_names
from ruptures.services.trend_pictures import wording
from sessions_app import srs
from sessions_app.markers import MARKER_BY_CODE
from sessions_app.models import InstrumentPack, Marker, Pair, TherapySession
from sessions_app.models.therapy_session import latest_begun
from sessions_app.services import therapy_sessions

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
COLUMNS = (
    "pk",
    "key",
    "starts_at",
    "attendance",
    "logged_at",
    "marks_seen_at",
    "srs_entry__pk",
    *(f"srs_entry__{line}" for line in srs.LINES),
    "srs_entry__pack__code",
    "prediction__pk",
    *(f"prediction__{line}" for line in srs.LINES),
    "screening__baseline_n",
    "screening__baseline_mean",
    "screening__expected_spread",
    "has_markers",
)


class PastSession(namedtuple("PastSession", COLUMNS)):
    """One session that happened, with its rating, its prediction and the usual level before it."""

    __slots__ = ()

    @property
    def is_rated(self) -> bool:
        return self.srs_entry__pk is not None

    @property
    def is_predicted(self) -> bool:
        return self.prediction__pk is not None

    @property
    def marks_are_unseen(self) -> bool:
        """As of a `TherapySession`."""
        has_said = self.is_predicted or self.logged_at or self.marks_seen_at
        return self.is_rated and not has_said

    @property
    def lines(self) -> dict[str, int | None]:
        return {line: getattr(self, f"srs_entry__{line}") for line in srs.LINES}

    @property
    def total(self) -> int | None:
        """Tenths, 0–400; None without a whole form."""
        return srs.total(self.lines)

    @property
    def predicted_total(self) -> int | None:
        return srs.total({line: getattr(self, f"prediction__{line}") for line in srs.LINES})


def newest_sessions_of(pair: Pair, at_most: int | None = None) -> list[PastSession]:
    """What the chart draws, the newest first; `SESSIONS_DRAWN` unless told."""
    asked = _newest_sessions(at_most or SESSIONS_DRAWN)
    return [PastSession._make(row) for row in asked(pair=pair.pk, latest=latest_begun())]


def shown_sessions_of(pair: Pair, *, reader: User, at_most: int | None = None) -> list[PastSession]:
    """The same for a page of `reader`: the marks it shows to the pair's therapist are seen from
    now on."""
    newest = newest_sessions_of(pair, at_most)
    if pair.therapist_id == reader.pk and any(row.marks_are_unseen for row in newest):
        therapy_sessions.see_marks(pair)
    return newest


@cache
def _newest_sessions(at_most: int) -> Callable[..., list]:
    def sessions():
        happened = TherapySession.objects.happened(Given("latest", models.DateTimeField()))
        return (
            happened.filter(pair=Given("pair"))
            .annotate(has_markers=Exists(Marker.objects.filter(therapy_session=OuterRef("pk"))))
            .order_by("-starts_at")
            .values_list(*COLUMNS)[:at_most]
        )

    return prepared(sessions)


def alliance_chart_of(pair: Pair, sessions: list[PastSession] | None = None) -> PageChart:
    """The chart of the pair's newest sessions with its live figure and its table. `sessions`: what
    `newest_sessions_of` gave, where it was asked for."""
    sessions = newest_sessions_of(pair) if sessions is None else sessions
    look = {"cutoff": PolicyVersion.current().cue, "wording": wording()}
    return alliance_page(_drawn(pair, sessions), key="alliance", **look)


def alliance_still_of(
    pair: Pair, policy: PolicyVersion, sessions: list[PastSession] | None = None
) -> PageChart:
    """The same as a still picture alone."""
    sessions = newest_sessions_of(pair) if sessions is None else sessions
    look = {"cutoff": policy.cue, "wording": wording()}
    return alliance_still(_drawn(pair, sessions), key="alliance", **look)


def whole_charts_of(pair: Pair, sessions: list[PastSession], *, full_scale: bool) -> list:
    """Totals and the four lines of `sessions`, the newest first; totals from 0 if asked for."""
    policy, words = PolicyVersion.current(), wording()
    drawn = _drawn(pair, sessions)
    return [
        alliance_page(
            drawn, cutoff=policy.cue, key="alliance", full_scale=full_scale, wording=words
        ),
        lines_page(drawn, cutoff=policy.line_cue, key="lines", wording=words),
    ]


@prepared
def _strains():
    strains = Episode.objects.filter(pair=Given("pair")).exclude(state=Episode.State.NOT_A_STRAIN)
    columns = ("pk", "opened_session__starts_at", "closed_at")
    return strains.order_by("opened_at").values_list(*columns, named=True)


@prepared
def _states():
    """What strains became; where one opened, the shade says so."""
    of_strains = EpisodeState.objects.filter(episode__pair=Given("pair"))
    of_strains = of_strains.exclude(episode__state=Episode.State.NOT_A_STRAIN)
    drawn = of_strains.exclude(state__in=[Episode.State.OPEN, Episode.State.ADDRESSED])
    in_order = drawn.order_by("episode__opened_at", "entered_at", "pk")
    return in_order.values_list("therapy_session", "state")


@prepared
def _steps():
    taken = RepairStep.objects.taken().filter(episode__pair=Given("pair"))
    taken = taken.exclude(episode__state=Episode.State.NOT_A_STRAIN)
    in_order = taken.order_by("episode__opened_at", *RepairStep._meta.ordering)
    return in_order.values_list("taken_on", "step", named=True)


def _packs(pair: Pair):
    """Code and name of each pack the pair's ratings were made with, the oldest version last."""
    used = InstrumentPack.objects.filter(entries__therapy_session__pair=pair).distinct()
    return used.order_by("-pk").values_list("code", "content__name")


@prepared
def _markers():
    noted = Marker.objects.filter(therapy_session__pair=Given("pair")).order_by("pk")
    return noted.values_list("therapy_session", "code")


def _drawn(pair: Pair, sessions: list[PastSession]) -> list[ChartSession]:
    strains = _strains(pair=pair.pk)
    became = _gathered(_states(pair=pair.pk)) if strains else {}
    markers = _gathered(_markers(pair=pair.pk)) if any(row.has_markers for row in sessions) else {}
    forms = _names_of_forms(pair, {row.srs_entry__pack__code for row in sessions if row.is_rated})
    drawn = [
        _draw(number, row, forms)
        | {
            "markers": _kinds_of(markers.get(row.pk, ())),
            "states": _in_words(became.get(row.pk, ())),
            "in_episode": _open_at(row, strains),
        }
        for number, row in enumerate(reversed(sessions), start=1 + _left_out(pair, sessions))
    ]
    if strains:
        _add_steps(drawn, _steps(pair=pair.pk))
    return [ChartSession(**fields) for fields in drawn]


def _names_of_forms(pair: Pair, codes: set[str]) -> dict[str, str]:
    """What each form is called; where there is one alone nothing names it, and its words stay in
    the database."""
    return dict(zip(codes, codes, strict=True)) if len(codes) < 2 else form_names(_packs(pair))


def _gathered(rows: list[tuple[int, str]]) -> dict[int, list[str]]:
    """Of (session, word) the words by session."""
    words: dict[int, list[str]] = {}
    for session, word in rows:
        words.setdefault(session, []).append(word)
    return words


def _left_out(pair: Pair, drawn: list[PastSession]) -> int:
    """How many earlier sessions the chart does not show, so that numbers stay those of the pair."""
    if len(drawn) not in (SESSIONS_DRAWN, MOST_POINTS):
        return 0
    return pair.therapy_sessions.happened().count() - len(drawn)


def _draw(number: int, row: PastSession, forms: dict[str, str]) -> dict:
    total = row.total if row.is_rated else None
    return {
        "number": number,
        "on": timezone.localdate(row.starts_at),
        "total": total,
        "lines": row.lines if row.is_rated else None,
        "form": forms[row.srs_entry__pack__code] if row.is_rated else "",
        "incomplete": row.is_rated and total is None,
        "attendance": row.attendance,
        "band": _band(row),
    }


def _band(row: PastSession) -> tuple[float, float] | None:
    """Mean ± 2 expected spreads before this session, in tenths; from two ratings on."""
    if (row.screening__baseline_n or 0) < 2 or row.screening__expected_spread is None:
        return None
    mean, reach = row.screening__baseline_mean, 2 * row.screening__expected_spread
    return (mean - reach) * TENTHS, (mean + reach) * TENTHS


def _kinds_of(codes: list[str]) -> tuple[str, ...]:
    return tuple({str(MARKER_BY_CODE[code].kind): None for code in codes})


def _in_words(states: list[str]) -> tuple[tuple[str, str], ...]:
    return tuple((MARK_OF.get(state, ""), str(Episode.State(state).label)) for state in states)


def _open_at(row: PastSession, strains: list) -> int:
    """The number of the strain that was open at the session, 0 where none was."""
    return next((place for place, each in enumerate(strains, 1) if _covers(each, row)), 0)


def _covers(strain, row: PastSession) -> bool:
    if row.starts_at < strain.opened_session__starts_at:
        return False
    return strain.closed_at is None or row.starts_at <= strain.closed_at


def _add_steps(drawn: list[dict], steps: list) -> None:
    """Each step stands at the last session on or before its day."""
    for step in steps:
        at = [fields for fields in drawn if fields["on"] <= step.taken_on]
        if at:
            name = _(STEP_NAMES[step.step])
            at[-1]["repair_steps"] = (*at[-1].get("repair_steps", ()), name)


def state_sentence(newest: list[PastSession], cue: int) -> str:
    """One sentence on where the marks stand; `newest` the newest first, `cue` in tenths of the
    total.

    Only ratings on the newest one's form are compared; its versions go together.
    """
    rated = [row for row in newest if row.is_rated]
    marked = [(row.srs_entry__pack__code, row.total) for row in rated]
    totals = [total for form, total in marked if total is not None and form == marked[0][0]]
    if not totals:
        return _("No rating yet.")
    number = wording().number
    last = _("Last %(total)s") % {"total": number(totals[0] / TENTHS)}
    return f"{last}{_change(totals, number)}{_below_cue(totals, cue, number)}."


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


def _below_cue(totals: list[int], cue: int, number) -> str:
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
