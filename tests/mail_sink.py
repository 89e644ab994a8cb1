"""A real SMTP server for tests: takes mail, or refuses it as it is told to."""

import logging
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller

from tests.servers import LOOPBACK, free_port


class PostOffice:
    """`messages` are what arrived; `answer` is what the server says instead of taking it."""

    def __init__(self):
        self.messages: list[EmailMessage] = []
        self.raw: list[str] = []
        self.envelopes = []
        self.answer: str | None = None
        self.refused = 0

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  (aiosmtpd's name)
        if self.answer:
            self.refused += 1
            return self.answer
        self.envelopes.append(envelope)
        self.raw.append(envelope.content.decode())
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def only(self) -> EmailMessage:
        (message,) = self.messages
        return message


@pytest.fixture
def post_office(settings):
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    office = PostOffice()
    controller = Controller(office, hostname=LOOPBACK, port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = LOOPBACK, controller.port
    yield office
    controller.stop()
