"""What each reader sees of a case, and what pages say when there is nothing yet."""

import datetime
import re
from uuid import uuid4

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Clinic
from ruptures.models import Alert, Episode
from ruptures.services import repairs, supervision
from sessions_app import srs
from sessions_app.models import LogDraft, UndoStep
from sessions_app.services import therapy_sessions, undoing
from sessions_app.services.therapy_sessions import Log
from tests import factories
from tests.conftest import SUDDEN_FALL

NOTE = "He spoke of his brother for the first time."
STEP_NOTE = "I said that I had hurried him."


@pytest.fixture
def case(pair, supervisor) -> Episode:
    """A strain whose last session has a note, strong feelings, a prediction, and a step's note."""
    *_before, last = factories.weekly(pair, [*SUDDEN_FALL[:-1], None])
    therapy_sessions.record(
        therapy_session=last,
        log=Log(
            "attended",
            note=NOTE,
            feelings={"irritation": 5},
            prediction=dict.fromkeys(srs.LINES, 97),
        ),
        by=pair.therapist,
    )
    factories.rate(last, SUDDEN_FALL[-1])
    episode = Episode.objects.get()
    repairs.log_step(
        episode=episode,
        step="acknowledge",
        done="partly",
        on=timezone.localdate(last.starts_at),
        note=STEP_NOTE,
        by=pair.therapist,
    )
    return episode


def page(client, reader, url: str) -> str:
    client.force_login(reader)
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def pages_of(case) -> dict[str, str]:
    return {
        "client_detail": f"/clients/{case.pair.client.key}/",
        "episode_detail": f"/strains/{case.key}/",
        "review_queue": "/queue/",
    }


@pytest.mark.parametrize("name", ["client_detail", "episode_detail", "review_queue"])
@pytest.mark.parametrize("secret", [NOTE, STEP_NOTE, "irritation", "feelings"])
def test_supervisor_sees_no_process_note(client, case, supervisor, name, secret):
    assert secret not in page(client, supervisor, pages_of(case)[name])


@pytest.mark.parametrize("name", ["client_detail", "episode_detail"])
def test_therapist_sees_the_cue_of_their_own_feelings(client, case, therapist, name):
    assert "irritation" in page(client, therapist, pages_of(case)[name])


def test_therapist_reads_the_steps_note_again(client, case, therapist):
    assert STEP_NOTE in page(client, therapist, f"/strains/{case.key}/")


def test_therapist_reads_the_note_in_the_log(client, case, therapist):
    assert NOTE in page(client, therapist, f"/sessions/{case.opened_session.key}/")


def button_of(text: str, url: str) -> dict[str, str]:
    """What the button on a page sends along that shows a process note or hides it."""
    form = re.search(rf'<form[^>]+action="{url}">(.*?)</form>', text, re.DOTALL)[1]
    sent = dict(re.findall(r'type="hidden" name="(step|on|seen)" value="([^"]*)"', form))
    return sent | {"wanted": re.search(r'name="wanted" value="(\w+)"', form)[1]}


def test_note_is_shown_to_supervision_by_its_author_alone_and_until_it_changes(
    client, case, therapist, supervisor, other_therapist, administrator
):
    last, url = case.opened_session, pages_of(case)["client_detail"]
    log, show = f"/sessions/{last.key}/", f"/sessions/{last.key}/show/note/"
    button = button_of(page(client, therapist, log), show)
    for person in (supervisor, other_therapist, administrator):
        client.force_login(person)
        assert client.post(show, button).status_code == 404
    client.force_login(therapist)
    client.post(show, button)
    assert NOTE in page(client, supervisor, url)
    assert "irritation" not in page(client, supervisor, url)
    factories.open_in_emergency(case.pair, by=other_therapist)
    assert NOTE not in page(client, other_therapist, url)

    client.force_login(therapist)
    client.post(show, {"wanted": "no"})
    assert NOTE not in page(client, supervisor, url)
    client.force_login(therapist)
    client.post(show, button)
    changed = Log("attended", note="Another thought.")
    therapy_sessions.record(therapy_session=last, log=changed, by=therapist)
    for note in (NOTE, "Another thought."):
        assert note not in page(client, supervisor, url)
    step = UndoStep.objects.latest("pk")
    client.post(show, button_of(page(client, therapist, log), show))
    assert "Another thought." in page(client, supervisor, url)
    undoing.undo(step=step, by=therapist)
    assert NOTE not in page(client, supervisor, url)


REFLECTION = "I hurry when he is silent."
ANOTHER = "Another one."
# What is shown, where its button sends, where supervision reads it.
SHOWN = {
    "step": (STEP_NOTE, "/strains/{episode}/steps/show/", "episode_detail"),
    "reflection": (REFLECTION, "/strains/{episode}/record/reflection/show/", "episode_detail"),
    "feelings": ("irritation 5/5", "/sessions/{session}/show/feelings/", "client_detail"),
}


def write_anew(what: str, case, therapist):
    """Another text in its place."""
    if what == "reflection":
        repairs.keep(episode=case, values={"reflection": ANOTHER}, by=therapist)
    elif what == "step":
        (step,) = case.repair_steps.all()
        again = {"step": step.step, "done": step.done, "on": step.taken_on}
        repairs.log_step(episode=case, **again, note=ANOTHER, by=therapist)
    else:
        note = ANOTHER if what == "note" else NOTE
        log = Log("attended", note=note, feelings={"irritation": 4})
        therapy_sessions.record(therapy_session=case.opened_session, log=log, by=therapist)


@pytest.mark.parametrize("what", SHOWN)
def test_each_process_note_is_shown_to_supervision_by_its_author_alone_and_until_it_changes(
    client, case, therapist, supervisor, other_therapist, administrator, what
):
    repairs.keep(episode=case, values={"reflection": REFLECTION}, by=therapist)
    words, url, name = SHOWN[what]
    url = url.format(episode=case.key, session=case.opened_session.key)
    read = pages_of(case)[name]
    button = button_of(page(client, therapist, own_page_of(what, case)), url)

    def choose(person, wanted: str) -> int:
        client.force_login(person)
        return client.post(url, button | {"wanted": wanted}).status_code

    for person in (supervisor, other_therapist, administrator):
        assert choose(person, "yes") == 404
    assert words not in page(client, supervisor, read)
    assert choose(therapist, "yes") == 302
    assert words in page(client, supervisor, read)
    others = {text for text, *_way in SHOWN.values()} - {words} | {NOTE}
    for each in pages_of(case).values():
        assert not [text for text in others if text in page(client, supervisor, each)]
    factories.open_in_emergency(case.pair, by=other_therapist)
    assert words not in page(client, other_therapist, read)
    assert choose(therapist, "no") == 302
    assert words not in page(client, supervisor, read)
    choose(therapist, "yes")
    write_anew(what, case, therapist)
    shown = page(client, supervisor, read)
    assert words not in shown and ANOTHER not in shown and "irritation" not in shown


def own_page_of(what: str, case) -> str:
    """Where the author reads it, and shows it."""
    on_the_log = what in ("note", "feelings")
    return f"/sessions/{case.opened_session.key}/" if on_the_log else f"/strains/{case.key}/"


WRITTEN_ANEW = {"feelings": "irritation 4/5"}


@pytest.mark.parametrize("what", ["note", *SHOWN])
def test_page_that_showed_another_text_shows_nothing_to_supervision(
    client, case, therapist, supervisor, what
):
    """Two windows: one shows the first text, and the other has saved a second."""
    repairs.keep(episode=case, values={"reflection": REFLECTION}, by=therapist)
    note = (NOTE, "/sessions/{session}/show/note/", "client_detail")
    _words, url, name = (SHOWN | {"note": note})[what]
    url = url.format(episode=case.key, session=case.opened_session.key)
    read, own, new = pages_of(case)[name], own_page_of(what, case), WRITTEN_ANEW.get(what, ANOTHER)
    old = button_of(page(client, therapist, own), url)
    write_anew(what, case, therapist)
    for sent in (old, old | {"seen": ""}, old | {"seen": "é"}):
        client.force_login(therapist)
        answer = client.post(url, sent, follow=True)
        assert new not in page(client, supervisor, read)
        assert "This text has changed since you opened the page" in answer.content.decode()
        assert new in answer.content.decode()
    client.force_login(therapist)
    client.post(url, button_of(answer.content.decode(), url))
    assert new in page(client, supervisor, read)


def test_reflection_taken_back_in_another_window_is_not_shown(client, case, therapist):
    repairs.keep(episode=case, values={"reflection": REFLECTION}, by=therapist)
    url, own = f"/strains/{case.key}/record/reflection/show/", f"/strains/{case.key}/"
    old = button_of(page(client, therapist, own), url)
    repairs.keep(episode=case, values={"reflection": ""}, by=therapist)
    answer = client.post(url, old, follow=True)
    assert "This text has changed since you opened the page" in answer.content.decode()
    assert repairs.record_of(case).reflection_shown_at is None


def test_button_beside_a_draft_stands_below_the_text_that_it_shows(client, case, therapist):
    """The form holds what was typed, and supervision would read what was saved."""
    last = case.opened_session
    draft = {"fields": {"note": "Still a draft."}, "version": last.version}
    LogDraft.objects.create(therapy_session=last, author=therapist, page=uuid4(), **draft)
    text = page(client, therapist, f"/sessions/{last.key}/")
    assert "Still a draft." in text
    assert text.index(f'<p class="written">{NOTE}</p>') < text.index("/show/note/")


def test_step_or_part_that_is_not_there_is_not_shown(client, case, therapist):
    client.force_login(therapist)
    strain, session = f"/strains/{case.key}", f"/sessions/{case.opened_session.key}"
    (step,) = case.repair_steps.all()
    for named in ({}, {"step": "invite", "on": step.taken_on.isoformat()}, {"step": step.step}):
        assert client.post(f"{strain}/steps/show/", named | {"wanted": "yes"}).status_code == 404
    assert client.post(f"{strain}/record/reflection/show/", {"wanted": "yes"}).status_code == 404
    assert client.post(f"{session}/show/markers/", {"wanted": "yes"}).status_code == 404


def test_who_a_case_came_up_to_reads_no_note_that_is_shown(client, case, therapist):
    """The lead reads the one strain, and supervises nobody in it."""
    repairs.keep(episode=case, values={"reflection": REFLECTION}, by=therapist)
    seen = repairs.record_of(case).print_of("reflection")
    repairs.show_reflection(episode=case, wanted=True, seen=seen, by=therapist)
    lead = factories.therapist(email="lead@clinic.example")
    Alert.objects.create(recipient=lead, episode=case, kind="strain", cause="x", rung=2)
    Clinic.objects.update_or_create(pk=1, defaults={"lead": lead})
    assert REFLECTION not in page(client, lead, f"/strains/{case.key}/")


def test_supervisor_sees_why_and_how_far(client, case, supervisor):
    text = page(client, supervisor, f"/strains/{case.key}/")
    assert "lower than last time" in text
    assert "Partly" in text
    assert case.pair.therapist.name in text


def test_supervisor_is_offered_no_work_on_the_strain(client, case, supervisor):
    text = page(client, supervisor, f"/strains/{case.key}/")
    for action in ("steps", "confirm", "settled", "dismiss"):
        assert f"/strains/{case.key}/{action}/" not in text
    assert f"/strains/{case.key}/resolve/" in text


def test_supervisor_does_not_see_the_clients_name(client, case, supervisor):
    case.pair.client.name = "Real Name"
    case.pair.client.save()
    for url in pages_of(case).values():
        assert "Real Name" not in page(client, supervisor, url)


def test_episode_detail_never_calls_a_score_a_rupture(client, case, therapist, supervisor):
    for reader in (therapist, supervisor):
        text = page(client, reader, f"/strains/{case.key}/").partition("<main")[2]
        assert "rupture" not in text.lower().replace("/static/", "")


def test_episode_detail_shows_the_thread(client, case, therapist, supervisor):
    supervision.comment(episode=case, text="What do you make of it?", by=supervisor)
    text = page(client, therapist, f"/strains/{case.key}/")
    assert text.index(supervisor.name) < text.index("What do you make of it?")


def test_episode_detail_escapes_what_people_wrote(client, case, therapist, supervisor):
    supervision.comment(episode=case, text="<script>alert(1)</script>", by=supervisor)
    text = page(client, therapist, f"/strains/{case.key}/")
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


# --- nothing yet ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("/", "You have no clients here yet."),
        ("/", "No open strain. The marks alone do not say that all is well."),
        ("/clients/", "You have no clients here yet."),
        ("/clients/?q=nobody", "No client of yours is called “nobody”."),
    ],
)
def test_therapists_page_without_anything_says_so(client, therapist, url, said):
    assert said in page(client, therapist, url)


def test_day_without_a_session_says_so(client, therapist, pair):
    assert "No sessions today." in page(client, therapist, "/")


def test_client_detail_without_a_session_says_so(client, therapist, pair):
    text = page(client, therapist, f"/clients/{pair.client.key}/")
    assert "No rating yet." in text
    assert "No session yet. Make an appointment to begin." in text
    assert "Nothing agreed is written down yet." in text


def test_review_queue_without_a_case_says_so(client, supervisor):
    assert "Nothing waits for you." in page(client, supervisor, "/queue/")


def test_weekly_report_list_without_a_report_answers(client, supervisor):
    assert "Monday" in page(client, supervisor, "/trend/")


def test_weekly_trend_of_a_new_supervisor_says_when_it_begins(client, supervisor, therapist):
    so_far = page(client, supervisor, "/trend/now/")
    monday = timezone.localdate() + datetime.timedelta(days=7 - timezone.localdate().weekday())
    assert f"The first report comes on {date_format(monday, 'l j F')}." in so_far
    assert "data-chart" not in so_far
    factories.weekly(factories.PairFactory(therapist=therapist), [37.0])
    begun = page(client, supervisor, "/trend/now/")
    assert "The first report comes" not in begun
    assert "data-chart" in begun


# --- what pages refuse ------------------------------------------------------------------------


def test_repair_step_create_refuses_a_day_to_come_at_the_field(client, case, therapist):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    client.force_login(therapist)
    response = client.post(
        f"/strains/{case.key}/steps/",
        {"step": "invite", "done": "done", "taken_on": tomorrow.isoformat(), "note": ""},
    )
    assert response.status_code == 400
    assert "still to come" in response.content.decode()
    assert case.repair_steps.count() == 1


def test_repair_step_create_refuses_a_day_before_the_strain(client, case, therapist):
    client.force_login(therapist)
    response = client.post(
        f"/strains/{case.key}/steps/",
        {"step": "invite", "done": "done", "taken_on": "2020-01-01", "note": ""},
    )
    assert "before the strain was noticed" in response.content.decode()
    assert case.repair_steps.count() == 1


def test_repair_step_create_refuses_a_note_without_end(client, case, therapist):
    client.force_login(therapist)
    today = timezone.localdate().isoformat()
    response = client.post(
        f"/strains/{case.key}/steps/",
        {"step": "invite", "done": "done", "taken_on": today, "note": "n" * 2001},
    )
    assert response.status_code == 400
    assert case.repair_steps.count() == 1


def test_episode_dismiss_needs_a_reason(client, case, therapist):
    client.force_login(therapist)
    assert client.post(f"/strains/{case.key}/dismiss/", {"reason": " "}).status_code == 400
    case.refresh_from_db()
    assert case.is_open


def test_closed_strain_takes_no_more_steps(client, case, therapist):
    client.force_login(therapist)
    client.post(
        f"/strains/{case.key}/dismiss/", {"because": "other", "reason": "The client was ill."}
    )
    today = timezone.localdate().isoformat()
    client.post(
        f"/strains/{case.key}/steps/",
        {"step": "invite", "done": "done", "taken_on": today, "note": ""},
    )
    assert case.repair_steps.count() == 1


def test_review_resolve_needs_an_outcome(client, case, supervisor):
    client.force_login(supervisor)
    assert client.post(f"/strains/{case.key}/resolve/", {}).status_code == 400
    assert not case.reviews.exclude(resolved_at=None).exists()


def test_client_page_shows_ten_sessions_and_the_way_to_the_others(client, pair):
    factories.weekly(pair, [None] * 11)
    client.force_login(pair.therapist)
    first, second = (
        client.get(f"/clients/{pair.client.key}/?page={page}").content.decode() for page in (1, 2)
    )
    assert (first.count('class="when"'), second.count('class="when"')) == (10, 1)
    assert "?page=2" in first
    assert "?page=1" in second
