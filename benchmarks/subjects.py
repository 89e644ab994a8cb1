"""What is timed, and what each of it is compared with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse

from accounts import sealing
from accounts.models import User
from benchmarks import courses
from benchmarks.visitor import Answer, Connection, Visitor
from ruptures.demo import accounts
from ruptures.models import Episode, WeeklyReport
from sessions_app.views.tablet import TICKET_COOKIE
from tests.sealing import seal_answers

THERAPIST = accounts.THERAPISTS[0][0]
SUPERVISOR = accounts.SUPERVISORS[0][0]
# Supervised by somebody else, so that the queue does not grow while it is measured.
THERAPIST_OF_SUBMITTERS = accounts.THERAPISTS[-1][0]

HandIn = Callable[[Visitor, dict], Answer]


@dataclass(frozen=True)
class Subject:
    """`visit` asks once and gives the timed answer; `against` is the name of a bare subject."""

    name: str
    title: str
    visit: Callable[[], Answer]
    against: str = "bare"


def sign_in(connection: Connection, email: str) -> Visitor:
    visitor = Visitor(connection)
    path = reverse("account_login")
    visitor.get(path)
    visitor.post(path, {"login": email, "password": accounts.PASSWORD}, expect=302)
    return visitor


def all_subjects(connection: Connection, tries: int, *, pages_only: bool) -> dict[str, Subject]:
    """Every subject by its name, ready to be visited `tries` times."""
    therapist = sign_in(connection, THERAPIST)
    supervisor = sign_in(connection, SUPERVISOR)
    found = [
        *bare_subjects(connection, therapist),
        *([] if pages_only else submit_subjects(connection, tries)),
        *page_subjects(therapist, supervisor),
    ]
    return {subject.name: subject for subject in found}


def bare_subjects(connection: Connection, therapist: Visitor) -> list[Subject]:
    stranger = Visitor(connection)
    stranger.get(reverse("account_login"))
    insert = {"name": "a row"}
    return [
        page("bare", "bare view", Visitor(connection), "bare"),
        Subject(
            "bare_insert",
            "bare view that inserts one row",
            lambda: stranger.post(reverse("bare_insert"), insert, expect=200),
        ),
        page("bare_signed_in", "bare view, signed in", therapist, "bare_signed_in"),
        page("plain", "plain page of 50 rows", therapist, "plain_table"),
    ]


def submit_subjects(connection: Connection, tries: int) -> list[Subject]:
    therapist = User.objects.get(email=THERAPIST_OF_SUBMITTERS)
    return [
        Subject(
            name,
            title,
            _submitting(connection, therapist, tries, hand_in, lines),
            against="bare_insert",
        )
        for name, title, hand_in, lines in (
            ("submit_steady", "submit an entry, nothing found", in_the_open, courses.STEADY),
            ("submit_strain", "submit an entry that opens a strain", in_the_open, courses.FALLEN),
            ("sealed_steady", "submit a sealed entry, nothing found", sealed, courses.STEADY),
            ("sealed_strain", "submit a sealed entry that opens one", sealed, courses.FALLEN),
        )
    ]


def _submitting(
    connection: Connection, therapist: User, tries: int, hand_in: HandIn, lines: dict[str, int]
):
    tickets = iter(list(courses.tickets(therapist, tries)))
    return lambda: submit(Visitor(connection, **{TICKET_COOKIE: next(tickets)}), hand_in, lines)


def submit(device: Visitor, hand_in: HandIn, lines: dict[str, int]) -> Answer:
    """Opens the form, untimed, and hands it in."""
    drawn = device.get(reverse("rating_form"))
    form = {"uuid": drawn.field("uuid"), "pack": drawn.field("pack"), "language": "en"}
    return hand_in(device, form | {"seconds": 31} | lines)


def in_the_open(device: Visitor, form: dict) -> Answer:
    """Posts the form as it is: a browser without JavaScript, or one that can keep nothing."""
    return device.post(reverse("rating_form"), form, expect=302)


def sealed(device: Visitor, form: dict) -> Answer:
    """Sends it sealed, as every other browser does."""
    return device.send(
        reverse("rating_hand_in"), seal_answers(sealing.public_key(), form), expect=200
    )


def page_subjects(therapist: Visitor, supervisor: Visitor) -> Iterator[Subject]:
    episode = longest_open_strain()
    report = WeeklyReport.objects.filter(supervisor__email=SUPERVISOR).first()
    for name, title, visitor, arguments in (
        ("today", "Today", therapist, ()),
        ("client_list", "client list", therapist, ()),
        ("client_detail", "client page", therapist, (episode.pair.client.key,)),
        ("episode_detail", "strain page", therapist, (episode.key,)),
        ("review_queue", "queue", supervisor, ()),
        ("weekly_report_detail", "weekly report", supervisor, (report.week,)),
    ):
        yield page(name, title, visitor, name, *arguments, against="plain")


def page(
    name: str, title: str, visitor: Visitor, url_name: str, *arguments, against: str = "bare"
) -> Subject:
    path = reverse(url_name, args=arguments)
    return Subject(name, title, lambda: visitor.get(path), against)


def longest_open_strain() -> Episode:
    """The open strain of the therapist's client with the most sessions."""
    episodes = Episode.objects.open().filter(pair__therapist__email=THERAPIST)
    episodes = episodes.annotate(sessions=Count("pair__therapy_sessions"))
    return episodes.select_related("pair__client").order_by("-sessions", "pk").first()
