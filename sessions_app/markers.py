"""What a therapist may note of an hour: markers of strain, and own feelings.

A short answer, a story, silence, crossed arms are not markers by themselves; they count
when they move the client away from the therapist or the work. Own wording throughout.
A component stands where the marker is clear about it.
"""

from dataclasses import dataclass
from enum import StrEnum

from sessions_app.srs import Component

SALIENCE_MIN = 1
SALIENCE_MAX = 5
FEELING_MIN = 0
FEELING_MAX = 5


class MarkerKind(StrEnum):
    WITHDRAWAL = "withdrawal"
    CONFRONTATION = "confrontation"


def gettext_noop(message: str) -> str:
    """Mark a message for translation where it is defined; it is translated where it is shown."""
    return message


_ = gettext_noop


@dataclass(frozen=True)
class Marker:
    """One marker. `phrase` completes the sentence "You noted …"."""

    code: str
    kind: MarkerKind
    component: Component
    phrase: str


def _withdrawal(code: str, phrase: str, component: Component = Component.NONE) -> Marker:
    return Marker(code, MarkerKind.WITHDRAWAL, component, phrase)


def _confrontation(code: str, phrase: str, component: Component = Component.NONE) -> Marker:
    return Marker(code, MarkerKind.CONFRONTATION, component, phrase)


MARKERS = (
    _withdrawal("minimal_response", _("clipped answers")),
    _withdrawal("abstract_talk", _("theory in place of experience")),
    _withdrawal("side_story", _("a story that led away")),
    _withdrawal("topic_shift", _("a change of topic")),
    _withdrawal("denial", _("a denial of what seemed to be there")),
    _withdrawal("appeasing", _("quick agreement or praise"), Component.BOND),
    _withdrawal("content_affect_split", _("words and feeling that did not fit")),
    _withdrawal("giving_up", _("a sense of giving up"), Component.GOALS),
    _withdrawal("less_affect", _("less feeling than before")),
    _withdrawal("vague_reply", _("vague replies")),
    _withdrawal("closed_posture", _("a posture that closed"), Component.BOND),
    _confrontation("complaint_therapist", _("a complaint about you"), Component.BOND),
    _confrontation("challenges_competence", _("doubts about your competence"), Component.BOND),
    _confrontation("rejects_intervention", _("a suggestion turned down"), Component.TASKS),
    _confrontation("complaint_tasks", _("a complaint about the tasks"), Component.TASKS),
    _confrontation("complaint_pace", _("a complaint about the pace"), Component.TASKS),
    _confrontation("complaint_progress", _("doubts that therapy helps"), Component.GOALS),
    _confrontation("complaint_parameters", _("a complaint about time, fee or room")),
    _confrontation("feels_misunderstood", _("the client feeling misunderstood"), Component.BOND),
    _confrontation("defends_self", _("the client defending themselves"), Component.BOND),
    _confrontation("control_pressure", _("pressure to take over the hour"), Component.BOND),
)
MARKER_BY_CODE = {marker.code: marker for marker in MARKERS}

FEELINGS = {
    "boredom": _("boredom"),
    "irritation": _("irritation"),
    "defensiveness": _("defensiveness"),
    "confusion": _("confusion"),
    "anxious": _("anxiety"),
    "helpless": _("helplessness"),
    "over_protective": _("over-protectiveness"),
}
