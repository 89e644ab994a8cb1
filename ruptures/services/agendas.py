"""What to talk about in the next supervision with one therapist, on one sheet."""

from dataclasses import dataclass
from itertools import groupby

from django.db.models import Max, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from ruptures.models import AgreedPlan, Episode, ReviewComment
from ruptures.services.queues import findings_to_show, reason_of
from ruptures.services.waiting import CLOSED_WAITS, group_of, with_groups

CASES_SHOWN = 100
PARTS = {
    "flagged": _("Flagged"),
    "taken": _("Taken to supervision by the therapist"),
    "asked": _("Open questions"),
    "planned": _("Plans to look at again"),
    "under_way": _("Under way"),
}
FLAGGED = ("high", "unresolved", "unanswered")


@dataclass(frozen=True)
class Item:
    """One case of the sheet. It stands once, under the first heading that fits it."""

    episode: Episode
    why: str
    questions: list[ReviewComment]
    plan: AgreedPlan | None

    @property
    def is_taken(self) -> bool:
        """The therapist asked to talk about it, and that has not happened since."""
        taken_at, last_on = self.episode.for_supervision_at, self.episode.last_discussed_on
        return bool(taken_at) and (last_on is None or last_on < timezone.localdate(taken_at))

    @property
    def part(self) -> str:
        if self.episode.is_open and group_of(self.episode) in FLAGGED:
            return "flagged"
        if self.is_taken:
            return "taken"
        if self.questions:
            return "asked"
        return "planned" if self.plan else "under_way"


def agenda_of(therapist: User, *, reader: User) -> list[tuple[str, list[Item]]]:
    """The therapist's open strains, and those closed lately that somebody still has a word on."""
    rows = with_groups(_strains_of(therapist, reader), snoozed_by=None).order_by(
        "place", "opened_at", "pk"
    )
    items = [_item(episode) for episode in rows[:CASES_SHOWN]]
    wanted = [item for item in items if item.episode.is_open or item.part in PARTS_OF_CLOSED]
    order = list(PARTS)
    wanted.sort(key=lambda item: order.index(item.part))
    return [(PARTS[part], list(of_it)) for part, of_it in groupby(wanted, lambda item: item.part)]


PARTS_OF_CLOSED = ("taken", "asked", "planned")


def _strains_of(therapist: User, reader: User):
    recent = Q(closed_at=None) | Q(closed_at__gte=timezone.now() - CLOSED_WAITS)
    questions = ReviewComment.objects.open_questions().select_related("by")
    return (
        Episode.objects.supervised_by(reader)
        .filter(recent, pair__therapist=therapist)
        .annotate(last_discussed_on=Max("discussions__discussed_on"))
        .select_related("pair__client")
        .prefetch_related(
            findings_to_show(),
            Prefetch("comments", questions, to_attr="open_questions"),
            Prefetch("plans", AgreedPlan.objects.select_related("by"), to_attr="all_plans"),
        )
    )


def _item(episode: Episode) -> Item:
    return Item(
        episode=episode,
        why=reason_of(episode),
        questions=episode.open_questions,
        plan=episode.all_plans[0] if episode.all_plans else None,
    )
