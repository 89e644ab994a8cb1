from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ruptures import access
from ruptures.forms import CloseForm, ConfirmForm, DismissForm, OpenByHandForm, SettledForm
from ruptures.services import episodes, strain_pages
from ruptures.views.strain_page import hand_in, render_episode
from sessions_app.access import own_pair_for


@require_GET
@login_required
def episode_detail(request, key):
    episode = access.readable_episode_for(request.user, key)
    return render_episode(request, episode)


@require_GET
@login_required
def episode_findings(request, key):
    """What the rules reported of each session, not of the newest alone."""
    episode = access.readable_episode_for(request.user, key)
    page = strain_pages.findings_page_of(episode, reader=request.user)
    return render(request, "ruptures/episode_findings.html", page)


@require_GET
@login_required
def episode_chart(request, key):
    """The chart of the strain's page by itself, with its table."""
    episode = access.readable_episode_for(request.user, key)
    page = strain_pages.chart_page_of(episode, reader=request.user)
    return render(request, "ruptures/episode_chart.html", page)


@require_GET
@login_required
def episode_chart_figure(request, key):
    """The live figure of the chart on the strain's page, fetched when it is wanted."""
    episode = access.readable_episode_for(request.user, key)
    page = strain_pages.chart_page_of(episode, reader=request.user)
    return JsonResponse(page["chart"].figure)


@require_POST
@login_required
def episode_confirm(request, key):
    episode = access.own_open_episode_for(request.user, key)
    form = ConfirmForm(request.POST, instance=episode)
    said = _("Type and component are confirmed.")
    return hand_in(request, episode, episodes.confirm, said=said, confirm_form=form)


@require_POST
@login_required
def episode_settle(request, key):
    episode = access.own_open_episode_for(request.user, key)
    form = SettledForm(request.POST, episode=episode)
    said = _("The client's answer is saved.")
    return hand_in(request, episode, episodes.record_answer, said=said, settled_form=form)


@require_POST
@login_required
def episode_supervision(request, key):
    """Take it to supervision, or no longer."""
    episode = access.own_episode_for(request.user, key)
    wanted = request.POST.get("wanted") == "yes"
    episodes.take_to_supervision(episode=episode, wanted=wanted, by=request.user)
    return redirect("episode_detail", key=key)


@require_POST
@login_required
def episode_dismiss(request, key):
    episode = access.own_open_episode_for(request.user, key)
    form = DismissForm(request.POST)
    said = _("Closed as not a strain. You can open it again below.")
    return hand_in(request, episode, episodes.dismiss, said=said, dismiss_form=form)


@require_POST
@login_required
def episode_close(request, key):
    episode = access.own_open_episode_for(request.user, key)
    form = CloseForm(request.POST)
    said = _("Closed by you. You can open it again below.")
    return hand_in(request, episode, episodes.resolve, said=said, close_form=form)


@require_POST
@login_required
def episode_new_level(request, key):
    """The clinician agrees: what was low is the usual level now."""
    episode = access.own_open_episode_for(request.user, key)
    try:
        episodes.take_new_level(episode=episode, by=request.user)
    except episodes.TooEarly:
        messages.error(request, _("It is too early to call this the client's new usual level."))
    else:
        messages.success(request, _("From the next session on, this is the usual level."))
    return redirect("episode_detail", key=key)


@require_POST
@login_required
def episode_reopen(request, key):
    episode = access.own_episode_for(request.user, key)
    try:
        episodes.reopen(episode=episode, by=request.user)
    except episodes.CannotReopen:
        messages.error(request, _("This one stays closed: something came after it."))
    else:
        messages.success(request, _("Open again, as it was before."))
    return redirect("episode_detail", key=key)


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
