"""What client and therapist may ask each other over a form: one open question, from the client's
own marks and wish alone. What the therapist noted or felt never speaks here.

Core: no Django, no tables. The words are the client's texts; this module names one of them.
"""

from collections.abc import Iterable, Mapping

from sessions_app.srs import LINES

LEVEL_TO_THE_EYE = 5  # tenths between the highest and the lowest mark that look like one height
SAME_HEIGHT = 10  # tenths of the total that an eye takes for one height in the small drawing

LOW, LOWER, TOP = "ask_low", "ask_lower", "ask_top"
WISH, LEVEL = "ask_wish", "ask_level"
# Where a rule looks: at a low place, at a place lower than before, or at the very top.
DIRECTION = {
    "low_total": LOW,
    "low_line": LOW,
    "negative_pole": LOW,
    "personal_low": LOW,
    "sustained_low": LOW,
    "low_level": LOW,
    "line_split": LOW,
    "step_drop": LOWER,
    "sudden_drop": LOWER,
    "drift": LOWER,
    "steady_decline": LOWER,
    "line_drop": LOWER,
    "ceiling_flat": TOP,
    "ceiling_masked": TOP,
}


def question(findings: Iterable[tuple[str, str]], lines: Mapping[str, int], *, wish: bool) -> str:
    """The name of the text to ask. `findings`: rule and line (or ""), the gravest first."""
    if wish:
        return WISH
    told = ((DIRECTION[rule], line) for rule, line in findings if rule in DIRECTION)
    direction, line = next(told, (None, ""))
    if direction == TOP:
        return TOP
    if direction is None and max(lines.values()) - min(lines.values()) <= LEVEL_TO_THE_EYE:
        return LEVEL
    return f"{direction or LOW}_{line or lowest(lines)}"


def lowest(lines: Mapping[str, int]) -> str:
    return min(LINES, key=lambda line: lines[line])


def change(totals: list[int]) -> str:
    """How the newest total lies beside the one before, as the eye sees it."""
    difference = totals[-1] - totals[-2]
    if abs(difference) <= SAME_HEIGHT:
        return "look_level"
    return "look_higher" if difference > 0 else "look_lower"
