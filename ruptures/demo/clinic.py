"""Builds the demo clinic: people, sixty clients, months of sessions, today's appointments."""

import datetime
from collections.abc import Callable, Iterable
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts.models import Clinic, RolePeriod, Supervision, User
from ruptures.demo import accounts, bulk, courses, diary, supervised
from ruptures.models import Alert, Episode, RepairStep
from ruptures.services import reports, screening
from ruptures.trend import IsoWeek
from sessions_app import srs
from sessions_app.models import (
    Agreement,
    AgreementStanding,
    Client,
    Marker,
    Pair,
    Prediction,
    RelationalPattern,
    SRSEntry,
    TherapySession,
)
from sessions_app.services import endings
from sessions_app.services.packs import active_pack

SEED = 20260105
_BIRDS = """
Avocet Bittern Bluethroat Bunting Bustard Chough Crane Curlew Dipper Dotterel Dunlin Egret
Fieldfare Gannet Godwit Goldcrest Grebe Greenshank Guillemot Harrier Heron Hobby Hoopoe Ibis
Jackdaw Kestrel Kingfisher Kite Lapwing Linnet Mallard Martin Merlin Nightjar Nuthatch Oriole
Osprey Ouzel Petrel Pipit Plover Puffin Quail Redshank Redstart Robin Ruff Sanderling Shrike
Siskin Snipe Starling Stilt Swift Teal Tern Twite Wagtail Warbler Whimbrel
"""
BIRDS = _BIRDS.split()
SESSIONS_OF_A_CLIENT = (9, 18)
NOT_LOGGED = 9  # the place of the client of whom the last session waits for its log
REPORTS_KEPT = 4
PATTERN = (
    "Wishes to be met without having to ask. Expects to be a burden, and that others tire of it. "
    "Then makes light of what hurts, praises, and stays away for a while."
)

Progress = Callable[[str], None]


@transaction.atomic
def build(*, say: Progress) -> None:
    """The whole clinic. `say` hears how far it is. Expects an empty database."""
    open_doors()
    therapists = _people()
    random = Random(SEED)
    labels = iter(BIRDS)
    caseloads = []
    for therapist in therapists:
        caseloads.append(
            [
                (course, _client(therapist, next(labels), place, course, random))
                for place, course in enumerate(courses.CASELOAD)
            ]
        )
        say(f"{therapist.name}: {len(courses.CASELOAD)} clients")
    supervised.look_back(caseloads)
    _report()
    bulk.look_at_what_is_there()
    say("what supervisors saw and said, and the weekly reports")


def open_doors() -> None:
    """The clinic itself."""
    Clinic.objects.update_or_create(
        pk=1,
        defaults={
            "name": "Demo clinic",
            "alert_at_once_from": Clinic.AlertFrom.MODERATE,
            # Whoever tries it in the evening sees the mail at once all the same.
            "quiet_from": datetime.time(),
            "quiet_until": datetime.time(),
        },
    )


def hashed_password() -> str:
    """Hashing is slow on purpose, and all people of the demo share one password."""
    return make_password(accounts.PASSWORD)


def long_ago() -> datetime.date:
    """Since when everybody has been there."""
    return timezone.localdate() - datetime.timedelta(days=400)


def _people() -> list[User]:
    password, role = hashed_password(), RolePeriod.Role
    person(accounts.ADMINISTRATOR, role.ADMINISTRATOR, password)
    therapists = [person(who, role.THERAPIST, password) for who in accounts.THERAPISTS]
    supervisors = [person(who, role.THERAPIST, password) for who in accounts.SUPERVISORS]
    Clinic.objects.update(lead=person(accounts.LEAD, role.THERAPIST, password))
    for place, therapist in enumerate(therapists):
        Supervision.objects.create(
            supervisor=supervisors[place * len(supervisors) // len(therapists)],
            therapist=therapist,
            from_on=long_ago(),
        )
    return therapists


def person(who: tuple[str, str], role: str, password: str) -> User:
    """`who` is an address and a name; `password` comes hashed."""
    email, name = who
    user = User.objects.create(email=email, name=name, password=password)
    RolePeriod.objects.create(user=user, role=role, from_on=long_ago())
    return user


def _client(therapist: User, bird: str, place: int, course, random: Random) -> Pair:
    planned = course(random, random.randint(*SESSIONS_OF_A_CLIENT))
    moments = diary.past_moments(place, len(planned))
    client = Client.objects.create(case_label=f"{bird}-{place + 11}")
    pair = Pair.objects.create(
        client=client, therapist=therapist, from_on=timezone.localdate(moments[0])
    )
    _agree(pair, place, random)
    _book_next(pair, place)
    _live_through(pair, planned, moments)
    if place == NOT_LOGGED or diary.was_just_over(place):
        _forget_log(pair, moments[-1])
    if course is courses.drop_out:
        _leave(client, moments[-1])
    return pair


def _agree(pair: Pair, place: int, random: Random) -> None:
    goals = ["Sleep through most nights", "Say no at work", "See friends again", "Less worry"]
    tasks = ["Write down what went well", "A walk each day", "One hard talk a month"]
    for kind, texts in ((Agreement.Kind.GOAL, goals), (Agreement.Kind.TASK, tasks)):
        agreement = Agreement.objects.create(
            pair=pair, kind=kind, text=random.choice(texts), from_on=pair.from_on
        )
        _stand(agreement, place)
    if place % 3 == 0:
        RelationalPattern.objects.create(pair=pair, text=PATTERN, written_by=pair.therapist)


def _stand(agreement: Agreement, place: int) -> None:
    """In part at first; of every other client at one a month later."""
    level = AgreementStanding.Level
    asked = [(level.PARTLY, 7)] + [(level.TOGETHER, 35)] * (place % 2)
    AgreementStanding.objects.bulk_create(
        AgreementStanding(
            agreement=agreement,
            level=how,
            asked_on=min(timezone.localdate(), agreement.from_on + datetime.timedelta(days=after)),
        )
        for how, after in asked
    )


def _live_through(pair: Pair, planned: list[courses.Planned], moments) -> None:
    """Session after session where a repair depends on what came before, else all at once."""
    batch: list[tuple[courses.Planned, datetime.datetime]] = []
    for plan, moment in zip(planned, moments, strict=True):
        if plan.steps or plan.settled:
            _write(pair, batch)
            screening.screen_pair(pair=pair, alerting=False)
            batch = []
            _repair(pair, plan, moment)
        batch.append((plan, moment))
    _write(pair, batch)
    screening.screen_pair(pair=pair, alerting=False)
    for plan, moment in zip(planned, moments, strict=True):
        if plan.steps:  # which were there before their session, so that the detector knew of them
            steps = RepairStep.objects.filter(episode__pair=pair, taken_on=moment.date())
            steps.update(therapy_session=pair.therapy_sessions.get(starts_at=moment))


def _repair(pair: Pair, plan: courses.Planned, moment: datetime.datetime) -> None:
    episode = Episode.objects.open().filter(pair=pair).first()
    if episode is None:
        return
    day = moment.date()
    RepairStep.objects.bulk_create(
        RepairStep(episode=episode, step=step, taken_on=day, by=pair.therapist)
        for step in plan.steps
    )
    if plan.settled:
        episode.settled, episode.settled_on = plan.settled, day
        episode.save(update_fields=["settled", "settled_on"])


def _write(pair: Pair, batch: Iterable) -> None:
    for plan, moment in batch:
        therapy_session = TherapySession.objects.create(
            pair=pair,
            starts_at=moment,
            attendance=plan.attendance,
            minutes_late=plan.minutes_late,
            cancelled_at=cancelled_at(plan, moment),
            missing_reason=plan.missing_reason,
            client_asks=plan.client_asks,
            feelings=plan.feelings,
            logged_at=moment + datetime.timedelta(hours=1),
        )
        _write_marks(therapy_session, plan)


def cancelled_at(plan: courses.Planned, moment: datetime.datetime):
    if plan.attendance != courses.CANCELLED:
        return None
    return moment - datetime.timedelta(hours=48)


def _write_marks(therapy_session: TherapySession, plan: courses.Planned) -> None:
    Marker.objects.bulk_create(
        Marker(therapy_session=therapy_session, code=code, salience=salience)
        for code, salience in plan.markers.items()
    )
    if plan.prediction is not None:
        Prediction.objects.create(therapy_session=therapy_session, **predicted(plan))
    if plan.lines:
        SRSEntry.objects.create(
            therapy_session=therapy_session,
            pack=active_pack(),
            language="en",
            source=SRSEntry.Source.HAND_OVER,
            seconds=31,
            **plan.lines,
        )


def predicted(plan: courses.Planned) -> dict[str, int]:
    """The lines of the total that the therapist expected."""
    each, rest = divmod(plan.prediction, len(srs.LINES))
    lines = dict.fromkeys(srs.LINES, each)
    lines[srs.LINES[0]] += rest
    return lines


def _book_next(pair: Pair, place: int) -> None:
    TherapySession.objects.bulk_create(
        TherapySession(pair=pair, starts_at=moment) for moment in diary.next_moments(place)
    )


def _forget_log(pair: Pair, moment: datetime.datetime) -> None:
    """The client marked the four lines, and the therapist has yet to write the session down."""
    pair.therapy_sessions.filter(starts_at=moment).update(logged_at=None)


def _leave(client: Client, moment: datetime.datetime) -> None:
    client.pairs.first().therapy_sessions.booked().delete()
    pair = client.pairs.get()
    endings.end(pair=pair, ending=Client.Ending.DROP_OUT, on=moment.date(), by=pair.therapist)


def _report() -> None:
    """Past weeks' reports as kept, and nothing left to send.

    The report of the week that just ended is not there yet: the timetable makes and sends it.
    """
    for weeks_ago in range(2, 2 + REPORTS_KEPT):
        day = timezone.localdate() - datetime.timedelta(weeks=weeks_ago)
        reports.make_all(week=IsoWeek.containing(day))
    Alert.objects.unsent().update(sent_at=timezone.now())
