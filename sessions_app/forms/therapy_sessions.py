"""Appointments, and why a rating is missing."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import page_form_helper, said
from sessions_app.models import Pair, TherapySession

FURTHEST_BOOKING = datetime.timedelta(days=400)
LONGEST_SESSION_MINUTES = 240


def moment_input() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class BookingForm(forms.ModelForm):
    helper = page_form_helper(_("Save appointment"))

    class Meta:
        model = TherapySession
        fields = ["starts_at", "duration_minutes", "medium"]
        widgets = {"starts_at": moment_input()}

    def __init__(self, *args, pair: Pair, **kwargs):
        self.pair = pair
        super().__init__(*args, **kwargs)

    def clean_starts_at(self):
        starts_at = self.cleaned_data["starts_at"]
        ended_on = self.pair.client.ended_on or self.pair.until_on
        if ended_on and timezone.localdate(starts_at) > ended_on:
            raise ValidationError(
                _("The therapy ended on %(day)s. Enter that day or an earlier one."),
                params={"day": said(ended_on)},
            )
        if starts_at > timezone.now() + FURTHEST_BOOKING:
            raise ValidationError(_("This is more than a year ahead. Please check the year."))
        if timezone.localdate(starts_at) < self.pair.from_on:
            raise ValidationError(
                _("This is before your first day with this client, %(day)s."),
                params={"day": said(self.pair.from_on)},
            )
        others = self.pair.therapy_sessions.exclude(pk=self.instance.pk)
        if others.filter(starts_at=starts_at).exists():
            raise ValidationError(_("There is a session with this client at that time already."))
        return starts_at

    def clean_duration_minutes(self):
        minutes = self.cleaned_data["duration_minutes"]
        if not 5 <= minutes <= LONGEST_SESSION_MINUTES:
            raise ValidationError(
                _("Enter between 5 and %(most)s minutes."),
                params={"most": LONGEST_SESSION_MINUTES},
            )
        return minutes


class MissingReasonForm(forms.Form):
    reason = forms.ChoiceField(choices=TherapySession.MissingReason.choices)
