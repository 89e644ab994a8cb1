"""Believable courses of an alliance, made up: one function a course, session by session.

Each takes a seeded `random.Random` and the number of sessions and gives a list of `Planned`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from sessions_app import srs

ATTENDED, NO_SHOW, CANCELLED = "attended", "no_show", "cancelled_client"
ALL_STEPS = ("acknowledge", "invite", "validate", "explore", "renegotiate")


@dataclass
class Planned:
    """One session of a course. `lines` in tenths, empty where no form was given; `steps` are
    taken at this session; `settled` is the client's answer there."""

    lines: dict[str, int] = field(default_factory=dict)
    attendance: str = ATTENDED
    minutes_late: int = 0
    missing_reason: str = ""
    client_asks: bool = False
    markers: dict[str, int] = field(default_factory=dict)
    feelings: dict[str, int] = field(default_factory=dict)
    prediction: int | None = None
    steps: tuple[str, ...] = ()
    settled: str = ""


def _form(random: Random, level: float, spread: float = 0.25, **struck: float) -> dict[str, int]:
    """Four lines around `level` points; `struck` sets a line apart from the others."""
    return {line: _tenths(random.gauss(struck.get(line, level), spread)) for line in srs.LINES}


def _tenths(points: float) -> int:
    return min(srs.LINE_MAX, max(srs.LINE_MIN, round(points * 10)))


def steady(random: Random, sessions: int) -> list[Planned]:
    level = random.uniform(9.0, 9.6)
    course = [Planned(_form(random, level)) for _ in range(sessions)]
    course[random.randrange(1, sessions - 1)] = Planned(attendance=CANCELLED)
    return course


def slow_fade(random: Random, sessions: int) -> list[Planned]:
    """Two thirds of a point a session, and nobody says a word."""
    start, fading = 9.5, sessions // 2
    course = [Planned(_form(random, start, 0.1)) for _ in range(sessions - fading)]
    for step in range(1, fading + 1):
        course.append(Planned(_form(random, start - 0.17 * step, 0.08)))
    course[-2].markers = {"minimal_response": 2}
    return course


def break_and_repair(random: Random, sessions: int) -> list[Planned]:
    """A sudden fall on one line, talked through, and two sessions that bear it out."""
    struck = random.choice(["relationship", "goals", "approach"])
    course = [Planned(_form(random, 9.4, 0.1)) for _ in range(sessions - 6)]
    course.append(
        Planned(
            _form(random, 8.3, 0.1, **{struck: 6.4}),
            markers={"complaint_pace": 3},
            prediction=380,
        )
    )
    course.append(Planned(_form(random, 9.0, 0.1, **{struck: 8.4}), steps=ALL_STEPS[:3]))
    course.append(Planned(_form(random, 9.4, 0.08), steps=ALL_STEPS[3:]))
    course += [Planned(_form(random, 9.5, 0.08), settled="yes") for _ in range(3)]
    return course


def fresh_break(random: Random, sessions: int) -> list[Planned]:
    """The fall was in the last session; nobody has talked about it yet."""
    struck = random.choice(["relationship", "goals", "approach"])
    course = [Planned(_form(random, 9.4, 0.1)) for _ in range(sessions - 1)]
    course.append(
        Planned(
            _form(random, 8.2, 0.1, **{struck: 5.8}),
            markers={"complaint_therapist": 3},
            prediction=372,
        )
    )
    return course


def not_recovered(random: Random, sessions: int) -> list[Planned]:
    """A fall that was talked about, and the marks have not come back since."""
    course = [Planned(_form(random, 9.4, 0.1)) for _ in range(sessions - 5)]
    course.append(Planned(_form(random, 8.2, 0.1, goals=6.0), markers={"feels_misunderstood": 3}))
    course.append(Planned(_form(random, 8.2, 0.1, goals=6.4), steps=ALL_STEPS[:2]))
    course += [Planned(_form(random, 8.3, 0.1, goals=6.6)) for _ in range(3)]
    return course


def low_start_rising(random: Random, sessions: int) -> list[Planned]:
    course = []
    for number in range(sessions):
        level = min(9.3, 7.4 + 1.9 * number / (sessions * 0.6))
        course.append(Planned(_form(random, level, 0.15)))
    return course


def masking_tens(random: Random, sessions: int) -> list[Planned]:
    """Perfect marks, late arrivals, much agreeing."""
    course = [Planned(_form(random, 9.6, 0.1)) for _ in range(3)]
    course += [Planned(dict.fromkeys(srs.LINES, srs.LINE_MAX)) for _ in range(sessions - 3)]
    course[-1].markers, course[-1].minutes_late = {"appeasing": 2}, 15
    course[-3].minutes_late = 12
    course[-1].prediction = 310
    return course


def early_no_show(random: Random, sessions: int) -> list[Planned]:
    return [Planned(_form(random, 9.1)), Planned(attendance=NO_SHOW)]


def drop_out(random: Random, sessions: int) -> list[Planned]:
    """Lower, then late, then absent, then gone."""
    course = [Planned(_form(random, 9.3, 0.15)) for _ in range(sessions - 5)]
    course += [
        Planned(_form(random, 8.6, 0.1)),
        Planned(_form(random, 8.0, 0.1), minutes_late=15),
        Planned(missing_reason="declined", minutes_late=20),
        Planned(attendance=NO_SHOW),
        Planned(attendance=NO_SHOW),
    ]
    return course


def uneven(random: Random, sessions: int) -> list[Planned]:
    """Ordinary ups and downs, a forgotten form, a cancellation."""
    level = random.uniform(8.8, 9.4)
    course = [Planned(_form(random, level, 0.45)) for _ in range(sessions)]
    course[sessions // 2] = Planned(missing_reason="forgotten")
    course[sessions // 3] = Planned(attendance=CANCELLED)
    return course


Course = Callable[[Random, int], list[Planned]]

# How the fifteen clients of one therapist fare, the six of today first.
CASELOAD: tuple[Course, ...] = (
    steady,
    steady,
    uneven,
    break_and_repair,
    steady,
    slow_fade,
    uneven,
    low_start_rising,
    masking_tens,
    steady,
    drop_out,
    break_and_repair,
    not_recovered,
    fresh_break,
    early_no_show,
)
