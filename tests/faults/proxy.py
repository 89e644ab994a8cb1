"""A proxy between a browser and the web server that breaks one request after another, on purpose.

    with FaultProxy(installation.port) as proxy:
        page.goto(f"{proxy.url}/rate/")
        proxy.break_next(Fault.ANSWER_LOST, Fault.BAD_GATEWAY)   # the next two forms handed in
        ...                                                      # the third goes through
        assert proxy.broken == [Fault.ANSWER_LOST, Fault.BAD_GATEWAY]
        assert len({request.body for request in proxy.hand_ins}) == 1

        proxy.is_away = True     # every connection is reset, until it is set to False again
    proxy.has_no_server = True   # every request is answered 502, until it is set to False again

With a `certificate` it speaks TLS and tells the server so, as the proxy of an installation does.

Other requests than handing in a rating go through untouched; `matches` chooses others. `on_answer`
is called when the whole answer of a broken request is there, before any of it is passed on: the
server has committed then, so it is the moment to kill something. The address stays the same while
the server behind it is stopped and started again; meanwhile the answer is 502, as from a real one.
"""

import asyncio
import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.servers import LOOPBACK

ANSWERS_WITHIN = 60.0
ENDS_WITHIN = 5.0
HEAD_ENDS = b"\r\n\r\n"
BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Fault(StrEnum):
    RESET = "the connection is reset before the server hears of the request"
    HALF_REQUEST = "the connection is reset when half of the request has reached the server"
    BAD_GATEWAY = "the proxy answers 502 and the server never hears of the request"
    LATE_BAD_GATEWAY = "the server has done its work, and the proxy answers 502"
    ANSWER_LOST = "the server has done its work, and its answer is lost"
    HALF_ANSWER = "half of the answer arrives, then the connection ends"


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    head: bytes
    body: bytes

    @property
    def whole(self) -> bytes:
        return self.head + HEAD_ENDS + self.body


def is_hand_in(request: Request) -> bool:
    return request.method == "POST" and request.path.startswith(("/rate/hand-in/", "/rate/form/"))


class FaultProxy:
    """`hand_ins` are the requests that matched, `answers` what the server said to them."""

    def __init__(
        self,
        server_port: int,
        *,
        matches: Callable[[Request], bool] = is_hand_in,
        on_answer: Callable[[], None] | None = None,
        certificate: Path | None = None,
    ):
        self.hand_ins: list[Request] = []
        self.answers: list[bytes] = []
        self.broken: list[Fault] = []
        self.is_away = self.has_no_server = False
        self.matches, self.on_answer = matches, on_answer
        self._server_port = server_port
        self._tls = certificate and ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if certificate:
            self._tls.load_cert_chain(certificate)
        self._to_come: deque[Fault] = deque()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self):
        self._thread.start()
        listening = asyncio.start_server(self._take, LOOPBACK, 0, ssl=self._tls)
        self._server = asyncio.run_coroutine_threadsafe(listening, self._loop).result(ENDS_WITHIN)
        return self

    def __exit__(self, *reason):
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(ENDS_WITHIN)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(ENDS_WITHIN)
        self._loop.close()

    @property
    def port(self) -> int:
        return self._server.sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        return f"http{'s' if self._tls else ''}://localhost:{self.port}"

    def break_next(self, *faults: Fault) -> None:
        """One fault for each of the next requests that match, in this order."""
        self._to_come.extend(faults)

    async def _end(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if self.is_away:
                _reset(writer)
            else:
                await self._carry(await _read_request(reader, self._added()), writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the browser went away in the midst of it, as it may
        finally:
            writer.close()

    def _added(self) -> list[bytes]:
        """What the proxy of an installation says of a request that came encrypted."""
        came_from = f"X-Forwarded-For: {LOOPBACK}".encode()
        return [came_from, b"X-Forwarded-Proto: https"] if self._tls else []

    async def _carry(self, request: Request, writer: asyncio.StreamWriter) -> None:
        if self.has_no_server:
            return await _pass_on(BAD_GATEWAY, writer)
        if not self.matches(request):
            return await _pass_on(await self._ask(request.whole), writer)
        self.hand_ins.append(request)
        if not self._to_come:
            answer = await self._ask(request.whole)
            self.answers.append(answer)
            return await _pass_on(answer, writer)
        fault = self._to_come.popleft()
        self.broken.append(fault)
        return await self._break(fault, request, writer)

    async def _break(self, fault: Fault, request: Request, writer: asyncio.StreamWriter) -> None:
        if fault is Fault.RESET:
            return _reset(writer)
        if fault is Fault.BAD_GATEWAY:
            return await _pass_on(BAD_GATEWAY, writer)
        if fault is Fault.HALF_REQUEST:
            await self._send_half(request)
            return _reset(writer)
        answer = await self._ask(request.whole)
        self.answers.append(answer)
        if self.on_answer:
            await asyncio.to_thread(self.on_answer)
        if fault is Fault.LATE_BAD_GATEWAY:
            await _pass_on(BAD_GATEWAY, writer)
        elif fault is Fault.HALF_ANSWER:
            await _pass_on(answer[: -len(_body(answer)) // 2], writer)
        return None

    async def _ask(self, request: bytes) -> bytes:
        """The server's whole answer; 502 where there is no server or it broke off."""
        try:
            reader, writer = await asyncio.open_connection(LOOPBACK, self._server_port)
            writer.write(request)
            answer = await asyncio.wait_for(reader.read(-1), ANSWERS_WITHIN)
            writer.close()
        except (ConnectionError, TimeoutError):
            return BAD_GATEWAY
        return answer or BAD_GATEWAY

    async def _send_half(self, request: Request) -> None:
        _reader, writer = await asyncio.open_connection(LOOPBACK, self._server_port)
        writer.write(request.whole[: -len(request.body) // 2])
        await writer.drain()
        _reset(writer)


async def _read_request(reader: asyncio.StreamReader, added: list[bytes]) -> Request:
    """One request of a connection, changed so that it is the connection's last."""
    head = (await reader.readuntil(HEAD_ENDS)).removesuffix(HEAD_ENDS)
    first, *lines = head.split(b"\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (x.partition(b":") for x in lines)}
    body = await reader.readexactly(int(fields.get(b"content-length", 0)))
    kept = [line for line in lines if not line.lower().startswith(b"connection:")]
    method, path, _version = first.decode().split(" ")
    return Request(method, path, b"\r\n".join([first, *kept, *added, b"Connection: close"]), body)


async def _pass_on(answer: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(answer)
    await writer.drain()


def _body(answer: bytes) -> bytes:
    return answer.partition(HEAD_ENDS)[2]


def _reset(writer: asyncio.StreamWriter) -> None:
    """A reset is what is left when a connection is closed without lingering."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
