"""What a supervisor decides about the weekly trend."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import date_input, page_form_helper
from accounts.models import User
from ruptures.models import TeamEvent
from ruptures.services import team_events

FURTHEST = datetime.timedelta(days=366)


class TeamEventForm(forms.ModelForm):
    """A day and a few words for the axis, without names."""

    helper = page_form_helper(_("Note it"))

    class Meta:
        model = TeamEvent
        fields = ["on", "text"]
        widgets = {"on": date_input()}
        help_texts = {
            "text": _("A few words without names, such as “new therapist” or “holiday”."),
        }

    def __init__(self, *args, supervisor: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.supervisor = supervisor
        self.fields["on"].initial = timezone.localdate

    def clean_on(self):
        day = self.cleaned_data["on"]
        if abs(day - timezone.localdate()) > FURTHEST:
            raise ValidationError(_("This is more than a year away. Please check the year."))
        return day

    def clean_text(self):
        text = self.cleaned_data["text"]
        name = team_events.name_in(text, supervisor=self.supervisor)
        if name:
            raise ValidationError(
                _("“%(name)s” is a name. Please say it without one."), params={"name": name}
            )
        return text


class WeeklyMailForm(forms.ModelForm):
    """Whether the Monday mail carries chart and figures, or a link alone."""

    helper = page_form_helper(_("Save"))
    weekly_mail = forms.ChoiceField(
        label=_("The Monday mail comes"),
        choices=User.WeeklyMail.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "The chart is of the whole team and names nobody. Choose the link if even that should "
            "not travel by e-mail."
        ),
    )

    class Meta:
        model = User
        fields = ["weekly_mail"]
