"""A fault on the server's side while the client hands in the form: exactly one rating is stored,
with its findings, its strain and its alert, and the client is thanked.

The form is the real one in Chromium, the server the real stack on a PostgreSQL of its own.
"""

import pytest
from playwright.sync_api import Page, expect

from tests.faults.clinic import NOTHING, ONE_WHOLE_RATING, mark_four_lines
from tests.faults.proxy import Fault

pytestmark = [pytest.mark.faults, pytest.mark.journeys]

RECOVERS_WITHIN_MS = 30_000
TWO_POSTS_IN_ONE_MOMENT = """async () => {
  const form = document.getElementById("rating");
  const body = new URLSearchParams(new FormData(form));
  const headers = {Accept: "application/json"};
  const post = () => fetch(form.action, {method: "POST", body, headers});
  return (await Promise.all([post(), post()])).map(answer => answer.status);
}"""


def done(page: Page) -> None:
    page.locator("[data-done]").tap()


def is_thanked(page: Page) -> None:
    saved = page.get_by_text("Your answers are saved.", exact=True)
    expect(saved).to_be_visible(timeout=RECOVERS_WITHIN_MS)


def is_told_that_it_waits(page: Page) -> None:
    words = page.get_by_text("saved on this tablet").first
    expect(words).to_be_visible(timeout=RECOVERS_WITHIN_MS)


def test_web_workers_killed_after_the_commit_leave_one_rating(clinic, forms, proxy, open_form):
    therapy_session, token = next(forms)
    page = open_form(token)
    mark_four_lines(page)
    proxy.break_next(Fault.ANSWER_LOST)
    proxy.on_answer = clinic.kill_web_workers
    done(page)
    is_thanked(page)
    assert len(proxy.hand_ins) > 1
    assert clinic.stored(therapy_session) == ONE_WHOLE_RATING


def test_double_tap_stores_one_rating(clinic, forms, proxy, open_form):
    therapy_session, token = next(forms)
    page = open_form(token)
    mark_four_lines(page)
    page.locator("[data-done]").dblclick()
    is_thanked(page)
    assert len(proxy.hand_ins) == 1
    assert clinic.stored(therapy_session) == ONE_WHOLE_RATING


def test_two_hand_ins_in_one_moment_store_one_rating(clinic, forms, proxy, open_form):
    therapy_session, token = next(forms)
    page = open_form(token)
    mark_four_lines(page)
    assert page.evaluate(TWO_POSTS_IN_ONE_MOMENT) == [200, 200]
    assert len(proxy.hand_ins) == 2
    assert clinic.stored(therapy_session) == ONE_WHOLE_RATING


@pytest.mark.parametrize(
    "faults",
    [
        [Fault.ANSWER_LOST, Fault.ANSWER_LOST],
        [Fault.HALF_ANSWER],
        [Fault.RESET, Fault.HALF_REQUEST],
        [Fault.BAD_GATEWAY, Fault.LATE_BAD_GATEWAY],
    ],
    ids=["answer lost", "half an answer", "reset", "502"],
)
def test_fault_on_the_way_leaves_one_rating(clinic, forms, proxy, open_form, faults):
    therapy_session, token = next(forms)
    page = open_form(token)
    mark_four_lines(page)
    proxy.break_next(*faults)
    done(page)
    is_thanked(page)
    assert proxy.broken == faults
    assert len(proxy.hand_ins) == len(faults) + 1
    assert len({request.body for request in proxy.hand_ins}) == 1
    assert clinic.stored(therapy_session) == ONE_WHOLE_RATING


def test_web_workers_killed_before_the_commit_leave_one_rating(clinic, forms, open_form):
    therapy_session, token = next(forms)
    page = open_form(token)
    mark_four_lines(page)
    killed = clinic.web_workers()
    with clinic.alerts_cannot_be_written():
        done(page)
        clinic.wait_until_in_the_midst()
        clinic.kill_web_workers()
        assert clinic.stored(therapy_session) == NOTHING
    is_thanked(page)
    assert not set(killed) & set(clinic.web_workers())
    assert clinic.stored(therapy_session) == ONE_WHOLE_RATING


def test_postgresql_killed_before_the_commit_leaves_one_rating(clinic, forms, open_form):
    therapy_session, token = next(forms)
    page = open_form(token)
    mark_four_lines(page)
    with clinic.alerts_cannot_be_written():
        done(page)
        clinic.wait_until_in_the_midst()
        clinic.postgresql.kill()
    is_told_that_it_waits(page)
    clinic.start_postgresql_again()
    is_thanked(page)
    assert clinic.stored(therapy_session) == ONE_WHOLE_RATING


def test_postgresql_killed_after_the_commit_leaves_one_rating(clinic, forms, proxy, open_form):
    therapy_session, token = next(forms)
    page = open_form(token)
    mark_four_lines(page)
    proxy.break_next(Fault.ANSWER_LOST)
    proxy.on_answer = clinic.postgresql.kill
    done(page)
    is_told_that_it_waits(page)
    clinic.start_postgresql_again()
    assert clinic.stored(therapy_session) == ONE_WHOLE_RATING
    is_thanked(page)
    assert clinic.stored(therapy_session) == ONE_WHOLE_RATING
