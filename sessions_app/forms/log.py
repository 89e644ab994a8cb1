"""The session log."""

import datetime
from decimal import Decimal
from uuid import uuid4

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Div, Field, Fieldset, Layout, Row
from django import forms
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sessions_app import markers, srs
from sessions_app.forms.lines import line_field, tenths
from sessions_app.forms.therapy_sessions import moment_input
from sessions_app.models import LogDraft, TherapySession
from sessions_app.services.therapy_sessions import Log, Page

LATEST_START_MINUTES = 120


class LogForm(forms.Form):
    """What happened in a session. Everything but attendance may stay empty."""

    attendance = forms.ChoiceField(label=_("Did it take place?"), widget=forms.RadioSelect)
    minutes_late = forms.IntegerField(
        label=_("Minutes late"), min_value=0, max_value=LATEST_START_MINUTES, required=False
    )
    cancelled_at = forms.DateTimeField(
        label=_("Cancelled when"), required=False, widget=moment_input()
    )
    missing_reason = forms.ChoiceField(
        label=_("No rating today, because"),
        required=False,
        choices=[("", _("Does not apply")), *TherapySession.MissingReason.choices],
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Yours alone, unless you show it to your supervisor below, once it is saved."),
    )
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    page = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args, therapy_session: TherapySession, draft: LogDraft | None = None, **kwargs
    ):
        self.therapy_session = therapy_session
        self.rated = hasattr(therapy_session, "srs_entry")
        known = what_is_known(therapy_session) | {"page": uuid4()}
        if draft:
            known |= draft.fields | {"version": draft.version}
        super().__init__(*args, initial=known, **kwargs)
        attendance = TherapySession.Attendance
        self.fields["attendance"].choices = [
            choice for choice in attendance.choices if choice[0] != attendance.BOOKED
        ]
        for marker in markers.MARKERS:
            self.fields[f"marker_{marker.code}"] = _scale_field(marker.phrase, "salience")
        for code, name in markers.FEELINGS.items():
            self.fields[f"feeling_{code}"] = _scale_field(name, "level")
        if self.rated:
            del self.fields["missing_reason"]
        if self.takes_a_prediction or hasattr(therapy_session, "prediction"):
            for line in srs.LINES:
                self.fields[f"prediction_{line}"] = line_field(
                    line, required=False, disabled=not self.takes_a_prediction
                )
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = self._layout()

    def _layout(self) -> Layout:
        return Layout(
            Div(
                Field("attendance"),
                Div("minutes_late", css_class="only-attended"),
                Div("cancelled_at", css_class="only-cancelled"),
                css_class="form-block",
            ),
            Div(
                self._marker_block(_("The client drew back"), markers.MarkerKind.WITHDRAWAL),
                self._marker_block(_("The client pushed back"), markers.MarkerKind.CONFRONTATION),
                HTML('{% include "sessions_app/_marker_caution.html" %}'),
                css_class="form-block only-attended",
            ),
            Fieldset(
                _("What I think the client marks"),
                HTML('{% include "sessions_app/_prediction_hint.html" %}'),
                Row(*(Column(name) for name in self.fields if name.startswith("prediction_"))),
                css_class="form-block only-attended",
            ),
            Fieldset(
                _("How I felt in this hour"),
                HTML('{% include "sessions_app/_feelings_hint.html" %}'),
                Div(*(f"feeling_{code}" for code in markers.FEELINGS), css_class="chips"),
                css_class="form-block only-attended",
            ),
            *([] if self.rated else [Div("missing_reason", css_class="form-block only-attended")]),
            Div("note", css_class="form-block"),
            "version",
            "page",
            HTML('{% include "sessions_app/_log_save.html" %}'),
        )

    @property
    def takes_a_prediction(self) -> bool:
        """Only while the client's marks are unseen."""
        return not self.rated or self.therapy_session.marks_are_unseen

    def _marker_block(self, title, kind: markers.MarkerKind) -> Fieldset:
        fields = (f"marker_{marker.code}" for marker in markers.MARKERS if marker.kind == kind)
        return Fieldset(title, Div(*fields, css_class="chips"))

    def clean(self):
        data = super().clean()
        attendance = data.get("attendance")
        self._forbid_the_future(attendance)
        self._ask_when_cancelled(attendance, data.get("cancelled_at"))
        self._keep_what_was_rated(attendance)
        predicted = [data.get(f"prediction_{line}") for line in srs.LINES]
        if any(value is not None for value in predicted) and None in predicted:
            first = srs.LINES[predicted.index(None)]
            self.add_error(f"prediction_{first}", _("Fill in all four lines, or none."))
        return data

    def _forbid_the_future(self, attendance) -> None:
        happened = {TherapySession.Attendance.ATTENDED, TherapySession.Attendance.NO_SHOW}
        if attendance in happened and self.therapy_session.starts_at > timezone.now():
            self.add_error(
                "attendance",
                _("This session is still to come. It can be cancelled, but not yet logged."),
            )

    def _ask_when_cancelled(self, attendance, cancelled_at) -> None:
        if attendance not in TherapySession.CANCELLED:
            return
        if cancelled_at and cancelled_at > self.therapy_session.starts_at:
            self.add_error(
                "cancelled_at", _("This is after the session began. Choose an earlier time.")
            )
        elif cancelled_at and cancelled_at > timezone.now():
            self.add_error("cancelled_at", _("This time is still to come. Choose an earlier one."))

    def _keep_what_was_rated(self, attendance) -> None:
        if self.rated and attendance != TherapySession.Attendance.ATTENDED:
            self.add_error(
                "attendance", _("The client rated this session, so it must have taken place.")
            )

    def log(self) -> Log:
        """The cleaned values. What does not fit the attendance is left out."""
        data = self.cleaned_data
        attended = data["attendance"] == TherapySession.Attendance.ATTENDED
        cancelled = data["attendance"] in TherapySession.CANCELLED
        return Log(
            attendance=data["attendance"],
            minutes_late=(data["minutes_late"] or 0) if attended else 0,
            cancelled_at=data["cancelled_at"] if cancelled else None,
            missing_reason=data.get("missing_reason", "") if attended else "",
            note=data["note"],
            markers=self._scales("marker_", markers.MARKER_BY_CODE) if attended else {},
            feelings=self._scales("feeling_", markers.FEELINGS) if attended else {},
            prediction=self._prediction() if attended else {},
        )

    def opening(self) -> Page | None:
        """None where the page was opened before it had a version."""
        key, version = self.cleaned_data["page"], self.cleaned_data["version"]
        return None if key is None or version is None else Page(key=key, version=version)

    def differences(self) -> list[tuple[str, str, str]]:
        """Where this form and the stored log say something else: the field's name, what is stored,
        what is here."""
        there, here = what_is_known(self.therapy_session), self.cleaned_data
        names = [name for name in self.fields if name not in {"page", "version"}]
        said = [(name, self._said(name, there), self._said(name, here)) for name in names]
        return [
            (str(self.fields[name].label), stored, typed)
            for name, stored, typed in said
            if stored != typed
        ]

    def _said(self, name: str, values: dict) -> str:
        value, field = values.get(name), self.fields[name]
        if not value:
            return "–"
        if isinstance(value, datetime.datetime):
            return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
        if isinstance(value, Decimal):
            return number_format(value, 1)
        choices = dict(getattr(field, "choices", ()))
        return str(choices.get(value, value)).strip()

    def show_newer(self, therapy_session: TherapySession) -> None:
        """What is here beside what is stored by now; the next save has seen both."""
        self.therapy_session = therapy_session
        self.data = self.data.copy()
        self.data["version"] = therapy_session.version

    def _scales(self, prefix: str, codes) -> dict[str, int]:
        values = {code: int(self.cleaned_data[f"{prefix}{code}"] or 0) for code in codes}
        return {code: value for code, value in values.items() if value}

    def _prediction(self) -> dict[str, int]:
        lines = {line: tenths(self.cleaned_data.get(f"prediction_{line}")) for line in srs.LINES}
        return {} if None in lines.values() else lines


def _scale_field(label: str, kind: str) -> forms.TypedChoiceField:
    """Not noted, or one to five: a select that `chips.js` turns into a chip to tap."""
    return forms.TypedChoiceField(
        label=capfirst(gettext(label)),
        required=False,
        coerce=int,
        empty_value=0,
        choices=[
            ("", "–"),
            *((level, level) for level in range(markers.SALIENCE_MIN, markers.SALIENCE_MAX + 1)),
        ],
        widget=forms.Select(attrs={"data-chip": kind}),
    )


def what_is_known(therapy_session: TherapySession) -> dict:
    booked = therapy_session.attendance == TherapySession.Attendance.BOOKED
    known = {
        "attendance": "attended" if booked else therapy_session.attendance,
        "minutes_late": therapy_session.minutes_late or None,
        "cancelled_at": therapy_session.cancelled_at,
        "missing_reason": therapy_session.missing_reason,
        "note": therapy_session.note,
        "version": therapy_session.version,
    }
    known |= {f"marker_{row.code}": row.salience for row in therapy_session.markers.all()}
    known |= {f"feeling_{code}": level for code, level in therapy_session.feelings.items()}
    prediction = getattr(therapy_session, "prediction", None)
    if prediction:
        known |= {
            f"prediction_{line}": Decimal(value) / 10 for line, value in prediction.lines.items()
        }
    return known
