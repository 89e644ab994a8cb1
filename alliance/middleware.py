"""Two things every answer has: it is not kept by the browser, and its times are the clinic's."""

from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from accounts.models import Clinic


def never_cache(get_response):
    """A page of a clinical record is never kept: neither by a proxy nor by the back button."""

    def answer(request):
        response = get_response(request)
        if "Cache-Control" not in response:
            add_never_cache_headers(response)
        return response

    return answer


def clinic_time(get_response):
    """Days are counted on the clinic's clock, whoever asks: therapist, tablet or mail link.

    Health is asked about without it, since it must answer while the database is away.
    """

    def answer(request):
        if request.path == "/healthz":
            return get_response(request)
        with timezone.override(Clinic.current().zone):
            return get_response(request)

    return answer
