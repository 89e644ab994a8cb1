"""Handing the device over: the therapist's last action before the client has the screen."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST

from sessions_app import access, qr_codes
from sessions_app.services import tablet
from sessions_app.services.srs_entries import EntryRefused

TICKET_COOKIE = "__Host-ticket" if settings.HTTPS else "ticket"


def keep_ticket(response, token: str):
    """A device keeps its ticket in a cookie that no script reads."""
    response.set_cookie(
        TICKET_COOKIE,
        token,
        max_age=int(tablet.LINK_FOR.total_seconds()),
        secure=settings.HTTPS,
        httponly=True,
        samesite="Strict",
    )
    return response


@require_POST
@login_required
def tablet_hand_over(request, key):
    """Ends the staff session in the same answer. A fresh HttpOnly cookie with `no-store` keeps
    the browser's back/forward cache from showing the caseload again."""
    therapy_session = access.own_therapy_session_for(request.user, key)
    try:
        _link, token = tablet.hand_over(therapy_session=therapy_session, by=request.user)
    except EntryRefused as refused:
        return _say_why(request, therapy_session, refused)
    logout(request)
    response = render(
        request, "sessions_app/tablet_hand_over.html", {"next": reverse("rating_ready")}
    )
    return keep_ticket(response, token)


def _say_why(request, therapy_session, refused: EntryRefused):
    messages.error(request, str(refused))
    return redirect("client_detail", key=therapy_session.pair.client.key)


@require_POST
@login_required
def tablet_link_create(request, key):
    therapy_session = access.own_therapy_session_for(request.user, key)
    try:
        link, token = tablet.send_link(therapy_session=therapy_session, by=request.user)
    except EntryRefused as refused:
        return _say_why(request, therapy_session, refused)
    language = therapy_session.pair.client.language
    full_address = tablet.address_of(token, language=language)
    context = {
        "therapy_session": therapy_session,
        "pair": therapy_session.pair,
        "link": link,
        "address": settings.ORIGIN + reverse("rating_code"),
        "full_address": full_address,
        "qr_code": mark_safe(qr_codes.svg(full_address)),
    }
    return render(request, "sessions_app/tablet_link_create.html", context)
