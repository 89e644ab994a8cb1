"""Handing the device over: the therapist's last action before the client has the screen."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.sessions import background
from sessions_app import access, qr_codes
from sessions_app.services import paired_tablets, tablet
from sessions_app.services.srs_entries import EntryRefused

TABLET_COOKIE = "__Host-tablet" if settings.HTTPS else "tablet"
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


@require_http_methods(["GET", "POST"])
@login_required
def tablet_ready(request, key):
    """The two words to say aloud, where the form stands, and the other ways to rate."""
    therapy_session = access.own_therapy_session_for(request.user, key)
    if request.method == "POST":
        return _make_ready(request, therapy_session)
    link = tablet.last_on_tablet(therapy_session)
    context = {
        "therapy_session": therapy_session,
        "pair": therapy_session.pair,
        "link": link,
        "state": tablet.state_of(link) if link else "",
        "is_silent": link is not None and paired_tablets.is_silent(link.tablet),
        "tablets": paired_tablets.paired(),
    }
    return render(request, "sessions_app/tablet_ready.html", context)


def _make_ready(request, therapy_session):
    """On the tablet that was chosen, else on the usual one, else the page asks which."""
    chosen = _chosen_tablet(request)
    page = redirect("tablet_ready", key=therapy_session.key)
    if chosen is None:
        return page
    try:
        tablet.make_ready(therapy_session=therapy_session, on=chosen, by=request.user)
    except EntryRefused as refused:
        return _say_why(request, therapy_session, refused)
    except tablet.TabletInUse as in_use:
        messages.error(request, _in_use(chosen, in_use))
    return page


def _chosen_tablet(request):
    key = request.POST.get("tablet")
    return access.paired_tablet_for(key) if key else paired_tablets.usual_for(request.user)


def _in_use(chosen, in_use: tablet.TabletInUse) -> str:
    until = time_format(timezone.localtime(in_use.until), "H:i")
    return _("%(name)s is in use. It is free at %(until)s at the latest. Choose another way.") % {
        "name": chosen.name,
        "until": until,
    }


@background
@require_GET
@login_required
def tablet_state(request, key):
    """Asked by the page every few seconds for as long as the ticket lasts."""
    therapy_session = access.own_therapy_session_for(request.user, key, shown=False)
    link = tablet.last_on_tablet(therapy_session)
    if link is None:
        raise Http404
    return JsonResponse({"state": tablet.state_of(link)})
