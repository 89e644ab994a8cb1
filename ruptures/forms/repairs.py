"""The therapist's work on a strain."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import date_input, refuse_future
from ruptures.forms.days import not_before_opening
from ruptures.models import Episode, RepairStep
from ruptures.repair import STEPS


class RepairStepForm(forms.ModelForm):
    """One step of the check-list: how far it went, when, and a note."""

    step = forms.ChoiceField(choices=[(step, step) for step in STEPS], widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    class Meta:
        model = RepairStep
        fields = ["step", "done", "taken_on", "note"]
        widgets = {
            "taken_on": date_input(),
        }

    def __init__(self, *args, episode: Episode, **kwargs):
        self.episode = episode
        super().__init__(
            *args, auto_id=f"step_{kwargs.get('initial', {}).get('step', '')}_%s", **kwargs
        )
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            "step",
            Row(Column("done"), Column("taken_on")),
            "note",
            Submit("save", _("Log this step"), css_class="button"),
        )

    def clean_taken_on(self):
        day = self.cleaned_data["taken_on"]
        refuse_future(day)
        not_before_opening(day, self.episode)
        return day
