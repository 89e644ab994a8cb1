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

OPENERS = {
    "withdrawal": (
        gettext_noop("Something felt a little further away today. Is that only me?"),
        gettext_noop("I wonder whether there was something that was hard to say to me last time."),
        gettext_noop("You are generous with me. What would you tell me if you were not?"),
    ),
    "confrontation": (
        gettext_noop("You are right to tell me. I would like to understand all of it."),
        gettext_noop("I think I missed something that matters to you. What was it like?"),
        gettext_noop("Behind being angry with me: is there something that hurt?"),
    ),
    "mixed": (
        gettext_noop("I notice both: something annoys you, and something keeps you from it."),
        gettext_noop("Could we look for a moment at how the two of us are getting on?"),
    ),
    "undetermined": (
        gettext_noop("How was it for you to be here with me today?"),
        gettext_noop("If one thing about our hours could be different, what would it be?"),
    ),
}


def openers(type: str) -> tuple[str, ...]:
    """Sentences a therapist may start from and make their own, by type of strain."""
    return OPENERS.get(type, OPENERS["undetermined"])
