"""What supervisors note on the axis of the weekly trend."""

import datetime

from django.db.models import F, Value

from accounts import audit
from accounts.models import User
from accounts.permissions import supervisees_of
from ruptures.models import TeamEvent
from sessions_app.models import Client, Pair

EVENTS_LISTED = 100


def noted_by(supervisor: User):
    return supervisor.team_events.all()[:EVENTS_LISTED]


@audit.noted(audit.Action.ADDED)
def note(*, on: datetime.date, text: str, by: User) -> TeamEvent:
    """The same day and words sent twice are one event."""
    event, _new = TeamEvent.objects.get_or_create(supervisor=by, on=on, text=text)
    return event


@audit.noted(audit.Action.ENDED, on="event")
def remove(*, event: TeamEvent, by: User) -> None:
    """From the weeks to come: reports that were made keep their own copy."""
    TeamEvent.objects.filter(pk=event.pk).delete()


def name_in(text: str, *, supervisor: User) -> str | None:
    """A case label or a supervisee's name within `text`, as far as the supervisor knows them."""
    within = {"said": Value(text)}
    labels = Client.objects.filter(pairs__in=Pair.objects.visible_to(supervisor))
    label = labels.annotate(**within).filter(said__icontains=F("case_label")).first()
    if label:
        return label.case_label
    person = supervisees_of(supervisor).annotate(**within).filter(said__icontains=F("name")).first()
    return person.name if person else None
