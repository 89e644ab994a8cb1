"""What a therapist decides about a possible strain."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import date_input, page_form_helper, refuse_future
from ruptures.forms.days import not_before_opening
from ruptures.models import Episode


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
        not_before_opening(day, self.episode)
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
