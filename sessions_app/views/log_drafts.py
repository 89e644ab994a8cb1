from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.sessions import background
from sessions_app import access
from sessions_app.services import log_drafts


@background
@require_POST
@login_required
def log_draft_keep(request, key):
    """What a page of the log, or the browser after a sign-in, hands in: sealed, so that it could
    wait on the device without being read there."""
    therapy_session = access.own_therapy_session_for(request.user, key, shown=False)
    try:
        log_drafts.keep(therapy_session=therapy_session, sealed=request.body, by=request.user)
    except log_drafts.DraftRefused:
        return HttpResponseBadRequest()
    return HttpResponse(status=204)


@require_POST
@login_required
def log_draft_discard(request, key):
    therapy_session = access.own_therapy_session_for(request.user, key)
    log_drafts.discard(therapy_session=therapy_session, by=request.user)
    return redirect("therapy_session_log", key=key)
