"""What a therapist's day and a client's page show, read in a fixed number of queries."""

import datetime
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch
from django.utils import timezone

from accounts.models import User
from accounts.prepared import Given, Several, prepared
from ruptures.models import Episode, Finding, ReviewComment
from ruptures.models.finding import ABOUT_THE_THERAPIST
from ruptures.services.chart_data import PastSession
from ruptures.services.episodes import waiting_longest_first
from ruptures.services.queues import reason_of
from sessions_app.models import Client, LogDraft, Pair, Tablet, TabletLink, TherapySession

UNLOGGED_SHOWN = 50
COMMENTS_SHOWN = 5
QUESTIONS_SHOWN = 100
STRAINS_SHOWN = 100
HANDED_OVER_SHOWN = 20
SESSIONS_A_PAGE = 10
SESSIONS = Several("session", SESSIONS_A_PAGE)

# What the prepared questions of Today are given.
READER = Given("reader")
TODAY = Given("today", models.DateField())
START, END = Given("start", models.DateTimeField()), Given("end", models.DateTimeField())


@dataclass(frozen=True)
class Day:
    """A therapist's day: its sessions, those of earlier days without a log, strains, words, and the
    clients handed over to them whom they have not met yet.

    Nothing of it tells what a client marked whose marks the therapist has not predicted or seen.
    """

    therapy_sessions: list[TherapySession]
    unlogged: list[TherapySession]
    episodes: list[tuple[Episode, str]]
    comments: list[ReviewComment]
    handed_over: list[Pair]
    tablet_is_paired: bool


def has_clients(user: User) -> bool:
    return Pair.objects.of(user).exists()


def caseload_of(therapist: User, *, sought: str = ""):
    """The therapist's pairs, active clients first, each with its open strain as far as the
    therapist may know of it."""
    pairs = Pair.objects.of(therapist).for_list()
    if sought:
        pairs = pairs.named_like(sought)
    known = without_unseen(Episode.objects.open())
    return pairs.prefetch_related(Prefetch("episodes", known, to_attr="open_episodes"))


def day_of(therapist: User, on: datetime.date) -> Day:
    """The day `on` of `therapist`, on the current time zone's clock."""
    start = timezone.make_aware(datetime.datetime.combine(on, datetime.time()))
    asked = {"reader": therapist.pk, "today": timezone.localdate(), "start": start}
    ahead = asked | {"end": start + datetime.timedelta(days=1)}
    strains = open_episodes_of(therapist)
    return Day(
        therapy_sessions=_with_state(_todays(**ahead), strains, ahead),
        unlogged=_unlogged(**asked),
        episodes=[(row, reason_of(row)) for row in strains],
        comments=_words_for(therapist),
        handed_over=_handed_over(reader=therapist.pk, today=asked["today"]),
        tablet_is_paired=Tablet.objects.paired().exists(),
    )


@prepared
def _todays():
    return _own_sessions().filter(starts_at__gte=START, starts_at__lt=END)


@prepared
def _unlogged():
    missed = _own_sessions().unlogged().filter(starts_at__lt=START)
    return missed.order_by("-starts_at")[:UNLOGGED_SHOWN]


def _own_sessions():
    drafts = LogDraft.objects.filter(therapy_session=OuterRef("pk"), author=READER)
    sessions = TherapySession.objects.filter(pair__in=Pair.objects.of(READER, TODAY))
    sessions = sessions.select_related("pair__client__sealing_key", "srs_entry", "prediction")
    return sessions.annotate(has_draft=Exists(drafts))


@prepared
def _open_links():
    """Of the day's sessions, the newest first."""
    unanswered = TabletLink.objects.unanswered(Given("now", models.DateTimeField()))
    of_the_day = unanswered.filter(
        therapy_session__pair__therapist=READER,
        therapy_session__starts_at__gte=START,
        therapy_session__starts_at__lt=END,
    )
    return of_the_day.select_related("mail").order_by("-created_at", "-pk")


def _with_state(
    sessions: list[TherapySession], strains: list[Episode], asked: dict
) -> list[TherapySession]:
    """Each with its open links and the open strains of its pair."""
    links = _open_links(**asked, now=timezone.now()) if sessions else []
    for session in sessions:
        session.open_links = [link for link in links if link.therapy_session_id == session.pk]
        session.pair.open_episodes = [row for row in strains if row.pair_id == session.pair_id]
    return sessions


def open_episodes_of(therapist: User) -> list[Episode]:
    """Those that the therapist may know of: a strain opened by marks they have not seen waits
    until they have said what they expected."""
    asked = {"reader": therapist.pk, "today": timezone.localdate()}
    episodes = _open_strains(**asked)
    findings = _findings_to_show(**asked) if episodes else []
    for episode in episodes:
        episode.shown_findings = [row for row in findings if row.episode_id == episode.pk]
    return waiting_longest_first(episodes)


@prepared
def _open_strains():
    known = without_unseen(Episode.objects.open().of(READER, TODAY))
    return known.select_related("pair__client")[:STRAINS_SHOWN]


@prepared
def _findings_to_show():
    of_open = Finding.objects.filter(episode__closed_at=None, episode__pair__therapist=READER)
    known = of_open.worth_asking().exclude(_is_unseen("therapy_session"))
    current = known.filter(episode__pair__in=Pair.objects.of(READER, TODAY))
    return current.gravest_of_the_newest_session()


def without_unseen(episodes):
    """Leaves out strains opened by marks that their therapist has neither predicted nor seen."""
    return episodes.exclude(_is_unseen("opened_session"))


def _is_unseen(name: str) -> Exists:
    """Asked of the one session: the list of all that are unseen is read from the whole clinic."""
    return Exists(TherapySession.objects.marks_unseen().filter(pk=OuterRef(name)))


@prepared
def _handed_over():
    met = TherapySession.objects.filter(pair=OuterRef("pk")).exclude(
        attendance=TherapySession.Attendance.BOOKED
    )
    pairs = Pair.objects.of(READER, TODAY).filter(~Exists(met))
    earlier = Pair.objects.filter(client=OuterRef("client"), until_on__lt=OuterRef("from_on"))
    pairs = pairs.filter(Exists(earlier), client__status=Client.Status.ACTIVE)
    return pairs.select_related("client").order_by("from_on")[:HANDED_OVER_SHOWN]


def _words_for(therapist: User) -> list[ReviewComment]:
    """First the questions that wait for an answer, however old; then the newest words."""
    newest = _newest_words(reader=therapist.pk, today=timezone.localdate())
    asking = sum(comment.asks for comment in newest)
    return newest[: asking + COMMENTS_SHOWN]


@prepared
def _newest_words():
    open_question = ReviewComment.objects.open_questions().filter(pk=OuterRef("pk"))
    comments = ReviewComment.objects.filter(episode__in=Episode.objects.of(READER, TODAY))
    comments = comments.exclude(by=READER).select_related("by", "episode__pair__client")
    comments = comments.annotate(asks=Exists(open_question)).order_by("-asks", "-written_at")
    return comments[:QUESTIONS_SHOWN]


def chip(therapy_session: TherapySession) -> str:
    """One word for where a session stands: to_rate, waiting, mail_failing, mail_came_back, late (a
    form that was opened and not handed in), rated, no_rating or its absence."""
    if hasattr(therapy_session, "srs_entry"):
        return "rated"
    if therapy_session.attendance not in {
        TherapySession.Attendance.BOOKED,
        TherapySession.Attendance.ATTENDED,
    }:
        return therapy_session.attendance
    newest = next(iter(therapy_session.open_links), None)
    if newest and newest.is_usable:
        return _chip_of_mail(newest) or "waiting"
    if therapy_session.missing_reason:
        return "no_rating"
    return "late" if newest else "to_rate"


def _chip_of_mail(link: TabletLink) -> str:
    """Blank where no mail went, or where it went well."""
    mail = getattr(link, "mail", None)
    if mail is None:
        return ""
    return "mail_came_back" if mail.came_back else "mail_failing" if mail.is_failing else ""


def timeline_of(pair: Pair, *, reader: User, page: str | int | None = 1) -> Page:
    """A page of the pair's sessions, newest first, with what was rated and what is worth asking,
    the gravest first."""
    numbers = _numbers_of_sessions(pair=pair.pk)
    found = Paginator(numbers, SESSIONS_A_PAGE).get_page(page)
    found.object_list = _shown_sessions(found.object_list, is_own=reader.pk == pair.therapist_id)
    return found


@prepared
def _numbers_of_sessions():
    sessions = TherapySession.objects.filter(pair=Given("pair"))
    return sessions.order_by("-starts_at").values_list("pk", flat=True)


def _shown_sessions(numbers: list[int], *, is_own: bool) -> list[TherapySession]:
    if not numbers:
        return []
    sessions = _sessions(**SESSIONS.given(numbers))
    findings = _findings(**SESSIONS.given(numbers))
    told = [row for row in findings if is_own or row.rule not in ABOUT_THE_THERAPIST]
    for session in sessions:
        found = [row for row in told if row.therapy_session_id == session.pk]
        session.shown_findings = sorted(found, key=lambda row: row.gravity, reverse=True)
    return sessions


@prepared
def _sessions():
    sessions = TherapySession.objects.filter(pk__in=SESSIONS.places).order_by("-starts_at")
    return sessions.select_related("srs_entry__corrects", "prediction", "screening")


@prepared
def _findings():
    findings = Finding.objects.filter(therapy_session__pk__in=SESSIONS.places)
    return findings.worth_asking().order_by("pk")


def last_rated_of(newest: list[PastSession]) -> PastSession | None:
    """The newest session with a rating; `newest` the newest first."""
    return next((row for row in newest if row.is_rated), None)
