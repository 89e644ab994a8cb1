"""Mail that mail servers send back, in the shapes in which they do."""

from uuid import UUID

import pytest

from accounts.bounces import Bounce, read

KEY = UUID("5a1e3c52-9b0f-4f0e-8d6a-3a1f0c2b7d11")
OTHER = UUID("00000000-0000-4000-8000-000000000000")

REPORT = """\
From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"

--cut
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you ...
--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; oak@clinic.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such person

--cut
Content-Type: {returned_as}

From: Alliance <alliance@clinic.example>
Message-ID: <{key}@alliance.example>
Subject: Alliance: something is waiting for you

--cut--
"""
PLAIN = """\
From: {sender}
To: bounces+{key}@alliance.example
Subject: failure notice

Hi. This is the qmail-send program. I wasn't able to deliver your message.
"""
NAMED = f"bounces+{KEY.hex}@alliance.example"


def report(**changes) -> bytes:
    parts = {
        "to": NAMED,
        "action": "failed",
        "status": "5.1.1",
        "returned_as": "message/rfc822",
        "key": KEY,
    }
    return REPORT.format(**parts | changes).encode()


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param(report(), Bounce(KEY, "5.1.1"), id="by the address it came back to"),
        pytest.param(report(to=NAMED.upper()), Bounce(KEY, "5.1.1"), id="in capitals"),
        pytest.param(report(to="alliance@x.example"), Bounce(KEY, "5.1.1"), id="by what it quotes"),
        pytest.param(
            report(to="alliance@x.example", returned_as="text/rfc822-headers"),
            Bounce(KEY, "5.1.1"),
            id="by the headers it quotes",
        ),
        pytest.param(report(key=OTHER), Bounce(KEY, "5.1.1"), id="the address goes first"),
        pytest.param(report(status=""), Bounce(KEY, "5.0.0"), id="without a number"),
        pytest.param(report(action="delayed", status="4.4.1"), None, id="still being tried"),
        pytest.param(report(action="delivered", status="2.0.0"), None, id="a receipt"),
        pytest.param(report(to="x@x.example", key="someone-elses"), None, id="not one of ours"),
        pytest.param(
            PLAIN.format(sender="MAILER-DAEMON@mx.example", key=KEY.hex).encode(),
            Bounce(KEY, "5.0.0"),
            id="a server that writes its own words",
        ),
        pytest.param(
            PLAIN.format(sender="Oak <oak@clinic.example>", key=KEY.hex).encode(),
            None,
            id="somebody who is away for two weeks",
        ),
        pytest.param(b"", None, id="nothing"),
        pytest.param(b"\xff\xfe\x00 no mail at all \r\n\r\n\x80", None, id="no mail"),
    ],
)
def test_mail_that_came_back(raw, expected):
    assert read(raw) == expected
