"""The button that shows a process note to supervision, or no longer."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from sessions_app.models.shown import TextHasChanged


def choose(request: HttpRequest, deed: Callable[..., Any], *, back: str) -> HttpResponse:
    """Does `deed` and goes `back` to the page. Whoever shows a text they did not read there is
    told so, and reads the new one."""
    wanted, seen = request.POST.get("wanted") == "yes", request.POST.get("seen", "")
    try:
        deed(wanted=wanted, seen=seen, by=request.user)
    except TextHasChanged:
        messages.warning(
            request,
            _(
                "This text has changed since you opened the page, so it was not shown to your "
                "supervisor. Please read it again."
            ),
        )
    return redirect(back)
