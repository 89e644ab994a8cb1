"""Goals, tasks, and the relational pattern."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import page_form_helper
from sessions_app.models import Agreement, AgreementStanding

LONGEST_PATTERN = 4000


class AgreementForm(forms.ModelForm):
    class Meta:
        model = Agreement
        fields = ["kind", "text"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Row(Column("kind", css_class="col-sm-3"), Column("text", css_class="col-sm-9")),
            Submit("save", _("Add"), css_class="button button-primary"),
        )


class RewordForm(forms.ModelForm):
    """Other words for a goal or a task."""

    helper = page_form_helper(_("Save the new words"))

    class Meta:
        model = Agreement
        fields = ["text"]


class StandingForm(forms.Form):
    level = forms.ChoiceField(choices=AgreementStanding.Level.choices)


class PatternForm(forms.Form):
    text = forms.CharField(
        label=_("The pattern"),
        max_length=LONGEST_PATTERN,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "What does this client wish for from others, what do they expect back, and what do "
            "they then do? Your supervisor reads it too; earlier versions stay."
        ),
    )
    helper = page_form_helper(_("Save this version"))
