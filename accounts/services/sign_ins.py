"""Where somebody is signed in, and ending one of those."""

import datetime

from django.utils import timezone

from accounts import audit, sessions
from accounts.models import BrowserSession, User

SHOWN = 100


def of(user: User):
    """Those that are not over, the one used last first."""
    now = timezone.now()
    idle = now - datetime.timedelta(seconds=sessions.IDLE_SECONDS)
    began = now - datetime.timedelta(seconds=sessions.LONGEST_SECONDS)
    began = max(began, user.sessions_end_at or began)
    open_ones = BrowserSession.objects.filter(user=user, seen_at__gt=idle, began_at__gt=began)
    return open_ones.order_by("-seen_at", "key")[:SHOWN]


@audit.noted(audit.Action.ENDED, on="sign_in")
def end(*, sign_in: BrowserSession, by: User) -> None:
    """At its next request that browser is nobody's."""
    BrowserSession.objects.filter(user=by, key=sign_in.key).delete()
