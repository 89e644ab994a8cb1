"""Tablets of the clinic."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms import page_form_helper
from sessions_app import client_texts
from sessions_app.models import Tablet

# A bank card on glass of 60 to 240 of these pixels an inch; screens of today have 96 to 190.
NARROWEST_CARD_PX, WIDEST_CARD_PX = 200, 800


class TabletForm(forms.ModelForm):
    helper = page_form_helper(_("Save tablet"))
    language = forms.ChoiceField(label=_("Language while it waits"))

    class Meta:
        model = Tablet
        fields = ["name", "language"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = client_texts.own_names().items()

    def clean_name(self):
        name = self.cleaned_data["name"]
        others = Tablet.objects.in_use().exclude(pk=self.instance.pk)
        if others.filter(name__iexact=name).exists():
            raise ValidationError(_("Another tablet has this name. Choose another."))
        return name


class MeasureForm(forms.Form):
    """How wide a bank card is on a tablet's glass, in the pixels of style sheets."""

    card_px = forms.IntegerField(min_value=NARROWEST_CARD_PX, max_value=WIDEST_CARD_PX)
