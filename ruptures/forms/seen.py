"""Forms of what two windows, or two people, may have open at once."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from ruptures.seen import mark_of


class SeenField(forms.CharField):
    """The mark of what a form showed; None from whoever sends none."""

    def __init__(self):
        super().__init__(widget=forms.HiddenInput, required=False, max_length=64, empty_value=None)


def ask_again(form: forms.Form, told: str, stored: Mapping[str, Any]) -> None:
    """Gives a form back that came too late, `told` what stands there; sent again, it is kept."""
    again = _("Save again to keep yours.")
    form.add_error(None, f"{told} {again}")
    form.data = form.data.copy()
    form.data["seen"] = mark_of(stored)


class SeenForm(forms.ModelForm):
    """Carries a mark of what it showed. Where that changed before it was saved,
    `say_what_came_between` gives it back with what was typed and, at each field, what stands
    there now."""

    ids = ""  # what the ids of its fields begin with, for a page with many forms
    seen = SeenField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id=f"{self.ids}_%s", **kwargs)
        self.fields["seen"].initial = mark_of(self._shown())

    def _shown(self) -> dict[str, Any]:
        return {name: getattr(self.instance, name) for name in self._meta.fields}

    def values(self) -> dict[str, Any]:
        """What was entered, without the mark."""
        return {name: self.cleaned_data[name] for name in self._meta.fields}

    def say_what_came_between(self, stored: Mapping[str, Any]) -> None:
        self.add_error(
            None,
            _(
                "This was changed in another window since you opened it. Nothing is lost: what "
                "stands there now is under each field. Save again to keep yours."
            ),
        )
        for name, value in stored.items():
            if value != self.cleaned_data.get(name):
                told = _("Stored meanwhile: %(text)s") % {"text": self._told(name, value)}
                self.add_error(name, told)
        self.data = self.data.copy()
        self.data["seen"] = mark_of(stored)

    def _told(self, name: str, value: Any) -> str:
        """A value in words."""
        chosen = value if isinstance(value, list) else [value]
        names = dict(getattr(self.fields[name], "choices", ()))
        return ", ".join(str(names.get(each, each)) for each in chosen) or _("nothing")
