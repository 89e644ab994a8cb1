"""What the client's device sends."""

from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sessions_app import srs
from sessions_app.models import InstrumentPack


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
