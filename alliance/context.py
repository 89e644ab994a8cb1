"""What every page shows: who is signed in as what, demo mode, and what somebody has to act on."""

import datetime
import time

from django.conf import settings

from ruptures.services import vigilance
from sessions_app.services import break_glass, packs


def page(request):
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"demo": settings.DEMO}
    return {
        "demo": settings.DEMO,
        "is_therapist": user.is_therapist,
        "is_supervisor": user.is_supervisor,
        "is_administrator": user.is_administrator,
        "mail_troubles": vigilance.mail_troubles(),
        "break_glass": _open_in_emergency(request),
        "form_use": packs.use_to_warn_of() if user.is_administrator else None,
    }


def _open_in_emergency(request) -> dict | None:
    """From the session, which every sign-in writes anew: no page asks the database for it."""
    note = request.session.get(break_glass.OPEN_IN_SESSION)
    if not note or note["until"] <= time.time():
        return None
    until = datetime.datetime.fromtimestamp(note["until"], datetime.UTC)
    return note | {"until": until}
