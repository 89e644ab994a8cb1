"""What every answer has: it is not kept by the browser, it is in the language of whoever is signed
in, its times are the clinic's, and the audit knows its page."""

from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers

from accounts import audit
from accounts.models import Clinic

# Pages that show many records at once: one row of the audit tells that the list was looked at.
LISTS = {"today", "client_list", "review_queue"}
HEALTH = "/healthz"  # asked about without database, since it must answer while that is away


def never_cache(get_response):
    """A page of a clinical record is never kept: neither by a proxy nor by the back button."""

    def answer(request):
        response = get_response(request)
        if "Cache-Control" not in response:
            add_never_cache_headers(response)
        return response

    return answer


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
            return response

    return answer
