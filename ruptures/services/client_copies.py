"""The client's copy of their own record: what is stored about them, without what is the
therapist's alone (notes, feelings and what rests on those) and without secrets.

Rows are told field by field, so that a new field of the record is in the copy from its first day.
"""

import datetime
import uuid
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any, NamedTuple

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import AuditEntry
from ruptures import models as upstairs
from sessions_app import models as downstairs
from sessions_app.fields import ClientTextField
from sessions_app.models import Client, Pair

FORMAT = "alliance-client-copy"

# Each table, and its way to the pair.
TABLES: dict[type[models.Model], str] = {
    downstairs.TherapySession: "pair",
    downstairs.Prediction: "therapy_session__pair",
    downstairs.Marker: "therapy_session__pair",
    downstairs.Agreement: "pair",
    downstairs.AgreementStanding: "agreement__pair",
    downstairs.RelationalPattern: "pair",
    downstairs.BreakGlass: "pair",
    upstairs.Screening: "therapy_session__pair",
    upstairs.Finding: "therapy_session__pair",
    upstairs.Episode: "pair",
    upstairs.EpisodeState: "episode__pair",
    upstairs.RepairStep: "episode__pair",
    upstairs.RepairRecord: "episode__pair",
    upstairs.Generalisation: "episode__pair",
    upstairs.SupervisorReview: "episode__pair",
    upstairs.ReviewComment: "episode__pair",
    upstairs.AgreedPlan: "episode__pair",
    upstairs.Discussion: "episode__pair",
}
# Under the client's key, and yet the client's: who they are, how they tend to be with people, and
# why somebody opened the record in an emergency.
CLIENTS_OWN = {"name", "email", "text", "reason"}


# The client, pairs, ratings and looks besides.
PARTS = len(TABLES) + 4


def copy_of(*, pair: Pair, part_told: Callable[[int], None] = lambda told: None) -> dict[str, Any]:
    """Plain values, ready for JSON: every row, since it is all there is of one client. In a fixed
    number of queries; `part_told` hears how many of the `PARTS` are told, after each."""
    copy = {"format": FORMAT, "made_at": timezone.now().isoformat()}
    for told, (name, rows) in enumerate(_read(pair).items(), start=1):
        copy[name] = [_look(row) if name == "looked_at" else _fields(row) for row in rows]
        part_told(told)
    return copy | {"client": copy["client"][0]}


def _read(pair: Pair) -> dict[str, list[models.Model]]:
    """The rows of each part, sealed texts still sealed: those that name others before the ones
    they name, so that what is added meanwhile names nothing that is missing."""
    pairs = Pair.objects.filter(client=pair.client)
    ratings = downstairs.SRSEntry.objects
    read = {
        "looked_at": list(looks_at(pair.client)),
        "srsentry": [
            *_with_people(ratings.filter(therapy_session__pair__in=pairs)),
            *_with_people(ratings.filter(replaced_in__pair__in=pairs)),
        ],
    }
    for model, way in reversed(TABLES.items()):
        read[model._meta.model_name] = list(_rows(model, way, pairs))
    read |= {"pair": list(_with_people(pairs)), "client": [pair.client]}
    return dict(reversed(read.items()))


def looks_at(client: Client):
    """Who saw the record or was refused it, the newest first."""
    entries = AuditEntry.objects.of_client(client.key).looks()
    return entries.select_related("by").order_by("-at", "-pk")


class Look(NamedTuple):
    """One person's looks in a row on one day; `first` and `last` are entries of the audit."""

    first: AuditEntry
    last: AuditEntry
    count: int


def in_a_row(entries: Iterable[AuditEntry]) -> list[Look]:
    """Entries that come the newest first, told together where only the minute differs."""

    def known_by(entry: AuditEntry):
        return entry.by_id, timezone.localdate(entry.at), entry.action, entry.outcome

    runs = (list(run) for _known, run in groupby(entries, key=known_by))
    return [Look(first=run[-1], last=run[0], count=len(run)) for run in runs]


def _look(entry: AuditEntry) -> dict[str, Any]:
    return {
        "at": entry.at.isoformat(),
        "by": entry.by.name if entry.by else None,
        "outcome": entry.outcome,
    }


def _rows(model: type[models.Model], way: str, pairs) -> models.QuerySet:
    rows = model._default_manager.filter(**{f"{way}__in": pairs})
    if model is upstairs.Finding:
        rows = rows.for_supervision()  # without what speaks of the therapist's feelings
    return _with_people(rows.select_related(f"{way}__client__sealing_key"))


def _with_people(rows: models.QuerySet) -> models.QuerySet:
    people = [field.name for field in rows.model._meta.fields if _is_person(field)]
    rows = rows.select_related(*people) if people else rows
    return rows.order_by("pk")


def _fields(row: models.Model) -> dict[str, Any]:
    return {
        field.name: _value(row, field)
        for field in row._meta.concrete_fields
        if field.name != "sealing_key" and not is_therapists_own(field)
    }


def is_therapists_own(field: models.Field) -> bool:
    if field.name.endswith("_shown_at"):  # that there is a note, and supervision reads it
        return True
    return isinstance(field, ClientTextField) and field.name not in CLIENTS_OWN


def _is_person(field: models.Field) -> bool:
    return field.is_relation and field.related_model._meta.label == settings.AUTH_USER_MODEL


def _value(row: models.Model, field: models.Field) -> Any:
    if _is_person(field):
        person = getattr(row, field.name)
        return person.name if person else None
    value = getattr(row, field.attname)
    if isinstance(value, datetime.date | datetime.datetime | datetime.time):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value
