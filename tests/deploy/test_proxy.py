"""What stands before the web server: Caddy as deploy/Caddyfile sets it up, over real TLS, before
`web` as docker-compose.yml starts it, in production's settings."""

import http.client
import http.server
import json
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, closing, contextmanager
from urllib.parse import urlencode

import psycopg
import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.conftest import CHROMIUM, QUIET
from tests.deploy.caddy import SITE_HOST, NameServer, Proxy
from tests.factories.people import PASSWORD
from tests.faults.clinic import mark_four_lines
from tests.installation import wait_for
from tests.second_step import code_of
from tests.servers import LOOPBACK, free_port

pytestmark = pytest.mark.stack

LOGIN = "/account/login/"
EMAIL = "ash@clinic.example"
PEOPLE = f"""
import json
from tests import factories, second_step
from tests.factories.people import PASSWORD
therapist = factories.therapist(email={EMAIL!r}, password=PASSWORD)
secret = second_step.give_app(therapist)
therapy_session = factories.TherapySessionFactory(pair__therapist=therapist)
print(json.dumps([secret, str(therapy_session.pair.client.key), therapy_session.pk]))
"""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TABLET = {"width": 1080, "height": 810}
PROTOCOL = "performance.getEntriesByType('navigation')[0].nextHopProtocol"
WITHIN_MS = 30_000
HANGING = 30
GONE_WITHIN = 2.5  # seconds; a name is looked up each second
FORGED = {
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Port": "80",
    "Forwarded": "for=192.0.2.9;host=evil.example;proto=http",
    "X-Real-IP": "192.0.2.9",
}


@pytest.fixture(scope="module")
def proxy(host, tmp_path_factory):
    with Proxy(tmp_path_factory.mktemp("caddy"), host.web_port) as proxy:
        host.settings |= {"ORIGIN": proxy.origin, "ALLOWED_HOSTS": SITE_HOST}
        yield proxy
        host.settings.clear()


@pytest.fixture(scope="module")
def web(host, proxy):
    """`stop` ends the web server, `start` starts it again."""
    with ExitStack() as running:

        class Web:
            def start(self):
                running.enter_context(host.running("web"))
                wait_for(self.answers)

            def stop(self):
                running.close()

            def answers(self) -> bool:
                return ask(proxy, "GET", LOGIN).status == 200

        web = Web()
        web.start()
        yield web


def connection(proxy: Proxy) -> http.client.HTTPSConnection:
    return http.client.HTTPSConnection(SITE_HOST, proxy.port, timeout=20, context=proxy.trust())


def ask(proxy: Proxy, method: str, path: str, body=None, headers=None):
    """The answer, with its body under `text`, over a connection of its own."""
    with closing(connection(proxy)) as asking:
        asking.request(method, path, body, headers or {})
        answer = asking.getresponse()
        answer.text = answer.read().decode(errors="replace")
        return answer


def raw(proxy: Proxy, request: bytes) -> socket.socket:
    """An encrypted connection on which `request` was sent as it is."""
    plain = socket.create_connection((LOOPBACK, proxy.port), timeout=20)
    encrypted = proxy.trust().wrap_socket(plain, server_hostname=SITE_HOST)
    encrypted.sendall(request)
    return encrypted


def test_plain_http_leads_to_https_and_no_further(proxy, web):
    with closing(http.client.HTTPConnection(LOOPBACK, proxy.plain_port)) as asking:
        asking.request("POST", LOGIN, "password=x", {"Host": SITE_HOST})
        answer = asking.getresponse()
    assert answer.status == 308
    assert answer.headers["Location"].startswith(f"https://{SITE_HOST}")
    assert "Set-Cookie" not in answer.headers


def test_answers_over_tls_are_marked_for_tls(proxy, web):
    answer = ask(proxy, "GET", LOGIN)
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    cookies = answer.headers.get_all("Set-Cookie")
    assert cookies
    assert all(c.startswith("__Host-") and "; Secure" in c for c in cookies)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_versions_of_tls_are_refused(proxy, web, version):
    old = proxy.trust()
    old.set_ciphers("DEFAULT:@SECLEVEL=0")  # or this side would not even offer them
    with pytest.warns(DeprecationWarning):
        old.minimum_version = old.maximum_version = version
    plain = socket.create_connection((LOOPBACK, proxy.port), timeout=20)
    with plain, pytest.raises(ssl.SSLError, match="ALERT_PROTOCOL_VERSION"):
        old.wrap_socket(plain, server_hostname=SITE_HOST)


def test_what_a_client_says_of_its_way_is_not_believed(proxy, web):
    answer = ask(proxy, "GET", LOGIN, headers=FORGED)
    assert answer.status == 200  # believed, `http` would be led to https
    told = answer.text + str(answer.headers)
    assert "evil.example" not in told
    led = ask(proxy, "GET", "/clients/", headers=FORGED)
    assert led.headers["Location"].startswith("/")


@pytest.fixture(scope="module")
def code_page(proxy, web) -> dict[str, str]:
    """What a browser sends along that has opened the page for two words; its `token` too."""
    page = ask(proxy, "GET", "/rate/")
    return {
        "token": re.search(r'csrfmiddlewaretoken" value="(\w+)"', page.text)[1],
        "Cookie": page.headers["Set-Cookie"].partition(";")[0],
        "Referer": f"{proxy.origin}/rate/",
    }


def test_limits_count_the_true_address_whatever_the_client_claims(proxy, web, code_page):
    body = urlencode({"csrfmiddlewaretoken": code_page["token"], "code": "no words"})

    def try_from(address: str) -> int:
        headers = code_page | FORM | {"X-Forwarded-For": address}
        return ask(proxy, "POST", "/rate/", body, headers).status

    answers = [try_from(f"192.0.2.{n}") for n in range(21)]
    assert answers == [400] * 20 + [429]


def test_form_of_more_than_a_megabyte_is_refused(proxy, web, code_page):
    answer = ask(proxy, "POST", "/rate/", b"code=" + b"a" * 1024 * 1024, code_page | FORM)
    assert answer.status == 413
    assert "granian" in str(answer.headers)


def test_file_of_more_than_two_megabytes_is_refused_by_the_proxy(proxy, web, code_page):
    """Before anybody signed in, files are read as far as the proxy lets them through."""
    part = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
    body = part + b"a" * (2_000_000 + 1 - len(part))
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    for _time in range(3):
        answer = ask(proxy, "POST", "/rate/", body, code_page | kind)
        assert answer.status == 413
        assert "granian" not in str(answer.headers)
    assert ask(proxy, "GET", LOGIN).status == 200


SECOND = b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: chunked\r\nContent-Length: %d" % (len(SECOND) + 5),
        b"Content-Length: 5\r\nContent-Length: %d" % (len(SECOND) + 5),
        b"Transfer-Encoding: xchunked\r\nContent-Length: 5",
        b"Transfer-Encoding : chunked\r\nContent-Length: %d" % (len(SECOND) + 5),
        b"Transfer-Encoding:\x0bchunked\r\nContent-Length: %d" % (len(SECOND) + 5),
    ],
)
def test_rest_of_a_request_told_twice_is_nobody_elses(proxy, web, head):
    """Were a rest taken for a request of its own, somebody else would get its answer."""
    request = b"POST %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n\r\n0\r\n\r\n%s" % (
        LOGIN.encode(),
        head,
        SECOND,
    )
    for _time in range(4):
        with raw(proxy, request) as sent:
            sent.recv(65536)
    assert {ask(proxy, "GET", LOGIN).status for _time in range(8)} == {200}


def test_methods_that_give_back_what_was_sent_are_refused(proxy, web):
    cookie = {"Cookie": "__Host-session=a-secret"}
    for method in ("TRACE", "TRACK", "CONNECT"):
        answer = ask(proxy, method, LOGIN, headers=cookie)
        assert 400 <= answer.status < 500
        assert "a-secret" not in answer.text


def test_requests_that_never_end_hold_up_nobody(proxy, web, code_page):
    """More of them than the web server has threads, and each would be read if it went that far."""
    said = FORM | code_page | {"Host": SITE_HOST, "Content-Length": "1000"}
    head = "POST /rate/ HTTP/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in said.items())
    with ExitStack() as begun:
        for begins in (head, f"{head}\r\ncode=a") * HANGING:
            begun.enter_context(raw(proxy, begins.encode()))
        time.sleep(0.5)  # for them to get as far as they get
        assert {ask(proxy, "GET", LOGIN).status for _time in range(4)} == {200}


def test_files_go_out_compressed_and_pages_with_secrets_do_not(proxy, web):
    page = ask(proxy, "GET", LOGIN, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in page.headers
    style = re.search(r'href="(/static/[^"]+\.css)"', page.text)[1]
    file = ask(proxy, "GET", style, headers={"Accept-Encoding": "gzip"})
    assert file.headers["Content-Encoding"] == "gzip"
    assert "immutable" in file.headers["Cache-Control"]


@pytest.fixture
def page(browser_type, proxy):
    """A device of the clinic. It trusts the proxy's certificate by its key."""
    argument = f"--ignore-certificate-errors-spki-list={proxy.key_hash}"
    browser = browser_type.launch(executable_path=CHROMIUM, args=[*QUIET, argument])
    yield browser.new_page(locale="en-GB", viewport=TABLET, has_touch=True)
    browser.close()


def people(host) -> tuple[str, str, int]:
    """The therapist's second step, their client's key, and the number of the session to rate."""
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", PEOPLE]
    done = subprocess.check_output(command, env=host.environment, cwd=settings.BASE_DIR)
    return json.loads(done)


def sign_in(page: Page, origin: str, secret: str) -> None:
    page.goto(origin + LOGIN)
    assert page.evaluate(PROTOCOL) == "h2"
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Code").fill(code_of(secret))
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    cookies = page.context.cookies()
    assert {cookie["name"] for cookie in cookies} >= {"__Host-session", "__Host-csrf"}
    assert all(cookie["secure"] and cookie["name"].startswith("__Host-") for cookie in cookies)


def hand_over(page: Page, origin: str, client: str) -> None:
    page.goto(f"{origin}/clients/{client}/")
    page.get_by_role("button", name="Hand over to rate").first.click()
    page.wait_for_selector("html[data-ready]", state="attached", timeout=WITHIN_MS)


def test_form_is_kept_while_the_web_server_is_away_and_handed_in_after(host, proxy, web, page):
    secret, client, therapy_session = people(host)
    sign_in(page, proxy.origin, secret)
    hand_over(page, proxy.origin, client)
    web.stop()
    assert ask(proxy, "GET", "/clients/?q=Miller", headers={"Referer": "?q=Miller"}).status == 502
    assert '"uri":"/clients/"' in proxy.log
    assert "Miller" not in proxy.log
    page.get_by_role("button", name="Start").tap()
    mark_four_lines(page)
    page.locator("[data-done]").tap()
    page.wait_for_url("**/rate/kept/**", timeout=WITHIN_MS)
    assert ratings_of(host, therapy_session) == 0
    web.start()
    page.reload()  # without it the page tries by itself, somewhat later
    expect(page.get_by_text("Your answers are saved.", exact=True)).to_be_visible(timeout=WITHIN_MS)
    assert ratings_of(host, therapy_session) == 1


def ratings_of(host, therapy_session: int) -> int:
    query = "select count(*) from sessions_app_srsentry where therapy_session_id = %s"
    with psycopg.connect(host.postgresql.url) as asking:
        return asking.execute(query, [therapy_session]).fetchone()[0]


class Container:
    """Stands for one of several `web`: answers at once, and at /held when it is let go."""

    def __init__(self, address: str, port: int):
        self.held, self.let_go = held, let_go = threading.Semaphore(0), threading.Event()

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                if self.path == "/held":
                    held.release()
                    let_go.wait(HANGING)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *said):
                pass

        self._server = http.server.ThreadingHTTPServer((address, port), Answer)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self.let_go.set()
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def busy(proxy: Proxy, container: Container):
    """One more request is with this container, the only one there is."""
    path = f"GET /held HTTP/1.1\r\nHost: {SITE_HOST}\r\n\r\n"
    with raw(proxy, path.encode()):
        assert container.held.acquire(timeout=20)
        yield


def test_container_that_has_gone_holds_up_a_request_no_longer_than_its_name(tmp_path):
    """It has the fewest requests, so each new one is tried there first."""
    port = free_port()
    with ExitStack() as running:
        stays = Container(LOOPBACK, port)
        running.callback(stays.stop)
        goes = Container("127.0.0.2", port)
        names = running.enter_context(NameServer(LOOPBACK))
        proxy = running.enter_context(Proxy(tmp_path, str(port), names))
        for _time in range(2):
            running.enter_context(busy(proxy, stays))
        names.addresses.append("127.0.0.2")
        next_look_up(proxy, names)
        goes.stop()
        names.addresses.remove("127.0.0.2")
        began = time.monotonic()
        assert ask(proxy, "GET", "/").status == 200
        assert time.monotonic() - began < GONE_WITHIN


def next_look_up(proxy: Proxy, names: NameServer) -> None:
    """The proxy looks the name up when somebody asks and what it knows is old."""
    before, until = names.look_ups, time.monotonic() + 20
    while names.look_ups == before and time.monotonic() < until:
        ask(proxy, "GET", "/")
        time.sleep(0.05)
    assert names.look_ups > before
