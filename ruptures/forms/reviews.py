"""What a supervisor does with a case: put it off, hand it on, end the review; one case or many."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms import page_form_helper
from accounts.models import User
from ruptures.models import Episode, SupervisorReview
from ruptures.permissions import keepers_of

MOST_AT_ONCE = 100


class ResolveForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Outcome of the review"),
        choices=SupervisorReview.Outcome.choices,
        widget=forms.RadioSelect,
    )
    helper = page_form_helper(_("Close the review"), primary=False)


class SnoozeForm(forms.Form):
    """For how many days a case sleeps; the longest is what the service allows."""

    DAYS = ((1, _("1 day")), (3, _("3 days")), (7, _("1 week")), (14, _("2 weeks")))

    days = forms.TypedChoiceField(label=_("Snooze for"), choices=DAYS, coerce=int)


class OwnerForm(forms.Form):
    """Who has the case, of those who may have it today."""

    owner = forms.ModelChoiceField(
        User.objects.none(), label=_("Who has this case"), to_field_name="key", empty_label=None
    )
    # Whose case it was on the page, blank for nobody's.
    shown = forms.CharField(widget=forms.HiddenInput, required=False, max_length=36)
    helper = page_form_helper(_("Hand over"), primary=False)

    def __init__(self, *args, episode: Episode, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = keepers_of(episode).order_by("name")
        self.fields["owner"].initial = episode.owner and episode.owner.key
        self.fields["shown"].initial = episode.owner.key if episode.owner else ""


class ChosenCasesForm(forms.Form):
    """The cases whose boxes are ticked, of those the reader supervises."""

    cases = forms.ModelMultipleChoiceField(
        Episode.objects.none(),
        to_field_name="key",
        error_messages={"required": _("Choose at least one case.")},
    )

    def __init__(self, *args, supervisor: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cases"].queryset = Episode.objects.supervised_by(supervisor)

    def clean_cases(self):
        cases = self.cleaned_data["cases"]
        if len(cases) > MOST_AT_ONCE:
            most = {"most": MOST_AT_ONCE}
            raise ValidationError(_("Choose at most %(most)s cases."), params=most)
        return cases
