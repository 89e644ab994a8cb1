"""Forms of the second floor. They validate and give plain values; services store them."""

import datetime
from decimal import Decimal
from uuid import UUID

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Div, Field, Fieldset, Layout, Row, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms import date_input, page_form_helper, refuse_future, said
from accounts.models import User
from sessions_app import client_texts, markers, packs, srs
from sessions_app.models import Agreement, Client, InstrumentPack, Pair, Tablet, TherapySession
from sessions_app.services import packs as pack_service
from sessions_app.services.therapy_sessions import Log

FURTHEST_BOOKING = datetime.timedelta(days=400)
LONGEST_SESSION_MINUTES = 240
LATEST_START_MINUTES = 120
# A bank card on glass of 60 to 240 of these pixels an inch; screens of today have 96 to 190.
NARROWEST_CARD_PX, WIDEST_CARD_PX = 200, 800


def moment_input() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class ClientForm(forms.ModelForm):
    helper = page_form_helper(_("Save client"))
    language = forms.ChoiceField(label=_("Language of the client's form"))
    from_on = forms.DateField(label=_("First day with me"), widget=date_input())

    class Meta:
        model = Client
        fields = ["case_label", "name", "email", "language"]
        help_texts = {
            "name": _("Only you see it. It may stay empty."),
            "email": _("Only you see it. For sending the form's link; it may stay empty."),
        }

    def __init__(self, *args, therapist: User, **kwargs):
        self.therapist = therapist
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = client_texts.own_names().items()
        if self.instance.pk:
            del self.fields["from_on"]
        else:
            self.fields["from_on"].initial = timezone.localdate

    def clean_case_label(self):
        """Own labels alone are looked at: another therapist's say nothing here."""
        label = self.cleaned_data["case_label"]
        own = Pair.objects.of(self.therapist).exclude(client=self.instance.pk)
        if own.filter(client__case_label__iexact=label).exists():
            raise ValidationError(_("Another client of yours has this label. Choose another."))
        return label

    def clean_from_on(self):
        from_on = self.cleaned_data["from_on"]
        refuse_future(from_on)
        return from_on


class ClientEndForm(forms.Form):
    ending = forms.ChoiceField(label=_("How did it end?"), choices=Client.Ending.choices)
    on = forms.DateField(label=_("Last day"), widget=date_input())
    helper = page_form_helper(_("Record the ending"))

    def __init__(self, *args, pair: Pair, **kwargs):
        self.pair = pair
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate

    def clean_on(self):
        on = self.cleaned_data["on"]
        refuse_future(on)
        if on < self.pair.from_on:
            raise ValidationError(
                _("This is before the first day, %(day)s. Enter that day or a later one."),
                params={"day": said(self.pair.from_on)},
            )
        return on


class AgreementForm(forms.ModelForm):
    class Meta:
        model = Agreement
        fields = ["kind", "text"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Row(Column("kind", css_class="col-sm-3"), Column("text", css_class="col-sm-9")),
            Submit("save", _("Add"), css_class="button"),
        )


class BookingForm(forms.ModelForm):
    helper = page_form_helper(_("Save appointment"))

    class Meta:
        model = TherapySession
        fields = ["starts_at", "duration_minutes", "medium"]
        widgets = {"starts_at": moment_input()}

    def __init__(self, *args, pair: Pair, **kwargs):
        self.pair = pair
        super().__init__(*args, **kwargs)

    def clean_starts_at(self):
        starts_at = self.cleaned_data["starts_at"]
        ended_on = self.pair.client.ended_on
        if ended_on and timezone.localdate(starts_at) > ended_on:
            raise ValidationError(
                _("The therapy ended on %(day)s. Enter that day or an earlier one."),
                params={"day": said(ended_on)},
            )
        if starts_at > timezone.now() + FURTHEST_BOOKING:
            raise ValidationError(_("This is more than a year ahead. Please check the year."))
        if timezone.localdate(starts_at) < self.pair.from_on:
            raise ValidationError(
                _("This is before your first day with this client, %(day)s."),
                params={"day": said(self.pair.from_on)},
            )
        others = self.pair.therapy_sessions.exclude(pk=self.instance.pk)
        if others.filter(starts_at=starts_at).exists():
            raise ValidationError(_("There is a session with this client at that time already."))
        return starts_at

    def clean_duration_minutes(self):
        minutes = self.cleaned_data["duration_minutes"]
        if not 5 <= minutes <= LONGEST_SESSION_MINUTES:
            raise ValidationError(
                _("Enter between 5 and %(most)s minutes."),
                params={"most": LONGEST_SESSION_MINUTES},
            )
        return minutes


class PointsField(forms.DecimalField):
    """Points with one decimal, after a point or a comma: hands write both in any language."""

    def __init__(self, **kwargs):
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(localize=True, widget=widget, **kwargs)

    def to_python(self, value):
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


def _line_field(line: str, **kwargs) -> PointsField:
    return PointsField(
        label=LINE_NAMES[line],
        min_value=Decimal(0),
        max_value=Decimal(10),
        decimal_places=1,
        error_messages={
            "max_value": _("A line ends at 10.0. Enter a number from 0.0 to 10.0."),
            "min_value": _("A line begins at 0.0. Enter a number from 0.0 to 10.0."),
            "max_decimal_places": _("Enter one decimal, such as 8.4."),
        },
        **kwargs,
    )


LINE_NAMES = {
    "relationship": _("Relationship"),
    "goals": _("Goals and topics"),
    "approach": _("Way of working"),
    "overall": _("The hour as a whole"),
}


def tenths(value: Decimal | None) -> int | None:
    return None if value is None else int(value * 10)


class PaperEntryForm(forms.Form):
    """A form filled in on paper, typed in by the therapist and marked as such."""

    filled_in_on = forms.DateField(label=_("Filled in on"), widget=date_input())
    client_asks = forms.BooleanField(
        label=_("The client noted something to talk about"), required=False
    )

    def __init__(self, *args, therapy_session: TherapySession, **kwargs):
        self.day = timezone.localdate(therapy_session.starts_at)
        super().__init__(*args, initial={"filled_in_on": self.day}, **kwargs)
        for line in srs.LINES:
            self.fields[line] = _line_field(line)
        self.order_fields(["filled_in_on", *srs.LINES, "client_asks"])
        self.helper = page_form_helper(_("Save the paper form"))

    def clean_filled_in_on(self):
        filled_in_on = self.cleaned_data["filled_in_on"]
        refuse_future(filled_in_on)
        if filled_in_on < self.day:
            raise ValidationError(
                _("This is before the session, %(day)s. Enter that day or a later one."),
                params={"day": said(self.day)},
            )
        return filled_in_on

    def lines(self) -> dict[str, int]:
        return {line: tenths(self.cleaned_data[line]) for line in srs.LINES}


class MissingReasonForm(forms.Form):
    reason = forms.ChoiceField(choices=TherapySession.MissingReason.choices)


class TabletForm(forms.ModelForm):
    helper = page_form_helper(_("Save tablet"))
    language = forms.ChoiceField(label=_("Language while it waits"))

    class Meta:
        model = Tablet
        fields = ["name", "language"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = client_texts.own_names().items()

    def clean_name(self):
        name = self.cleaned_data["name"]
        others = Tablet.objects.in_use().exclude(pk=self.instance.pk)
        if others.filter(name__iexact=name).exists():
            raise ValidationError(_("Another tablet has this name. Choose another."))
        return name


class MeasureForm(forms.Form):
    """How wide a bank card is on a tablet's glass, in the pixels of style sheets."""

    card_px = forms.IntegerField(min_value=NARROWEST_CARD_PX, max_value=WIDEST_CARD_PX)


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
        help_text=_("Yours alone. Supervisors and administrators do not see it."),
    )

    def __init__(self, *args, therapy_session: TherapySession, **kwargs):
        self.therapy_session = therapy_session
        super().__init__(*args, initial=_what_is_known(therapy_session), **kwargs)
        attendance = TherapySession.Attendance
        self.fields["attendance"].choices = [
            choice for choice in attendance.choices if choice[0] != attendance.BOOKED
        ]
        for marker in markers.MARKERS:
            self.fields[f"marker_{marker.code}"] = _scale_field(marker.phrase, "salience")
        for code, name in markers.FEELINGS.items():
            self.fields[f"feeling_{code}"] = _scale_field(name, "level")
        for line in srs.LINES:
            self.fields[f"prediction_{line}"] = _line_field(
                line, required=False, disabled=hasattr(therapy_session, "srs_entry")
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
                _("What I think the client will mark"),
                HTML('{% include "sessions_app/_prediction_hint.html" %}'),
                Row(*(Column(f"prediction_{line}") for line in srs.LINES)),
                css_class="form-block only-attended",
            ),
            Fieldset(
                _("How I felt in this hour"),
                HTML('{% include "sessions_app/_feelings_hint.html" %}'),
                Div(*(f"feeling_{code}" for code in markers.FEELINGS), css_class="chips"),
                css_class="form-block only-attended",
            ),
            Div("missing_reason", css_class="form-block only-attended"),
            Div("note", css_class="form-block"),
            Submit("save", _("Save session"), css_class="button button-primary"),
        )

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
        rated = hasattr(self.therapy_session, "srs_entry")
        if rated and attendance != TherapySession.Attendance.ATTENDED:
            self.add_error(
                "attendance", _("The client rated this session, so it must have taken place.")
            )

    def log(self) -> Log:
        """The cleaned values. What does not fit the attendance is left out."""
        data = self.cleaned_data
        attended = data["attendance"] == TherapySession.Attendance.ATTENDED
        cancelled = data["attendance"] in TherapySession.CANCELLED
        rated = hasattr(self.therapy_session, "srs_entry")
        return Log(
            attendance=data["attendance"],
            minutes_late=(data["minutes_late"] or 0) if attended else 0,
            cancelled_at=data["cancelled_at"] if cancelled else None,
            missing_reason=data["missing_reason"] if attended and not rated else "",
            note=data["note"],
            markers=self._scales("marker_", markers.MARKER_BY_CODE) if attended else {},
            feelings=self._scales("feeling_", markers.FEELINGS) if attended else {},
            prediction=self._prediction() if attended else {},
        )

    def _scales(self, prefix: str, codes) -> dict[str, int]:
        values = {code: int(self.cleaned_data[f"{prefix}{code}"] or 0) for code in codes}
        return {code: value for code, value in values.items() if value}

    def _prediction(self) -> dict[str, int]:
        lines = {line: tenths(self.cleaned_data[f"prediction_{line}"]) for line in srs.LINES}
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


def _what_is_known(therapy_session: TherapySession) -> dict:
    booked = therapy_session.attendance == TherapySession.Attendance.BOOKED
    known = {
        "attendance": "attended" if booked else therapy_session.attendance,
        "minutes_late": therapy_session.minutes_late or None,
        "cancelled_at": therapy_session.cancelled_at,
        "missing_reason": therapy_session.missing_reason,
        "note": therapy_session.note,
    }
    known |= {f"marker_{row.code}": row.salience for row in therapy_session.markers.all()}
    known |= {f"feeling_{code}": level for code, level in therapy_session.feelings.items()}
    prediction = getattr(therapy_session, "prediction", None)
    if prediction:
        known |= {
            f"prediction_{line}": Decimal(value) / 10 for line, value in prediction.lines.items()
        }
    return known


class RatingForm(forms.Form):
    """What the client's device sends. Lines in tenths from the low end, all four or none."""

    uuid = forms.UUIDField()
    language = forms.CharField(max_length=10)
    declined = forms.BooleanField(required=False)
    wants_to_talk = forms.BooleanField(required=False)
    seconds = forms.IntegerField(required=False, min_value=0, max_value=24 * 60 * 60)
    line_length_mm = forms.IntegerField(required=False, min_value=1, max_value=1000)

    def __init__(
        self,
        *args,
        entry_uuid: UUID | None = None,
        pack: InstrumentPack | None = None,
        **kwargs,
    ):
        self.entry_uuid, self.pack = entry_uuid, pack
        super().__init__(*args, **kwargs)
        for line in srs.LINES:
            self.fields[line] = forms.IntegerField(
                required=False, min_value=0, max_value=srs.LINE_MAX
            )

    def clean_uuid(self):
        if self.cleaned_data["uuid"] != self.entry_uuid:
            raise ValidationError(_("This form belongs to another session."))
        return self.entry_uuid

    def clean_language(self):
        if self.cleaned_data["language"] not in self.pack.languages:
            raise ValidationError(_("The form is not there in this language."))
        return self.cleaned_data["language"]

    def clean(self):
        data = super().clean()
        if data.get("declined"):
            return data
        for line in srs.LINES:
            if data.get(line) is None and line not in self.errors:
                self.add_error(line, _("Not marked yet."))
        return data

    def lines(self) -> dict[str, int]:
        return {line: self.cleaned_data[line] for line in srs.LINES}


class PackFileForm(forms.Form):
    """A pack file from the administrator's computer; cleaned, it is the pack itself."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A .json file of at most 64 KB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )
    helper = page_form_helper(_("Check the file"))

    def clean_file(self):
        file = self.cleaned_data["file"].read(packs.LARGEST_FILE + 1)
        try:
            return packs.read_pack(file, translate=gettext)
        except packs.PackRefused as refused:
            raise ValidationError(refused.problems) from refused


class PackDeclarationForm(forms.Form):
    """The right to use a pack. Our own needs none."""

    holder = forms.CharField(
        label=_("Who holds the right?"),
        max_length=120,
        help_text=_("The person or clinic that the licence names."),
    )
    reference = forms.CharField(
        label=_("Licence number or contract"), max_length=120, required=False
    )
    valid_until = forms.DateField(
        label=_("Valid until"),
        required=False,
        widget=date_input(),
        help_text=_("The last day. Empty if the licence has no end."),
    )
    confirmed = forms.BooleanField(
        label=_("I confirm that this clinic may use these words with its clients, on screens."),
        error_messages={"required": _("Please tick this. Without the right it may not be used.")},
    )
    helper = page_form_helper(_("Use this form"))

    def __init__(self, *args, pack: InstrumentPack, **kwargs):
        super().__init__(*args, **kwargs)
        if pack_service.comes_with_alliance(pack):
            self.fields.clear()
            return
        rights = pack.content["rights"]
        self.initial["reference"] = rights["reference"]
        self.initial["valid_until"] = packs.valid_until(pack.content)

    def clean_valid_until(self):
        day = self.cleaned_data["valid_until"]
        if day and day < timezone.localdate():
            raise ValidationError(_("This day is over. Enter today or a later day."))
        return day

    def declared(self) -> dict:
        return {name: self.cleaned_data[name] for name in self.cleaned_data if name != "confirmed"}
