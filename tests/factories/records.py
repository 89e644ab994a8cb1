import datetime
from uuid import uuid4

import factory
from django.utils import timezone

from sessions_app import srs
from sessions_app.models import BreakGlass, Client, Pair, SRSEntry, Tablet, TherapySession
from sessions_app.services import packs, paired_tablets, srs_entries
from tests.factories.people import a_year_ago, administrator, therapist


class ClientFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Client

    case_label = factory.Sequence(lambda n: f"Heron-{n}")
    name = factory.Sequence(lambda n: f"Client {n}")


class PairFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Pair

    client = factory.SubFactory(ClientFactory)
    therapist = factory.LazyFunction(lambda: therapist())
    from_on = factory.LazyFunction(a_year_ago)


class TherapySessionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TherapySession

    pair = factory.SubFactory(PairFactory)
    starts_at = factory.LazyFunction(lambda: timezone.now() - datetime.timedelta(hours=2))


class SRSEntryFactory(factory.django.DjangoModelFactory):
    """A rating written to the table alone: nothing is screened."""

    class Meta:
        model = SRSEntry

    therapy_session = factory.SubFactory(TherapySessionFactory, attendance="attended")
    pack = factory.LazyFunction(packs.active_pack)
    language = "en"
    source = SRSEntry.Source.HAND_OVER
    relationship = 93
    goals = 92
    approach = 94
    overall = 93


def licensed_pack(**changes) -> dict:
    """A pack file as a clinic with a licence might write it: French first, no English, no words
    but the ends of the lines. The texts are made up."""
    line = {"heading": "Une ligne", "low": "peu", "high": "beaucoup"}
    texts = {"title": "Titre", "instruction": "Consigne", "lines": dict.fromkeys(srs.LINES, line)}
    rights = {"copyright": "© Somebody", "holder": "Somebody", "reference": "", "valid_until": ""}
    return {
        "format": "alliance-instrument-pack",
        "id": "their-form",
        "version": "1",
        "name": "Their form",
        "notice": "Made up for a test.",
        "rights": rights,
        "languages": {"fr": texts, "de": texts},
    } | changes


class TabletFactory(factory.django.DjangoModelFactory):
    """A tablet whose code nobody has typed yet."""

    class Meta:
        model = Tablet

    name = factory.Sequence(lambda n: f"Room {n}")
    paired_by = factory.LazyFunction(lambda: administrator())


def paired_tablet(**kwargs) -> tuple[Tablet, str]:
    """A tablet that was paired by its code, and the token in its cookie."""
    tablet = TabletFactory(**kwargs)
    code = paired_tablets.renew_code(tablet=tablet, by=tablet.paired_by)
    token = paired_tablets.pair(code, device="factory")
    tablet.refresh_from_db()
    return tablet, token


def marks(total: float | tuple[float, ...]) -> dict[str, int]:
    """A total in points, spread over the four lines, or the four lines themselves."""
    if isinstance(total, tuple):
        return dict(zip(srs.LINES, (round(line * 10) for line in total), strict=True))
    tenths = round(total * 10)
    lines = dict.fromkeys(srs.LINES, tenths // 4)
    for line in srs.LINES[: tenths % 4]:
        lines[line] += 1
    return lines


def rating(total, **kwargs) -> srs_entries.Rating:
    """One filled-in form."""
    return srs_entries.Rating(
        uuid=kwargs.pop("uuid", None) or uuid4(),
        lines=marks(total),
        pack=kwargs.pop("pack", None) or packs.active_pack(),
        language="en",
        source=SRSEntry.Source.HAND_OVER,
        **kwargs,
    )


def rate(therapy_session: TherapySession, total, **kwargs) -> SRSEntry:
    """The client rates the session, as the tablet does it: stored, screened, alerted."""
    form = rating(total, **kwargs)
    entry, _new = srs_entries.record(therapy_session=therapy_session, rating=form)
    return entry


def weekly(pair: Pair, totals: list) -> list[TherapySession]:
    """A session a week, the last one two hours ago; each rated with its total, None unrated. The
    rated ones count as logged, so that their therapist has seen the marks."""
    newest = timezone.now() - datetime.timedelta(hours=2)
    sessions = []
    for back, total in zip(reversed(range(len(totals))), totals, strict=True):
        session = TherapySessionFactory(
            pair=pair, starts_at=newest - datetime.timedelta(weeks=back)
        )
        if total is not None:
            rate(session, total)
            TherapySession.objects.filter(pk=session.pk).update(logged_at=timezone.now())
        sessions.append(session)
    return sessions


def open_in_emergency(pair: Pair, *, by) -> BreakGlass:
    """A record that somebody without reach opened just now."""
    now = timezone.now()
    return BreakGlass.objects.create(
        pair=pair,
        by=by,
        reason="The therapist is away and the client has rung twice.",
        began_at=now,
        ends_at=now + datetime.timedelta(hours=1),
    )
