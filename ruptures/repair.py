"""CORE: the five steps of repair and openers by type, in our own words.

The order follows the founding article: say it, invite, validate, look for the source together,
agree anew. It is a check-list; nothing here blocks anybody.
"""

from dataclasses import dataclass


def gettext_noop(text: str) -> str:
    """Marks a text for translation; the screen translates it."""
    return text


@dataclass(frozen=True)
class Step:
    """One step: its code, what to do, and a thought that helps to do it."""

    code: str
    name: str
    hint: str


REPAIR_STEPS = (
    Step(
        "acknowledge",
        gettext_noop("Say that something is between us, and my own part in it"),
        gettext_noop("Tentative, and about us rather than about the client."),
    ),
    Step(
        "invite",
        gettext_noop("Invite the client to say all of it"),
        gettext_noop("Leave room. The first answer is seldom the whole one."),
    ),
    Step(
        "validate",
        gettext_noop("Show that it makes sense, without defending"),
        gettext_noop("Agreeing is not needed; understanding is."),
    ),
    Step(
        "explore",
        gettext_noop("Look together for where it came from"),
        gettext_noop("A goal misread, a tone, an old wound, a pattern known from elsewhere?"),
    ),
    Step(
        "renegotiate",
        gettext_noop("Agree anew on goals or on the way of working"),
        gettext_noop("In the client's own words for what is needed."),
    ),
)
STEPS = tuple(step.code for step in REPAIR_STEPS)
# Without these a repair is not counted as verified, whatever the marks say.
FIRST_THREE = STEPS[:3]

STRATEGIES = {
    "clear_up": gettext_noop("Cleared up a misunderstanding"),
    "change_task": gettext_noop("Changed a task or a goal"),
    "rationale": gettext_noop("Said again why we work this way"),
    "refocus": gettext_noop("Came back to what the client came for"),
    "validate_guard": gettext_noop("Said that being on guard makes sense"),
    "own_part": gettext_noop("Named my own part"),
    "disclose": gettext_noop("Said how it was for me"),
    "link_pair": gettext_noop("Linked it to earlier moments between us"),
    "link_life": gettext_noop("Linked it to the client's life"),
}

CAUSES = {
    "empathy_failure": gettext_noop("I did not follow what it was like"),
    "untimely_interpretation": gettext_noop("An interpretation came too early"),
    "missed_cue": gettext_noop("I missed a sign"),
    "not_validated": gettext_noop("What the client felt was not taken as it was"),
    "pace": gettext_noop("The pace was wrong"),
    "goals": gettext_noop("We did not mean the same goal"),
    "tasks": gettext_noop("We did not agree on a task, such as homework"),
    "old_pattern": gettext_noop("An old pattern of relating woke up"),
}

# From unease to saying it; from anger to the hurt beneath.
OPENERS = {
    "withdrawal": (
        gettext_noop("Something felt a little further away today. Is that only me?"),
        gettext_noop("I wonder whether there was something that was hard to say to me last time."),
        gettext_noop("It would be all right with me to hear what did not sit well."),
        gettext_noop("You are generous with me. What would you tell me if you were not?"),
    ),
    "confrontation": (
        gettext_noop("You are right to tell me. I would like to understand all of it."),
        gettext_noop("I think I missed something that matters to you. What was it like?"),
        gettext_noop("I can hear that this made you angry, and I had a part in it."),
        gettext_noop("Behind being angry with me: is there something that hurt?"),
    ),
    "mixed": (
        gettext_noop("I notice both: something annoys you, and something keeps you from it."),
        gettext_noop("Could we look for a moment at how the two of us are getting on?"),
        gettext_noop("Which of the two is nearer today: being cross with me, or stepping back?"),
    ),
    "undetermined": (
        gettext_noop("How was it for you to be here with me today?"),
        gettext_noop("If one thing about our hours could be different, what would it be?"),
        gettext_noop("The form and what I saw do not quite match for me. How do you see it?"),
    ),
}
DIRECTIONS = {
    "withdrawal": gettext_noop("From unease to saying it."),
    "confrontation": gettext_noop("From anger to the hurt beneath."),
}


def openers(type: str) -> tuple[str, ...]:
    """Sentences a therapist may start from and make their own, by type of strain."""
    return OPENERS.get(type, OPENERS["undetermined"])


def direction(type: str) -> str:
    """Where the talk tends to lead with a type of strain; empty where there is no one way."""
    return DIRECTIONS.get(type, "")
