"""Those whom somebody supervises: how often the form is given, how soon a strain is answered.

In the order of their names, never of a figure, and no figure of how clients mark.
"""

import datetime
from dataclasses import dataclass
from statistics import median

from django.db.models import Count, Min, OuterRef, Q, Subquery
from django.utils import timezone

from accounts.models import User
from accounts.permissions import supervisees_of
from ruptures.models import Episode, RepairStep, ReviewComment
from ruptures.trend import FORMS_FOR_AN_AGGREGATE
from sessions_app import srs
from sessions_app.models import TherapySession

LOOKED_BACK = datetime.timedelta(weeks=12)
STRAINS_LOOKED_AT = 1000
SUPERVISEES_SHOWN = 100


@dataclass(frozen=True)
class Supervisee:
    """One therapist's last twelve weeks. `form_rate` from 0 to 1 and `days_to_response`, the
    median, are None under five forms or five answered strains."""

    therapist: User
    attended: int
    forms: int
    days_to_response: float | None

    @property
    def form_rate(self) -> float | None:
        return self.forms / self.attended if self.forms >= FORMS_FOR_AN_AGGREGATE else None


def supervisees_with_figures(supervisor: User) -> list[Supervisee]:
    therapists = list(supervisees_of(supervisor).order_by("name")[:SUPERVISEES_SHOWN])
    given, waited = _given(therapists), _waited(therapists)
    return [
        Supervisee(
            therapist=therapist,
            attended=given.get(therapist.pk, (0, 0))[0],
            forms=given.get(therapist.pk, (0, 0))[1],
            days_to_response=_median(waited.get(therapist.pk, [])),
        )
        for therapist in therapists
    ]


def _given(therapists: list[User]) -> dict[int, tuple[int, int]]:
    """Of each therapist: attended sessions, and those with all four lines marked."""
    whole = Q(**{f"srs_entry__{line}__isnull": False for line in srs.LINES})
    sessions = TherapySession.objects.attended().filter(
        pair__therapist__in=therapists, starts_at__gte=timezone.now() - LOOKED_BACK
    )
    counted = (
        sessions.order_by()
        .values_list("pair__therapist")
        .annotate(attended=Count("pk"), forms=Count("pk", filter=whole))
    )
    return {therapist: (attended, forms) for therapist, attended, forms in counted}


def _waited(therapists: list[User]) -> dict[int, list[float]]:
    """Of each therapist: days from each strain's opening to their first response to it."""
    steps = RepairStep.objects.taken().filter(episode=OuterRef("pk"))
    words = ReviewComment.objects.filter(episode=OuterRef("pk"), by=OuterRef("pair__therapist"))
    rows = (
        Episode.objects.filter(
            pair__therapist__in=therapists, opened_at__gte=timezone.now() - LOOKED_BACK
        )
        .annotate(
            first_step_at=_first(steps, "logged_at"), first_word_at=_first(words, "written_at")
        )
        .select_related("pair")
    )
    waited: dict[int, list[float]] = {}
    for episode in rows[:STRAINS_LOOKED_AT]:
        responded_at = first_response_at(episode)
        if responded_at:
            days = (responded_at - episode.opened_at).total_seconds() / 86400
            waited.setdefault(episode.pair.therapist_id, []).append(max(days, 0.0))
    return waited


def _first(rows, name: str) -> Subquery:
    return Subquery(rows.order_by().values("episode").annotate(at=Min(name)).values("at"))


def first_response_at(episode: Episode) -> datetime.datetime | None:
    """When the therapist first took a step, took it to supervision, wrote, or called it none."""
    dismissed = episode.state == Episode.State.NOT_A_STRAIN
    moments = [episode.first_step_at, episode.first_word_at, episode.for_supervision_at]
    moments.append(episode.closed_at if dismissed else None)
    return min((moment for moment in moments if moment), default=None)


def _median(waited: list[float]) -> float | None:
    return median(waited) if len(waited) >= FORMS_FOR_AN_AGGREGATE else None
