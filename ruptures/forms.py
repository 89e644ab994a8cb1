"""Forms of the third floor. They validate; services store."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import date_input, page_form_helper, refuse_future, said
from ruptures.models import Episode, RepairStep, ReviewComment, SupervisorReview
from ruptures.repair import STEPS


def _not_before_opening(day, episode: Episode):
    opened_on = timezone.localdate(episode.opened_session.starts_at)
    if day < opened_on:
        raise ValidationError(
            _("This is before the strain was noticed, on %(day)s."), params={"day": said(opened_on)}
        )


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
        _not_before_opening(day, self.episode)
        return day


class ConfirmForm(forms.ModelForm):
    helper = page_form_helper(_("Confirm"), primary=False)

    class Meta:
        model = Episode
        fields = ["type", "component"]


class SettledForm(forms.Form):
    """What the client answered to the question whether this is settled."""

    answer = forms.ChoiceField(
        label=_("The client says"), choices=Episode.Settled.choices, widget=forms.RadioSelect
    )
    on = forms.DateField(label=_("Asked on"), widget=date_input())
    helper = page_form_helper(_("Save the answer"), primary=False)

    def __init__(self, *args, episode: Episode, **kwargs):
        self.episode = episode
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate

    def clean_on(self):
        day = self.cleaned_data["on"]
        refuse_future(day)
        _not_before_opening(day, self.episode)
        return day


class DismissForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is it not a strain?"),
        max_length=300,
        help_text=_("For example: the client was ill. Reasons show how often a rule is right."),
    )
    helper = page_form_helper(_("Not a strain"), primary=False)


class OpenByHandForm(ConfirmForm):
    helper = page_form_helper(_("Note a possible strain"))


class CommentForm(forms.ModelForm):
    helper = page_form_helper(_("Send"), primary=False)

    class Meta:
        model = ReviewComment
        fields = ["text"]
        labels = {"text": _("Write a word")}
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}


class ResolveForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Outcome of the review"),
        choices=SupervisorReview.Outcome.choices,
        widget=forms.RadioSelect,
    )
    helper = page_form_helper(_("Close the review"), primary=False)
