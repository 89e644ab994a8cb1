"""CORE: where an open strain stands, and what would bring it to an end, in sentences.

It says aloud what the recovery table asks (docs/detection.md); it decides nothing.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from ruptures.detection.columns import TOLERANCE
from ruptures.detection.policy import Policy
from ruptures.detection.sentences import LINE_PHRASES
from ruptures.repair import FIRST_THREE, REPAIR_STEPS

STEP_NAMES = {step.code: step.name for step in REPAIR_STEPS}
LINE_OF = {"bond": "relationship", "goals": "goals", "tasks": "approach"}


def gettext_noop(text: str) -> str:
    """Marks a text for translation; the caller translates it."""
    return text


_ = gettext_noop

BAR = _("%(total)s or above")
BAR_WITH_LINE = _("%(total)s or above, with the line on %(line)s at %(mark)s or above")
# What the next sessions would make of it: by how many are missing, and how it would count.
NEEDED = {
    ("one", "held"): _("One more session at %(bar)s, and it counts as held."),
    ("one", "alone"): _("One more session at %(bar)s, and it counts as come back by itself."),
    ("one", "marks"): _("One more session at %(bar)s, and the marks are back for good."),
    ("some", "held"): _("%(sessions)s sessions running at %(bar)s, and it counts as held."),
    ("some", "alone"): _(
        "%(sessions)s sessions running at %(bar)s, and it counts as come back by itself."
    ),
    ("some", "marks"): _("%(sessions)s sessions running at %(bar)s, and the marks are back."),
}
BACK = _("The marks have been back for %(sessions)s sessions running.")
COUNT_STARTS_AGAIN = _("A missed appointment in between starts the count again.")
STEPS_MISSING = _("For a verified repair these steps are still to log: %(steps)s.")
QUOTED = _("“%(step)s”")
TOTALS_SAY_LITTLE = _(
    "The total has not been low since this was noticed, so the marks alone say little here. What "
    "the client says counts for more."
)
STEPS_WOULD_COUNT = _("With the first three steps logged it would count as a repair that held.")
NOT_SETTLED = _(
    "The client said that it is not settled, so it stays open until they are asked again."
)
RESPONSE_DUE = _(
    "If none of the next %(sessions)s sessions comes back, your supervisor hears of it."
)
NEXT_COMES_BACK = _("If the next session does not come back, your supervisor hears of it.")
NEW_LEVEL_LATER = _(
    "From %(needed)s attended sessions on without coming back you may call this the new usual "
    "level; there were %(attended)s."
)


@dataclass(frozen=True)
class Standing:
    """An open strain as the detector counted it. Levels and marks in points.

    `back`: sessions in a row back at the level so far. `line_mean`: usual mark on the line of
    `component`, None where that line is not asked. `lowest`: the lowest total since the opening,
    None where there is none. `steps`: codes of those taken.
    """

    mean: float
    spread: float
    component: str
    line_mean: float | None
    lowest: float | None
    back: int
    attended: int
    ever_back: bool
    steps: frozenset[str]
    settled: str


@dataclass(frozen=True)
class Language:
    """How to translate a message and how to write a number."""

    translate: Callable[[str], str] = str
    number: Callable[[float], str] = "{:.1f}".format


ENGLISH = Language()


def total_needed(standing: Standing) -> float:
    """The lowest total that counts as back, on the form's scale of tenths."""
    return _tenth_from(standing.mean - standing.spread)


def _was_low(standing: Standing) -> bool:
    """Not so behind top marks, and where markers or missed appointments alone raised it."""
    return standing.lowest is not None and standing.lowest < total_needed(standing) - TOLERANCE


def mark_needed(standing: Standing, policy: Policy) -> float | None:
    """The lowest mark on the struck line that counts as back; None where it is not asked."""
    if standing.line_mean is None or standing.component not in LINE_OF:
        return None
    return _tenth_from(standing.line_mean - policy.struck_line_within)


def _tenth_from(points: float) -> float:
    return math.ceil(points * 10 - TOLERANCE * 10) / 10


def sentences(standing: Standing, policy: Policy, language: Language = ENGLISH) -> list[str]:
    """Where it stands and what would verify it, the most important first."""
    told = [_of_the_marks(standing, policy, language)]
    if not _was_low(standing):
        told.insert(0, language.translate(TOTALS_SAY_LITTLE))
    missing = policy.verify_running - standing.back
    if standing.back and missing > 0:
        told.append(language.translate(COUNT_STARTS_AGAIN))
    if standing.settled == "no":
        told.append(language.translate(NOT_SETTLED))
    if not standing.steps:
        told.append(language.translate(STEPS_WOULD_COUNT))
    elif open_steps := _open_steps(standing, language):
        told.append(language.translate(STEPS_MISSING) % {"steps": open_steps})
    return told + _of_the_time(standing, policy, language)


def _of_the_marks(standing: Standing, policy: Policy, language: Language) -> str:
    missing = policy.verify_running - standing.back
    if missing <= 0:
        return language.translate(BACK) % {"sessions": standing.back}
    number = "one" if missing == 1 else "some"
    template = language.translate(NEEDED[number, _ending(standing)])
    return template % {"sessions": missing, "bar": _bar(standing, policy, language)}


def _ending(standing: Standing) -> str:
    """How two sessions back would count by what was logged and said: held, alone or neither."""
    if standing.settled == "no":
        return "marks"
    if not standing.steps:
        return "alone"
    return "held" if standing.steps.issuperset(FIRST_THREE) else "marks"


def _bar(standing: Standing, policy: Policy, language: Language) -> str:
    total = language.number(total_needed(standing))
    mark = mark_needed(standing, policy)
    if mark is None:
        return language.translate(BAR) % {"total": total}
    line = language.translate(LINE_PHRASES[LINE_OF[standing.component]])
    named = {"total": total, "line": line, "mark": language.number(mark)}
    return language.translate(BAR_WITH_LINE) % named


def _open_steps(standing: Standing, language: Language) -> str:
    missing = [step for step in FIRST_THREE if step not in standing.steps]
    quoted, names = (
        language.translate(QUOTED),
        map(language.translate, map(STEP_NAMES.get, missing)),
    )
    return ", ".join(quoted % {"step": name} for name in names)


def _of_the_time(standing: Standing, policy: Policy, language: Language) -> list[str]:
    """What happens when it does not come back."""
    if standing.ever_back:
        return []
    left = policy.unresolved_sessions - standing.attended
    if left == 1:
        return [language.translate(NEXT_COMES_BACK)]
    if left > 1:
        return [language.translate(RESPONSE_DUE) % {"sessions": left}]
    if standing.attended < policy.new_level_sessions:
        counts = {"needed": policy.new_level_sessions, "attended": standing.attended}
        return [language.translate(NEW_LEVEL_LATER) % counts]
    return []
