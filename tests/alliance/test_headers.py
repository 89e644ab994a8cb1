"""Every answer has the headers that protect it, whatever it is and whichever layer gave it."""

import errno
import json
import os
import subprocess
import sys

import pytest
from django.conf import settings as real_settings
from django.db import OperationalError, connection
from django.test import Client
from django.urls import get_resolver, reverse

from deploy.example_environment import example_environment
from tests.test_access_matrix import arguments, taken_back  # noqa: F401  (a fixture)

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
}
CSP = ("default-src 'self'", "frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'")
BEHIND_TLS = {"HTTP_X_FORWARDED_PROTO": "https"}


@pytest.fixture(autouse=True)
def production(settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True


@pytest.fixture
def browser():
    return Client(raise_request_exception=False, **BEHIND_TLS)


HTML, JSON = "text/html; charset=utf-8", "application/json"
OTHERS = {
    "text/plain; charset=utf-8",
    "text/csv; charset=utf-8",
    "text/javascript; charset=utf-8",
    "application/manifest+json",
}


def is_what_it_says(response) -> bool:
    """Its kind is named, with its letters' code, and the body is of that kind."""
    kind, body = response.headers.get("Content-Type", ""), response.content
    if not body:
        return response.status_code in {204, 301, 302, 400, 405}
    if kind == HTML:
        return body.lstrip().lower().startswith(b"<!doctype html>")
    return bool(json.loads(body)) if kind == JSON else kind in OTHERS


def missing_in(response) -> list[str]:
    wrong = [name for name, value in ALWAYS.items() if response.headers.get(name) != value]
    policy = response.headers.get("Content-Security-Policy", "")
    wrong += [part for part in CSP if part not in policy]
    if "unsafe-inline" in policy or "unsafe-eval" in policy:
        wrong.append("inline")
    if "Cache-Control" not in response.headers:
        wrong.append("Cache-Control")
    # No other site may read what this one answers.
    return wrong + [name for name in response.headers if name.startswith("Access-Control-")]


def test_every_address_of_the_resolver_has_them(
    browser,
    therapist,
    administrator,
    arguments,  # noqa: F811
):
    library = {
        "mfa_remove_webauthn": {"pk": 1},
        "mfa_edit_webauthn": {"pk": 1},
        "account_reset_password_from_key": {"uidb36": "1", "key": "set-password"},
        "account_confirm_email": {"key": "x"},
    }
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    wrong, cached, mistold = {}, {}, {}
    for person in (None, therapist, administrator):
        if person:
            browser.force_login(person)
        for name in sorted(names):
            url = reverse(name, kwargs=(arguments | library).get(name))
            for method in ("get", "post"):
                with taken_back(browser):
                    response = getattr(browser, method)(url)
                where = f"{method} {name} {response.status_code}"
                if found := missing_in(response):
                    wrong[where] = found
                if not is_what_it_says(response):
                    mistold[where] = response.headers.get("Content-Type")
                if "no-store" not in response.headers["Cache-Control"]:
                    cached[name] = response.headers["Cache-Control"]
    assert wrong == {}
    assert mistold == {}
    assert set(cached) <= {"client_worker", "client_manifest"}, cached


def test_static_file_has_them(browser, settings):
    from whitenoise.middleware import WhiteNoiseMiddleware  # noqa: F401  (it answers this one)

    response = browser.get("/static/css/tokens.css")
    assert response.status_code == 200
    assert missing_in(response) == []


def test_redirect_to_tls_has_them_but_hsts(db):
    response = Client().get("/account/login/")
    assert response.status_code == 301
    assert missing_in(response) == ["Strict-Transport-Security"]


ERRORS = {
    400: ("get", "/", {"headers": {"host": "evil.example"}}),
    403: ("post", "/account/login/", {}),
    404: ("get", "/nowhere/", {}),
    405: ("get", "/language/", {}),
    413: ("post", "/account/login/", {"data": {"login": "x" * (1024 * 1024 + 1)}}),
}


@pytest.mark.parametrize("status", ERRORS)
def test_error_has_them_and_is_a_page_of_ours(db, status):
    method, url, extra = ERRORS[status]
    strict = Client(raise_request_exception=False, enforce_csrf_checks=status == 403, **BEHIND_TLS)
    if status == 413:
        extra = {"data": "login=" + "x" * (1024 * 1024 + 1)}
        extra["content_type"] = "application/x-www-form-urlencoded"
    response = getattr(strict, method)(url, **extra)
    assert response.status_code == status
    assert missing_in(response) == []
    assert "no-store" in response.headers["Cache-Control"]
    assert status == 405 or "· Alliance</title>" in response.content.decode()


def away(*args):
    raise OperationalError("server closed the connection unexpectedly")


@pytest.mark.parametrize("url", ["/", "/account/login/", "/rate/", "/nowhere/"])
def test_database_away_is_a_clean_503(url, therapist, browser):
    browser.force_login(therapist)
    with connection.execute_wrapper(away):
        response = browser.get(url)
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "30"
    assert missing_in(response) == []
    assert "Nothing was changed" in response.content.decode()
    assert "server closed" not in response.content.decode()


@pytest.fixture
def no_room(db):
    """The database takes no more writes: on PostgreSQL it says so as when its disk is full."""
    if connection.vendor == "sqlite":
        statements = ["PRAGMA query_only = 1"]
        after = ["PRAGMA query_only = 0"]
    else:
        statements = [
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$",
            "CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON sessions_app_client "
            "EXECUTE FUNCTION no_room()",
        ]
        after = []

    def begin():
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    yield begin
    with connection.cursor() as cursor:
        for statement in after:
            cursor.execute(statement)


def test_full_disk_is_a_clean_503_and_nothing_is_half_done(no_room, browser, therapist, pair):
    browser.force_login(therapist)
    no_room()
    url = f"/clients/{pair.client.key}/edit/"
    response = browser.post(url, {"case_label": "Other-1", "language": "en"})
    assert response.status_code == 503
    assert missing_in(response) == []
    pair.client.refresh_from_db()
    assert pair.client.case_label == "Heron-14"


def test_own_failure_stays_a_500(browser, therapist, monkeypatch):
    from ruptures.services import caseloads

    browser.force_login(therapist)
    for failure, status in ((KeyError("x"), 500), (OSError(errno.ENOSPC, "full"), 503)):

        def fail(*args, failure=failure, **kwargs):
            raise failure

        monkeypatch.setattr(caseloads, "caseload_of", fail)
        response = browser.get("/clients/")
        assert response.status_code == status
        assert missing_in(response) == []


ASK = (
    "import json; from alliance import settings as s; "
    "from sessions_app.views.tablet import TABLET_COOKIE, TICKET_COOKIE; "
    "print(json.dumps([s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.LANGUAGE_COOKIE_NAME, "
    "TABLET_COOKIE, TICKET_COOKIE, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, "
    "s.SECOND_FACTOR_DEMANDED, not s.DEBUG]))"
)


def start(*command: str, **changes: str) -> subprocess.CompletedProcess:
    """A program in production's environment."""
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        env=os.environ | example_environment() | changes,
        cwd=real_settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_cookies_in_production_belong_to_this_host_alone():
    names = json.loads(start("shell", "-v0", "-c", ASK).stdout)
    assert all(name.startswith("__Host-") for name in names[:5])
    assert names[5:] == [True] * 4


@pytest.mark.parametrize(
    "change",
    [
        {"DEBUG": "1"},
        {"SECRET_KEY": "s" * 49},
        {"NOTE_KEYS": "n" * 60 + ",short"},
        {"AUDIT_KEY": "change-me" * 9},
        {"ORIGIN": "http://alliance.example.org"},
    ],
)
def test_start_refuses_what_is_unsafe(change):
    done = start("check", **change)
    assert done.returncode
    assert f"ImproperlyConfigured: {next(iter(change))} " in done.stderr
