"""The words of the detector: severities, sources, types, states and the codes of a session."""

from enum import StrEnum


class Severity(StrEnum):
    """How far a finding travels: chart, therapist, episode, supervisor the same day."""

    INFO = "info"
    PROMPT = "prompt"
    MODERATE = "moderate"
    HIGH = "high"


SEVERITIES = tuple(Severity)


class Level:
    """Severity as a plain number, so that columns can be compared; 0 is silence."""

    SILENT = 0
    INFO = 1
    PROMPT = 2
    MODERATE = 3
    HIGH = 4


class Source(StrEnum):
    """Where evidence comes from. Two independent ones raise a session by one level."""

    SCORE = "score"
    ATTENDANCE = "attendance"
    MARKER = "marker"
    CLIENT = "client"
    DISCREPANCY = "discrepancy"
    THERAPIST = "therapist"


class EpisodeType(StrEnum):
    WITHDRAWAL = "withdrawal"
    CONFRONTATION = "confrontation"
    MIXED = "mixed"
    UNDETERMINED = "undetermined"


class EpisodeComponent(StrEnum):
    """The first three follow the first three lines of the form."""

    BOND = "bond"
    GOALS = "goals"
    TASKS = "tasks"
    UNSPECIFIED = "unspecified"


class EpisodeState(StrEnum):
    OPEN = "open"
    ADDRESSED = "addressed"
    PARTIAL = "partial"
    RECOVERED = "recovered"
    UNRESOLVED = "unresolved"
    VERIFIED = "verified"
    CAME_BACK_BY_ITSELF = "came_back_by_itself"
    STRENGTHENED = "strengthened"
    NEW_LEVEL = "new_level"
    NOT_A_STRAIN = "not_a_strain"
    RESOLVED = "resolved"
    ENDED_EARLY = "ended_early"


class Attendance(StrEnum):
    ATTENDED = "attended"
    NO_SHOW = "no_show"
    CANCELLED_CLIENT = "cancelled_client"
    CANCELLED_THERAPIST = "cancelled_therapist"


class MissingReason(StrEnum):
    TECHNICAL = "technical"
    FORGOTTEN = "forgotten"
    DECLINED = "declined"


class Settled(StrEnum):
    """The client's answer to "is this settled for you?"."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class RepairStep(StrEnum):
    """The five steps in their order."""

    ACKNOWLEDGE = "acknowledge"
    INVITE = "invite"
    VALIDATE = "validate"
    EXPLORE = "explore"
    RENEGOTIATE = "renegotiate"


class EscalationReason(StrEnum):
    NO_RESPONSE = "no_response"
    UNRESOLVED = "unresolved"


class Note(StrEnum):
    LOW_BUT_STEADY = "low_but_steady"


def numbers_of(vocabulary: type[StrEnum]) -> dict[str, int]:
    """The number that each code of a vocabulary has in a column."""
    return {member.value: number for number, member in enumerate(vocabulary)}


def code(member: StrEnum) -> int:
    """Place of a member within its vocabulary, from 0: its number in a column."""
    return list(type(member)).index(member)
