"""What therapist and supervisor write to each other on the page of a strain."""

from django.contrib.auth.decorators import login_required
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import supervisor_required
from ruptures import access
from ruptures.forms import CommentForm, DiscussionForm, PlanForm, UsefulForm
from ruptures.services import supervision
from ruptures.views.strain_page import hand_in


@require_POST
@login_required
def comment_create(request, key):
    """Therapist and supervisor write into one thread."""
    episode = access.episode_for(request.user, key)
    form = CommentForm(request.POST, episode=episode, writer=request.user)
    to = _part(episode, "thread")
    return hand_in(request, episode, supervision.comment, to=to, comment_form=form)


@require_POST
@login_required
def plan_create(request, key):
    episode = access.episode_for(request.user, key)
    form = PlanForm(request.POST, episode=episode)

    def agree(*, agreed_on, **plan):
        supervision.agree_on_plan(on=agreed_on, **plan)

    return hand_in(request, episode, agree, to=_part(episode, "plan"), plan_form=form)


@require_POST
@supervisor_required
def discussion_create(request, key):
    episode = access.supervised_episode_for(request.user, key)
    form = DiscussionForm(request.POST, episode=episode)

    def note_it(*, discussed_on, **who):
        supervision.note_discussion(on=discussed_on, **who)

    return hand_in(request, episode, note_it, to=_part(episode, "plan"), discussion_form=form)


@require_POST
@login_required
def useful_create(request, key):
    """One click, from the page of the strain, of its findings, or from the queue."""
    episode = access.episode_for(request.user, key)
    form = UsefulForm(request.POST, episode=episode, reader=request.user)
    pages = {"queue": reverse("review_queue"), "findings": reverse("episode_findings", args=[key])}

    def say(*, episode, useful, finding, by):
        about = {"finding": finding} if finding else {"episode": episode}
        supervision.say_whether_useful(is_useful=useful, **about, by=by)

    said, to = _("Thank you. Your answer is kept."), pages.get(request.POST.get("back"), "")
    return hand_in(request, episode, say, said=said, to=to, useful_form=form)


def _part(episode, part: str) -> str:
    return f"{reverse('episode_detail', kwargs={'key': episode.key})}#{part}"
