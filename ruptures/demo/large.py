"""A made-up clinic of any size, written table by table: to measure with, and to try things at size.

Every client is screened by the one run of the detector that screens them by themselves; what it
finds becomes rows by the same functions.
"""

import datetime
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Clinic, RolePeriod, Supervision, User
from ruptures.demo import accounts, bulk, clinic, courses, diary
from ruptures.detection.history import History
from ruptures.detection.screen import screen
from ruptures.models import (
    Alert,
    Episode,
    EpisodeState,
    Finding,
    PolicyVersion,
    RepairStep,
    Screening,
)
from ruptures.services import following, reports, screening
from ruptures.services.histories import OF_SCREENING
from ruptures.trend import IsoWeek
from sessions_app import srs
from sessions_app.fields import client_fernet
from sessions_app.models import (
    Agreement,
    Client,
    ClientKey,
    Marker,
    Pair,
    Prediction,
    SRSEntry,
    TherapySession,
)
from sessions_app.services.packs import active_pack

CASELOAD_SIZE = 50
THERAPISTS_A_SUPERVISOR = 10
# The first supervisor has these many in a clinic of any size, so that their pages compare.
FIRST_TEAM = len(accounts.THERAPISTS)
PAIRS_A_CHUNK = 500
# Sessions without a rating in the course that has most of them, and the shortest course there is.
SPARE_SESSIONS = 12
WEEKS_AGO = 2  # the newest report there; the timetable makes the one of last week
_QUIET = (courses.steady, courses.uneven, courses.low_start_rising, courses.steady)
# Whoever came once has no more than one rating.
_LONG = tuple(course for course in courses.CASELOAD if course is not courses.early_no_show)
CASELOAD = (*_LONG, *_QUIET * 9)

OF_SESSION = (
    *("id", "key", "pair_id", "starts_at", "attendance", "minutes_late", "cancelled_at"),
    *("missing_reason", "client_asks", "feelings", "logged_at"),
)
OF_ENTRY = (
    *("uuid", "therapy_session_id", "pack_id", "language", "source", "seconds", "recorded_at"),
    *srs.LINES,
)
OF_FINDING = (
    *("therapy_session_id", "episode_id", "rule", "severity", "line", "component", "leaning"),
    *("values", "threshold", "policy_version_id", "found_at"),
)


class Held(NamedTuple):
    """A session as the services that make rows of findings want it."""

    pk: int
    starts_at: datetime.datetime
    logged_at: datetime.datetime
    plan: courses.Planned


@dataclass
class Course:
    pair: Pair
    sessions: list[Held]
    left: bool
    episodes: list[Episode] = field(default_factory=list)


@transaction.atomic
def build(*, pairs: int, sessions: int, say: clinic.Progress) -> None:
    """`pairs` clients with `sessions` ratings each, all in one transaction. Expects an empty
    database. `say` hears how far it is."""
    clinic.open_doors()
    with Clinic.remembered():
        Loader(sessions).load(pairs, say)
        bulk.look_at_what_is_there()
        say("weekly reports")
        week = timezone.localdate() - datetime.timedelta(weeks=WEEKS_AGO)
        reports.make_all(week=IsoWeek.containing(week))
    Alert.objects.unsent().update(sent_at=timezone.now())
    transaction.on_commit(bulk.tidy)


class Loader:
    """Makes the people, then clients in chunks, each with all its rows."""

    def __init__(self, sessions: int):
        self.ratings = sessions
        self.random = Random(clinic.SEED)
        self.pack = active_pack()
        self.policy_version = PolicyVersion.current()
        self.now = timezone.now()
        models = (ClientKey, Client, Pair, TherapySession, SRSEntry, Episode)
        self.tables = {model: bulk.Table(model) for model in models}
        for model in (Agreement, Marker, Prediction, Screening, Finding, EpisodeState, RepairStep):
            self.tables[model] = bulk.Table(model)

    def load(self, pairs: int, say: clinic.Progress) -> None:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        therapists = people(-(-pairs // CASELOAD_SIZE))
        say("the people who work there")
        for first in range(0, pairs, PAIRS_A_CHUNK):
            last = min(first + PAIRS_A_CHUNK, pairs)
            self._load_chunk(therapists, range(first, last))
            say(f"{last} of {pairs} clients, {last * self.ratings} ratings")
        bulk.go_on_counting(self.tables.values())

    def _load_chunk(self, therapists: list[User], numbers: range) -> None:
        planned = [self._plan(number % CASELOAD_SIZE) for number in numbers]
        moments = [
            diary.weekly(_newest_day(number), number, len(plans))
            for number, plans in zip(numbers, planned, strict=True)
        ]
        pairs = self._take_on(therapists, numbers, moments)
        chunk = [
            self._course(number % CASELOAD_SIZE, *parts)
            for number, *parts in zip(numbers, pairs, planned, moments, strict=True)
        ]
        self._write_sessions(chunk)
        self._write_marks(chunk)
        self._write_what_was_found(chunk)

    def _plan(self, place: int) -> list[courses.Planned]:
        """The end of a course, as long as to hold the wanted number of ratings."""
        plans = _course_at(place)(self.random, self.ratings + SPARE_SESSIONS)
        start, rated = len(plans), 0
        while rated < self.ratings and start:
            start -= 1
            rated += bool(plans[start].lines)
        settled = [plan for plan in plans[start:] if plan.settled]
        for plan in settled[1:]:  # asked once, answered once
            plan.settled = ""
        return plans[start:]

    def _take_on(self, therapists: list[User], numbers: range, moments) -> list[Pair]:
        clients = [
            self._client(number, times) for number, times in zip(numbers, moments, strict=True)
        ]
        ClientKey.objects.bulk_create(client.sealing_key for client in clients)
        Client.objects.bulk_create(clients)
        pairs = [
            Pair(
                id=self.tables[Pair].number(),
                client=client,
                therapist=therapists[number // CASELOAD_SIZE],
                from_on=times[0].date(),
            )
            for number, client, times in zip(numbers, clients, moments, strict=True)
        ]
        Pair.objects.bulk_create(pairs)
        goal, task = Agreement.Kind.GOAL, Agreement.Kind.TASK
        Agreement.objects.bulk_create(
            Agreement(pair=pair, kind=kind, text=text, from_on=pair.from_on)
            for pair in pairs
            for kind, text in ((goal, "See friends again"), (task, "A walk each day"))
        )
        return pairs

    def _client(self, number: int, times: list[datetime.datetime]) -> Client:
        bird = clinic.BIRDS[number % len(clinic.BIRDS)]
        client = Client(
            id=self.tables[Client].number(),
            case_label=f"{bird}-{number + 11}",
            sealing_key=ClientKey(id=self.tables[ClientKey].number()),
        )
        if _course_at(number % CASELOAD_SIZE) is courses.drop_out:
            client.status, client.ending = Client.Status.ENDED, Client.Ending.DROP_OUT
            client.ended_on = times[-1].date()
        return client

    def _course(self, place: int, pair: Pair, plans, times) -> Course:
        an_hour = datetime.timedelta(hours=1)
        sessions = [
            Held(self.tables[TherapySession].number(), moment, moment + an_hour, plan)
            for plan, moment in zip(plans, times, strict=True)
        ]
        return Course(pair, sessions, left=_course_at(place) is courses.drop_out)

    def _write_sessions(self, chunk: list[Course]) -> None:
        happened = (
            (
                *(held.pk, uuid.uuid4(), course.pair.pk, held.starts_at, held.plan.attendance),
                *(held.plan.minutes_late, clinic.cancelled_at(held.plan, held.starts_at)),
                *(held.plan.missing_reason, held.plan.client_asks, _sealed(course, held)),
                held.logged_at,
            )
            for course, held in _sessions_of(chunk)
        )
        self.tables[TherapySession].write(OF_SESSION, happened)
        a_week = datetime.timedelta(weeks=1)
        booked = (
            (
                *(self.tables[TherapySession].number(), uuid.uuid4(), course.pair.pk),
                *(course.sessions[-1].starts_at + a_week, TherapySession.Attendance.BOOKED.value),
                *(0, None, "", False, {}, None),
            )
            for course in chunk
            if not course.left
        )
        self.tables[TherapySession].write(OF_SESSION, booked)

    def _write_marks(self, chunk: list[Course]) -> None:
        entries = (
            (
                *(uuid.uuid4(), held.pk, self.pack.pk, "en", SRSEntry.Source.HAND_OVER.value, 31),
                held.starts_at,
                *(held.plan.lines[line] for line in srs.LINES),
            )
            for _course, held in _sessions_of(chunk)
            if held.plan.lines
        )
        self.tables[SRSEntry].write(OF_ENTRY, entries)
        Marker.objects.bulk_create(
            Marker(therapy_session_id=held.pk, code=code, salience=salience)
            for _course, held in _sessions_of(chunk)
            for code, salience in held.plan.markers.items()
        )
        Prediction.objects.bulk_create(
            Prediction(therapy_session_id=held.pk, **clinic.predicted(held.plan))
            for _course, held in _sessions_of(chunk)
            if held.plan.prediction is not None
        )

    def _write_what_was_found(self, chunk: list[Course]) -> None:
        """One run of the detector over all pairs of the chunk."""
        history = History.from_pairs([self._described(course) for course in chunk])
        found = screen(history, self.policy_version.policy).pairs()
        results = list(zip(chunk, found, strict=True))
        self.tables[Screening].write(("therapy_session_id", *OF_SCREENING), _screenings(results))
        findings = {course.pair.pk: self._findings(course, result) for course, result in results}
        states = [
            state
            for course, result in results
            for state in self._episodes(course, result, findings[course.pair.pk])
        ]
        Episode.objects.bulk_create(row for course in chunk for row in course.episodes)
        EpisodeState.objects.bulk_create(states)
        RepairStep.objects.bulk_create(
            step for course, result in results for step in _steps(course, result)
        )
        self.tables[Finding].write(OF_FINDING, self._finding_rows(findings.values()))

    def _described(self, course: Course) -> dict:
        """In the shape of the detector's published interface."""
        sessions = [_described(held) for held in course.sessions]
        sessions[-1]["left"] = course.left
        return {
            "id": course.pair.pk,
            "as_of": timezone.localdate(self.now).isoformat(),
            "sessions": sessions,
        }

    def _findings(self, course: Course, result) -> list[Finding]:
        return [
            screening.finding_of(held, finding, self.policy_version)
            for held, session in zip(course.sessions, result.sessions, strict=True)
            for finding in session.findings
        ]

    def _episodes(self, course: Course, result, findings: list[Finding]) -> Iterator[EpisodeState]:
        """Adds the episodes to the course and gives their states."""
        for found in result.episodes:
            opened = course.sessions[found.opened - 1]
            episode = following.opened_at(opened, pair=course.pair)
            yield from following.bring_in_line(episode, course.sessions, found)
            following.join(episode, course.sessions, findings)
            _take_answer(episode, course, found)
            if course.left and episode.is_open:
                yield _end_early(episode, course)
            episode.pk = self.tables[Episode].number()
            course.episodes.append(episode)

    def _finding_rows(self, findings: Iterable[list[Finding]]) -> Iterator[tuple]:
        for row in (row for rows in findings for row in rows):
            yield (
                *(row.therapy_session_id, row.episode and row.episode.pk, row.rule, row.severity),
                *(row.line, row.component, row.leaning, row.values, row.threshold),
                *(row.policy_version_id, self.now),
            )


def people(number: int) -> list[User]:
    """So many therapists, with supervisors and an administrator; the first are those whose names
    and passwords the demo tells."""
    hashed, role = clinic.hashed_password(), RolePeriod.Role
    clinic.person(accounts.ADMINISTRATOR, role.ADMINISTRATOR, hashed)
    therapists = [
        clinic.person(who, role.THERAPIST, hashed)
        for who in _named(accounts.THERAPISTS, "Therapist", number)
    ]
    supervisors = [
        clinic.person(who, role.THERAPIST, hashed)
        for who in _named(
            accounts.SUPERVISORS, "Supervisor", max(1, number // THERAPISTS_A_SUPERVISOR)
        )
    ]
    others = supervisors[1:] or supervisors
    Supervision.objects.bulk_create(
        Supervision(
            supervisor=supervisors[0] if place < FIRST_TEAM else others[place % len(others)],
            therapist=therapist,
            from_on=clinic.long_ago(),
        )
        for place, therapist in enumerate(therapists)
    )
    return therapists


def _named(known, title: str, number: int) -> list[tuple[str, str]]:
    more = [
        (f"{title.lower()}{place}@demo.example", f"{title} {place}")
        for place in range(len(known) + 1, number + 1)
    ]
    return [*known, *more][:number]


def _newest_day(number: int) -> datetime.date:
    """Yesterday, or one of the six days before."""
    return timezone.localdate() - datetime.timedelta(days=1 + number % CASELOAD_SIZE % 7)


def _course_at(place: int) -> courses.Course:
    return CASELOAD[place]


def _sessions_of(chunk: list[Course]) -> Iterator[tuple[Course, Held]]:
    return ((course, held) for course in chunk for held in course.sessions)


def _sealed(course: Course, held: Held):
    """Feelings, under the client's key; a table written at once seals none by itself."""
    if not held.plan.feelings:
        return {}
    field = TherapySession._meta.get_field("feelings")
    return field.seal(held.plan.feelings, client_fernet(course.pair.client, ""))


def _described(held: Held) -> dict:
    plan = held.plan
    marked = bool(plan.lines)
    return {
        "on": held.starts_at.date().isoformat(),
        "attendance": plan.attendance,
        "minutes_late": plan.minutes_late,
        "cancelled_hours_ahead": 48 if plan.attendance == courses.CANCELLED else None,
        "missing_reason": plan.missing_reason or None,
        "client_asks": plan.client_asks,
        "markers": [{"code": code, "salience": grade} for code, grade in plan.markers.items()],
        "feelings": plan.feelings,
        "prediction": _points(clinic.predicted(plan)) if plan.prediction is not None else None,
        "lines": _points(plan.lines) if marked else None,
        "seconds": 31 if marked else None,
        "repair_steps": list(plan.steps),
        "settled": plan.settled or None,
    }


def _points(lines: dict[str, int]) -> dict[str, float]:
    return {line: mark / 10 for line, mark in lines.items()}


def _screenings(results) -> Iterator[tuple]:
    return (
        (held.pk, *screening.screened(session))
        for course, result in results
        for held, session in zip(course.sessions, result.sessions, strict=True)
    )


def _last_session_of(found, course: Course) -> int:
    """Number of the session it ended with, of the newest while it is open."""
    is_closed = found.state in following.CLOSED_BY_THE_COURSE
    return found.states[-1].session if is_closed else len(course.sessions)


def _within(course: Course, found) -> list[Held]:
    return course.sessions[found.opened - 1 : _last_session_of(found, course)]


def _take_answer(episode: Episode, course: Course, found) -> None:
    for held in _within(course, found):
        if held.plan.settled:
            episode.settled = held.plan.settled
            episode.settled_on = held.starts_at.date()


def _end_early(episode: Episode, course: Course) -> EpisodeState:
    newest = course.sessions[-1]
    episode.state, episode.closed_at = Episode.State.ENDED_EARLY, newest.logged_at
    return EpisodeState(
        episode=episode,
        state=episode.state,
        therapy_session_id=newest.pk,
        entered_at=newest.logged_at,
    )


def _steps(course: Course, result) -> Iterator[RepairStep]:
    """Steps belong to a strain; those planned while there is none are not taken."""
    for episode, found in zip(course.episodes, result.episodes, strict=True):
        for held in _within(course, found):
            for step in held.plan.steps:
                yield RepairStep(
                    episode=episode,
                    step=step,
                    taken_on=held.starts_at.date(),
                    therapy_session_id=held.pk,
                    by_id=course.pair.therapist_id,
                )
