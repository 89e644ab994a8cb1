"""Short ways to write a history down and to ask what was found."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from ruptures.detection.history import History
from ruptures.detection.policy import DEFAULT_POLICY, Policy
from ruptures.detection.results import PairResult
from ruptures.detection.screen import screen

FIRST_DAY = date(2026, 1, 5)
LINES = ("relationship", "goals", "approach", "overall")
THREE_STEPS = ["acknowledge", "invite", "validate"]


def lines(*marks: float) -> dict[str, float]:
    return dict(zip(LINES, marks, strict=True))


def even(total: float) -> dict[str, float]:
    """Four lines, as alike as can be, with this total."""
    tenths = round(total * 10)
    return lines(*((tenths + place) // 4 / 10 for place in range(4)))


def week(number: int) -> str:
    return (FIRST_DAY + timedelta(weeks=number)).isoformat()


def pair(*sessions: float | None | dict[str, Any], **more: Any) -> dict[str, Any]:
    """A pair with weekly sessions: a total alone, None for no form, or the session's keys."""
    rows = []
    for number, session in enumerate(sessions):
        keys = session if isinstance(session, dict) else {"total": session}
        rows.append({"on": week(number), **keys})
    return {"id": "a", "sessions": rows, **more}


def screened(*sessions: Any, policy: Policy = DEFAULT_POLICY, **more: Any) -> PairResult:
    return screen(History.from_pairs([pair(*sessions, **more)]), policy).pair(0)


def severities(rule: str, result: PairResult) -> list[str | None]:
    """What one rule said, session by session (its highest, where it speaks of several lines)."""
    return [
        next((each.severity for each in session.findings if each.rule == rule), None)
        for session in result.sessions
    ]


def last(rule: str, *sessions: Any, policy: Policy = DEFAULT_POLICY, **more: Any) -> str | None:
    """What one rule said of the last session."""
    return severities(rule, screened(*sessions, policy=policy, **more))[-1]


def states(result: PairResult, episode: int = 0) -> list[tuple[int, str]]:
    return [(each.session, each.state) for each in result.episodes[episode].states]


def no_show(**more: Any) -> dict[str, Any]:
    return {"attendance": "no_show", **more}


def cancelled(**more: Any) -> dict[str, Any]:
    return {"attendance": "cancelled_client", "cancelled_hours_ahead": 48, **more}


def marked(*markers: tuple[str, int], **more: Any) -> dict[str, Any]:
    noted = [{"code": code, "salience": salience} for code, salience in markers]
    return {"markers": noted, **more}


def usual(*sessions: Any) -> tuple[Any, ...]:
    """Four calm sessions before: m 37.537, s 1.916, p 2.130."""
    return (37.0, 38.0, 37.5, 38.0, *sessions)


def found_rules(result: PairResult) -> set[str]:
    return {each.rule for session in result.sessions for each in session.findings}


def totals(values: Sequence[float]) -> list[dict[str, Any]]:
    return [{"total": value} for value in values]
