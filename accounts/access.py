"""How a view gets what is somebody's own: by its key; else 404."""

from uuid import UUID

from accounts import audit
from accounts.models import BrowserSession, User


def own_sign_in_for(user: User, key: UUID) -> BrowserSession:
    return audit.fetch(BrowserSession.objects.filter(user=user), by=user, shown=False, key=key)
