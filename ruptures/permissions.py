"""Who may do what with a strain, as querysets."""

from django.db.models import Q

from accounts.models import User
from accounts.permissions import supervisors_of
from ruptures.ladder import Rung
from ruptures.models import Alert, Episode


def came_up_the_ladder():
    """Messages to people above those who supervise the therapist."""
    return Alert.objects.of_strains().filter(rung__gt=Rung.SUPERVISORS)


def keepers_of(episode: Episode):
    """Who may have the case: those who supervise its therapist, and those it came up to."""
    above = came_up_the_ladder().filter(episode=episode)
    supervising = supervisors_of(episode.pair.therapist_id)
    return User.objects.filter(
        Q(pk__in=supervising.values("pk")) | Q(pk__in=above.values("recipient")), is_active=True
    )
