"""Looking at the form together: on the device that was handed over, or on the therapist's own."""

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from ruptures.services import looking
from sessions_app.access import own_therapy_session_for
from sessions_app.services import tablet
from sessions_app.views.rating import rating_closed
from sessions_app.views.tablet import TICKET_COOKIE, keep_ticket


@require_http_methods(["GET", "POST"])
def rating_look(request):
    """By the ticket alone, for a short time. Handing back forgets the ticket."""
    link = tablet.link_to_look_at(request.COOKIES.get(TICKET_COOKIE, ""))
    if link is None or request.user.is_authenticated:
        return rating_closed(request)
    if request.method == "POST":
        tablet.end_look(link)
        response = redirect(
            f"{reverse('rating_thanks')}?language={link.therapy_session.srs_entry.language}"
        )
        response.delete_cookie(TICKET_COOKIE, samesite="Strict")
        return response
    left = link.used_at + tablet.LOOK_FOR - timezone.now()
    context = {"seconds_left": int(left.total_seconds()) + 1}
    return render(
        request, "ruptures/rating_look.html", context | looking.page_of(link.therapy_session)
    )


@require_http_methods(["GET", "POST"])
@login_required
def therapy_session_look(request, key):
    """The same on the therapist's own screen, without names and without a way to staff pages but
    one. A POST hands the device over: the staff session ends, the page stays for a short time."""
    therapy_session = own_therapy_session_for(request.user, key)
    if getattr(therapy_session, "srs_entry", None) is None:
        raise Http404
    if request.method == "POST":
        token = tablet.hand_over_to_look(therapy_session=therapy_session, by=request.user)
        logout(request)
        context = {"next": reverse("rating_look")}
        return keep_ticket(render(request, "sessions_app/tablet_hand_over.html", context), token)
    context = looking.page_of(therapy_session) | {"pair": therapy_session.pair}
    return render(request, "ruptures/therapy_session_look.html", context)
