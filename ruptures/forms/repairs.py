"""The therapist's work on a strain."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import date_input, page_form_helper, refuse_future
from ruptures.forms.days import not_before_opening
from ruptures.forms.seen import SeenField, SeenForm, ask_again
from ruptures.models import Episode, Generalisation, RepairRecord, RepairStep
from ruptures.repair import CAUSES, STEPS, STRATEGIES


class RepairStepForm(forms.ModelForm):
    """One step of the check-list: how far it went, when, and a note."""

    step = forms.ChoiceField(choices=[(step, step) for step in STEPS], widget=forms.HiddenInput)
    seen = SeenField()
    note = forms.CharField(
        label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    class Meta:
        model = RepairStep
        fields = ["step", "done", "taken_on", "note"]
        widgets = {
            "taken_on": date_input(),
        }

    def __init__(self, *args, episode: Episode | None, **kwargs):
        self.episode = episode
        super().__init__(
            *args, auto_id=f"step_{kwargs.get('initial', {}).get('step', '')}_%s", **kwargs
        )
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            "step",
            "seen",
            Row(Column("done"), Column("taken_on")),
            "note",
            Submit("save", _("Log this step"), css_class="button"),
        )

    def clean_taken_on(self):
        day = self.cleaned_data["taken_on"]
        refuse_future(day)
        not_before_opening(day, self.episode)
        return day

    def say_what_came_between(self, stored: Mapping[str, Any]) -> None:
        """The page shows what is stored of this step above the form."""
        told = _("This step was logged for that day in another window; it stands above.")
        ask_again(self, told, stored)


class TakenStepForm(forms.Form):
    """Which of the steps that were logged is meant."""

    step = forms.ChoiceField(choices=[(step, step) for step in STEPS])
    on = forms.DateField()

    def __init__(self, *args, episode: Episode, **kwargs):
        self.episode = episode
        super().__init__(*args, **kwargs)

    def clean(self):
        named = super().clean()
        taken = {"step": named.get("step"), "taken_on": named.get("on")}
        if not self.episode.repair_steps.filter(**taken).exists():
            raise forms.ValidationError(_("There is no such step."))
        return named


LONGEST_NOTE = 2000


def _chosen(label: str, names: dict[str, str]) -> forms.MultipleChoiceField:
    """Any number of a list of the clinical core, told in the reader's language."""
    return forms.MultipleChoiceField(
        label=label,
        required=False,
        choices=[(code, _(name)) for code, name in names.items()],  # marked in ruptures.repair
        widget=forms.CheckboxSelectMultiple,
    )


def _words(label: str, *, rows: int = 2, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=help_text,
    )


class AboutForm(SeenForm):
    """What it was about, what helped, what is needed."""

    ids = "about"
    causes = _chosen(_("What may have led to it"), CAUSES)
    strategies = _chosen(_("What I did"), STRATEGIES)
    apology = _words(
        _("I apologised for"), help_text=_("What you acknowledged. Empty where you did not.")
    )
    needed = _words(_("What the client says is needed, in their words"))
    pattern = _words(_("How it links with the client's way of relating"))
    outside = _words(_("Where the client knows it from, outside these hours"))
    helper = page_form_helper(_("Save this"), primary=False)

    class Meta:
        model = RepairRecord
        fields = [
            "causes",
            "strategies",
            "apology",
            "needed",
            "fits_pattern",
            "pattern",
            "outside",
        ]


class OpenerForm(SeenForm):
    """The therapist's own version of a way to begin, for this client."""

    ids = "opener"
    opener = _words(_("My own way to say it"))
    helper = page_form_helper(_("Keep it"), primary=False)

    class Meta:
        model = RepairRecord
        fields = ["opener"]


class ReflectionForm(SeenForm):
    ids = "reflection"
    reflection = _words(_("For myself"), rows=4)
    helper = page_form_helper(_("Save the reflection"), primary=False)

    class Meta:
        model = RepairRecord
        fields = ["reflection"]


class GeneralisationForm(forms.ModelForm):
    """A day on which the client tried the new response with somebody outside."""

    note = forms.CharField(
        label=_("What the client did differently"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    class Meta:
        model = Generalisation
        fields = ["with_whom", "tried_on", "note"]
        widgets = {"tried_on": date_input()}

    def __init__(self, *args, episode: Episode | None, **kwargs):
        self.episode = episode
        super().__init__(*args, auto_id="tried_%s", **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Row(Column("with_whom"), Column("tried_on")),
            "note",
            Submit("save", _("Add it"), css_class="button"),
        )

    def clean_tried_on(self):
        day = self.cleaned_data["tried_on"]
        refuse_future(day)
        not_before_opening(day, self.episode)
        return day
