"""How long records are kept, and the second look before one is erased."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms import page_form_helper, said
from accounts.models import Clinic
from sessions_app.models import Client
from sessions_app.services.erasures import KeptLonger, Reason, refuse_too_early


class EraseForm(forms.Form):
    helper = page_form_helper(_("Erase for good"))
    reason = forms.ChoiceField(label=_("Why?"), choices=Reason.choices)
    case_label = forms.CharField(
        label=_("Type the case label to confirm"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, client: Client, **kwargs):
        self.client = client
        super().__init__(*args, **kwargs)

    def clean_reason(self):
        reason = self.cleaned_data["reason"]
        try:
            refuse_too_early(client=self.client, reason=reason)
        except KeptLonger as kept:
            raise ValidationError(
                _("This record is kept until %(day)s. Give another reason, or wait until then."),
                params={"day": said(kept.until)},
            ) from kept
        return reason

    def clean_case_label(self):
        typed = self.cleaned_data["case_label"]
        if typed != self.client.case_label:
            raise ValidationError(_("This is not the case label shown above. Nothing was erased."))
        return typed


class KeepYearsForm(forms.ModelForm):
    helper = page_form_helper(_("Save"))

    class Meta:
        model = Clinic
        fields = ["keep_years"]
