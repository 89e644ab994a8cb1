"""What to do with a mail that came back: mark its row, and tell the next person."""

import logging

from accounts import bounces, outbox
from accounts.models import AccountMail
from ruptures.models import Alert
from ruptures.services import ladders, summaries
from sessions_app.models import LinkMail

logger = logging.getLogger(__name__)


def take_in(raw: bytes) -> bool:
    """Whether it was one of ours that came back for good. The same one read twice changes
    nothing."""
    bounce = bounces.read(raw)
    if bounce is None:
        return False
    for rows in (Alert.objects, LinkMail.objects, AccountMail.objects):
        row = rows.filter(key=bounce.key).first()
        if row is not None:
            logger.warning("%s %s came back: %s", type(row).__name__, row.pk, bounce.status)
            outbox.came_back(row, bounce.status)
            summaries.share_fates()
            ladders.climb_due()
            return True
    return False
