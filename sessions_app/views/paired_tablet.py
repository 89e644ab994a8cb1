"""What a paired tablet opens by its cookie: it waits, takes the form that is ready, is measured."""

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import tries
from sessions_app.forms import MeasureForm
from sessions_app.models import Tablet
from sessions_app.services import paired_tablets, tablet
from sessions_app.views.rating import link_of, render_client_page, text_of
from sessions_app.views.tablet import TABLET_COOKIE, keep_ticket

# Browsers keep no cookie for longer; every visit begins the time anew.
KEPT_FOR_SECONDS = 400 * 24 * 60 * 60


def _keep_tablet(response, token: str):
    response.set_cookie(
        TABLET_COOKIE,
        token,
        max_age=KEPT_FOR_SECONDS,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Strict",
    )
    return response


def _token(request) -> str:
    return request.COOKIES.get(TABLET_COOKIE, "")


def _tablet(request) -> Tablet:
    """The tablet that asks. Somebody signed in as staff is not a tablet."""
    found = None if request.user.is_authenticated else paired_tablets.by_token(_token(request))
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
def tablet_idle(request):
    """Where a tablet waits. One that is not paired asks for the code."""
    if request.user.is_authenticated:
        return render(request, "sessions_app/tablet_signed_in.html", status=404)
    if request.method == "POST":
        return _pair(request)
    found = paired_tablets.by_token(_token(request))
    if found is None:
        return _ask_for_code_anew(request)
    paired_tablets.note_seen(found)
    page = render_client_page(
        request,
        "tablet_idle",
        language=found.language,
        tablet=found,
        waiting=paired_tablets.waiting_on(found),
    )
    return _keep_tablet(page, _token(request))


def _pair(request):
    code = text_of(request, "code")
    try:
        token = paired_tablets.pair(code, device=get_adapter().get_client_ip(request))
    except tries.TooManyTries:
        return _ask_for_code(request, wrong=True, status=429)
    if token is None:
        return _ask_for_code(request, wrong=True, status=400)
    return _keep_tablet(redirect("tablet_measure"), token)


def _ask_for_code_anew(request):
    """One that was revoked hears of it once; from then on it is a device like any other."""
    if not paired_tablets.was_revoked(_token(request)):
        return _ask_for_code(request)
    page = _ask_for_code(request, revoked=True)
    page.delete_cookie(TABLET_COOKIE, samesite="Strict")
    return page


def _ask_for_code(request, *, status: int = 200, **context):
    return render_client_page(request, "tablet_pair", status=status, **context)


@require_GET
def tablet_waiting(request):
    """Whether a form waits here, asked every few seconds: its ticket, or nothing."""
    found = _tablet(request)
    paired_tablets.note_seen(found)
    link = paired_tablets.waiting_on(found)
    return JsonResponse({"ticket": str(link.entry_uuid) if link else ""})


@require_POST
def tablet_take(request):
    """The tablet takes the form that waits on it. Taking it again leaves the ticket as it is."""
    link = paired_tablets.waiting_on(_tablet(request))
    if link is None:
        return redirect("tablet_idle")
    if link_of(request) == link:
        return redirect("rating_ready")
    return keep_ticket(redirect("rating_ready"), tablet.open_on_tablet(link))


@require_http_methods(["GET", "POST"])
def tablet_measure(request):
    """Measures the screen once. Only an administrator lets it be measured again."""
    found = _tablet(request)
    if found.line_length_px:
        return redirect("tablet_idle")
    form = MeasureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        paired_tablets.measure(tablet=found, **form.cleaned_data)
        return redirect("tablet_idle")
    return render_client_page(
        request,
        "tablet_measure",
        language=found.language,
        form=form,
        status=400 if form.errors else 200,
    )
