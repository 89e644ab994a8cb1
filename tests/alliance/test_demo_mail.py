import mailbox
import smtplib
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox

from alliance import demo_mail
from tests.servers import free_port

PNG = bytes.fromhex("89504e470d0a1a0a")


def message(subject: str, text: str = "Something is worth asking about.") -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = subject
    mail["From"] = "Alliance <alliance@localhost>"
    mail["To"] = "pine@demo.example"
    mail["Date"] = "Mon, 23 Nov 2026 08:00:00 +0000"
    mail.set_content(text)
    return mail


@pytest.fixture
def box(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return mailbox.Maildir(tmp_path / "mail")


def test_demo_mail_list_shows_the_newest_first(client, db, box):
    for name, subject in [
        ("1700000000.M9P1Q1.host", "Earlier"),
        ("1700000000.M10P1Q2.host", "Later"),
    ]:
        key = box.add(message(subject).as_bytes())
        path = box._path + "/new/"
        (demo_mail.Path(path) / key).rename(demo_mail.Path(path) / name)
    page = client.get("/demo/mail/").content.decode()
    assert page.index("Later") < page.index("Earlier")


def test_demo_mail_list_is_bounded(client, db, box, monkeypatch):
    monkeypatch.setattr(demo_mail, "SHOWN", 2)
    for number in range(3):
        box.add(message(f"Message {number}").as_bytes())
    assert client.get("/demo/mail/").content.decode().count("<tr>") == 1 + 2


def test_demo_mail_list_says_when_nothing_was_sent(client, db, box):
    assert "Nothing has been sent yet" in client.get("/demo/mail/").content.decode()


def test_demo_mail_detail_shows_text_and_inline_picture(client, db, box):
    mail = message("Weekly report")
    mail.add_alternative("<p>Never <script>shown</script></p>", subtype="html")
    mail.get_payload()[1].add_related(PNG, "image", "png", cid="<chart>", filename="Trend.png")
    name = box.add(mail.as_bytes())
    page = client.get(f"/demo/mail/{name}/").content.decode()
    assert "Weekly report" in page
    assert "Something is worth asking about." in page
    assert '<img src="data:image/png;base64,iVBORw0KGgo=" alt="Trend.png">' in page
    assert "<script>shown" not in page


@pytest.mark.parametrize("zone", ["+0000", "-0000"])
def test_demo_mail_tells_the_time_of_the_clinic(client, db, box, zone):
    mail = message("The weekly trend")
    mail.replace_header("Date", f"Wed, 15 Jul 2026 08:00:00 {zone}")
    key = box.add(mail.as_bytes())
    for path in ("/demo/mail/", f"/demo/mail/{key}/"):
        assert "15 Jul 2026, 09:00" in client.get(path).content.decode()


def test_demo_mail_detail_escapes_what_it_shows(client, db, box):
    name = box.add(message("<b>bold</b>", "<img src=x onerror=alert(1)>").as_bytes())
    page = client.get(f"/demo/mail/{name}/").content.decode()
    assert "<b>bold" not in page
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


@pytest.mark.parametrize("name", ["absent", "..", "1.M1P1Q1.host"])
def test_demo_mail_detail_answers_404_for_a_name_it_does_not_hold(client, db, box, name):
    assert client.get(f"/demo/mail/{name}/").status_code == 404


def test_demo_mail_does_not_exist_outside_demo_mode(client, db, box, settings):
    name = box.add(message("Private").as_bytes())
    settings.DEMO = False
    assert client.get("/demo/mail/").status_code == 404
    assert client.get(f"/demo/mail/{name}/").status_code == 404


def test_demo_mail_arrives_over_smtp(client, db, box):
    port = free_port()
    server = Controller(Mailbox(box._path), hostname="127.0.0.1", port=port)
    server.start()
    try:
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            smtp.send_message(message("Over the wire"))
    finally:
        server.stop()
    assert "Over the wire" in client.get("/demo/mail/").content.decode()
