"""What every page shows: who is signed in as what, demo mode, and mail that does not go out."""

from django.conf import settings

from ruptures.services import vigilance


def page(request):
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"demo": settings.DEMO}
    return {
        "demo": settings.DEMO,
        "is_therapist": user.is_therapist,
        "is_supervisor": user.is_supervisor,
        "is_administrator": user.is_administrator,
        "mail_is_stalled": vigilance.delivery_is_stalled(),
    }
