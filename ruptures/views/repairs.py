from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ruptures import access
from ruptures.forms import GeneralisationForm, RepairStepForm, TakenStepForm
from ruptures.services import repairs
from ruptures.views.strain_page import RECORD_FORMS, hand_in
from sessions_app.views.shown import choose


@require_POST
@login_required
def repair_step_create(request, key):
    episode = access.own_open_episode_for(request.user, key)
    form = RepairStepForm(request.POST, episode=episode)

    def log(*, taken_on, **step):
        repairs.log_step(on=taken_on, **step)

    return hand_in(request, episode, log, said=_("The step is logged."), step_form=form)


@require_POST
@login_required
def repair_record_edit(request, key, part):
    """One part of what is kept of a repair: what it was about, an opener, the reflection."""
    episode = access.own_episode_for(request.user, key)
    if part not in RECORD_FORMS:
        raise Http404
    form = RECORD_FORMS[part](request.POST, instance=repairs.record_of(episode))

    def keep(*, episode, seen, by, **values):
        repairs.keep(episode=episode, values=values, seen=seen, by=by)

    return hand_in(request, episode, keep, said=_("Saved."), **{f"{part}_form": form})


@require_POST
@login_required
def reflection_show(request, key):
    """The reflection to supervision, or no longer."""
    episode = access.own_episode_for(request.user, key)
    if repairs.record_of(episode).pk is None:
        raise Http404
    return _choose(request, episode, repairs.show_reflection)


@require_POST
@login_required
def repair_step_show(request, key):
    """The note of one step to supervision, or no longer."""
    episode = access.own_episode_for(request.user, key)
    taken = TakenStepForm(request.POST, episode=episode)
    if not taken.is_valid():
        raise Http404
    return _choose(request, episode, partial(repairs.show_step, **taken.cleaned_data))


def _choose(request, episode, show):
    back = reverse("episode_detail", kwargs={"key": episode.key})
    return choose(request, partial(show, episode=episode), back=back)


@require_POST
@login_required
def generalisation_create(request, key):
    episode = access.own_episode_for(request.user, key)
    form = GeneralisationForm(request.POST, episode=episode)

    def note_it(*, tried_on, **words):
        repairs.note_generalisation(on=tried_on, **words)

    return hand_in(request, episode, note_it, said=_("Noted."), generalisation_form=form)
