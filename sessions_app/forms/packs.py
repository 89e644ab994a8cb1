"""Forms of the clinic's own."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms import date_input, page_form_helper
from sessions_app import packs
from sessions_app.models import InstrumentPack
from sessions_app.services import packs as pack_service


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
