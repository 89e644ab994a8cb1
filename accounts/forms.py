import datetime
import struct
import zoneinfo
from contextlib import suppress

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm, ResetPasswordForm
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.internal.auth import extract_user_from_response
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.conf import settings
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import Clinic, Delegation, RolePeriod, Supervision, User
from accounts.permissions import therapists

MOST_CLOSING_DAYS = 100
FURTHEST_AHEAD = datetime.timedelta(days=366)


def page_form_helper(save: str, *, primary: bool = True) -> FormHelper:
    """The layout every staff form has: labels above, one button below, errors at their field.

    A page has one primary button at most; the forms beside it have a plain one.
    """
    helper = FormHelper()
    helper.form_tag = False
    css_class = "button button-primary" if primary else "button"
    helper.add_input(Submit("save", save, css_class=css_class))
    return helper


def date_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def time_input() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


def said(day: datetime.date) -> str:
    """A day inside a sentence, as the reader's language writes it."""
    return date_format(day, gettext("j F Y"))


def refuse_future(day) -> None:
    if day > timezone.localdate():
        raise ValidationError(_("This day is still to come. Enter today or an earlier day."))


class SignInForm(LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        self.helper = FormHelper()
        self.helper.form_tag = False


class SecondFactorTries:
    """Ten codes in a quarter of an hour, counted by person: who comes this far knows the password,
    so no stranger locks anybody out, and many network addresses help nobody to guess."""

    limit = {"second_factor": "10/15m/key"}

    def clean_code(self):
        tried = ratelimit.consume(
            context.request,
            app="allauth.mfa",
            action="second_factor",
            config=self.limit,
            key=str(self.user.pk),
        )
        if not tried:
            limited = audit.Action.LIMITED
            audit.note_failed_try(limited, whose=self.user, deed="sign_in.second_step")
            raise get_adapter().validation_error("too_many_login_attempts")
        code = super().clean_code()
        tried.rollback()  # only wrong codes count
        return code


class SecondFactorForm(SecondFactorTries, AuthenticateForm):
    """The code at sign-in."""


class SecondFactorAgainForm(SecondFactorTries, ReauthenticateForm):
    """The code before an account changes."""


# What the library raises for an answer that no key gave.
NO_KEYS_ANSWER = (
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    RecursionError,
    struct.error,
)


class KeyField(forms.JSONField):
    """What a key answered. It is good once, so no page shows it again."""

    widget = forms.HiddenInput

    def to_python(self, value):
        try:
            return super().to_python(value)
        except (ValueError, RecursionError) as unreadable:
            raise get_mfa_adapter().validation_error("incorrect_code") from unreadable

    def bound_data(self, data, initial):
        return initial


class NotedKey(forms.Form):
    """A key that is refused is in the audit, as a wrong code is: for the access of whose it is
    meant to be, or of nobody here."""

    credential = KeyField()

    def clean_credential(self):
        try:
            return super().clean_credential()
        except NO_KEYS_ANSWER as unreadable:
            raise get_mfa_adapter().validation_error("incorrect_code") from unreadable

    def add_error(self, field, error):
        signed_in = audit.Action.SIGNED_IN
        audit.note_failed_try(signed_in, whose=self._whose(), deed="sign_in.key")
        super().add_error(field, error)

    def _whose(self) -> User | None:
        if self.user:
            return self.user
        with suppress(ValidationError, *NO_KEYS_ANSWER):
            return extract_user_from_response(self.cleaned_data["credential"])


class KeyForm(NotedKey, AuthenticateWebAuthnForm):
    """A key after the password."""


class KeyAloneForm(NotedKey, LoginWebAuthnForm):
    """A key that signs in by itself: it says whose it is."""


class KeyAgainForm(NotedKey, ReauthenticateWebAuthnForm):
    """A key before an account changes."""


class AddKeyForm(AddWebAuthnForm):
    """A security key; where TLS lets it, one that signs in by itself."""

    credential = KeyField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if alone := self.fields.get("passwordless"):
            alone.label = _("Sign in with this key alone, without a password")
            alone.help_text = _(
                "The key then has to recognise you each time: by a PIN, a fingerprint or your face."
            )

    def clean(self):
        try:
            return super().clean()
        except NO_KEYS_ANSWER as unreadable:
            raise get_mfa_adapter().validation_error("incorrect_code") from unreadable


class ResetLinkForm(ResetPasswordForm):
    """Whoever was invited comes in by the invitation alone; the answer is the same."""

    def clean_email(self):
        email = super().clean_email()
        self.users = [user for user in self.users if user.has_joined]
        return email


class InvitationForm(forms.Form):
    """The code out of an invitation's link."""

    token = forms.CharField(label=_("Code from the mail"), max_length=100)


class ChoosePasswordForm(SetPasswordForm):
    """The password of somebody new, checked against their own name and address."""


class PersonForm(forms.Form):
    """A new person: what we call them, where mail reaches them, what they do here."""

    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(
        label=_("Role"),
        choices=RolePeriod.Role.choices,
        help_text=_("A supervisor is a therapist too: add them, then say whom they supervise."),
    )
    helper = page_form_helper(_("Invite this person"))

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email=email).exists():
            raise ValidationError(_("Somebody with this address is already here."))
        return email


class DelegationForm(forms.Form):
    """Who stands in for the reader, from which day to which."""

    delegate = forms.ModelChoiceField(User.objects.none(), label=_("Who stands in"))
    from_on = forms.DateField(label=_("First day"), widget=date_input())
    until_on = forms.DateField(label=_("Last day"), widget=date_input())
    helper = page_form_helper(_("Name this person"))

    def __init__(self, *args, supervisor: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.supervisor = supervisor
        self.fields["delegate"].empty_label = _("Choose somebody")
        self.fields["delegate"].queryset = therapists().exclude(pk=supervisor.pk)
        self.fields["from_on"].initial = timezone.localdate

    def clean_until_on(self):
        until_on = self.cleaned_data["until_on"]
        if until_on < timezone.localdate():
            raise ValidationError(_("This day is over. Enter today or a later day."))
        if until_on > timezone.localdate() + FURTHEST_AHEAD:
            raise ValidationError(_("This is more than a year ahead. Please check the year."))
        return until_on

    def clean(self):
        data = super().clean()
        from_on, until_on = data.get("from_on"), data.get("until_on")
        if from_on and until_on and until_on < from_on:
            self.add_error("until_on", _("The last day is before the first."))
        elif from_on and until_on and self._meanwhile(from_on, until_on):
            self.add_error(
                "from_on", _("Somebody stands in for you on some of these days already.")
            )
        return data

    def _meanwhile(self, from_on: datetime.date, until_on: datetime.date) -> bool:
        named = Delegation.objects.filter(supervisor=self.supervisor)
        return named.filter(from_on__lte=until_on, until_on__gte=from_on).exists()


class LeaveForm(forms.Form):
    """Somebody leaves; who takes over their clients, where there are any."""

    successor = forms.ModelChoiceField(
        User.objects.none(), label=_("Who takes over the clients"), empty_label=_("Choose somebody")
    )
    helper = page_form_helper(_("Hand over and end their access"))

    def __init__(self, *args, person: User, has_clients: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = therapists().exclude(pk=person.pk)
        if not has_clients:
            del self.fields["successor"]
            self.helper = page_form_helper(_("End their access"))


class SupervisionForm(forms.Form):
    """Who supervises whom, and since when."""

    supervisor = forms.ModelChoiceField(
        User.objects.none(), label=_("Supervisor"), empty_label=_("Choose somebody")
    )
    therapist = forms.ModelChoiceField(
        User.objects.none(), label=_("Therapist"), empty_label=_("Choose somebody")
    )
    from_on = forms.DateField(label=_("From"), widget=date_input())
    helper = page_form_helper(_("Start supervision"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["supervisor"].queryset = therapists()
        self.fields["therapist"].queryset = therapists()

    def clean_from_on(self):
        from_on = self.cleaned_data["from_on"]
        if from_on > timezone.localdate() + FURTHEST_AHEAD:
            raise ValidationError(_("This is more than a year ahead. Please check the year."))
        return from_on

    def clean(self):
        data = super().clean()
        supervisor, therapist = data.get("supervisor"), data.get("therapist")
        if supervisor and supervisor == therapist:
            self.add_error("therapist", _("Choose somebody else: nobody supervises themselves."))
        elif supervisor and Supervision.objects.open_ended(supervisor, therapist).exists():
            self.add_error("therapist", _("This supervision is there already."))
        return data


class LanguageForm(forms.Form):
    """The language of the staff's pages, and the page to go back to."""

    language = forms.ChoiceField(
        choices=settings.LANGUAGES,
        # Without what was sent, which Django's own words quote.
        error_messages={"invalid_choice": _("These pages are not there in this language.")},
    )
    next = forms.CharField(required=False, max_length=2000)


class DaysField(forms.CharField):
    """Days, one a line, as 2026-12-25; a list of them, sorted, as text of the same form."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        lines = [line.strip() for line in super().to_python(value).splitlines() if line.strip()]
        if len(lines) > MOST_CLOSING_DAYS:
            raise ValidationError(
                _("These are more than %(most)s days. Leave out those that are over.")
                % {"most": MOST_CLOSING_DAYS}
            )
        return sorted({_day(line).isoformat() for line in lines})

    def has_changed(self, initial, data):
        return self.prepare_value(initial) != data


def _day(line: str) -> datetime.date:
    for format in ("%Y-%m-%d", "%d.%m.%Y"):
        with suppress(ValueError):
            return datetime.datetime.strptime(line, format).date()
    raise ValidationError(
        _("“%(line)s” is not a day. Write it as 2026-12-25.") % {"line": line[:40]}
    )


class ClinicForm(forms.ModelForm):
    helper = page_form_helper(_("Save"))
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=[(zone, zone) for zone in sorted(zoneinfo.available_timezones())],
    )
    closed_on = DaysField(
        label=_("Closing days"),
        required=False,
        help_text=_("One a line, as 2026-12-25. They do not count as working days."),
    )

    class Meta:
        model = Clinic
        fields = [
            "name",
            "time_zone",
            "alert_at_once_from",
            "lead",
            "quiet_from",
            "quiet_until",
            "closed_on",
            "look_together",
            "weekly_mail_link_only",
        ]
        widgets = {"quiet_from": time_input(), "quiet_until": time_input()}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lead"].queryset = therapists()
        self.fields["lead"].empty_label = _("Nobody yet")
