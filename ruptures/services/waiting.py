"""Which cases wait for a supervisor, and what each waits for."""

import datetime
from collections.abc import Callable
from functools import cache

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic, User
from accounts.prepared import Given, GivenPerson, prepared
from ruptures.models import Episode, RepairStep, ReviewComment, SupervisorReview
from ruptures.models.finding import Severity
from ruptures.permissions import came_up_the_ladder

# A strain that closed before anybody reviewed it waits so long, and then no more.
CLOSED_WAITS = datetime.timedelta(days=28)

# What is not recovered after three sessions is high by the rules: it stands before the moderate.
GROUPS = {
    "high": _("High"),
    "unresolved": _("Not recovered after three sessions"),
    "unanswered": _("Possible strain, nobody has talked about it yet"),
    "to_review": _("Waiting for your review"),
    "snoozed": _("Snoozed"),
}
UNDER_WAY = (Episode.State.ADDRESSED, Episode.State.PARTIAL, Episode.State.RECOVERED)


def cases_waiting_for(supervisor: User) -> dict[int, int]:
    """Strains of those supervised that nobody has reviewed since there was news, a closed one
    until the reader has seen it, for four weeks, and however long where it had come up to them:
    by number, each with the place of its group, in order."""
    if not supervisor.is_active:
        return {}
    is_lead = Clinic.current().lead_id == supervisor.pk
    rows = _numbers(is_lead)(
        reader=supervisor.pk,
        today=timezone.localdate(),
        closed_since=timezone.now() - CLOSED_WAITS,
    )
    return dict(rows)


@cache
def _numbers(is_lead: bool) -> Callable[..., list]:
    reader, today = GivenPerson("reader"), Given("today", models.DateField())

    def numbers():
        waiting = _waiting_for(reader, today, is_lead)
        grouped = with_groups(waiting, snoozed_by=reader, on=today)
        return grouped.order_by("place", "opened_at", "pk").values_list("pk", "place")

    return prepared(numbers)


def _waiting_for(supervisor: User, on, is_lead: bool):
    reviews = SupervisorReview.objects.filter(episode=OuterRef("pk"))
    is_reviewed = reviews.filter(resolved_at__gte=OuterRef("news_at"))
    is_seen = reviews.filter(supervisor=supervisor, acknowledged_at__gte=OuterRef("news_at"))
    closed_since = Given("closed_since", models.DateTimeField())
    came_up = came_up_the_ladder().filter(episode=OuterRef("pk"), recipient=supervisor)
    is_kept = Q(closed_at__gte=closed_since) | Q(Exists(came_up))
    supervised = Episode.objects.supervised_by(supervisor, on, is_lead)
    return supervised.filter(Q(closed_at=None) | is_kept & ~Exists(is_seen)).exclude(
        Exists(is_reviewed)
    )


def with_groups(episodes, *, snoozed_by: User | None, on=None):
    """Each with its group, as the `place` of it (`group_of` names it); without a name nothing is
    snoozed. `on` where a question is prepared: the day it is asked."""
    tests = [
        ("to_review", Q(closed_at__isnull=False)),
        ("unresolved", Q(state=Episode.State.UNRESOLVED)),
        ("high", Q(severity=Severity.HIGH)),
        ("to_review", _is_answered()),
    ]
    if snoozed_by:
        tests.insert(0, ("snoozed", _sleeps_for(snoozed_by, on or timezone.localdate())))
    return episodes.annotate(
        place=models.Case(
            *(models.When(test, then=models.Value(place_of(group))) for group, test in tests),
            default=models.Value(place_of("unanswered")),
        )
    )


def place_of(group: str) -> int:
    return list(GROUPS).index(group)


def group_of(episode: Episode) -> str:
    """The name of its group, of an episode from `with_groups`."""
    return list(GROUPS)[episode.place]


def _sleeps_for(supervisor: User, today) -> Q:
    sleeping = SupervisorReview.objects.filter(
        episode=OuterRef("pk"),
        supervisor=supervisor,
        snoozed_until__gt=today,
        snoozed_at__gte=OuterRef("news_at"),
    )
    return Q(Exists(sleeping))


def _is_answered() -> Q:
    """The therapist took a step, took the case to supervision, or wrote a word about it."""
    taken = RepairStep.objects.taken().filter(episode=OuterRef("pk"))
    words = ReviewComment.objects.filter(episode=OuterRef("pk"), by=OuterRef("pair__therapist"))
    said = Q(state__in=UNDER_WAY) | Q(for_supervision_at__isnull=False)
    return said | Q(Exists(taken)) | Q(Exists(words))
