"""A mail server that does wrong, on purpose: what it is told to, until it is told to behave.

with FaultyMailServer() as server:
    server.fault = MailFault.HANGS_UP
    ...                                  # it takes the mail, and ends the connection unanswered
    server.fault = None
    assert len(server.taken) == 2
"""

import asyncio
import datetime
import ssl
import threading
from email import message_from_bytes
from email.message import Message
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.servers import LOOPBACK, free_port

ENDS_WITHIN = 5.0


class MailFault(StrEnum):
    REFUSES = "nobody listens at its port"
    CLOSING = "421 to whoever sends"
    LATER = "451 to the recipient"
    NO_SUCH_PERSON = "550 to the recipient"
    NOT_THIS = "554 to the mail"
    HANGS_UP = "takes the mail and ends the connection without a word"
    SILENT = "accepts the connection and says nothing"
    SILENT_AT_THE_END = "takes the mail and says nothing"
    BAD_TLS = "shows a certificate that nobody signed"


ANSWERS = {
    MailFault.CLOSING: ("MAIL", "421 closing"),
    MailFault.LATER: ("RCPT", "451 try again later"),
    MailFault.NO_SUCH_PERSON: ("RCPT", "550 no such person"),
    MailFault.NOT_THIS: (".", "554 not this one"),
}


class FaultyMailServer:
    """`taken` are the mails it has, answered or not."""

    def __init__(self, certificate: Path | None = None):
        self.fault: MailFault | None = None
        self.taken: list[Message] = []
        self._port, self._certificate = free_port(), certificate
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._nobody = free_port()

    @property
    def port(self) -> int:
        return self._nobody if self.fault is MailFault.REFUSES else self._port

    def __enter__(self):
        self._thread.start()
        listening = asyncio.start_server(self._talk, LOOPBACK, self._port)
        self._server = asyncio.run_coroutine_threadsafe(listening, self._loop).result(ENDS_WITHIN)
        return self

    def __exit__(self, *reason):
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(ENDS_WITHIN)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(ENDS_WITHIN)
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _talk(self, reader, writer) -> None:
        try:
            if self.fault is MailFault.SILENT:
                await asyncio.sleep(60)
            await _say(writer, "220 here")
            while line := await reader.readline():
                word = line.split()[0].decode().upper()
                if not await self._answer(word, reader, writer):
                    break
        except (ConnectionError, ssl.SSLError):
            pass  # the sender went away, as it should from a certificate that nobody signed
        finally:
            writer.close()

    async def _answer(self, word: str, reader, writer) -> bool:
        """Whether the conversation goes on."""
        if word == "STARTTLS":
            await _say(writer, "220 go ahead")
            await writer.start_tls(_context(self._certificate))
            return True
        if word == "DATA":
            return await self._take(reader, writer)
        answer = "250 fine" if word != "EHLO" else "250-here\r\n250 STARTTLS"
        await _say(writer, self._said_to(word, "221 bye" if word == "QUIT" else answer))
        return word != "QUIT"

    async def _take(self, reader, writer) -> bool:
        await _say(writer, "354 go ahead")
        mail = await reader.readuntil(b"\r\n.\r\n")
        answer = self._said_to(".", "250 taken")
        if answer.startswith("250"):
            self.taken.append(message_from_bytes(mail.removesuffix(b".\r\n")))
        if self.fault is MailFault.SILENT_AT_THE_END:
            await asyncio.sleep(60)
        if self.fault is not MailFault.HANGS_UP:
            await _say(writer, answer)
        return self.fault is not MailFault.HANGS_UP

    def _said_to(self, word: str, usual: str) -> str:
        at, answer = ANSWERS.get(self.fault, ("", ""))
        return answer if at == word else usual


async def _say(writer, words: str) -> None:
    writer.write(words.encode() + b"\r\n")
    await writer.drain()


def _context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def certificate_nobody_signed(path: Path) -> Path:
    """A key and a certificate signed by that key itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, LOOPBACK)])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(secret + signed.public_bytes(pem))
    return path
