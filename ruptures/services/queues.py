"""The supervisor's queue: which cases wait, why, since when, and who has looked."""

from dataclasses import dataclass

from django.db.models import Exists, F, Max, OuterRef, Prefetch, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from ruptures.charts import draw_sparkline
from ruptures.charts.drawing.sparkline import Sparkline
from ruptures.models import Episode, Finding, PolicyVersion, RepairStep, SupervisorReview
from ruptures.models.finding import ABOUT_THE_THERAPIST, Severity
from ruptures.services.trend_pictures import wording
from sessions_app.models import SRSEntry

CASES_SHOWN = 100
SPARKLINE_SESSIONS = 10

GROUPS = {
    "high": _("High"),
    "unanswered": _("Possible strain, nobody has talked about it yet"),
    "unresolved": _("Not recovered after three sessions"),
    "under_way": _("Being talked about"),
}


@dataclass(frozen=True)
class Case:
    """One row: the episode, why in one sentence, the last ten totals drawn, one's own review."""

    episode: Episode
    why: str
    sparkline: Sparkline
    review: SupervisorReview | None
    group: str


def queue_of(supervisor: User) -> dict[str, list[Case]]:
    """The cases of everybody supervised today that nobody has closed, by group."""
    supervised = Episode.objects.open().supervised_by(supervisor)
    episodes = list(_waiting(supervised, supervisor))
    totals = _last_totals([episode.pair_id for episode in episodes])
    cutoff = PolicyVersion.current().cue
    cases = [_case(episode, totals.get(episode.pair_id, []), cutoff) for episode in episodes]
    return {group: [case for case in cases if case.group == group] for group in GROUPS}


def _waiting(episodes, supervisor: User):
    """Not reviewed to the end, or with a finding or alert newer than that; the oldest first."""
    answered = RepairStep.objects.taken().filter(episode=OuterRef("pk"))
    own_reviews = SupervisorReview.objects.filter(supervisor=supervisor)
    findings = (
        Finding.objects.worth_asking()
        .for_supervision()
        .order_by("-therapy_session__starts_at", "pk")
    )
    return (
        episodes.annotate(
            last_resolved_at=Max("reviews__resolved_at"),
            last_found_at=Max(
                "findings__found_at", filter=~Q(findings__rule__in=ABOUT_THE_THERAPIST)
            ),
            last_alert_at=Max("alerts__created_at"),
            is_answered=Exists(answered),
        )
        .filter(
            Q(last_resolved_at=None)
            | Q(last_found_at__gt=F("last_resolved_at"))
            | Q(last_alert_at__gt=F("last_resolved_at"))
        )
        .select_related("pair__client", "pair__therapist")
        .prefetch_related(
            Prefetch("reviews", queryset=own_reviews, to_attr="own_reviews"),
            Prefetch("findings", queryset=findings, to_attr="shown_findings"),
        )
        .order_by("opened_at")[:CASES_SHOWN]
    )


def _last_totals(pair_ids: list[int]) -> dict[int, list[int | None]]:
    """The last ten totals of each pair, oldest first."""
    entries = SRSEntry.objects.filter(therapy_session__pair__in=pair_ids)
    entries = entries.order_by("therapy_session__starts_at").annotate(
        pair=F("therapy_session__pair")
    )
    totals: dict[int, list[int | None]] = {}
    for entry in entries:
        totals.setdefault(entry.pair, []).append(entry.total)
    return {pair: found[-SPARKLINE_SESSIONS:] for pair, found in totals.items()}


def _case(episode: Episode, totals: list[int | None], cutoff: int) -> Case:
    return Case(
        episode=episode,
        why=reason_of(episode),
        sparkline=draw_sparkline(totals, cutoff=cutoff, wording=wording()),
        review=episode.own_reviews[0] if episode.own_reviews else None,
        group=_group(episode),
    )


def reason_of(episode: Episode) -> str:
    """The sentence of the gravest of the newest findings; `shown_findings` newest first."""
    findings = episode.shown_findings
    if not findings:
        return str(_("The therapist noted it by hand."))
    newest = [row for row in findings if row.therapy_session_id == findings[0].therapy_session_id]
    return max(newest, key=lambda row: row.gravity).why


def _group(episode: Episode) -> str:
    if episode.severity == Severity.HIGH:
        return "high"
    if episode.state == Episode.State.UNRESOLVED:
        return "unresolved"
    return "under_way" if episode.is_answered else "unanswered"
