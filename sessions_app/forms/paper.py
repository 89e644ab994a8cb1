"""A form on paper."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import date_input, page_form_helper, refuse_future, said
from sessions_app import srs
from sessions_app.forms.lines import line_field, tenths
from sessions_app.models import TherapySession


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
            self.fields[line] = line_field(line)
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
