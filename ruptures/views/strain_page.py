"""The page of one strain, whichever of its forms was sent."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from ruptures.forms import (
    AboutForm,
    CloseForm,
    ConfirmForm,
    DismissForm,
    GeneralisationForm,
    OpenerForm,
    OwnerForm,
    ReflectionForm,
    RepairStepForm,
    ResolveForm,
    SettledForm,
    SnoozeForm,
)
from ruptures.forms.blank import Blank
from ruptures.forms.seen import SeenForm
from ruptures.forms.supervision import section_forms
from ruptures.models import Episode
from ruptures.seen import ChangedMeanwhile, mark_of
from ruptures.services import repairs, strain_pages

RECORD_FORMS = {"about": AboutForm, "opener": OpenerForm, "reflection": ReflectionForm}


def render_episode(request, episode: Episode, *, status: int = 200, **forms):
    """The page; `forms` are those that were sent and are to be mended, by their names in it."""
    page = strain_pages.page_of(episode, reader=request.user)
    sent_step = forms.pop("step_form", None)
    section = section_forms(
        episode, reader=request.user, thread=page["thread"], plans=page["plans"]
    )
    context = page | section
    if page["can_review"]:
        context |= _review_forms(episode)
    if page["is_own"]:
        context |= _own_forms(episode, page["record"])
        context["step_forms"] = _step_forms(episode, page["progress"], sent_step)
    return render(request, "ruptures/episode_detail.html", context | forms, status=status)


def hand_in(
    request,
    episode: Episode,
    deed: Callable[..., Any],
    *,
    said: str | Callable[[Any], str] = "",
    to: str = "",
    **named,
) -> HttpResponse:
    """Does `deed` with what a form brought and goes back to the page, or `to` another. A form that
    is not right, or that came too late, is shown again under its name in the page. What is `said`
    may be made of the deed's answer."""
    (form,) = named.values()
    if not form.is_valid():
        return render_episode(request, episode, **named, status=400)
    try:
        done = deed(episode=episode, **form.cleaned_data, by=request.user)
    except ChangedMeanwhile as changed:
        form.say_what_came_between(changed.stored)
        return render_episode(request, episode, **named, status=409)
    if said:
        messages.success(request, said(done) if callable(said) else said)
    return redirect(to or reverse("episode_detail", kwargs={"key": episode.key}))


def _review_forms(episode: Episode) -> dict:
    return {
        "resolve_form": Blank(ResolveForm),
        "owner_form": OwnerForm(episode=episode),
        "snooze_days": SnoozeForm.DAYS,
    }


def _own_forms(episode: Episode, record) -> dict:
    return {
        "confirm_form": Blank(ConfirmForm, ConfirmForm.shown_of(episode)),
        "settled_form": Blank(SettledForm, SettledForm.shown_of(episode), episode=None),
        "dismiss_form": Blank(DismissForm),
        "close_form": Blank(CloseForm),
        "generalisation_form": Blank(GeneralisationForm, episode=None),
    } | {f"{part}_form": _of_record(form, record) for part, form in RECORD_FORMS.items()}


def _of_record(form: type[SeenForm], record) -> Blank | SeenForm:
    return form(instance=record) if record.pk else Blank(form)


def _step_forms(episode: Episode, progress: list, sent: RepairStepForm | None) -> list:
    """One form for each step, in order; the one that was sent keeps what was typed."""
    return [(each, _form_for(episode, each, sent)) for each in progress]


def _form_for(episode: Episode, progress, sent: RepairStepForm | None) -> Blank | RepairStepForm:
    if sent is not None and sent.data.get("step") == progress.step.code:
        return sent
    if progress.taken:
        seen = mark_of(repairs.shown_of(progress.taken))
        return RepairStepForm(episode=episode, initial={"step": progress.step.code, "seen": seen})
    initial = {"step": progress.step.code, "seen": mark_of(repairs.shown_of([]))}
    return Blank(RepairStepForm, episode=None, initial=initial)
