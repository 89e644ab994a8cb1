"""A real installation behind TLS, Chromium with a key built into the device: signing in by it
alone, and a password that somebody else learnt."""

import base64
import hashlib
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from playwright.sync_api import Page, expect

from alliance.processes import end_with_parent
from alliance.stack import installed
from deploy.example_environment import example_environment
from tests.conftest import CHROMIUM, QUIET
from tests.faults.mail_server import certificate_nobody_signed
from tests.faults.proxy import FaultProxy
from tests.installation import wait_for
from tests.servers import free_port

pytestmark = pytest.mark.stack

EMAIL, PASSWORD = "lead@clinic.example", "four-quiet-herons"
# One program for both, since each one takes seconds to start.
BEGIN = f"""
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("createsuperuser", interactive=False, email={EMAIL!r}, name="Wren", verbosity=0)
"""
BUILT_IN = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return certificate_nobody_signed(tmp_path_factory.mktemp("tls") / "server.pem")


@pytest.fixture(scope="module")
def origin(certificate, tmp_path_factory):
    """An installation with one person in it, in production's settings, behind a TLS proxy."""
    data, port = tmp_path_factory.mktemp("installation"), free_port()
    with FaultProxy(port, certificate=certificate) as proxy:
        # fmt: off
        environment = os.environ | example_environment() | {
            "DEMO": "0", "ORIGIN": proxy.url, "ALLOWED_HOSTS": "localhost", "PORT": str(port),
            "DATA_DIR": str(data), "APART_DIR": str(data), "BACKUP_DIR": str(data),
            "DATABASE_URL": f"sqlite:///{data / 'alliance.sqlite3'}",
            "BROKER_URL": settings.BROKER_URL,
            "CACHE_URL": settings.CACHES["default"]["LOCATION"],
            "STATIC_ROOT": str(settings.STATIC_ROOT),
            "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        }
        # fmt: on
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
        subprocess.run([*manage, "shell", "-c", BEGIN], env=environment, check=True)
        web = [installed("granian"), "--interface", "wsgi", "alliance.wsgi:application"]
        server = subprocess.Popen(
            [*web, "--host", "127.0.0.1", "--port", str(port), "--no-ws"],
            env=environment,
            cwd=settings.BASE_DIR,
            preexec_fn=end_with_parent,
        )
        wait_for(lambda: answers(port))
        yield proxy.url
        server.terminate()
        server.wait(10)


def answers(port: int) -> bool:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/healthz", headers={"Host": "localhost"}
    )
    try:
        return bool(urllib.request.urlopen(request, timeout=10))
    except urllib.error.HTTPError:
        return True  # it answers; no worker runs here
    except OSError:
        return False


@pytest.fixture
def page(browser_type, certificate):
    """Chromium trusts this one certificate by its key: a page with a certificate that is not
    trusted may use no passkey."""
    key = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    spki = hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    trusted = base64.b64encode(spki.digest()).decode()
    argument = f"--ignore-certificate-errors-spki-list={trusted}"
    browser = browser_type.launch(executable_path=CHROMIUM, args=[*QUIET, argument])
    yield browser.new_page(locale="en-GB")
    browser.close()


class Keys:
    """The key built into the device of a page, as Chromium's debugger plays it."""

    def __init__(self, page: Page):
        self._session = page.context.new_cdp_session(page)
        self._session.send("WebAuthn.enable")
        self._id = None

    def give(self) -> None:
        """A device with another key, without what the one before had kept."""
        if self._id:
            self._session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self._id})
        made = self._session.send("WebAuthn.addVirtualAuthenticator", {"options": BUILT_IN})
        self._id = made["authenticatorId"]

    def recognise_nobody(self) -> None:
        """Another finger, another face."""
        said = {"authenticatorId": self._id, "isUserVerified": False}
        self._session.send("WebAuthn.setUserVerified", said)


def enter_password(page: Page, origin: str):
    page.goto(f"{origin}/account/login/")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()


def sign_in_by_passkey(page: Page, origin: str):
    page.goto(f"{origin}/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()


def assert_signed_out(page: Page, origin: str):
    page.goto(f"{origin}/people/")
    expect(page).to_have_url(re.compile("/account/(login|2fa/authenticate)/"))


def test_passkey_alone_signs_in_and_a_stolen_password_does_not(page, origin):
    keys = Keys(page)
    keys.give()
    enter_password(page, origin)
    page.get_by_role("link", name="Add a key").click()
    page.get_by_label("Name").fill("The practice's laptop")
    page.get_by_label("without a password").check()
    page.get_by_role("button", name="Add this key").click()
    expect(page.get_by_role("heading", name="recovery codes")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    assert_signed_out(page, origin)

    sign_in_by_passkey(page, origin)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.goto(f"{origin}/people/")
    expect(page).to_have_url(f"{origin}/people/")
    page.get_by_role("button", name="Sign out").click()

    keys.recognise_nobody()
    sign_in_by_passkey(page, origin)
    assert_signed_out(page, origin)

    keys.give()
    enter_password(page, origin)
    expect(page.get_by_role("heading", name="Your second step")).to_be_visible()
    page.get_by_role("button", name="Use a security key").click()
    assert_signed_out(page, origin)
