"""The client's copy as tables to read and to print, and its ratings for a spreadsheet."""

import datetime
from typing import Any, NamedTuple

from django.apps import apps
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEntry
from ruptures.charts.wording import Wording, line_name
from ruptures.detection import sentences
from ruptures.models import Episode, SupervisorReview
from ruptures.repair import CAUSES, REPAIR_STEPS, STRATEGIES
from ruptures.writing import one_decimal
from sessions_app import client_texts, srs
from sessions_app.markers import MARKER_BY_CODE

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
# Where the model's own name for the field is the program's rather than a reader's.
LABELS = {
    "acknowledged_at": gettext_lazy("seen on"),
    "agreement": gettext_lazy("goal or task"),
    "at": gettext_lazy("when"),
    "attended_since": gettext_lazy("sessions since"),
    "baseline_mean": gettext_lazy("usual level"),
    "began_at": gettext_lazy("from"),
    "by": gettext_lazy("by"),
    "came_late": gettext_lazy("came in late"),
    "causes": gettext_lazy("what may have led to it"),
    "changed_at": gettext_lazy("changed on"),
    "closed_at": gettext_lazy("closed on"),
    "closed_session": gettext_lazy("closed at the session"),
    "component": gettext_lazy("component"),
    "confirmed_by": gettext_lazy("confirmed by"),
    "corrected_by": gettext_lazy("corrected by"),
    "created_at": gettext_lazy("stored on"),
    "dismissed_as": gettext_lazy("why it was no strain"),
    "ends_at": gettext_lazy("until"),
    "entered_at": gettext_lazy("since"),
    "episode": gettext_lazy("strain of"),
    "filled_in_on": gettext_lazy("filled in on"),
    "for_supervision_at": gettext_lazy("taken to supervision on"),
    "found_at": gettext_lazy("found on"),
    "is_question": gettext_lazy("a question"),
    "language": gettext_lazy("language"),
    "leaning": gettext_lazy("points to"),
    "line": gettext_lazy("line"),
    "line_length_mm": gettext_lazy("length of the line in mm"),
    "logged_at": gettext_lazy("logged on"),
    "lowest_total": gettext_lazy("lowest total"),
    "made_at": gettext_lazy("made on"),
    "noted_at": gettext_lazy("noted on"),
    "opened_at": gettext_lazy("opened on"),
    "opened_by_hand": gettext_lazy("opened by hand"),
    "opened_session": gettext_lazy("opened at the session"),
    "outcome": gettext_lazy("outcome"),
    "owner": gettext_lazy("in whose hands"),
    "reason": gettext_lazy("reason"),
    "recorded_at": gettext_lazy("stored on"),
    "replaced_in": gettext_lazy("was the rating of"),
    "resolved_at": gettext_lazy("closed on"),
    "resolved_reason": gettext_lazy("why it was closed"),
    "reviewed_at": gettext_lazy("reviewed on"),
    "reviewed_by": gettext_lazy("reviewed by"),
    "rule": gettext_lazy("rule"),
    "seconds": gettext_lazy("seconds to fill in"),
    "settled_on": gettext_lazy("asked on"),
    "severity": gettext_lazy("severity"),
    "snoozed_until": gettext_lazy("put off until"),
    "source": gettext_lazy("how it came in"),
    "state": gettext_lazy("state"),
    "status": gettext_lazy("status"),
    "step": gettext_lazy("step"),
    "strategies": gettext_lazy("what the therapist did"),
    "supervisor": gettext_lazy("supervisor"),
    "therapist": gettext_lazy("therapist"),
    "therapy_session": gettext_lazy("session"),
    "written_at": gettext_lazy("written on"),
    "written_by": gettext_lazy("written by"),
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
# In the file with everything, not on the page: steps of a calculation, and what keeps order.
OF_THE_MACHINE = {
    "answers",
    "baseline_n",
    "baseline_spread",
    "cusum",
    "ever_recovered",
    "expected_spread",
    "follows",
    "marks_seen_at",
    "news_at",
    "notes",
    "owned_at",
    "recovered_running",
    "saved_from",
    "snoozed_at",
    "struck_mean",
    "threshold",
    "values",
    "z",
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
# Codes that no field lists.
CHOICES = {
    "component": dict(Episode.Component.choices),
    "language": client_texts.own_names(),
    "leaning": dict(Episode.Type.choices),
    "outcome": dict(AuditEntry.Outcome.choices) | dict(SupervisorReview.Outcome.choices),
}


def _each_of(names: dict[str, str]):
    return lambda codes: ", ".join(_(names.get(code, code)) for code in codes)


STEP_NAMES = {step.code: step.name for step in REPAIR_STEPS}
WORDS_OF = {
    "causes": _each_of(CAUSES),
    "code": lambda code: _(MARKER_BY_CODE[code].phrase),
    "line": lambda code: line_name(code, Wording(_)),
    "rule": lambda code: sentences.title(code, translate=_),
    "step": lambda code: _(STEP_NAMES[code]),
    "strategies": _each_of(STRATEGIES),
}
EMPTY = (None, "", [], {})
ROWS_ON_THE_PAGE = 500
RATING_COLUMNS = ("starts_at", *srs.LINES, "total", "source", "counts", "correction_reason")


class Table(NamedTuple):
    """`left_out` rows more are in the file alone."""

    heading: str
    columns: list[str]
    rows: list[list[str]]
    left_out: int


def readable(copy: dict[str, Any]) -> list[Table]:
    """Every table that has rows, so many of each as a page holds; columns in which nothing stands
    are left out."""
    named = {
        (table, row["id"]): row
        for table in ("therapysession", "episode", "agreement")
        for row in copy[table]
    }
    tables = copy | {"client": [copy["client"]]}
    return [_table(name, _by_day(tables[name], named), named) for name in HEADINGS if tables[name]]


def _by_day(rows: list[dict[str, Any]], named: dict) -> list[dict[str, Any]]:
    """Rows of a session as the sessions took place; a row that is of none keeps all as stored."""

    def starts_at(row: dict[str, Any]) -> str:
        session = row.get("therapy_session") or row.get("replaced_in")
        return (named["therapysession", session] if session else row).get("starts_at", "")

    return sorted(rows, key=starts_at) if all(map(starts_at, rows)) else rows


def _table(name: str, rows: list[dict[str, Any]], named: dict) -> Table:
    told = [
        column
        for column in rows[0]
        if column not in OF_THE_MACHINE and any(row[column] not in EMPTY for row in rows)
    ]
    fields = _fields_of(name)
    shown = [
        [_shown(row[column], column, fields, named) for column in told]
        for row in rows[:ROWS_ON_THE_PAGE]
    ]
    labels = [_label(column, fields) for column in told]
    return Table(HEADINGS[name], labels, shown, max(len(rows) - ROWS_ON_THE_PAGE, 0))


def _fields_of(name: str) -> dict:
    for app in ("sessions_app", "ruptures"):
        if name in apps.all_models[app]:
            return {field.name: field for field in apps.get_model(app, name)._meta.concrete_fields}
    return {}


def _label(column: str, fields: dict) -> str:
    return str(LABELS[column] if column in LABELS else fields[column].verbose_name)


def _shown(value, column: str, fields: dict, named: dict) -> str:
    if column in KNOWN_BY and value is not None:
        table, by = KNOWN_BY[column]
        return _plain(named[table, value][by])
    if column in WORDS_OF and value:
        return WORDS_OF[column](value)
    choices = CHOICES.get(column) or (dict(fields[column].flatchoices) if column in fields else {})
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
    told = date_format(timezone.localtime(moment), _("j M Y, H:i"))
    return told.replace(" ", "\N{NO-BREAK SPACE}")  # a column as wide as its moments


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
