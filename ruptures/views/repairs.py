from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ruptures import access
from ruptures.forms import GeneralisationForm, RepairStepForm
from ruptures.seen import ChangedMeanwhile
from ruptures.services import repairs
from ruptures.views.strain_page import RECORD_FORMS, render_episode


@require_POST
@login_required
def repair_step_create(request, key):
    episode = access.own_open_episode_for(request.user, key)
    form = RepairStepForm(request.POST, episode=episode)
    if not form.is_valid():
        return render_episode(request, episode, step_form=form, status=400)
    data = form.cleaned_data
    try:
        repairs.log_step(
            episode=episode,
            step=data["step"],
            done=data["done"],
            on=data["taken_on"],
            note=data["note"],
            seen=data["seen"],
            by=request.user,
        )
    except ChangedMeanwhile as changed:
        form.say_what_came_between(changed.stored)
        return render_episode(request, episode, step_form=form, status=409)
    messages.success(request, _("The step is logged."))
    return redirect("episode_detail", key=key)


@require_POST
@login_required
def repair_record_edit(request, key, part):
    """One part of what is kept of a repair: what it was about, an opener, the reflection."""
    episode = access.own_episode_for(request.user, key)
    if part not in RECORD_FORMS:
        raise Http404
    form = RECORD_FORMS[part](request.POST, instance=repairs.record_of(episode))
    shown = {f"{part}_form": form}
    if not form.is_valid():
        return render_episode(request, episode, **shown, status=400)
    try:
        seen = form.cleaned_data["seen"]
        repairs.keep(episode=episode, values=form.values(), seen=seen, by=request.user)
    except ChangedMeanwhile as changed:
        form.show_stored(changed.stored)
        return render_episode(request, episode, **shown, status=409)
    messages.success(request, _("Saved."))
    return redirect("episode_detail", key=key)


@require_POST
@login_required
def generalisation_create(request, key):
    episode = access.own_episode_for(request.user, key)
    form = GeneralisationForm(request.POST, episode=episode)
    if not form.is_valid():
        return render_episode(request, episode, generalisation_form=form, status=400)
    data = form.cleaned_data
    repairs.note_generalisation(
        episode=episode,
        on=data["tried_on"],
        with_whom=data["with_whom"],
        note=data["note"],
        by=request.user,
    )
    messages.success(request, _("Noted."))
    return redirect("episode_detail", key=key)
