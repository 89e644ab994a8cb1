"""How a finding came about: the numbers that went in, and the threshold with its source."""

from collections.abc import Callable
from dataclasses import dataclass, fields

from ruptures.detection.legend import EVIDENCE
from ruptures.detection.policy import CHOICE, Policy
from ruptures.detection.results import FindingResult

Translate = Callable[[str], str]
Write = Callable[[float], str]


def gettext_noop(message: str) -> str:
    """Mark a message for translation where it is defined; it is translated where it is shown."""
    return message


_ = gettext_noop

# In the order in which they are told; what a finding keeps beside these is said in its sentences.
INPUTS = {
    "total": _("Total"),
    "mark": _("Mark on this line"),
    "previous": _("The time before"),
    "drop": _("Fall"),
    "first": _("The first of them"),
    "others": _("Mean of the other three"),
    "mean": _("Usual level before this session"),
    "expected": _("Spread expected of a total"),
    "z": _("Distance from the usual level, in spreads"),
    "cusum": _("Running sum of differences"),
    "kendall": _("Order of the five (Kendall's S)"),
    "running": _("Sessions running"),
    "entries": _("Sessions looked at"),
    "prediction": _("You expected"),
    "usual_gap": _("Your usual difference"),
    "gap": _("Difference beyond the usual"),
    "missing": _("Visits without a rating"),
    "attended": _("Sessions attended before"),
    "no_shows": _("Appointments missed"),
    "times": _("Times"),
    "window": _("Of the last"),
    "salience": _("Strength of the strongest sign"),
    "second_salience": _("Strength of the second"),
    "degree": _("Strength of the feeling"),
}
# The number of the policy that a finding's threshold is, where it is not called as its rule.
NUMBER = {
    "missing_rating": "missing_count",
    "no_show": "no_show_count",
    "cancel_or_late": "cancel_count",
    "no_next_session": "next_booked_hours",
    "therapist_feelings": "feelings_one",
    "unseen_by_therapist": "unseen_gap",
    "gloomier_than_client": "gloomier_prediction",
    "ceiling_flat": "ceiling_total",
    "ceiling_masked": "ceiling_total",
}
NUMBER_AT = {
    ("personal_low", "moderate"): "personal_low_moderate",
    ("drift", "moderate"): "drift_moderate",
    ("steady_decline", "moderate"): "steady_decline_moderate",
    ("line_drop", "moderate"): "line_drop_moderate",
    ("confrontation_marker", "high"): "confrontation_marker_high",
    ("withdrawal_marker", "moderate"): "withdrawal_marker_moderate",
}
METADATA = {each.name: each.metadata for each in fields(Policy)}


@dataclass(frozen=True)
class Workings:
    """Inputs as (name, figure); the threshold with where it comes from, empty where there is
    none."""

    inputs: tuple[tuple[str, str], ...]
    threshold: str
    source: str


def workings(finding: FindingResult, translate: Translate = str, number: Write = str) -> Workings:
    """The finding laid open, in the reader's language."""
    values = finding.values
    inputs = tuple(
        (translate(name), _figure(values[key], number))
        for key, name in INPUTS.items()
        if values.get(key) is not None
    )
    if finding.threshold is None:
        return Workings(inputs, "", "")
    threshold = _figure(values.get("needed", finding.threshold), number)
    return Workings(inputs, threshold, source_of(number_of(finding), translate))


def source_of(name: str, translate: Translate = str) -> str:
    """Where a number of the policy comes from, and how sure that is."""
    facts = METADATA[name]
    source = translate(facts["source"])
    if facts["source"] == CHOICE:
        return source
    return f"{source}; {translate(EVIDENCE[facts['mark']])}"


def number_of(finding: FindingResult) -> str:
    """The name of the policy's number that the finding's threshold is."""
    if finding.rule == "sudden_drop" and finding.values.get("case") == "early":
        return "sudden_drop_early"
    usual = NUMBER.get(finding.rule, finding.rule)
    return NUMBER_AT.get((finding.rule, finding.severity), usual)


def _figure(value: float, number: Write) -> str:
    return number(value) if isinstance(value, float) else str(value)
