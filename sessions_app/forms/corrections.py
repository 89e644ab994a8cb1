"""The marks as they should have been typed, and why."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import page_form_helper
from sessions_app import srs
from sessions_app.forms.lines import line_field, tenths
from sessions_app.models import SRSEntry


class CorrectionForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is it corrected?"),
        max_length=300,
        help_text=_("It is shown with the rating, to your supervisor too."),
    )

    def __init__(self, *args, entry: SRSEntry, **kwargs):
        initial = {line: Decimal(mark).scaleb(-1) for line, mark in entry.lines.items()}
        super().__init__(*args, initial=initial, **kwargs)
        for line in srs.LINES:
            self.fields[line] = line_field(line)
        self.order_fields([*srs.LINES, "reason"])
        self.helper = page_form_helper(_("Save as a new version"))

    def lines(self) -> dict[str, int]:
        return {line: tenths(self.cleaned_data[line]) for line in srs.LINES}
