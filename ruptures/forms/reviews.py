"""What therapist and supervisor write to each other, and how a review ends."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import page_form_helper
from ruptures.models import ReviewComment, SupervisorReview


class CommentForm(forms.ModelForm):
    helper = page_form_helper(_("Send"), primary=False)

    class Meta:
        model = ReviewComment
        fields = ["text"]
        labels = {"text": _("Write a word")}
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}


class ResolveForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Outcome of the review"),
        choices=SupervisorReview.Outcome.choices,
        widget=forms.RadioSelect,
    )
    helper = page_form_helper(_("Close the review"), primary=False)
