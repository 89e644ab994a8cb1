"""What a therapist decides about a possible strain."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import date_input, page_form_helper, refuse_future
from ruptures.forms.days import not_before_opening
from ruptures.forms.seen import SeenField, SeenForm, ask_again
from ruptures.models import Episode
from ruptures.seen import mark_of
from ruptures.services.episodes import answer_of


class ConfirmForm(SeenForm):
    ids = "kind"
    helper = page_form_helper(_("Confirm"), primary=False)
    helper.layout = Layout("seen", Row(Column("type"), Column("component")))

    class Meta:
        model = Episode
        fields = ["type", "component"]

    @staticmethod
    def shown_of(episode: Episode) -> dict[str, str]:
        """What the form holds of a strain as it is stored."""
        stored = {"type": episode.type, "component": episode.component}
        return stored | {"seen": mark_of(stored)}


class SettledForm(forms.Form):
    """What the client answered to the question whether this is settled."""

    answer = forms.ChoiceField(
        label=_("The client says"), choices=Episode.Settled.choices, widget=forms.RadioSelect
    )
    on = forms.DateField(label=_("Asked on"), widget=date_input())
    seen = SeenField()
    helper = page_form_helper(_("Save the answer"), primary=False)

    def __init__(self, *args, episode: Episode | None, **kwargs):
        self.episode = episode
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate

    @staticmethod
    def shown_of(episode: Episode) -> dict[str, str]:
        """What the empty form holds of a strain: a mark of the answer that is stored."""
        return {"seen": mark_of(answer_of(episode))}

    def clean_on(self):
        day = self.cleaned_data["on"]
        refuse_future(day)
        not_before_opening(day, self.episode)
        return day

    def say_what_came_between(self, stored: Mapping[str, Any]) -> None:
        """The page shows the stored answer above the form."""
        told = _("An answer was saved in another window since you opened this; it stands above.")
        ask_again(self, told, stored)
        self.episode.refresh_from_db(fields=["settled", "settled_on"])


class DismissForm(forms.Form):
    """Why it is not a strain: one of the list, and own words where that says too little."""

    because = forms.ChoiceField(
        label=_("Why is it not a strain?"),
        choices=Episode.Dismissal.choices,
        widget=forms.RadioSelect,
        help_text=_("Reasons show how often a rule is right."),
    )
    reason = forms.CharField(
        label=_("In your own words"),
        max_length=300,
        required=False,
        help_text=_("For example: the client was ill. Your supervisor can read it."),
    )
    helper = page_form_helper(_("Not a strain"), primary=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="dismiss_%s", **kwargs)

    def clean(self):
        data = super().clean()
        is_other = data.get("because") == Episode.Dismissal.OTHER
        if is_other and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Say in a few words what it was."))
        return data


class CloseForm(forms.Form):
    """The therapist closes the strain, whatever the marks say."""

    reason = forms.CharField(
        label=_("What makes you close it?"),
        max_length=300,
        help_text=_("For example: we talked it through, and the client calls it settled."),
    )
    helper = page_form_helper(_("Close it"), primary=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="close_%s", **kwargs)


class OpenByHandForm(forms.ModelForm):
    helper = page_form_helper(_("Note a possible strain"))

    class Meta:
        model = Episode
        fields = ["type", "component"]
