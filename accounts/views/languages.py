"""Which language the staff's pages are in."""

from django.conf import settings
from django.http import HttpResponseBadRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.forms import LanguageForm
from accounts.services import people


@require_POST
def language_choose(request):
    """For this browser, and for whoever is signed in: on their other devices and in mail too."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        told = form.errors.as_text()
        return HttpResponseBadRequest(told, content_type="text/plain; charset=utf-8")
    language = form.cleaned_data["language"]
    if request.user.is_authenticated:
        people.choose_language(language=language, by=request.user)
    response = HttpResponseRedirect(_back(request, form.cleaned_data["next"]))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
    return response


def _back(request, asked: str) -> str:
    """The page they were on, if it is one of ours."""
    ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, request.is_secure())
    return asked if ours and asked.startswith("/") else reverse("today")
