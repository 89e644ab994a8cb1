"""One client, a reason, an hour, said on each page, told at once, reviewed by somebody else."""

import datetime

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AccountMail, AuditEntry, Clinic, RolePeriod
from accounts.services import account_mails
from sessions_app.models import BreakGlass, Pair
from sessions_app.services import break_glass
from tests import factories

OPEN = "/emergency/open/"
REASON = "The therapist is away and the client has rung twice."
TOLD_ON_EACH_PAGE = "is open to you until"


def ask(client, label="Heron-14", reason=REASON):
    return client.post(OPEN, {"case_label": label, "reason": reason})


@pytest.fixture
def colleague(client, other_therapist):
    client.force_login(other_therapist)
    return client


def reads(client, pair) -> bool:
    return client.get(f"/clients/{pair.client.key}/").status_code == 200


def test_colleague_reads_the_one_client_for_an_hour(colleague, pair, therapist):
    second = factories.PairFactory(therapist=therapist, client__case_label="Heron-15")
    assert not reads(colleague, pair)
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        assert ask(colleague).headers["Location"] == f"/clients/{pair.client.key}/"
        assert reads(colleague, pair)
        assert not reads(colleague, second)
        for _quarter in range(4):
            clock.shift(14 * 60)
            assert reads(colleague, pair)
        clock.move_to(now + datetime.timedelta(minutes=60))
        assert not reads(colleague, pair)


def test_every_page_says_so_and_it_survives_a_new_sign_in(colleague, pair, other_therapist):
    ask(colleague)
    for page in ("/", "/clients/", f"/clients/{pair.client.key}/", "/rules/", "/account/2fa/"):
        said = colleague.get(page, follow=True).content.decode()
        assert said.count("Emergency access") == said.count(TOLD_ON_EACH_PAGE)
        assert said.count(TOLD_ON_EACH_PAGE) == (1 if "Alliance</title>" in said else 0), page
    colleague.post("/account/logout/")
    colleague.force_login(other_therapist)
    assert TOLD_ON_EACH_PAGE in colleague.get("/clients/").content.decode()


def test_it_can_be_closed_before_the_hour_is_over(colleague, pair):
    ask(colleague)
    colleague.post(f"/emergency/{BreakGlass.objects.get().key}/end/")
    assert not reads(colleague, pair)
    assert TOLD_ON_EACH_PAGE not in colleague.get("/clients/").content.decode()


@pytest.mark.parametrize("reason", ["", "   ", "too short"])
def test_no_reason_no_record(colleague, pair, reason):
    page = ask(colleague, reason=reason)
    assert page.context["form"].errors["reason"]
    assert not reads(colleague, pair)


@pytest.mark.parametrize("label", ["Heron", "heron-14", "Heron-1", "%", "Nobody-1"])
def test_only_the_exact_label_opens_and_no_answer_tells_more(colleague, pair, label):
    page = ask(colleague, label)
    assert page.context["form"].errors["case_label"] == [
        "There is no record to open under exactly this label."
    ]
    assert "Heron-14" not in page.content.decode()


def test_label_of_two_clients_opens_neither(colleague, pair):
    factories.PairFactory(client__case_label="Heron-14")
    assert ask(colleague).context["form"].errors["case_label"]
    assert not BreakGlass.objects.exists()


def test_own_client_needs_no_emergency(client, pair, therapist):
    client.force_login(therapist)
    assert ask(client).context["form"].errors["case_label"]


def test_five_tries_an_hour_and_not_one_more(colleague, pair):
    for _try in range(5):
        assert ask(colleague, "Nobody-1").status_code == 200
    assert ask(colleague).status_code == 429
    assert not reads(colleague, pair)


def test_fifth_try_opens(colleague, pair):
    for _try in range(4):
        ask(colleague, "Nobody-1")
    ask(colleague)
    assert reads(colleague, pair)


def test_administrator_opens_nothing_also_one_who_treats(client, administrator, pair):
    RolePeriod.objects.create(user=administrator, role=RolePeriod.Role.THERAPIST)
    client.force_login(administrator)
    assert ask(client).status_code == 404
    assert not BreakGlass.objects.exists()


def test_therapist_supervisor_and_lead_are_told_at_once_and_the_mail_names_nobody(
    colleague, pair, therapist, supervisor, other_therapist, mailoutbox
):
    lead = factories.therapist(name="Lead Yew", email="yew@clinic.example")
    Clinic.objects.update_or_create(pk=1, defaults={"lead": lead})
    Clinic.current().save()
    ask(colleague)
    assert account_mails.deliver_due() == 3
    assert {mail.to[0] for mail in mailoutbox} == {therapist.email, supervisor.email, lead.email}
    for mail in mailoutbox:
        said = mail.subject + mail.body
        for name in ("Heron", therapist.name, other_therapist.name, "rung twice"):
            assert name not in said


def test_nothing_is_opened_where_nobody_could_be_told(pair, other_therapist, monkeypatch):
    """The mails are rows of the same transaction."""

    def fail(**kwargs):
        raise RuntimeError

    monkeypatch.setattr(account_mails, "write", fail)
    with pytest.raises(RuntimeError):
        break_glass.open_record(case_label="Heron-14", reason=REASON, by=other_therapist)
    assert not BreakGlass.objects.exists()
    assert not AccountMail.objects.exists()


def test_supervisor_reviews_it_and_neither_its_opener_nor_the_therapist(
    colleague, pair, therapist, supervisor, other_therapist
):
    ask(colleague)
    opened = BreakGlass.objects.get()
    url = f"/emergency/{opened.key}/review/"
    assert colleague.post(url).status_code == 404
    colleague.force_login(therapist)
    assert REASON in colleague.get("/emergency/").content.decode()
    assert colleague.post(url).status_code == 404
    colleague.force_login(supervisor)
    assert url in colleague.get("/emergency/").content.decode()
    assert colleague.post(url).headers["Location"] == "/emergency/"
    opened.refresh_from_db()
    assert opened.reviewed_by == supervisor
    assert colleague.post(url).status_code == 404


def test_supervisor_who_opened_it_does_not_review_it(pair, supervisor):
    """Their reach came after the opening, so the question can arise."""
    opened = factories.open_in_emergency(pair, by=supervisor)
    break_glass.review(opened=opened, by=supervisor)
    opened.refresh_from_db()
    assert opened.reviewed_at is None
    with pytest.raises(IntegrityError), transaction.atomic():
        BreakGlass.objects.update(reviewed_by=supervisor)


def test_database_lets_it_last_an_hour_at_most(pair, other_therapist):
    opened = factories.open_in_emergency(pair, by=other_therapist)
    with pytest.raises(IntegrityError), transaction.atomic():
        BreakGlass.objects.update(ends_at=opened.ends_at + datetime.timedelta(seconds=1))


def test_opening_reading_and_wrong_labels_are_in_the_audit(colleague, pair, other_therapist):
    ask(colleague, "Nobody-1")
    ask(colleague)
    colleague.get(f"/clients/{pair.client.key}/")
    rows = AuditEntry.objects.filter(by=other_therapist)
    assert rows.filter(outcome="refused", page="break_glass_create").count() == 1
    opened = rows.get(deed="break_glass.open_record")
    assert opened.client_key == pair.client.key
    assert rows.filter(action="read", page="client_detail", client_key=pair.client.key).exists()


def test_process_notes_stay_closed_and_nothing_can_be_written(
    colleague, pair, episode, other_therapist
):
    session = pair.therapy_sessions.last()
    session.note = "what was said in confidence"
    session.save()
    ask(colleague)
    page = colleague.get(f"/strains/{episode.key}/")
    client_page = colleague.get(f"/clients/{pair.client.key}/")
    for said in (page.content.decode(), client_page.content.decode()):
        assert "in confidence" not in said
    assert page.status_code == 200
    assert "<textarea" not in page.content.decode()
    assert colleague.post(f"/strains/{episode.key}/comments/", {"text": "x"}).status_code == 404
    assert list(Pair.objects.visible_to(other_therapist)) == []


def test_deactivated_opener_reads_nothing(pair, other_therapist):
    factories.open_in_emergency(pair, by=other_therapist)
    other_therapist.is_active = False
    assert list(Pair.objects.readable_by(other_therapist)) == []


def test_strain_read_in_an_emergency_asks_for_no_answer(colleague, episode):
    asked, url = "Was this useful?", f"/strains/{episode.key}/"
    ask(colleague)
    for page in (url, f"{url}findings/"):
        said = colleague.get(page).content.decode()
        assert "How this was worked out" in said
        assert asked not in said
    colleague.force_login(episode.pair.therapist)
    assert asked in colleague.get(url).content.decode()
