from functools import partial, wraps
from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import is_aware, localdate, localtime, now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.forms import said as day_in_words
from accounts.permissions import supervisor_required
from accounts.services import delegations
from ruptures import access
from ruptures.forms import ChosenCasesForm, OwnerForm, ResolveForm, SnoozeForm
from ruptures.models import SupervisorReview
from ruptures.services import queues, reviews
from ruptures.views.strain_page import hand_in


@require_GET
@supervisor_required
def review_queue(request):
    return _render_queue(request)


def _render_queue(request, *, status: int = 200, **forms):
    asked_at = now()
    shown = "snoozed" if request.GET.get("show") == "snoozed" else "waiting"
    queue = queues.queue_of(request.user, shown=shown, page=request.GET.get("page"))
    context = {
        "queue": queue,
        "asked_at": asked_at,
        "shown": shown,
        "counts": [(name, count, queues.GROUPS[name]) for name, count in queue.counts.items()],
        "groups": [(name, queues.GROUPS[name], cases) for name, cases in queue.groups],
        "supervises": request.user.supervises,
        "standing_in": delegations.held_by(request.user),
        "outcomes": ResolveForm.base_fields["outcome"].choices,
        "snooze_days": SnoozeForm.DAYS,
    }
    return render(request, "ruptures/review_queue.html", context | forms, status=status)


def _back(request, key) -> str:
    """Where the button was: the same page of the queue, or the case."""
    if request.POST.get("back") != "queue":
        return reverse("episode_detail", kwargs={"key": key})
    here = {name: request.POST[name] for name in ("show", "page") if request.POST.get(name)}
    return f"{reverse('review_queue')}?{urlencode(here)}"


def _shown_at(request):
    """Up to when the page showed the case; None where it does not say."""
    try:
        shown_at = parse_datetime(request.POST.get("shown_at", ""))
    except ValueError:
        return None
    return shown_at if shown_at and is_aware(shown_at) else None


def _news_first(view):
    """Whoever acts on a page that did not show the latest is shown it first."""

    @wraps(view)
    def checked(request, key):
        try:
            return view(request, key)
        except reviews.NewsSince:
            said = _("There is news of this case since you opened the page. Please look again.")
            messages.warning(request, said)
            return redirect(_back(request, key))

    return checked


@require_POST
@supervisor_required
@_news_first
def review_acknowledge(request, key):
    episode = access.supervised_episode_for(request.user, key)
    reviews.acknowledge(episode=episode, by=request.user, shown_at=_shown_at(request))
    messages.success(request, _("Acknowledged: you have seen it."))
    return redirect(_back(request, key) if episode.is_open else "review_queue")


@require_POST
@supervisor_required
def review_acknowledge_chosen(request):
    form = ChosenCasesForm(request.POST, supervisor=request.user)
    if not form.is_valid():
        return _render_queue(request, chosen_form=form, status=400)
    cases, shown_at = form.cleaned_data["cases"], _shown_at(request)
    count = reviews.acknowledge_all(episodes=cases, by=request.user, shown_at=shown_at)
    said = ngettext("One case acknowledged.", "%(count)s cases acknowledged.", count)
    messages.success(request, said % {"count": count})
    return redirect("review_queue")


@require_POST
@supervisor_required
@_news_first
def review_snooze(request, key):
    episode = access.supervised_episode_for(request.user, key)
    form, to = SnoozeForm(request.POST), _back(request, key)
    snooze = partial(reviews.snooze, shown_at=_shown_at(request))
    return hand_in(request, episode, snooze, said=_snoozed, to=to, snooze_form=form)


def _snoozed(review: SupervisorReview) -> str:
    said = _("Snoozed until %(day)s for you alone. News of the case wakes it.")
    return said % {"day": day_in_words(review.snoozed_until)}


@require_POST
@supervisor_required
def review_wake(request, key):
    episode = access.supervised_episode_for(request.user, key)
    reviews.wake(episode=episode, by=request.user)
    return redirect(_back(request, key))


@require_POST
@supervisor_required
def review_hand_over(request, key):
    """Takes the case, or hands it to another supervisor of the same therapist."""
    episode = access.supervised_episode_for(request.user, key)
    form, to = OwnerForm(request.POST, episode=episode), _back(request, key)
    try:
        return hand_in(request, episode, reviews.hand_to, to=to, owner_form=form)
    except reviews.TakenMeanwhile as taken:
        again = form.cleaned_data["owner"] == request.user
        messages.warning(request, _taken(taken, again=again))
        return redirect(to)


def _taken(taken: reviews.TakenMeanwhile, *, again: bool) -> str:
    """The page that follows has the button, or the form, that does it all the same."""
    said = _("%(name)s has had this case since %(time)s. Hand it over all the same?")
    if again:
        said = _("%(name)s has had this case since %(time)s. Take it over?")
    return said % {"name": taken.owner.name, "time": _moment(taken.at)}


def _moment(at) -> str:
    at = localtime(at)
    return date_format(at, "H:i" if at.date() == localdate() else _("j F, H:i"))


@require_POST
@supervisor_required
@_news_first
def review_resolve(request, key):
    episode = access.supervised_episode_for(request.user, key)
    form, to = ResolveForm(request.POST), reverse("review_queue")
    resolve = partial(reviews.resolve, shown_at=_shown_at(request))
    said = _("The review is closed. News of the case brings it back.")
    return hand_in(request, episode, resolve, said=said, to=to, resolve_form=form)


@require_POST
@supervisor_required
def review_reopen(request, key):
    episode = access.supervised_episode_for(request.user, key)
    reviews.reopen(episode=episode, by=request.user)
    return redirect("episode_detail", key=key)
