"""What therapist and supervisor write to each other on the page of a strain."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import supervisor_required
from ruptures import access
from ruptures.forms import CommentForm, DiscussionForm, PlanForm, UsefulForm
from ruptures.services import supervision
from ruptures.views.strain_page import render_episode


@require_POST
@login_required
def comment_create(request, key):
    """Therapist and supervisor write into one thread."""
    episode = access.episode_for(request.user, key)
    form = CommentForm(request.POST, episode=episode, writer=request.user)
    if not form.is_valid():
        return render_episode(request, episode, comment_form=form, status=400)
    supervision.comment(episode=episode, **form.cleaned_data, by=request.user)
    return _to(episode, "thread")


@require_POST
@login_required
def plan_create(request, key):
    episode = access.episode_for(request.user, key)
    form = PlanForm(request.POST, episode=episode)
    if not form.is_valid():
        return render_episode(request, episode, plan_form=form, status=400)
    data = form.cleaned_data
    try:
        supervision.agree_on_plan(
            episode=episode,
            text=data["text"],
            on=data["agreed_on"],
            seen=data["seen"],
            by=request.user,
        )
    except supervision.PlanHasChanged as changed:
        form.say_what_came_between(changed.newest, seen=changed.count)
        return render_episode(request, episode, plan_form=form, status=409)
    return _to(episode, "plan")


@require_POST
@supervisor_required
def discussion_create(request, key):
    episode = access.supervised_episode_for(request.user, key)
    form = DiscussionForm(request.POST, episode=episode)
    if not form.is_valid():
        return render_episode(request, episode, discussion_form=form, status=400)
    on = form.cleaned_data["discussed_on"]
    supervision.note_discussion(episode=episode, on=on, by=request.user)
    return _to(episode, "plan")


@require_POST
@login_required
def useful_create(request, key):
    """One click, from the page of the strain or from the queue."""
    episode = access.episode_for(request.user, key)
    form = UsefulForm(request.POST, episode=episode, reader=request.user)
    if not form.is_valid():
        return render_episode(request, episode, useful_form=form, status=400)
    finding = form.cleaned_data["finding"]
    supervision.say_whether_useful(
        is_useful=form.cleaned_data["useful"],
        finding=finding,
        episode=None if finding else episode,
        by=request.user,
    )
    messages.success(request, _("Thank you. Your answer is kept."))
    if request.POST.get("back") == "queue":
        return redirect("review_queue")
    if request.POST.get("back") == "findings":
        return redirect("episode_findings", key=key)
    return redirect("episode_detail", key=key)


def _to(episode, part: str):
    return redirect(f"{reverse('episode_detail', kwargs={'key': episode.key})}#{part}")
