"""Random histories with every kind of input, for properties and comparisons."""

import random
from datetime import date, timedelta

from sessions_app.markers import FEELINGS, MARKER_BY_CODE

LINES = ("relationship", "goals", "approach", "overall")
STEPS = ("acknowledge", "invite", "validate", "explore", "renegotiate")
STYLES = ("steady", "wild", "ceiling", "low", "repairing", "edge")


def random_pair(seed: int, longest: int = 40) -> dict:
    """One pair whose style, and everything in it, follows from the seed."""
    chance = random.Random(seed)
    style = chance.choice(STYLES)
    level = {"ceiling": 98, "low": 72, "edge": 90}.get(style, chance.uniform(80, 97))
    day = date(2026, 1, 5)
    sessions = []
    for _ in range(chance.randint(0, longest)):
        day += timedelta(days=chance.choice((0, 3, 7, 7, 7, 7, 14, 60, 61, 75)))
        if chance.random() < 0.12:
            level = min(99, max(40, level + chance.choice((-22, -14, -8, 8, 14, 22))))
        sessions.append(_session(chance, style, level, day))
    pair = {"id": f"pair {seed}", "sessions": sessions}
    if chance.random() < 0.3:
        pair["as_of"] = (day + timedelta(days=chance.choice((0, 13, 14, 30)))).isoformat()
    return pair


def _session(chance: random.Random, style: str, level: float, day: date) -> dict:
    session: dict = {"on": day.isoformat()}
    attendance = chance.choices(
        ("attended", "no_show", "cancelled_client", "cancelled_therapist"), (88, 5, 5, 2)
    )[0]
    if attendance != "attended" or chance.random() < 0.5:
        session["attendance"] = attendance
    if attendance == "attended":
        _form(chance, style, level, session)
        if chance.random() < 0.3:
            session["minutes_late"] = chance.choice((0, 5, 9, 10, 12, 25))
    if chance.random() < 0.25:
        session["prediction"] = _marks(chance, level + chance.choice((-20, 0, 3, 10, 12)), 6)
    _notes(chance, session)
    _decisions(chance, style, session)
    return session


def _form(chance: random.Random, style: str, level: float, session: dict) -> None:
    if chance.random() < 0.12:
        session["missing_reason"] = chance.choice(("technical", "forgotten", "declined", None))
        return
    spread = {"wild": 14, "ceiling": 2, "steady": 3}.get(style, 6)
    marks = _marks(chance, level + chance.gauss(0, spread), 3)
    if chance.random() < 0.06:
        marks[chance.choice(LINES)] = chance.randint(20, 60) / 10
    if chance.random() < 0.15:
        session["total"] = round(sum(marks.values()), 1)
    else:
        session["lines"] = marks
    if chance.random() < 0.7:
        session["seconds"] = chance.choice((2, 3, 3.9, 4, 31)) if style == "ceiling" else 31


def _marks(chance: random.Random, level: float, spread: float) -> dict:
    return {line: min(100, max(0, round(level + chance.gauss(0, spread)))) / 10 for line in LINES}


def _notes(chance: random.Random, session: dict) -> None:
    if chance.random() < 0.12:
        session["markers"] = [
            {"code": chance.choice(list(MARKER_BY_CODE)), "salience": chance.randint(1, 5)}
            for _ in range(chance.randint(1, 4))
        ]
    if chance.random() < 0.15:
        session["feelings"] = {name: chance.choice((0, 0, 1, 3, 4)) for name in FEELINGS}
    if chance.random() < 0.03:
        session["client_asks"] = True


def _decisions(chance: random.Random, style: str, session: dict) -> None:
    often = 0.5 if style == "repairing" else 0.06
    if chance.random() < often:
        session["repair_steps"] = chance.sample(STEPS, chance.randint(0, 5))
    if chance.random() < 0.15:
        session["settled"] = chance.choice(("yes", "partly", "no"))
    for key, share in (
        ("new_level", 0.15),
        ("not_a_strain", 0.02),
        ("opened_by_hand", 0.02),
        ("closed", 0.02),
        ("left", 0.01),
    ):
        if chance.random() < share:
            session[key] = True
    if chance.random() < 0.05:
        session["component"] = chance.choice(("bond", "goals", "tasks", "unspecified"))
    if chance.random() < 0.1:
        session["next_booked"] = chance.random() < 0.5
