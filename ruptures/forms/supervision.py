"""What therapist and supervisor write to each other about a case, and agree on."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.layout import Submit
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import date_input, page_form_helper, refuse_future
from accounts.models import User
from ruptures.forms.blank import Blank
from ruptures.forms.days import not_before_opening
from ruptures.models import Episode, Finding, ReviewComment


def asks_in(episode: Episode, writer: User) -> bool:
    """Who is not the therapist of the case may ask a question."""
    return episode.pair.therapist_id != writer.pk


class CommentForm(forms.ModelForm):
    """A word in the thread. A supervisor may ask it as a question; the therapist's word may answer
    one, `question`. Without an episode it is as `may_ask` says, to be shown alone."""

    answers = forms.ModelChoiceField(
        ReviewComment.objects.none(), required=False, widget=forms.HiddenInput
    )

    class Meta:
        model = ReviewComment
        fields = ["text"]
        labels = {"text": _("Write a word")}
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}

    def __init__(
        self,
        *args,
        episode: Episode | None,
        writer: User | None = None,
        may_ask: int = 0,
        question=None,
        **kwargs,
    ):
        super().__init__(*args, auto_id=f"word{question.pk if question else ''}_%s", **kwargs)
        self.helper = page_form_helper(_("Answer") if question else _("Send"), primary=False)
        self.may_ask = bool(may_ask) if episode is None else asks_in(episode, writer)
        if episode is not None and not self.may_ask:
            self.fields["answers"].queryset = episode.comments.open_questions()
        if self.may_ask:
            self.helper.add_input(Submit("ask", _("Ask as a question"), css_class="button"))
        if question:
            self.fields["text"].label = _("Your answer")
            self.fields["answers"].initial = question

    def clean(self):
        data = super().clean()
        data["is_question"] = self.may_ask and "ask" in self.data
        return data


class PlanForm(forms.Form):
    """What the two agreed on. `seen` is how many plans there were when the page was opened."""

    text = forms.CharField(
        label=_("What we agreed on"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    agreed_on = forms.DateField(label=_("Agreed on"), widget=date_input())
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args, episode: Episode | None, seen: int = 0, **kwargs):
        self.episode = episode
        initial = {"agreed_on": timezone.localdate(), "seen": seen}
        super().__init__(*args, auto_id="plan_%s", initial=initial, **kwargs)
        self.helper = page_form_helper(_("Save this plan"), primary=False)

    def clean_agreed_on(self):
        day = self.cleaned_data["agreed_on"]
        refuse_future(day)
        not_before_opening(day, self.episode)
        return day

    def say_what_came_between(self, stored: Mapping[str, Any]) -> None:
        """Shows both; sending the form again keeps the writer's as the newest."""
        newest = stored["newest"]
        self.data = self.data.copy()
        self.data["seen"] = stored["count"]
        between = _("Meanwhile %(name)s saved: “%(text)s”. Save again to put yours after it.")
        values = {"name": newest.by.name, "text": newest.text}
        self.add_error("text", ValidationError(between, params=values))


class DiscussionForm(forms.Form):
    discussed_on = forms.DateField(label=_("Discussed on"), widget=date_input())

    def __init__(self, *args, episode: Episode | None, **kwargs):
        self.episode = episode
        initial = {"discussed_on": timezone.localdate()}
        super().__init__(*args, auto_id="discussion_%s", initial=initial, **kwargs)
        self.helper = page_form_helper(_("Note this day"), primary=False)

    def clean_discussed_on(self):
        day = self.cleaned_data["discussed_on"]
        refuse_future(day)
        not_before_opening(day, self.episode)
        return day


class UsefulForm(forms.Form):
    """Yes or no, of one finding of the strain, or of the strain as a whole."""

    ANSWERS = (("yes", _("Yes")), ("no", _("No")))

    useful = forms.TypedChoiceField(choices=ANSWERS, coerce=lambda answer: answer == "yes")
    finding = forms.ModelChoiceField(Finding.objects.none(), required=False)

    def __init__(self, *args, episode: Episode, reader: User, **kwargs):
        super().__init__(*args, **kwargs)
        findings = episode.findings.worth_asking()
        if episode.pair.therapist_id != reader.pk:
            findings = findings.for_supervision()
        self.fields["finding"].queryset = findings


def section_forms(episode: Episode, *, reader: User, thread, plans) -> dict:
    """The forms of the page's supervision section, empty; an open question has its own."""
    writing = {"episode": episode, "writer": reader}
    is_own = episode.pair.therapist_id == reader.pk

    def asks_reader(word) -> bool:
        return is_own and word.is_open

    return {
        "comment_form": Blank(CommentForm, episode=None, may_ask=int(asks_in(episode, reader))),
        "thread_rows": [
            (word, CommentForm(**writing, question=word.comment) if asks_reader(word) else None)
            for word in thread
        ],
        "plan_form": Blank(PlanForm, episode=None, seen=len(plans)),
        "discussion_form": Blank(DiscussionForm, episode=None),
    }
