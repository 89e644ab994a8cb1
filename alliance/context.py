"""What every page shows: who is signed in as what, demo mode, and what somebody has to act on."""

from django.conf import settings

from ruptures.services import vigilance
from sessions_app.services import packs


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
        "form_use": packs.use_to_warn_of() if user.is_administrator else None,
    }
