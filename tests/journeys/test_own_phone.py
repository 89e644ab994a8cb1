"""The client's own phone: from the mail's link to thanks, in two languages, over real SMTP."""

import re

from playwright.sync_api import expect

from sessions_app import client_texts, srs
from tests.journeys.desk_harness import (
    USUAL_MARKS,
    Desk,
    mail_to,
    make_appointment,
    newest_session,
    open_client,
    touch_line,
)
from tests.journeys.staff_harness import axe
from tests.journeys.test_main_job import CASE, THERAPIST

PHONE = {"width": 390, "height": 844}


def write_address(therapist: Desk, address: str, language: str) -> None:
    open_client(therapist, CASE)
    therapist.open(
        re.sub(r"[?#].*", "", therapist.page.url).removeprefix(therapist.clinic.url) + "edit/"
    )
    therapist.page.get_by_label("E-mail address").fill(address)
    therapist.page.locator("main select[name=language]").select_option(language)
    therapist.press("Save client")


def send_link(therapist: Desk, language: str) -> None:
    newest_session(therapist).get_by_role("button", name="On a second device").click()
    expect(therapist.page.get_by_role("img", name="QR code")).to_be_visible()
    therapist.press("Copy the link")
    expect(therapist.page.get_by_role("status")).to_have_text("Copied")
    assert axe(therapist.page) == []
    therapist.press("Send by e-mail")
    sent = therapist.page.get_by_text("The mail server has taken it")
    for _second in range(30):
        if sent.is_visible():
            break
        therapist.page.wait_for_timeout(1000)
        therapist.page.reload()
    expect(sent).to_be_visible()
    assert axe(therapist.page) == []


def link_of_mail(reader: Desk, address: str, subject: str) -> str:
    mail_to(reader, address, subject)
    return re.search(r"http\S+#\S+", reader.page.get_by_role("main").inner_text())[0]


def rate(phone: Desk, link: str, texts: dict) -> None:
    phone.page.goto(link)
    expect(phone.page.get_by_role("heading", name=texts["link_text"])).to_be_visible()
    assert "#" not in phone.page.url
    phone.press(texts["code_continue"])
    expect(phone.page.locator(".two-words")).to_have_count(0)
    phone.press(texts["start"])
    for number, line in enumerate(srs.LINES):
        mark = USUAL_MARKS[line]
        touch_line(phone.page, line, mark if texts["dir"] == "ltr" else 100 - mark)
        if number < len(srs.LINES) - 1:
            phone.page.get_by_role("button", name=texts["next"], exact=True).tap()
    phone.page.locator("[data-done]").tap()
    expect(phone.page.get_by_role("heading", name=texts["thanks_heading"])).to_be_visible()
    expect(phone.page.get_by_text(texts["close_page"])).to_be_visible()


def test_link_by_mail_is_rated_on_a_phone_once(desk):  # noqa: F811
    therapist, reader = desk(permissions=["clipboard-write"]), desk()
    therapist.sign_in(THERAPIST)
    for minutes_ago, language in ((50, "es"), (25, "ar")):
        texts = client_texts.texts_of(language)
        address = f"{language}@letters.example"
        write_address(therapist, address, language)
        make_appointment(therapist, CASE, minutes_ago=minutes_ago)
        send_link(therapist, language)
        link = link_of_mail(reader, address, texts["mail_subject"])
        rate(desk(viewport=PHONE, is_mobile=True), link, texts)
        late = desk(viewport=PHONE, is_mobile=True)
        late.page.goto(link)
        late.press(texts["code_continue"])
        expect(late.page.get_by_role("alert")).to_have_text(texts["code_wrong"])
