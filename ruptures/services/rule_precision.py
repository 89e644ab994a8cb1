"""How often each rule was right, as far as people said: dismissals with their reasons, and answers
to "was this useful?". Counts of the whole clinic, with no person in them."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext

from ruptures.detection import sentences
from ruptures.detection.rules import REGISTER
from ruptures.models import Episode, Finding, UsefulAnswer
from ruptures.precision import Share


@dataclass(frozen=True)
class Record:
    """What became of one rule's findings. `kept`: of the closed strains it spoke in, those that
    nobody dismissed; `dismissed`: why the others were, with how often."""

    code: str
    fired: int
    kept: Share
    useful: Share
    dismissed: list[tuple[str, int]]

    @property
    def title(self) -> str:
        return sentences.title(self.code, translate=gettext)


def records_of_rules() -> dict:
    """One record for each rule, in the order of the register; beside them the answers on strains as
    a whole, those that the detector opened and those noted by hand."""
    fired = dict(Finding.objects.order_by().values_list("rule").annotate(count=Count("pk")))
    useful = _shares(UsefulAnswer.objects.exclude(finding=None).values_list("finding__rule"))
    kept, dismissed = _endings()
    nothing = Share(0, 0)
    records = [
        Record(
            code=rule.id,
            fired=fired.get(rule.id, 0),
            kept=kept.get(rule.id, nothing),
            useful=useful.get(rule.id, nothing),
            dismissed=dismissed.get(rule.id, []),
        )
        for rule in REGISTER
    ]
    answers = UsefulAnswer.objects.exclude(episode=None)
    strains = _shares(answers.values_list("episode__opened_by_hand"))
    return {
        "records": records,
        "strains": strains.get(False, nothing),
        "by_hand": strains.get(True, nothing),
    }


def _shares(answers) -> dict[object, Share]:
    """How many of the answers, grouped by their one value, say yes."""
    yes = Count("pk", filter=Q(is_useful=True))
    counted = answers.order_by().annotate(hits=yes, count=Count("pk"))
    return {key: Share(hits, count) for key, hits, count in counted}


def _endings() -> tuple[dict[str, Share], dict[str, list]]:
    """By rule: how many of the closed strains it spoke in stood, and why the others did not."""
    endings = (
        Finding.objects.exclude(episode__closed_at=None)
        .exclude(episode=None)
        .order_by()
        .values_list("rule", "episode__dismissed_as")
        .annotate(count=Count("episode", distinct=True))
    )
    closed, dismissed = Counter(), defaultdict(list)
    for rule, why, count in endings:
        closed[rule] += count
        if why:
            dismissed[rule].append((Episode.Dismissal(why).label, count))
    gone = {rule: sum(count for _why, count in rows) for rule, rows in dismissed.items()}
    kept = {rule: Share(count - gone.get(rule, 0), count) for rule, count in closed.items()}
    return kept, dismissed
