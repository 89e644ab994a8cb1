from functools import partial
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import sealing
from sessions_app import access
from sessions_app.forms import BookingForm, LogForm, MissingReasonForm, PaperEntryForm
from sessions_app.models import SRSEntry
from sessions_app.services import (
    agreements,
    log_drafts,
    packs,
    srs_entries,
    therapy_sessions,
    undoing,
)
from sessions_app.views.shown import choose
from sessions_app.views.undoing import say_with_undo


@require_http_methods(["GET", "POST"])
@login_required
def therapy_session_create(request, key):
    pair = access.own_pair_for(request.user, key)
    form = BookingForm(request.POST or None, pair=pair)
    if request.method == "POST" and form.is_valid():
        therapy_sessions.book(pair=pair, **form.cleaned_data, by=request.user)
        messages.success(request, _("The appointment is saved."))
        return redirect("client_detail", key=key)
    return render(request, "sessions_app/therapy_session_create.html", {"form": form, "pair": pair})


@require_http_methods(["GET", "POST"])
@login_required
def therapy_session_log(request, key):
    therapy_session = access.own_therapy_session_for(request.user, key)
    draft = log_drafts.draft_of(therapy_session, request.user)
    if request.method == "GET":
        return _show_log(request, LogForm(therapy_session=therapy_session, draft=draft), draft)
    form = LogForm(request.POST, therapy_session=therapy_session)
    if form.is_valid():
        try:
            return _save_log(request, form)
        except therapy_sessions.LogRefused as refused:
            form.add_error("attendance", str(refused))
        except therapy_sessions.SavedElsewhere:
            form.show_newer(access.own_therapy_session_for(request.user, key))
            return _show_log(request, form, differences=form.differences(), status=409)
    return _show_log(request, form)


@require_POST
@login_required
def session_part_show(request, key, part):
    """The note or the feelings of this session to supervision, or no longer."""
    therapy_session = access.own_therapy_session_for(request.user, key, shown=False)
    if part not in therapy_session.shown_parts:
        raise Http404
    show = partial(therapy_sessions.show, therapy_session=therapy_session, part=part)
    back = reverse("therapy_session_log", kwargs={"key": key})
    try:
        return choose(request, show, back=back)
    except therapy_sessions.HandedOver:
        return redirect(back)  # which is there for its new therapist alone


def _save_log(request, form: LogForm):
    therapy_session = form.therapy_session
    therapy_sessions.record(
        therapy_session=therapy_session, log=form.log(), by=request.user, page=form.opening()
    )
    undo = undoing.offer_for(therapy_session, by=request.user)
    say_with_undo(request, _("The session is saved."), undo)
    return redirect("client_detail", key=therapy_session.pair.client.key)


def _show_log(request, form: LogForm, draft=None, differences=None, status=200):
    context = {
        "form": form,
        "therapy_session": form.therapy_session,
        "pair": form.therapy_session.pair,
        "agreements": agreements.texts_of(form.therapy_session.pair),
        "draft": draft,
        "differences": differences,
        "sealing_key": sealing.public_key(),
    }
    return render(request, "sessions_app/therapy_session_log.html", context, status=status)


@require_http_methods(["GET", "POST"])
@login_required
def paper_entry_create(request, key):
    therapy_session = access.own_therapy_session_for(request.user, key)
    form = PaperEntryForm(request.POST or None, therapy_session=therapy_session)
    if request.method == "POST" and form.is_valid():
        try:
            _record_paper_entry(therapy_session, form, by=request.user)
        except srs_entries.EntryRefused as refused:
            form.add_error("relationship", str(refused))
        else:
            messages.success(request, _("The paper form is saved."))
            return redirect("client_detail", key=therapy_session.pair.client.key)
    return render(
        request,
        "sessions_app/paper_entry_create.html",
        {"form": form, "therapy_session": therapy_session, "pair": therapy_session.pair},
    )


def _record_paper_entry(therapy_session, form: PaperEntryForm, *, by) -> None:
    pack = packs.active_pack()
    rating = srs_entries.Rating(
        uuid=uuid4(),
        lines=form.lines(),
        pack=pack,
        language=packs.language_for(therapy_session.pair.client, pack),
        source=SRSEntry.Source.PAPER,
        client_asks=form.cleaned_data["client_asks"],
        filled_in_on=form.cleaned_data["filled_in_on"],
    )
    srs_entries.record(therapy_session=therapy_session, rating=rating, by=by)


@require_POST
@login_required
def missing_reason_create(request, key):
    """Why there is no rating, said from Today in one tap."""
    therapy_session = access.own_therapy_session_for(request.user, key)
    form = MissingReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why there is no rating: choose one of the reasons."))
        return redirect("today")
    try:
        therapy_sessions.note_missing(
            therapy_session=therapy_session, reason=form.cleaned_data["reason"], by=request.user
        )
    except srs_entries.EntryRefused as refused:
        messages.error(request, str(refused))
    else:
        undo = undoing.offer_for(therapy_session, by=request.user)
        say_with_undo(request, _("Noted. A rating that still comes in counts all the same."), undo)
    return redirect("today")
