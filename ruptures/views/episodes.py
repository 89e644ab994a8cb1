from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ruptures import access
from ruptures.forms import (
    CommentForm,
    ConfirmForm,
    DismissForm,
    OpenByHandForm,
    RepairStepForm,
    ResolveForm,
    SettledForm,
)
from ruptures.services import episodes, repairs, strain_pages
from sessions_app.access import own_pair_for


@require_GET
@login_required
def episode_detail(request, key):
    episode = access.episode_for(request.user, key)
    return render_episode(request, episode)


@require_POST
@login_required
def episode_confirm(request, key):
    episode = access.own_open_episode_for(request.user, key)
    form = ConfirmForm(request.POST, instance=episode)
    if not form.is_valid():
        return render_episode(request, episode, confirm_form=form, status=400)
    episodes.confirm(episode=episode, **form.cleaned_data, by=request.user)
    messages.success(request, _("Type and component are confirmed."))
    return redirect("episode_detail", key=key)


@require_POST
@login_required
def repair_step_create(request, key):
    episode = access.own_open_episode_for(request.user, key)
    form = RepairStepForm(request.POST, episode=episode)
    if not form.is_valid():
        return render_episode(request, episode, step_form=form, status=400)
    data = form.cleaned_data
    repairs.log_step(
        episode=episode,
        step=data["step"],
        done=data["done"],
        on=data["taken_on"],
        note=data["note"],
        by=request.user,
    )
    messages.success(request, _("The step is logged."))
    return redirect("episode_detail", key=key)


@require_POST
@login_required
def episode_settle(request, key):
    episode = access.own_open_episode_for(request.user, key)
    form = SettledForm(request.POST, episode=episode)
    if not form.is_valid():
        return render_episode(request, episode, settled_form=form, status=400)
    episodes.record_answer(episode=episode, **form.cleaned_data, by=request.user)
    messages.success(request, _("The client's answer is saved."))
    return redirect("episode_detail", key=key)


@require_POST
@login_required
def episode_dismiss(request, key):
    episode = access.own_open_episode_for(request.user, key)
    form = DismissForm(request.POST)
    if not form.is_valid():
        return render_episode(request, episode, dismiss_form=form, status=400)
    episodes.dismiss(episode=episode, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, _("Closed as not a strain, with your reason."))
    return redirect("client_detail", key=episode.pair.client.key)


@require_http_methods(["GET", "POST"])
@login_required
def episode_create(request, key):
    pair = own_pair_for(request.user, key)
    form = OpenByHandForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            episode = episodes.open_by_hand(pair=pair, **form.cleaned_data, by=request.user)
        except episodes.NothingToJoin:
            form.add_error(
                None, _("There is no session yet that a strain could join. Log the next one first.")
            )
        else:
            return redirect("episode_detail", key=episode.key)
    return render(request, "ruptures/episode_create.html", {"form": form, "pair": pair})


def render_episode(request, episode, *, status: int = 200, **forms):
    is_own = episode.pair.therapist_id == request.user.pk
    context = strain_pages.page_of(episode, reader=request.user) | {
        "is_own": is_own,
        "confirm_form": ConfirmForm(instance=episode),
        "settled_form": SettledForm(episode=episode),
        "dismiss_form": DismissForm(),
        "comment_form": CommentForm(),
        "resolve_form": ResolveForm(),
        "step_forms": _step_forms(episode, forms.pop("step_form", None)) if is_own else [],
    }
    return render(request, "ruptures/episode_detail.html", context | forms, status=status)


def _step_forms(episode, bound: RepairStepForm | None) -> list:
    """One form for each step, in order; the one that was sent keeps what was typed."""
    return [
        (progress, _form_for(episode, progress, bound))
        for progress in strain_pages.progress_of(episode)
    ]


def _form_for(episode, progress, bound):
    if bound is not None and bound.data.get("step") == progress.step.code:
        return bound
    return RepairStepForm(episode=episode, initial={"step": progress.step.code})
