"""What every answer has: it is not kept by the browser, it is in its reader's language, its times
are the clinic's, and the audit knows its page. And what every sign-in needs: it is not too old, and
has a second step."""

from urllib.parse import urlencode, urlsplit

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.middleware.clickjacking import XFrameOptionsMiddleware as FrameOptions
from django.middleware.security import SecurityMiddleware
from django.shortcuts import redirect, resolve_url
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts import audit, sessions
from accounts.models import Clinic
from accounts.services import second_factors

# Pages that show many records at once: one row of the audit tells that the list was looked at.
LISTS = {
    "today",
    "client_list",
    "own_repairs",
    "review_queue",
    "agenda_detail",
    "retention_list",
    "break_glass_list",
}
TOO_MANY = 429
HEALTH = "/healthz"  # asked about without database, since it must answer while that is away
# Whoever has no second step yet opens these alone; what a client left to be sent is no secret.
BEFORE_A_SECOND_FACTOR = {
    "second_factor_setup",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "account_reauthenticate",
    "account_logout",
    "language_choose",
    "rating_hand_in",
    "client_worker",
    "client_manifest",
    "healthz",
}


def every_answer(get_response):
    """Headers that are on each answer there is: also on errors, on redirects and on static files,
    whichever layer they come from. A page of a clinical record is never kept: neither by a proxy
    nor by the back button."""
    layers = [layer(get_response) for layer in (SecurityMiddleware, CSPMiddleware, FrameOptions)]

    def answer(request):
        response = get_response(request)
        if "Cache-Control" not in response:
            add_never_cache_headers(response)
        for layer in layers:
            response = layer.process_response(request, response)
        return response

    return answer


def session_limits(get_response):
    """Ends a sign-in that is idle or too old; whoever signs in again is back where they were."""

    def answer(request):
        if request.path == HEALTH or not request.user.is_authenticated:
            return _back_to_the_page(request, get_response(request))
        if sessions.is_over(request.session, request.user):
            logout(request)
            messages.info(request, _("You were signed out after a time. Please sign in again."))
            return _back_to_the_page(request, get_response(request))
        response = get_response(request)
        view = getattr(request.resolver_match, "func", None)
        if request.user.is_authenticated and not getattr(view, "is_background", False):
            sessions.note_activity(request.session)
        return response

    return answer


def _back_to_the_page(request, response):
    """A form that was sent too late leads back to its page, not to the address it was sent to."""
    login = resolve_url(settings.LOGIN_URL)
    is_sent_to_sign_in = response.get("Location", "").startswith(f"{login}?")
    if request.method != "POST" or not is_sent_to_sign_in:
        return response
    return redirect(f"{login}?{urlencode({'next': _page_of(request)})}")


def _page_of(request) -> str:
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}, settings.HTTPS):
        return "/"
    return urlsplit(came_from)._replace(scheme="", netloc="").geturl()


def own_language(get_response):
    """Whoever is signed in reads the language they chose; before, the browser's or its cookie's."""

    def answer(request):
        language = "" if request.path == HEALTH else getattr(request.user, "language", "")
        if not language:
            return get_response(request)
        with translation.override(language):
            response = get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response

    return answer


def clinic_time(get_response):
    """Days are counted on the clinic's clock, whoever asks: therapist, tablet or mail link."""

    def answer(request):
        if request.path == HEALTH:
            return get_response(request)
        with Clinic.remembered() as clinic, timezone.override(clinic.zone):
            return get_response(request)

    return answer


def audited(get_response):
    """Whatever is noted in the audit names the page it was done on, and a reading once."""

    def answer(request):
        with audit.visit(request) as visit:
            response = get_response(request)
            if visit.page in LISTS and response.status_code == 200:
                audit.note(audit.Action.LISTED, by=request.user)
            if response.status_code == TOO_MANY:
                audit.note_failed_try(audit.Action.LIMITED, whose=None, deed=visit.page)
            return response

    return answer


def second_factor_first(get_response):
    """Where a second step is demanded, nothing else opens before there is one."""

    def look(request, view, args, kwargs):
        if not settings.SECOND_FACTOR_DEMANDED:
            return None
        if request.resolver_match.url_name in BEFORE_A_SECOND_FACTOR:
            return None
        if not request.user.is_authenticated or second_factors.has_one(request.user):
            return None
        if request.method == "GET":
            request.session[second_factors.WANTED_PAGE] = request.get_full_path()
        return redirect("second_factor_setup")

    def answer(request):
        return get_response(request)

    answer.process_view = look
    return answer
