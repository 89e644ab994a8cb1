from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import page_form_helper


class BreakGlassForm(forms.Form):
    """Whose record, by its exact label, and why."""

    case_label = forms.CharField(
        label=_("Case label"),
        max_length=40,
        help_text=_("Exactly as it is written. There is no list to choose from."),
    )
    reason = forms.CharField(
        label=_("Why you need it now"),
        min_length=20,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The therapist, who supervises them, and the clinic's lead read it."),
    )
    helper = page_form_helper(_("Open this record for an hour"))
