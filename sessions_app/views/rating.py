"""What the client's device may open: pages by its ticket alone, and where it hands in what it
kept."""

import hashlib

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import sealing, tries
from sessions_app import client_texts, packs
from sessions_app.forms import RatingForm
from sessions_app.models import InstrumentPack, SRSEntry, TabletLink
from sessions_app.services import packs as pack_service
from sessions_app.services import sealed, srs_entries, tablet
from sessions_app.views.tablet import TABLET_COOKIE, TICKET_COOKIE, keep_ticket

LONGEST_SECRET = 200


@require_http_methods(["GET", "POST"])
def rating_code(request):
    """Where a second device starts: by a link's fragment or the two words. A GET counts for
    nothing."""
    if request.user.is_authenticated:
        return _refuse_staff(request)
    if request.method == "GET":
        return _render(request, "rating_code", post_url=reverse("rating_code"))
    try:
        token = _open(request)
    except tries.TooManyTries:
        return _refuse_words(request, status=429)
    if token is None:
        return _refuse_words(request, status=400)
    return keep_ticket(redirect("rating_ready"), token)


def _open(request) -> str | None:
    token = text_of(request, "token")
    if token:
        return tablet.open_by_token(token)
    return tablet.open_by_words(
        text_of(request, "code"), device=get_adapter().get_client_ip(request)
    )


def text_of(request, name: str) -> str:
    """What was typed, without what no database stores, as long as it can sensibly be."""
    return request.POST.get(name, "").replace("\0", "").strip()[:LONGEST_SECRET]


def _refuse_words(request, *, status: int):
    refused = {"errors": {"code": [True]}}
    return _render(
        request, "rating_code", status=status, form=refused, post_url=reverse("rating_code")
    )


@gzip_page
@require_http_methods(["GET", "POST"])
def rating_ready(request):
    link = link_of(request)
    if link is None or request.user.is_authenticated:
        return rating_closed(request)
    if request.method == "POST":
        own = link.therapy_session.pair.client.language
        language = _language(request, own, _pack(request))
        return redirect(f"{reverse('rating_form')}?language={language}&form={_form_mark(link)}")
    return _render(
        request,
        "rating_ready",
        link,
        two_words=link.two_words,
        look_together="now" if tablet.looks_at_once(link) else "later",
        form_mark=_form_mark(link),
        post_url=reverse("rating_ready"),
    )


def _form_mark(link: TabletLink) -> str:
    """Makes the form's address one that no other ticket has, so that what a device keeps for one
    client opens for no other. It opens nothing by itself."""
    return hashlib.sha256(link.entry_uuid.bytes).hexdigest()[:16]


@gzip_page
@require_http_methods(["GET", "POST"])
def rating_form(request):
    if request.user.is_authenticated:
        return _refuse_staff(request)
    if request.method == "POST":
        return _hand_in(request)
    link = link_of(request)
    if link is None:
        return rating_closed(request)
    return _render_form(request, link, RatingForm())


@require_GET
def rating_thanks(request):
    link = tablet.used_link_by_token(_token(request))
    return _render(
        request,
        "rating_thanks",
        link,
        language=_language_of_entry(link),
        declined=link is not None and not _has_entry(link),
        own_phone=_is_own_phone(link),
    )


def _language_of_entry(link: TabletLink | None) -> str:
    """The one the form was filled in with; none where there is no form."""
    return link.therapy_session.srs_entry.language if link and _has_entry(link) else ""


def rating_closed(request):
    """What every wrong, used or late ticket gets."""
    return _render(request, "rating_closed", status=404)


@gzip_page
@require_GET
def rating_kept(request):
    """What a device shows while a form waits on it. It keeps this page, for when nobody answers."""
    link = link_of(request)
    return _render(request, "rating_kept", link, own_phone=_is_own_phone(link))


@csrf_exempt
@require_POST
def rating_hand_in(request):
    """Takes a form that its device sealed and kept. Nothing is decided by a cookie, so there is
    nothing that another site could misuse: only who has the ticket's uuid can hand in."""
    body = request.read(sealed.LARGEST_BYTES + 1)
    if len(body) > sealed.LARGEST_BYTES:
        return _refuse_kept(status=413)
    try:
        with sealed.taking_in(body) as (link, answers):
            return _take_kept(link, _bound_form(answers, link))
    except sealed.NotForUs:
        return _refuse_kept(status=404)
    except srs_entries.EntryRefused:
        return _refuse_kept(status=409)


def _take_kept(link: TabletLink, form: RatingForm):
    if not form.is_valid():
        return _refuse_kept(status=404)
    if link.used_at and not _is_repeat(link, form):
        return _refuse_kept(status=409)
    if not link.used_at:
        _store(link, form)
    return JsonResponse({"uuid": str(link.entry_uuid), "next": _following(link, form)})


def _refuse_kept(*, status: int):
    """For good: the device keeps its copy, sends it no more, and says so."""
    return JsonResponse({"refused": True}, status=status)


def _hand_in(request):
    """Stores the form. One that was stored before is answered as it was then."""
    try:
        with tablet.taking_in(_token(request)) as link:
            return _take_in(request, link) if link else _refuse_closed(request)
    except srs_entries.EntryRefused as refused:
        return _refuse(request, {"form": [str(refused)]}, status=409)


def _take_in(request, link: TabletLink):
    form = _bound_form(request.POST, link)
    if not form.is_valid():
        return _show_errors(request, link, form)
    if link.used_at:
        return _thank(request, link, form) if _is_repeat(link, form) else _refuse_repeat(request)
    _store(link, form)
    return _thank(request, link, form)


def _bound_form(answers, link: TabletLink) -> RatingForm:
    """Checked by the pack it was drawn with: that may have changed since."""
    pack = pack_service.shown_pack(answers.get("pack", ""), with_words=False)
    return RatingForm(answers, entry_uuid=link.entry_uuid, pack=pack)


def _thank(request, link: TabletLink, form: RatingForm):
    following = _following(link, form)
    if _wants_json(request):
        return JsonResponse({"next": following})
    return HttpResponseRedirect(following)  # an address: `redirect` would look for a view first


def _following(link: TabletLink, form: RatingForm) -> str:
    """On to the page of both, where the clinic wants it and there is something to look at. Without
    an entry the address alone says in which language the form was."""
    if form.cleaned_data["declined"]:
        return f"{reverse('rating_thanks')}?language={form.cleaned_data['language']}"
    looks = tablet.looks_at_once(link)
    return reverse(settings.LOOK_TOGETHER_URL if looks else "rating_thanks")


def _is_repeat(link: TabletLink, form: RatingForm) -> bool:
    """A used ticket writes nothing more; the same form again is answered as it was the first
    time."""
    entry = srs_entries.entry_of_form(link.therapy_session, link.entry_uuid)
    is_own = entry is not None
    if form.cleaned_data["declined"]:
        return not is_own
    return is_own and entry.lines == form.lines()


def _refuse_closed(request):
    return _refuse(request, {"form": ["closed"]}, status=404)


def _refuse_repeat(request):
    return _refuse(request, {"form": ["already handed in"]}, status=409)


def _refuse_staff(request):
    """The client's form is the client's: nobody who is signed in as staff fills it in."""
    return _refuse(request, {"form": ["signed in"]}, status=404)


def _store(link: TabletLink, form: RatingForm) -> None:
    if form.cleaned_data["declined"]:
        tablet.decline(link=link, client_asks=form.cleaned_data["wants_to_talk"])
    else:
        tablet.hand_in(link=link, rating=_rating(link, form))


def _rating(link: TabletLink, form: RatingForm) -> srs_entries.Rating:
    data = form.cleaned_data
    return srs_entries.Rating(
        uuid=data["uuid"],
        lines=form.lines(),
        pack=form.pack,
        language=data["language"],
        source=SRSEntry.Source(link.way),
        client_asks=data["wants_to_talk"],
        seconds=data["seconds"],
        line_length_mm=data["line_length_mm"],
        came_late=tablet.came_late(link),
    )


def _show_errors(request, link, form):
    if _wants_json(request):
        return JsonResponse({"errors": form.errors}, status=400)
    return _render_form(request, link, form, status=400)


def _refuse(request, errors, *, status: int):
    if _wants_json(request):
        return JsonResponse({"errors": errors}, status=status)
    return _render(request, "rating_closed", status=status)


def _render_form(request, link, form, *, status: int = 200):
    return _render(
        request,
        "rating_form",
        link,
        status=status,
        form=form,
        uuid=link.entry_uuid,
        line_length_px=link.tablet.line_length_px if link.tablet else None,
        post_url=reverse("rating_form"),
        own_phone=_is_own_phone(link),
        sealing_key=sealing.public_key(),
    )


def _render(
    request,
    page: str,
    link: TabletLink | None = None,
    *,
    language: str = "",
    status: int = 200,
    **context,
):
    context["ticket"] = link.entry_uuid if link else ""
    context["waits_on_tablet"] = link is not None and link.way == TabletLink.Way.TABLET
    own = link.therapy_session.pair.client.language if link else ""
    return render_client_page(request, page, language=language or own, status=status, **context)


def render_client_page(request, page: str, *, language: str = "", status: int = 200, **context):
    """A page for a client's eyes, in the language chosen there, else in `language`."""
    pack = _pack(request)
    language = _language(request, language, pack)
    on_tablet = TABLET_COOKIE in request.COOKIES
    context["tablet_home"] = reverse("tablet_idle") if on_tablet else ""
    context["pack"] = packs.view(pack.content, language)
    context["pack_key"] = pack.key
    context["texts"] = client_texts.texts_of(language)
    context["languages"] = [
        {"code": code, "own_name": own_name, "url": f"{request.path}?language={code}"}
        for code, own_name in client_texts.own_names().items()
        if code in pack.languages
    ]
    return render(request, f"sessions_app/{page}.html", context, status=status)


def _pack(request) -> InstrumentPack:
    """The pack that the form was drawn with, where one comes in; else the pack in use."""
    return pack_service.shown_pack(text_of(request, "pack"))


def _language(request, own: str, pack: InstrumentPack) -> str:
    """The language the client chose, else `own`, else the browser's; where the pack has none of
    them, its first."""
    chosen = request.POST.get("language") or request.GET.get("language")
    wanted = [own] if own else _languages_of_browser(request)
    known = (code for code in (chosen, *wanted) if code in pack.languages)
    return next(known, pack_service.first_language(pack))


def _languages_of_browser(request) -> list[str]:
    """The dearest first. Staff's pages have fewer languages than the pack, and a cookie of their
    own, so what they are shown in says nothing here."""
    accepted = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    return [code.partition("-")[0] for code, _dearness in accepted]


def _token(request) -> str:
    return request.COOKIES.get(TICKET_COOKIE, "")


def link_of(request) -> TabletLink | None:
    return tablet.link_by_token(_token(request))


def _is_own_phone(link: TabletLink | None) -> bool:
    return link is not None and link.way == TabletLink.Way.LINK


def _has_entry(link: TabletLink) -> bool:
    return hasattr(link.therapy_session, "srs_entry")


def _wants_json(request) -> bool:
    return "application/json" in request.headers.get("Accept", "")
