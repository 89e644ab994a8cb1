"""Who a client is, and how a therapy ended."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import date_input, page_form_helper, refuse_future, said
from accounts.models import User
from accounts.permissions import therapists
from sessions_app import client_texts
from sessions_app.models import Client, Pair


class ClientForm(forms.ModelForm):
    helper = page_form_helper(_("Save client"))
    language = forms.ChoiceField(label=_("Language of the client's form"))
    from_on = forms.DateField(label=_("First day with me"), widget=date_input())
    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=120,
        help_text=_("Only you see it. It may stay empty."),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("Only you see it. For sending the form's link; it may stay empty."),
    )

    class Meta:
        model = Client
        fields = ["case_label", "name", "email", "language"]

    def __init__(self, *args, therapist: User, **kwargs):
        self.therapist = therapist
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = client_texts.own_names().items()
        if self.instance.pk:
            del self.fields["from_on"]
        else:
            self.fields["from_on"].initial = timezone.localdate

    def clean_case_label(self):
        """Own labels alone are looked at: another therapist's say nothing here."""
        label = self.cleaned_data["case_label"]
        own = Pair.objects.of(self.therapist).exclude(client=self.instance.pk)
        if own.filter(client__case_label__iexact=label).exists():
            raise ValidationError(_("Another client of yours has this label. Choose another."))
        return label

    def clean_from_on(self):
        from_on = self.cleaned_data["from_on"]
        refuse_future(from_on)
        return from_on


class ClientEndForm(forms.Form):
    ending = forms.ChoiceField(label=_("How did it end?"), choices=Client.Ending.choices)
    to = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Who goes on with the client?"),
        required=False,
        empty_label=_("Nobody of this clinic"),
        help_text=_(
            "Only where the client goes to a colleague here. From the day after your last day they "
            "see the client, with a usual level of their own, and you no longer do. Your notes and "
            "feelings are shown to nobody then, not even to you."
        ),
    )
    on = forms.DateField(label=_("Your last day with the client"), widget=date_input())
    helper = page_form_helper(_("Record the ending"))

    def __init__(self, *args, pair: Pair, **kwargs):
        self.pair = pair
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate
        self.fields["to"].queryset = therapists().exclude(pk=pair.therapist_id)

    def clean_on(self):
        on = self.cleaned_data["on"]
        refuse_future(on)
        if on < self.pair.from_on:
            raise ValidationError(
                _("This is before the first day, %(day)s. Enter that day or a later one."),
                params={"day": said(self.pair.from_on)},
            )
        return on

    def clean(self):
        data = super().clean()
        if data.get("to"):
            self._refuse_another_ending(data.get("ending"))
            self._refuse_sessions_after(data.get("on"))
        return data

    def _refuse_another_ending(self, ending) -> None:
        if ending != Client.Ending.TRANSFER:
            self.add_error(
                "to",
                _("Leave this empty, or say above that the client went to another therapist."),
            )

    def _refuse_sessions_after(self, on) -> None:
        """A session that took place would else belong to nobody who may see it."""
        last = self.pair.therapy_sessions.happened().last()
        if on and last and timezone.localdate(last.starts_at) > on:
            self.add_error(
                "on",
                ValidationError(
                    _("You saw the client on %(day)s. Enter that day or a later one."),
                    params={"day": said(timezone.localdate(last.starts_at))},
                ),
            )
