"""Clients with twenty rated sessions behind them and one that waits for its rating."""

import datetime
from collections.abc import Iterator
from random import Random

from django.db import transaction
from django.utils import timezone

from ruptures.services import screening
from sessions_app import srs
from sessions_app.models import Pair, SRSEntry, TherapySession
from sessions_app.services import tablet
from sessions_app.services.packs import active_pack
from tests import factories

SESSIONS_BEFORE = 20
USUAL_LEVEL, USUAL_SPREAD = 94, 1  # tenths of a line
STEADY = dict.fromkeys(srs.LINES, USUAL_LEVEL)
FALLEN = STEADY | dict.fromkeys(srs.LINES[:2], 60)  # a sudden fall on two lines


def tickets(therapist, count: int) -> Iterator[str]:
    """`count` tickets, each for the session of today of another client of `therapist`."""
    random = Random(count)
    for _number in range(count):
        yield _ticket(therapist, random)


@transaction.atomic
def _ticket(therapist, random: Random) -> str:
    label = f"Bench-{Pair.objects.count()}"
    pair = factories.PairFactory(therapist=therapist, client__case_label=label)
    _live_through(pair, random)
    today = factories.TherapySessionFactory(pair=pair)
    _link, token = tablet.hand_over(therapy_session=today, by=therapist)
    return token


def _live_through(pair: Pair, random: Random) -> None:
    """A session a week at the client's usual level, screened as if each had come in time."""
    weeks_back = [datetime.timedelta(weeks=week) for week in range(SESSIONS_BEFORE, 0, -1)]
    therapy_sessions = TherapySession.objects.bulk_create(
        TherapySession(pair=pair, starts_at=timezone.now() - back, attendance="attended")
        for back in weeks_back
    )
    SRSEntry.objects.bulk_create(
        SRSEntry(
            therapy_session=therapy_session,
            pack=active_pack(),
            language="en",
            source=SRSEntry.Source.HAND_OVER,
            **{line: round(random.gauss(USUAL_LEVEL, USUAL_SPREAD)) for line in srs.LINES},
        )
        for therapy_session in therapy_sessions
    )
    screening.screen_pair(pair=pair, alerting=False)
