"""What is answered when something fails. These pages ask no database: it may be what failed."""

import errno
import re
import sys

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from redis.exceptions import RedisError

# The database is away, full, or too slow; so is the cache; so is the disk. All of these pass.
PASSING = (OperationalError, InterfaceError, RedisError)
TRY_AGAIN_SECONDS = 30
# A table or a column is not there: PostgreSQL names it by a code, SQLite in words.
MISSING_CODES = {"42P01", "42703"}
MISSING_WORDS = re.compile(r"no such (table|column)|has no column named")


def bad_request(request, exception):
    """400, and 413 where more was sent than is taken."""
    is_too_big = isinstance(exception, RequestDataTooBig)
    text = render_to_string("400.html", {"is_too_big": is_too_big})
    return HttpResponse(text, status=413 if is_too_big else 400)


def server_error(request):
    """500, and 503 where trying again will help: nothing was half done, every service is one
    transaction. Where the database is older than the program, it says what helps."""
    failure = sys.exc_info()[1]
    is_older = _misses_a_migration(failure)
    if not (is_older or _passes(failure)):
        return HttpResponse(render_to_string("500.html"), status=500)
    response = HttpResponse(render_to_string("503.html", {"is_older": is_older}), status=503)
    response.headers["Retry-After"] = str(TRY_AGAIN_SECONDS)
    return response


def form_too_old(request, reason=""):
    """The form's token is not this browser's, or no longer."""
    return render(request, "403.html", status=403)


def _passes(failure: BaseException | None) -> bool:
    is_full = isinstance(failure, OSError) and failure.errno == errno.ENOSPC
    return is_full or isinstance(failure, PASSING)


def _misses_a_migration(failure: BaseException | None) -> bool:
    if not isinstance(failure, OperationalError | ProgrammingError):
        return False
    has_code = getattr(failure.__cause__, "sqlstate", None) in MISSING_CODES
    return has_code or bool(MISSING_WORDS.search(str(failure)))
