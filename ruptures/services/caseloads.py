"""What a therapist's day and a client's page show, read in a fixed number of queries."""

import datetime
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Prefetch
from django.utils import timezone

from accounts.models import User
from ruptures.models import Episode, Finding, ReviewComment
from ruptures.services.episodes import waiting_longest_first
from ruptures.services.queues import reason_of
from sessions_app.models import Client, LogDraft, Pair, Tablet, TabletLink, TherapySession

UNLOGGED_SHOWN = 50
COMMENTS_SHOWN = 5
QUESTIONS_SHOWN = 100
STRAINS_SHOWN = 100
HANDED_OVER_SHOWN = 20
SESSIONS_A_PAGE = 20


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
    end = start + datetime.timedelta(days=1)
    sessions = _with_state(TherapySession.objects.filter(pair__in=Pair.objects.of(therapist)))
    todays = list(sessions.filter(starts_at__gte=start, starts_at__lt=end))
    missed = sessions.unlogged().filter(starts_at__lt=start)
    return Day(
        therapy_sessions=todays,
        unlogged=list(missed.order_by("-starts_at")[:UNLOGGED_SHOWN]),
        episodes=[(row, reason_of(row)) for row in open_episodes_of(therapist)],
        comments=_words_for(therapist),
        handed_over=_handed_over_to(therapist),
        tablet_is_paired=Tablet.objects.paired().exists(),
    )


def _with_state(sessions):
    unanswered = TabletLink.objects.unanswered().select_related("mail")
    unanswered = unanswered.order_by("-created_at", "-pk")
    open_episodes = without_unseen(Episode.objects.open())
    drafts = LogDraft.objects.filter(therapy_session=OuterRef("pk"))
    sessions = sessions.select_related("pair__client__sealing_key", "srs_entry", "prediction")
    sessions = sessions.annotate(
        has_draft=Exists(drafts.filter(author=OuterRef("pair__therapist")))
    )
    return sessions.prefetch_related(
        Prefetch("tablet_links", queryset=unanswered, to_attr="open_links"),
        Prefetch("pair__episodes", queryset=open_episodes, to_attr="open_episodes"),
    )


def open_episodes_of(therapist: User) -> list[Episode]:
    """Those that the therapist may know of: a strain opened by marks they have not seen waits
    until they have said what they expected."""
    episodes = without_unseen(Episode.objects.open().of(therapist)).select_related("pair__client")
    return waiting_longest_first(episodes.prefetch_related(_findings_to_show())[:STRAINS_SHOWN])


def without_unseen(episodes):
    """Leaves out strains opened by marks that their therapist has neither predicted nor seen."""
    return episodes.exclude(_is_unseen("opened_session"))


def _is_unseen(name: str) -> Exists:
    """Asked of the one session: the list of all that are unseen is read from the whole clinic."""
    return Exists(TherapySession.objects.marks_unseen().filter(pk=OuterRef(name)))


def _findings_to_show() -> Prefetch:
    findings = Finding.objects.worth_asking().exclude(_is_unseen("therapy_session"))
    return Prefetch(
        "findings",
        queryset=findings.of_the_newest_session().order_by("pk"),
        to_attr="shown_findings",
    )


def _handed_over_to(therapist: User) -> list[Pair]:
    met = TherapySession.objects.filter(pair=OuterRef("pk")).exclude(
        attendance=TherapySession.Attendance.BOOKED
    )
    pairs = Pair.objects.of(therapist).filter(~Exists(met))
    earlier = Pair.objects.filter(client=OuterRef("client"), until_on__lt=OuterRef("from_on"))
    pairs = pairs.filter(Exists(earlier), client__status=Client.Status.ACTIVE)
    return list(pairs.select_related("client").order_by("from_on")[:HANDED_OVER_SHOWN])


def _words_for(therapist: User) -> list[ReviewComment]:
    """First the questions that wait for an answer, however old; then the newest words."""
    open_question = ReviewComment.objects.open_questions().filter(pk=OuterRef("pk"))
    comments = ReviewComment.objects.filter(episode__in=Episode.objects.of(therapist))
    comments = comments.exclude(by=therapist).select_related("by", "episode__pair__client")
    comments = comments.annotate(asks=Exists(open_question)).order_by("-asks", "-written_at")
    newest = list(comments[:QUESTIONS_SHOWN])
    asking = sum(comment.asks for comment in newest)
    return newest[: asking + COMMENTS_SHOWN]


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
    """A page of the pair's sessions, newest first, with what was rated and what is worth asking."""
    findings = Finding.objects.worth_asking()
    if reader.pk != pair.therapist_id:
        findings = findings.for_supervision()
    shown = Prefetch("findings", findings, to_attr="shown_findings")
    sessions = pair.therapy_sessions.select_related(
        "srs_entry__corrects", "prediction", "screening"
    )
    sessions = sessions.prefetch_related(shown)
    return Paginator(sessions.order_by("-starts_at"), SESSIONS_A_PAGE).get_page(page)


def last_rated_of(newest: list[TherapySession]) -> TherapySession | None:
    """The newest session with a rating; `newest` the newest first."""
    return next((row for row in newest if hasattr(row, "srs_entry")), None)
