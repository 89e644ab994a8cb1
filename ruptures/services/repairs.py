"""The therapist's work on a strain. Each step is looked at by the detector at once."""

import datetime

from accounts import audit
from accounts.models import User
from ruptures.models import Episode, RepairStep
from ruptures.services import screening


@audit.noted(audit.Action.CHANGED, on="episode")
def log_step(
    *, episode: Episode, step: str, done: str, on: datetime.date, note: str, by: User
) -> RepairStep:
    """A step on a day; the same step on the same day is mended, not doubled."""
    logged, _new = RepairStep.objects.update_or_create(
        episode=episode,
        step=step,
        taken_on=on,
        defaults={"done": done, "note": note, "by": by},
    )
    screening.screen_pair(pair=episode.pair)
    return logged
