"""The supervisor's queue: a page of the cases that wait, each with what its row shows."""

from collections import Counter
from dataclasses import dataclass
from itertools import groupby

from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Supervision, User
from accounts.prepared import Given, GivenPerson, Several, prepared
from ruptures.charts import draw_sparkline
from ruptures.charts.drawing.sparkline import SESSIONS_SHOWN, Sparkline
from ruptures.ladder import Step
from ruptures.models import (
    Episode,
    Finding,
    PolicyVersion,
    ReviewComment,
    SupervisorReview,
    UsefulAnswer,
)
from ruptures.permissions import came_up_the_ladder
from ruptures.services import ladders
from ruptures.services.trend_pictures import wording
from ruptures.services.waiting import GROUPS, cases_waiting_for, group_of, place_of
from sessions_app import srs
from sessions_app.models import TherapySession

CASES_A_PAGE = 15
CASES, FINDINGS, PAIRS = (Several(name, CASES_A_PAGE) for name in ("case", "finding", "pair"))
SHOWN = {"waiting": tuple(GROUPS)[:-1], "snoozed": ("snoozed",)}


@dataclass(frozen=True)
class Case:
    """One row: the episode, why in one sentence, the last ten totals drawn, one's own review,
    whether one called the finding behind the sentence useful, and who is told next."""

    episode: Episode
    why: str
    sparkline: Sparkline
    review: SupervisorReview | None
    finding: Finding | None
    own_answer: bool | None
    next_step: Step | None

    @property
    def owner(self) -> User | None:
        """Who has the case, as long as they may have it."""
        return self.episode.owner if self.episode.is_owned else None

    @property
    def is_seen(self) -> bool:
        return self.review is not None and self.review.has_seen_all

    @property
    def is_snoozed(self) -> bool:
        return group_of(self.episode) == "snoozed"


@dataclass(frozen=True)
class Queue:
    """A page of cases by group, and how many cases each group has in all."""

    counts: dict[str, int]
    groups: list[tuple[str, list[Case]]]
    page: Page


def queue_of(supervisor: User, *, shown: str = "waiting", page: str | int | None = 1) -> Queue:
    """The cases of everybody supervised today that wait for `supervisor`, or the snoozed ones.

    Who is supervised and what waits is asked once, for numbers alone; then what the rows of the
    page show.
    """
    places = cases_waiting_for(supervisor)
    counts = _counted(places)
    wanted = {place_of(group) for group in SHOWN[shown]}
    numbers = [number for number, place in places.items() if place in wanted]
    found = Paginator(numbers, CASES_A_PAGE).get_page(page)
    cases = _cases(_episodes(list(found.object_list), places, supervisor), supervisor)
    by_group = groupby(cases, lambda case: group_of(case.episode))
    return Queue(counts, [(group, list(rows)) for group, rows in by_group], found)


def _counted(places: dict[int, int]) -> dict[str, int]:
    counted = Counter(places.values())
    return {group: counted[place_of(group)] for group in GROUPS}


def _episodes(numbers: list[int], places: dict[int, int], supervisor: User) -> list[Episode]:
    """In that order; one that is gone meanwhile is left out."""
    if not numbers:
        return []
    asked = {"reader": supervisor.pk} | CASES.given(numbers)
    by_number = {row.pk: row for row in _shown_cases(**asked, today=timezone.localdate())}
    episodes = [by_number[number] for number in numbers if number in by_number]
    for episode in episodes:
        episode.place = places[episode.pk]
        episode.shown_findings, episode.own_reviews = [], []
    for finding in _shown_findings(**CASES.given(numbers)):
        if finding.episode_id in by_number:
            by_number[finding.episode_id].shown_findings.append(finding)
    for review in _own_reviews(**asked):
        if review.episode_id in by_number:
            by_number[review.episode_id].own_reviews.append(review)
    return episodes


@prepared
def _shown_cases():
    reader, today = GivenPerson("reader"), Given("today", models.DateField())
    cases = Episode.objects.filter(pk__in=CASES.places)
    return _with_what_a_row_shows(cases, reader, today)


def _with_what_a_row_shows(episodes, supervisor: User, today):
    holding = Supervision.objects.held_by(OuterRef("owner"), today)
    came_up = came_up_the_ladder().filter(episode=OuterRef("pk"))
    held = Supervision.objects.held_by(supervisor, today)
    theirs = held.filter(therapist=OuterRef("pair__therapist"))
    questions = ReviewComment.objects.open_questions().filter(episode=OuterRef("pk"))
    return episodes.annotate(
        has_open_question=Exists(questions),
        is_owned=Q(Exists(holding.filter(therapist=OuterRef("pair__therapist"))))
        | Q(Exists(came_up.filter(recipient=OuterRef("owner")))),
        has_come_up=Q(Exists(came_up.filter(recipient=supervisor))) & ~Q(Exists(theirs)),
    ).select_related("pair__client", "pair__therapist", "owner")


@prepared
def _own_reviews():
    own = SupervisorReview.objects.filter(supervisor=Given("reader"))
    return own.filter(episode__pk__in=CASES.places)


@prepared
def _shown_findings():
    of_cases = Finding.objects.filter(episode__pk__in=CASES.places)
    return of_cases.worth_asking().for_supervision().gravest_of_the_newest_session()


def findings_to_show() -> Prefetch:
    """As `shown_findings` the one to tell, without what speaks of the therapist."""
    findings = Finding.objects.worth_asking().for_supervision()
    gravest = findings.gravest_of_the_newest_session()
    return Prefetch("findings", queryset=gravest, to_attr="shown_findings")


def _cases(episodes: list[Episode], reader: User) -> list[Case]:
    totals = _last_totals([episode.pair_id for episode in episodes])
    cutoff, words = PolicyVersion.current().cue, wording()
    steps = ladders.next_steps_of(episode for episode in episodes if episode.is_open)
    findings = [gravest_of(episode) for episode in episodes]
    answers = _own_answers([finding for finding in findings if finding], reader)
    return [
        Case(
            episode=episode,
            why=reason_of(episode),
            sparkline=draw_sparkline(totals.get(episode.pair_id, []), cutoff=cutoff, wording=words),
            review=_own_review(episode),
            finding=finding,
            own_answer=answers.get(finding.pk) if finding else None,
            next_step=steps.get(episode.pk),
        )
        for episode, finding in zip(episodes, findings, strict=True)
    ]


def _own_answers(findings: list[Finding], reader: User) -> dict[int, bool]:
    if not findings:
        return {}
    numbers = [finding.pk for finding in findings]
    return dict(_answers(reader=reader.pk, **FINDINGS.given(numbers)))


@prepared
def _answers():
    own = UsefulAnswer.objects.filter(by=Given("reader"))
    asked = own.filter(finding__pk__in=FINDINGS.places)
    return asked.values_list("finding", "is_useful")


def _own_review(episode: Episode) -> SupervisorReview | None:
    if not episode.own_reviews:
        return None
    review = episode.own_reviews[0]
    review.episode = episode
    return review


def _last_totals(pair_ids: list[int]) -> dict[int, list[int | None]]:
    """The totals of each pair's last ten attended sessions, oldest first; None without a form.
    They begin anew with another form: marks on two do not compare."""
    totals: dict[int, list[int | None]] = {}
    forms: dict[int, str] = {}
    rows = _last_marks(**PAIRS.given(pair_ids)) if pair_ids else []
    for pair, form, *marks in rows:
        if form and forms.setdefault(pair, form) != form:
            forms[pair], totals[pair] = form, []
        totals.setdefault(pair, []).append(srs.total(dict(zip(srs.LINES, marks, strict=True))))
    return totals


@prepared
def _last_marks():
    lines = [f"srs_entry__{line}" for line in srs.LINES]
    newest_first = Window(RowNumber(), partition_by=F("pair"), order_by=F("starts_at").desc())
    sessions = TherapySession.objects.attended().filter(pair__pk__in=PAIRS.places)
    sessions = sessions.annotate(back=newest_first).filter(back__lte=SESSIONS_SHOWN)
    return sessions.order_by("starts_at").values_list("pair", "srs_entry__pack__code", *lines)


def reason_of(episode: Episode) -> str:
    """The sentence of the gravest of `shown_findings`."""
    finding = gravest_of(episode)
    return finding.why if finding else str(_("The therapist noted it by hand."))


def gravest_of(episode: Episode) -> Finding | None:
    """Of `shown_findings`, those of the newest session."""
    return max(episode.shown_findings, key=lambda row: row.gravity, default=None)
