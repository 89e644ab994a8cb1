"""Days that people enter about a strain."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import said
from ruptures.models import Episode


def not_before_opening(day, episode: Episode):
    opened_on = timezone.localdate(episode.opened_session.starts_at)
    if day < opened_on:
        raise ValidationError(
            _("This is before the strain was noticed, on %(day)s."), params={"day": said(opened_on)}
        )
