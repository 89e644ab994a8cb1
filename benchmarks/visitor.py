"""A client that costs little itself: one kept-alive connection, cookies, forms with their token.

Python's own HTTP client spends up to half a bare view's time on parsing headers, which would make
every ratio look smaller than it is.
"""

import re
import socket
import time
from dataclasses import dataclass
from urllib.parse import urlencode

from benchmarks.middleware import ANSWERS, ASKS

LOOPBACK = "127.0.0.1"
HEAD_ENDS = b"\r\n\r\n"
TOKEN_FIELD = "csrfmiddlewaretoken"


class UnexpectedAnswer(RuntimeError):
    """The server did not answer as the page does; what was timed would mean nothing."""


@dataclass(frozen=True)
class Answer:
    """`seconds`: from the first byte sent to the last byte received."""

    head: str
    body: str
    seconds: float

    @property
    def status(self) -> int:
        return int(self.head.split(" ", 2)[1])

    @property
    def cookies(self) -> dict[str, str]:
        return dict(re.findall(r"(?im)^set-cookie: ([^=]+)=([^;\r\n]*)", self.head))

    @property
    def statements(self) -> int:
        """SQL statements of an answer that was asked for while the connection counted."""
        return int(re.search(rf"(?im)^{ANSWERS}: (\d+)", self.head)[1])

    def field(self, name: str) -> str | None:
        """The value of the hidden field `name`, None where the page has none."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.body)
        return found and found[1]


class Connection:
    """One HTTP/1.1 connection to the server on `port` of this machine."""

    def __init__(self, port: int):
        self._socket = socket.create_connection((LOOPBACK, port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.host = f"localhost:{port}"
        self.counts = False

    def close(self) -> None:
        self._socket.close()

    def exchange(self, request: bytes) -> Answer:
        started = time.perf_counter()
        self._socket.sendall(request)
        head, body = self._receive()
        return Answer(head, body.decode(), time.perf_counter() - started)

    def _receive(self) -> tuple[str, bytes]:
        received = b""
        while HEAD_ENDS not in received:
            received += self._more()
        head, _ends, body = received.partition(HEAD_ENDS)
        length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
        while len(body) < length:
            body += self._more()
        return head.decode("latin-1"), body

    def _more(self) -> bytes:
        data = self._socket.recv(1 << 18)
        if not data:
            raise UnexpectedAnswer("The server closed the connection.")
        return data


class Visitor:
    """One person's cookies on a connection that several visitors may share, one after another."""

    def __init__(self, connection: Connection, **cookies: str):
        self.cookies = cookies
        self._connection = connection
        self._token = ""

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, fields: dict[str, object], *, expect: int) -> Answer:
        """Hands in a form with the token of the page seen last."""
        form = urlencode(fields | {TOKEN_FIELD: self._token}).encode()
        return self._ask("POST", path, form, "application/x-www-form-urlencoded", expect=expect)

    def send(self, path: str, body: bytes, *, expect: int) -> Answer:
        """Sends bytes that are no form, without a token."""
        return self._ask("POST", path, body, "application/octet-stream", expect=expect)

    def _ask(
        self, method: str, path: str, body: bytes = b"", kind: str = "", *, expect: int = 200
    ) -> Answer:
        answer = self._connection.exchange(self._request(method, path, body, kind))
        if answer.status != expect:
            raise UnexpectedAnswer(f"{method} {path} was answered with {answer.status}.")
        self.cookies |= answer.cookies
        self._token = answer.field(TOKEN_FIELD) or self._token
        return answer

    def _request(self, method: str, path: str, body: bytes, kind: str) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self._connection.host}"]
        if self.cookies:
            pairs = (f"{name}={value}" for name, value in self.cookies.items())
            lines.append(f"Cookie: {'; '.join(pairs)}")
        if self._connection.counts:
            lines.append(f"{ASKS}: 1")
        if method == "POST":
            lines.append(f"Content-Type: {kind}")
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join(lines).encode() + HEAD_ENDS + body
