"""Asking for a client's copy: made by the worker, once, for a day, for who asked alone."""

import datetime

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEntry
from ruptures.models import ClientCopy
from ruptures.services import client_copies, copy_jobs
from sessions_app.services import endings, erasures
from tests import factories

NAME = "Clientina Canaria"
MINUTE, DAY = datetime.timedelta(minutes=1), datetime.timedelta(days=1)


@pytest.fixture
def known(pair):
    pair.client.name = NAME
    pair.client.save()
    factories.weekly(pair, [37.0, 38.0])
    return pair


@pytest.fixture
def asked(known) -> ClientCopy:
    return copy_jobs.ask(pair=known, by=known.therapist)


def page_of(client, pair, form: str = "/"):
    client.force_login(pair.therapist)
    return client.get(f"/clients/{pair.client.key}/copy{form}")


def test_copy_that_was_asked_for_is_made_and_handed_out(client, known):
    client.force_login(known.therapist)
    url = f"/clients/{known.client.key}/copy/"
    assert "Make the copy" in client.get(url).content.decode()
    client.post(url)
    waiting = client.get(url).content.decode()
    assert "Waiting" in waiting and "copy.json" not in waiting
    assert copy_jobs.make_due() == 1
    assert "copy.json" in client.get(url).content.decode()
    assert client.get(f"/clients/{known.client.key}/copy.json").json()["client"]["name"] == NAME
    deeds = AuditEntry.objects.exclude(deed="").values_list("deed", "client_key")
    assert ("copy_jobs.ask", known.client.key) in deeds
    assert ("copy_jobs.hand_out", known.client.key) in deeds


def test_copy_asked_for_twice_is_one_and_made_once(known, asked):
    assert copy_jobs.ask(pair=known, by=known.therapist) == asked
    assert copy_jobs.make_due() == 1
    assert copy_jobs.make_due() == 0
    assert ClientCopy.objects.count() == 1


def test_copy_that_was_made_is_made_anew_when_asked_again(known, asked):
    copy_jobs.make_due()
    again = copy_jobs.ask(pair=known, by=known.therapist)
    assert again.state == ClientCopy.State.WAITING
    assert ClientCopy.objects.get() == again


def test_copy_while_it_is_made_tells_how_far_it_is(client, known, asked, monkeypatch):
    """And two workers make one copy."""
    told = []
    plain = client_copies.copy_of

    def watched(*, pair, part_told):
        def seen(parts: int):
            part_told(parts)
            told.append(page_of(client, pair, "/state/").json())
            assert copy_jobs.make_due() == 0

        return plain(pair=pair, part_told=seen)

    monkeypatch.setattr(client_copies, "copy_of", watched)
    assert copy_jobs.make_due() == 1
    parts = range(1, client_copies.PARTS + 1)
    assert told == [{"state": "being_made", "parts_made": part} for part in parts]
    assert page_of(client, known, "/state/").json()["state"] == "ready"


def test_copy_whose_worker_was_killed_is_made_by_the_next(client, known, asked, monkeypatch):
    def killed(*, pair, part_told):
        part_told(3)
        raise KeyboardInterrupt  # nothing that is caught, as kill -9

    with monkeypatch.context() as patch:
        patch.setattr(client_copies, "copy_of", killed)
        with pytest.raises(KeyboardInterrupt):
            copy_jobs.make_due()
    page = page_of(client, known).content.decode()
    assert 'value="3"' in page and "You need not wait here" in page
    assert copy_jobs.make_due() == 0
    with time_machine.travel(timezone.now() + 6 * MINUTE):
        assert copy_jobs.make_due() == 1


def test_worker_that_comes_late_writes_over_nothing(known, asked, monkeypatch):
    """Its lease ran out, and another one has made the copy."""
    plain = client_copies.copy_of

    def slow(*, pair, part_told):
        monkeypatch.setattr(client_copies, "copy_of", plain)
        with time_machine.travel(timezone.now() + 6 * MINUTE):
            assert copy_jobs.make_due() == 1
        part_told(1)

    monkeypatch.setattr(client_copies, "copy_of", slow)
    assert copy_jobs.make_due() == 0
    copy = ClientCopy.objects.get()
    assert copy.content["client"]["name"] == NAME
    assert copy.parts_made is None


def test_two_workers_of_which_one_looked_at_its_clock_before_make_one_copy(asked):
    """The second writes after the first, with the time of before."""
    first, second = ClientCopy.objects.get(), ClientCopy.objects.get()
    now = timezone.now()
    with time_machine.travel(now + datetime.timedelta(milliseconds=5), tick=False):
        assert copy_jobs._claim(first)
    with time_machine.travel(now, tick=False):
        assert not copy_jobs._claim(second)
    assert copy_jobs._make(first)


def test_worker_that_looked_before_another_failed_leaves_the_copy_to_the_next_look(asked):
    """It would take its own claim for somebody else's, and hold the copy without making it."""
    stale = ClientCopy.objects.get()
    ClientCopy.objects.update(attempts=1, leased_until=timezone.now())
    assert not copy_jobs._claim(stale)
    assert copy_jobs.make_due() == 1


def test_copy_that_cannot_be_made_says_so_after_five_tries(
    client, known, asked, monkeypatch, caplog
):
    def failing(*, pair, part_told):
        raise RuntimeError(f"cannot write {NAME}")

    monkeypatch.setattr(client_copies, "copy_of", failing)
    now = timezone.now()
    for later in range(7):
        with time_machine.travel(now + later * 2 * MINUTE):
            copy_jobs.make_due()
    assert "could not be made" in page_of(client, known).content.decode()
    assert "RuntimeError" in caplog.text and NAME not in caplog.text
    assert len([line for line in caplog.messages if "was not made" in line]) == 5


def test_page_says_when_nothing_works_on_the_copy(client, known, asked):
    assert "Nothing is working on it" not in page_of(client, known).content.decode()
    ClientCopy.objects.update(asked_at=timezone.now() - 3 * MINUTE)
    assert "Nothing is working on it" in page_of(client, known).content.decode()
    assert page_of(client, known, "/state/").json()["state"] == "overdue"


def test_copy_is_there_for_a_day_and_then_deleted(client, known, asked):
    copy_jobs.make_due()
    made = ClientCopy.objects.get().made_at
    ClientCopy.objects.update(made_at=made - DAY + MINUTE)
    assert page_of(client, known, ".json").status_code == 200
    ClientCopy.objects.update(made_at=made - DAY)
    assert page_of(client, known, ".json").url == f"/clients/{known.client.key}/copy/"
    assert "Make the copy" in page_of(client, known).content.decode()
    copy_jobs.make_due()
    assert not ClientCopy.objects.exists()


def test_copy_that_was_made_while_the_clock_was_ahead_is_over(client, known, asked):
    with time_machine.travel(timezone.now() + 30 * DAY, tick=False):
        assert copy_jobs.make_due() == 1
    assert page_of(client, known, ".json").url == f"/clients/{known.client.key}/copy/"
    copy_jobs.make_due()
    assert not ClientCopy.objects.exists()


def test_copy_that_goes_while_it_is_opened_leads_to_its_page(client, known, asked, monkeypatch):
    copy_jobs.make_due()
    plain = copy_jobs.hand_out

    def late(**what):
        ClientCopy.objects.all().delete()
        return plain(**what)

    monkeypatch.setattr(copy_jobs, "hand_out", late)
    assert page_of(client, known, ".json").url == f"/clients/{known.client.key}/copy/"
    assert not AuditEntry.objects.filter(deed="copy_jobs.hand_out").exists()


@pytest.mark.parametrize("made", [True, False])
def test_copy_is_closed_and_deleted_when_the_client_goes_to_a_colleague(
    client, known, asked, other_therapist, made
):
    if made:
        copy_jobs.make_due()
    endings.hand_over(pair=known, to=other_therapist, on=timezone.localdate(), by=known.therapist)
    with time_machine.travel(timezone.now() + DAY):
        for person in (known.therapist, other_therapist):
            client.force_login(person)
            assert client.get(f"/clients/{known.client.key}/copy.json").status_code == 404
        assert copy_jobs.make_due() == 0
    assert not ClientCopy.objects.exists()


def test_copy_lies_under_the_clients_key_and_goes_with_the_client(known, asked, settings, tmp_path):
    settings.APART_DIR = str(tmp_path)
    copy_jobs.make_due()
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM ruptures_clientcopy")
        (stored,) = cursor.fetchone()
    assert stored and NAME not in stored and known.client.case_label not in stored
    endings.end(pair=known, ending="planned", on=known.from_on, by=known.therapist)
    erasures.erase(client=known.client, reason=erasures.Reason.CLIENT_ASKED, by=known.therapist)
    assert not ClientCopy.objects.exists()
