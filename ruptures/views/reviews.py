from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import supervisor_required
from ruptures import access
from ruptures.forms import CommentForm, ResolveForm
from ruptures.services import queues, reviews
from ruptures.views.strain_page import render_episode


@require_GET
@supervisor_required
def review_queue(request):
    queue = queues.queue_of(request.user)
    groups = [(group, queues.GROUPS[group], cases) for group, cases in queue.items() if cases]
    return render(request, "ruptures/review_queue.html", {"groups": groups})


@require_POST
@supervisor_required
def review_acknowledge(request, key):
    episode = access.supervised_episode_for(request.user, key)
    reviews.acknowledge(episode=episode, by=request.user)
    messages.success(request, _("Acknowledged: you have seen it."))
    if request.POST.get("back") == "queue":
        return redirect("review_queue")
    return redirect("episode_detail", key=key)


@require_POST
@login_required
def comment_create(request, key):
    """Therapist and supervisor write into one thread."""
    episode = access.episode_for(request.user, key)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return render_episode(request, episode, comment_form=form, status=400)
    reviews.comment(episode=episode, text=form.cleaned_data["text"], by=request.user)
    return redirect("episode_detail", key=key)


@require_POST
@supervisor_required
def review_resolve(request, key):
    episode = access.supervised_episode_for(request.user, key)
    form = ResolveForm(request.POST)
    if not form.is_valid():
        return render_episode(request, episode, resolve_form=form, status=400)
    reviews.resolve(episode=episode, outcome=form.cleaned_data["outcome"], by=request.user)
    messages.success(request, _("The review is closed. A newer finding brings it back."))
    return redirect("review_queue")
