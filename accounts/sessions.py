"""How long a sign-in lasts, counted on the server: idle, and at all.

What a page asks for by itself, while nobody touches it, is no sign of a person: views marked
`background` neither begin nor lengthen the time. Typing is one; `static/js/still-here.js` says so.
"""

import time
from uuid import uuid4

from django.utils import timezone

from accounts import devices
from accounts.models import BrowserSession, User

IDLE_SECONDS = 15 * 60
LONGEST_SECONDS = 12 * 60 * 60
JUST_NOW_SECONDS = 10 * 60
# An update of the session for each click would be a write for each page.
NOTED_EVERY_SECONDS = 30
BEGAN, ACTIVE = "began_at", "active_at"
KEY, DEVICE = "sign_in", "device"


def background(view):
    """A view decorator: the page asks for this by itself."""
    view.is_background = True
    return view


def begin(request) -> None:
    session = request.session
    session[BEGAN] = session[ACTIVE] = time.time()
    session[KEY] = uuid4().hex
    session[DEVICE] = devices.told(request.META.get("HTTP_USER_AGENT", ""))


def is_over(session, user: User) -> bool:
    """A session that does not say when it began is over."""
    now = time.time()
    began, active = session.get(BEGAN, 0), session.get(ACTIVE, 0)
    ended_by_hand = user.sessions_end_at and began <= user.sessions_end_at.timestamp()
    return now - began >= LONGEST_SECONDS or now - active >= IDLE_SECONDS or bool(ended_by_hand)


def is_new(session) -> bool:
    return time.time() - session.get(BEGAN, 0) < JUST_NOW_SECONDS


def note_activity(session) -> None:
    if time.time() - session.get(ACTIVE, 0) >= NOTED_EVERY_SECONDS:
        session[ACTIVE] = time.time()


def forget_old() -> int:
    """Removes rows of sign-ins that are over at the latest by now. Returns how many."""
    return BrowserSession.objects.filter(expire_date__lt=timezone.now()).delete()[0]
