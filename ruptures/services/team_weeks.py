"""Rows of sessions and strains → weekly figures of a team and of each therapist in it."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import F, Q

from accounts.models import Clinic, User
from accounts.permissions import team_of
from ruptures.models import Episode
from ruptures.services.form_names import NAME_OF_FORM, form_names
from ruptures.trend import AttendedSession, EpisodeEvent, IsoWeek, WeekFigures, week_figures
from sessions_app import srs
from sessions_app.models import TherapySession

THERAPISTS_SHOWN = 100
HELD = (Episode.State.VERIFIED, Episode.State.STRENGTHENED)


@dataclass(frozen=True)
class TeamWeeks:
    """The same weeks for all together, and for each therapist in the order of their names."""

    together: list[WeekFigures]
    each: list[tuple[User, list[WeekFigures]]]


def of_team(supervisor: User, weeks: list[IsoWeek]) -> TeamWeeks:
    """Of all whom `supervisor` supervises today in their own name."""
    zone = Clinic.current().zone
    therapists = sorted(team_of(supervisor), key=lambda each: (each.name.casefold(), each.pk))
    keys = [therapist.pk for therapist in therapists]
    attended = _attended(keys, weeks, zone)
    by_therapist = defaultdict(list)
    for session in attended:
        by_therapist[session.therapist].append(session)
    return TeamWeeks(
        together=week_figures(attended, _episodes(keys, weeks, zone), weeks),
        each=[
            (therapist, week_figures(by_therapist[therapist.pk], [], weeks))
            for therapist in therapists[:THERAPISTS_SHOWN]
        ],
    )


def _midnight(day: datetime.date, zone: ZoneInfo) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), zone)


def _attended(therapists: list[int], weeks: list[IsoWeek], zone: ZoneInfo) -> list[AttendedSession]:
    after_the_last = weeks[-1].monday + datetime.timedelta(days=7)
    rows = list(
        TherapySession.objects.attended()
        .filter(
            pair__therapist__in=therapists,
            starts_at__gte=_midnight(weeks[0].monday, zone),
            starts_at__lt=_midnight(after_the_last, zone),
        )
        .order_by()
        .values_list(
            "starts_at",
            "pair__therapist",
            "srs_entry__pack__code",
            F(NAME_OF_FORM),
            *(f"srs_entry__{line}" for line in srs.LINES),
        )
    )
    names = form_names((code, name) for _, _, code, name, *_ in rows if code is not None)
    return [
        AttendedSession(
            on=starts_at.astimezone(zone).date(),
            total=srs.total(dict(zip(srs.LINES, lines, strict=True))),
            form=names.get(code, ""),
            therapist=therapist,
        )
        for starts_at, therapist, code, _name, *lines in rows
    ]


def _episodes(therapists: list[int], weeks: list[IsoWeek], zone: ZoneInfo) -> list[EpisodeEvent]:
    """Strains that were open in those weeks. Those that a person called none are left out."""
    rows = (
        Episode.objects.filter(pair__therapist__in=therapists)
        .filter(Q(closed_at=None) | Q(closed_at__gte=_midnight(weeks[0].monday, zone)))
        .exclude(state=Episode.State.NOT_A_STRAIN)
        .order_by()
        .values_list("opened_at", "closed_at", "state")
    )
    return [_event(*row, zone) for row in rows]


def _event(opened_at, closed_at, state: str, zone: ZoneInfo) -> EpisodeEvent:
    closed_on = closed_at.astimezone(zone).date() if closed_at else None
    return EpisodeEvent(
        opened_on=opened_at.astimezone(zone).date(),
        verified_on=closed_on if state in HELD else None,
        closed_on=closed_on,
    )
