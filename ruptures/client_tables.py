"""The client's copy as tables to read and to print, and its ratings for a spreadsheet."""

import datetime
from typing import Any, NamedTuple

from django.apps import apps
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ruptures.writing import one_decimal
from sessions_app import srs

HEADINGS = {
    "client": gettext_lazy("Client"),
    "pair": gettext_lazy("With whom, from when until when"),
    "therapysession": gettext_lazy("Sessions"),
    "srsentry": gettext_lazy("Ratings, in tenths of a point"),
    "prediction": gettext_lazy("What the therapist expected, in tenths of a point"),
    "marker": gettext_lazy("What the therapist noticed"),
    "agreement": gettext_lazy("Goals and tasks"),
    "agreementstanding": gettext_lazy("How far both were at one on them"),
    "relationalpattern": gettext_lazy("The relational pattern"),
    "screening": gettext_lazy("What was computed for each session"),
    "finding": gettext_lazy("What the rules found"),
    "episode": gettext_lazy("Possible strains"),
    "episodestate": gettext_lazy("How they went on"),
    "repairstep": gettext_lazy("Steps of repair"),
    "repairrecord": gettext_lazy("What was kept of the repair"),
    "generalisation": gettext_lazy("Tried outside"),
    "supervisorreview": gettext_lazy("Reviews in supervision"),
    "reviewcomment": gettext_lazy("Words in supervision"),
    "agreedplan": gettext_lazy("Plans agreed in supervision"),
    "discussion": gettext_lazy("Talked about in supervision"),
    "breakglass": gettext_lazy("Opened in an emergency"),
    "looked_at": gettext_lazy("Who looked at the record"),
}
# Numbers that name a row of another table, told by what a reader knows it by.
KNOWN_BY = {
    "therapy_session": ("therapysession", "starts_at"),
    "replaced_in": ("therapysession", "starts_at"),
    "opened_session": ("therapysession", "starts_at"),
    "closed_session": ("therapysession", "starts_at"),
    "episode": ("episode", "opened_at"),
    "agreement": ("agreement", "text"),
}
LOOK_COLUMNS = {
    "at": gettext_lazy("when"),
    "by": gettext_lazy("by"),
    "outcome": gettext_lazy("outcome"),
}
OF_THE_MACHINE = {
    "id",
    "key",
    "uuid",
    "pair",
    "client",
    "pack",
    "corrects",
    "policy_version",
    "version",
}
EMPTY = (None, "", [], {})
RATING_COLUMNS = ("starts_at", *srs.LINES, "total", "source", "counts", "correction_reason")


class Table(NamedTuple):
    heading: str
    columns: list[str]
    rows: list[list[str]]


def readable(copy: dict[str, Any]) -> list[Table]:
    """Every table that has rows; columns in which nothing stands are left out."""
    named = {
        (table, row["id"]): row
        for table in ("therapysession", "episode", "agreement")
        for row in copy[table]
    }
    tables = copy | {"client": [copy["client"]]}
    return [_table(name, tables[name], named) for name in HEADINGS if tables[name]]


def _table(name: str, rows: list[dict[str, Any]], named: dict) -> Table:
    told = [
        column
        for column in rows[0]
        if column not in OF_THE_MACHINE and any(row[column] not in EMPTY for row in rows)
    ]
    fields = _fields_of(name)
    shown = [[_shown(row[column], column, fields, named) for column in told] for row in rows]
    return Table(HEADINGS[name], [_label(column, fields) for column in told], shown)


def _fields_of(name: str) -> dict:
    for app in ("sessions_app", "ruptures"):
        if name in apps.all_models[app]:
            return {field.name: field for field in apps.get_model(app, name)._meta.concrete_fields}
    return {}


def _label(column: str, fields: dict) -> str:
    return str(fields[column].verbose_name) if column in fields else LOOK_COLUMNS[column]


def _shown(value, column: str, fields: dict, named: dict) -> str:
    if column in KNOWN_BY and value is not None:
        table, by = KNOWN_BY[column]
        return _plain(named[table, value][by])
    choices = dict(fields[column].flatchoices) if column in fields else {}
    known = isinstance(value, str) and value in choices
    return str(choices[value]) if known else _plain(value)


def _plain(value) -> str:
    if value in EMPTY:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return _moment(value)
    if isinstance(value, float):
        return one_decimal(value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_plain(item)}" for name, item in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _moment(text: str) -> str:
    """A moment or a day in the reader's words; any other text as it is."""
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return text
    if moment.tzinfo is None:
        return date_format(moment.date(), _("j M Y"))
    return date_format(timezone.localtime(moment), _("j F Y, H:i"))


def ratings(copy: dict[str, Any]) -> list[list]:
    """The heads, then each rating in tenths, by the time of its session; replaced ones too."""
    starts = {row["id"]: row["starts_at"] for row in copy["therapysession"]}
    rows = [
        [
            starts[row["therapy_session"] or row["replaced_in"]],
            *(row[line] for line in srs.LINES),
            srs.total({line: row[line] for line in srs.LINES}),
            row["source"],
            row["therapy_session"] is not None,
            row["correction_reason"],
        ]
        for row in copy["srsentry"]
    ]
    return [list(RATING_COLUMNS), *sorted(rows, key=lambda row: row[0])]
