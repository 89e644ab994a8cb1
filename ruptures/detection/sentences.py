"""Findings in a user's language: what is seen, and when it would not have come up.

Templates are English constants with named placeholders. They are marked where they stand and
translated before they are filled in, so that word order is the translator's.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ruptures.detection.counterfactual import speaks_up_to
from ruptures.detection.results import FindingResult
from sessions_app.markers import FEELINGS, MARKER_BY_CODE

Translate = Callable[[str], str]
Write = Callable[[float], str]


def gettext_noop(message: str) -> str:
    """Mark a message for translation where it is defined; it is translated where it is shown."""
    return message


_ = gettext_noop


@dataclass(frozen=True)
class Words:
    """A rule in words. `why` by case where a rule has several reasons, else under None."""

    title: str
    why: Mapping[str | None, str]
    unless: Mapping[str | None, str]


def words(title: str, why: str | dict[str, str], unless: str | dict[str, str]) -> Words:
    """One sentence each, or one a case."""
    return Words(title, _by_case(why), _by_case(unless))


def _by_case(message: str | dict[str, str]) -> dict[str | None, str]:
    return message if isinstance(message, dict) else {None: message}


LINE_PHRASES = {
    "relationship": _("the relationship"),
    "goals": _("goals"),
    "approach": _("the approach"),
    "overall": _("the hour as a whole"),
}
STRENGTHS = {
    1: _("faint"),
    2: _("light"),
    3: _("clear"),
    4: _("clear and strong"),
    5: _("very strong"),
}
AT_OR_ABOVE = _("At %(threshold)s or above, %(short)s more, this would not have come up.")
ABOVE = _("With a total above %(bound)s this would not have come up.")
LINE_ABOVE = _("With this line above %(bound)s this would not have come up.")
BELOW_STRENGTH = {
    "one": _("Noted at less than a strength of %(least)s, this would not have come up."),
    "two": _("With both noted at less than a strength of %(least)s this would not have come up."),
}
NOTED = {
    "one": _("You noted %(marker)s, %(strength)s."),
    "two": _("You noted %(marker)s and %(second_marker)s."),
}
SIGNS = {
    "marker": _("what you noted"),
    "no_show": _("the missed appointment"),
    "late": _("the late arrivals"),
    "prediction": _("the marks you expected"),
    "seconds": _("forms done in a few seconds"),
}

WORDS = {
    "low_total": words(
        _("Total below the usual cue"),
        _(
            "Today's total is %(total)s; below %(threshold)s is the usual point to ask what "
            "could have gone better."
        ),
        AT_OR_ABOVE,
    ),
    "low_line": words(
        _("A line below the usual cue"),
        _("The line on %(line)s is %(mark)s, the lowest today."),
        AT_OR_ABOVE,
    ),
    "negative_pole": words(
        _("A mark on the negative half"),
        _("The mark for %(line)s, %(mark)s, lies on the negative half of the line."),
        AT_OR_ABOVE,
    ),
    "step_drop": words(
        _("Lower than last time"),
        _("%(drop)s lower than last time. Small moves are often chance; worth one question."),
        ABOVE,
    ),
    "sudden_drop": words(
        _("A sudden fall"),
        {
            "usual": _(
                "%(drop)s lower than last time and outside this client's usual range "
                "(%(usual_low)s–%(usual_high)s)."
            ),
            "early": _(
                "%(drop)s lower than last time, before this client's usual range is known. "
                "Worth asking about."
            ),
        },
        ABOVE,
    ),
    "personal_low": words(
        _("Low for this client"),
        _("Lower than about %(share)s of 100 sessions expected of this client."),
        ABOVE,
    ),
    "sustained_low": words(
        _("Low for this client, and still so"),
        {
            "second": _("Second session running clearly below this client's usual level."),
            "more": _("%(running)s sessions running clearly below this client's usual level."),
        },
        ABOVE,
    ),
    "drift": words(
        _("A slow slide"),
        _(
            "The last sessions have slid away from this client's usual level of about %(mean)s; "
            "today it is %(total)s."
        ),
        {
            "total": ABOVE,
            "any": _(
                "No total in this session would have changed that: the sessions before had "
                "already slid this far."
            ),
        },
    ),
    "steady_decline": words(
        _("A steady decline"),
        _("%(entries)s sessions, almost each a bit lower than before: %(first)s to %(total)s."),
        ABOVE,
    ),
    "line_split": words(
        _("One line apart from the others"),
        _("Three lines near %(others)s, but %(line)s at %(mark)s."),
        LINE_ABOVE,
    ),
    "line_drop": words(
        _("One line fell"),
        _("The line on %(line)s fell from %(previous)s to %(mark)s."),
        LINE_ABOVE,
    ),
    "low_level": words(
        _("Low from session to session"),
        _(
            "%(running)s sessions under %(threshold)s: this client has not (yet) felt well met "
            "here. A weak alliance, not a rupture."
        ),
        AT_OR_ABOVE,
    ),
    "ceiling_flat": words(
        _("At the very top each time"),
        _(
            "%(entries)s sessions at the very top. The form may not be where this client says "
            "what is missing."
        ),
        _("With one of these totals below %(threshold)s this would not have come up."),
    ),
    "ceiling_masked": words(
        _("Top marks, and signs that do not fit"),
        {
            "marker": _("Top marks, yet you noted signs of drawing back: ask in another way."),
            "no_show": _("Top marks, yet an appointment was missed: ask in another way."),
            "late": _("Top marks, yet late more than once: ask in another way."),
            "prediction": _("Top marks, yet you expected low ones: ask in another way."),
            "seconds": _("Top marks, each form done in a few seconds: ask in another way."),
        },
        _("Without %(signs)s, or with a total below %(threshold)s, this would not have come up."),
    ),
    "missing_rating": words(
        _("No rating"),
        {
            "first": _("No rating today. One missing form says little."),
            "repeated": _("No rating today, and it was not the first lately."),
            "after_low": _("No rating today, and the last session had left a question open."),
        },
        {
            "first": _("With a rating this would not have come up."),
            "running": _(
                "With a rating the time before, or for a technical reason, this would only have "
                "been a mark on the chart."
            ),
            "count": _(
                "%(missing)s of the last %(window)s visits had none; with fewer than "
                "%(threshold)s this would only have been a mark on the chart."
            ),
            "after_low": _(
                "Had the session before left no question open, this would have weighed less; for "
                "a technical reason it would only have been a mark on the chart."
            ),
        },
    ),
    "early_no_show": words(
        _("Missed at the very start"),
        {
            "none": _("The first appointment was missed without notice. Contact matters now."),
            "one": _("Missed without notice after one session: this is when contact matters most."),
            "few": _(
                "Missed without notice after %(attended)s sessions: this is when contact "
                "matters most."
            ),
        },
        _(
            "It would have weighed less from %(threshold)s attended sessions on; there were "
            "%(attended)s."
        ),
    ),
    "no_show": words(
        _("Missed without notice"),
        {
            "one": _("Missed without notice. Worth asking about."),
            "often": _("Missed without notice, %(no_shows)s of the last %(window)s appointments."),
            "open": _("Missed without notice while a possible strain is open."),
        },
        {
            "one": _("Had the client come or cancelled, this would not have come up."),
            "often": _("With fewer than %(threshold)s missed it would have weighed less."),
            "open": _("Without an open strain it would have weighed less."),
        },
    ),
    "cancel_or_late": words(
        _("Cancelled or late"),
        {
            "cancelled": _("The client cancelled. By itself this says little."),
            "cancelled_often": _("Cancelled %(times)s of the last %(window)s appointments."),
            "late": _("Late %(times)s times in the last %(window)s visits."),
        },
        {
            "cancelled": _("Had the session taken place, this would not have come up."),
            "cancelled_often": _("With fewer than %(threshold)s it would have weighed less."),
            "late": _("With fewer than %(least)s this would not have come up."),
        },
    ),
    "no_next_session": words(
        _("No next date"),
        _("A possible strain is open and no next date is set."),
        _("With a date booked within %(threshold)s hours this would not have come up."),
    ),
    "confrontation_marker": words(
        _("Signs of confrontation noted"),
        NOTED,
        BELOW_STRENGTH,
    ),
    "withdrawal_marker": words(
        _("Signs of withdrawal noted"),
        NOTED,
        BELOW_STRENGTH,
    ),
    "client_asks": words(
        _("The client asks to talk"),
        _("The client asks to talk about something."),
        _("Without the client's tick this would not have come up."),
    ),
    "therapist_feelings": words(
        _("Your own feelings"),
        _("You marked %(feeling)s %(degree)s: a cue to ask how the client sees this hour."),
        _(
            "Below %(threshold)s, and with no second feeling at %(second_threshold)s or above, "
            "this would not have come up."
        ),
    ),
    "unseen_by_therapist": words(
        _("Lower than you expected"),
        {
            "plain": _("You expected %(prediction)s; the client marked %(total)s."),
            "habit": _(
                "You expected %(prediction)s; the client marked %(total)s, further apart than "
                "your usual %(usual_gap)s."
            ),
        },
        ABOVE,
    ),
    "gloomier_than_client": words(
        _("Better than you feared"),
        _("You expected %(prediction)s, as if this hour went badly; the client gave top marks."),
        _("Had you expected more than %(threshold)s, this would not have come up."),
    ),
}


def identity(message: str) -> str:
    return message


def title(rule: str, translate: Translate = identity) -> str:
    """A rule's name for people. Raises KeyError for an unknown rule."""
    return translate(WORDS[rule].title)


def one_decimal(value: float) -> str:
    return f"{value:.1f}"


def why(
    finding: FindingResult, translate: Translate = identity, number: Write = one_decimal
) -> str:
    """Why the finding is there, in one or two calm sentences."""
    case = finding.values.get("case")
    return _say(WORDS[finding.rule].why, case, finding, translate, number)


def unless(
    finding: FindingResult, translate: Translate = identity, number: Write = one_decimal
) -> str:
    """When it would not have been, worked out from what it keeps."""
    return _say(WORDS[finding.rule].unless, _unless_case(finding), finding, translate, number)


def _unless_case(finding: FindingResult) -> str | None:
    values = finding.values
    if finding.rule == "drift":
        return "any" if math.isinf(speaks_up_to(finding)) else "total"
    if finding.rule == "missing_rating" and values["case"] == "repeated":
        return "count" if values["missing"] >= finding.threshold else "running"
    return values.get("case")


def _say(
    messages: Mapping[str | None, str],
    case: str | None,
    finding: FindingResult,
    translate: Translate,
    number: Write,
) -> str:
    template = messages.get(case) or messages[None]
    return translate(template) % _figures(finding, translate, number)


class _Figures(dict):
    """The words a sentence may name. A finding keeps more values than its sentence tells, so one
    is written only when it is named."""

    def __init__(self, values: Mapping[str, Any], number: Write):
        super().__init__()
        self._values, self._number = values, number

    def __missing__(self, name: str) -> str:
        self[name] = _shown(self._values[name], self._number)
        return self[name]


def _figures(finding: FindingResult, translate: Translate, number: Write) -> _Figures:
    values = finding.values
    shown = _Figures(values, number)
    shown["threshold"] = _shown(finding.threshold, number)
    if "least" not in values:
        shown["least"] = shown["threshold"]
    if finding.line:
        shown["line"] = translate(LINE_PHRASES[finding.line])
    for name in ("marker", "second_marker"):
        if values.get(name):
            shown[name] = translate(MARKER_BY_CODE[values[name]].phrase)
    if "feeling" in values:
        shown["feeling"] = translate(FEELINGS[values["feeling"]])
    if "salience" in values:
        shown["strength"] = translate(STRENGTHS[int(values["salience"])])
    if "signs" in values:
        shown["signs"] = ", ".join(translate(SIGNS[sign]) for sign in values["signs"])
    if values.get("z") is not None:
        above = 100 * (1 - math.erfc(-values["z"] / math.sqrt(2)) / 2)
        shown["share"] = str(min(99, math.floor(above)))
    bound = speaks_up_to(finding)
    if bound is not None and math.isfinite(bound):
        shown["bound"] = number(bound)
        shown["short"] = number(bound + 0.1 - values.get("mark", values.get("total")))
    return shown


def _shown(value: Any, number: Write) -> str:
    """A figure for a sentence: whole numbers plain, others with one decimal."""
    return number(value) if isinstance(value, float) else str(value)
