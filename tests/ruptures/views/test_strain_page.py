"""The strain page: what is kept, who reads it, what two windows and wrong input do."""

import datetime
import re

import pytest
from django.utils import timezone, translation

from ruptures.forms import DiscussionForm, RepairStepForm
from ruptures.forms.blank import Blank
from ruptures.models import Episode, RepairRecord
from ruptures.repair import STEPS
from ruptures.services import episodes, repairs
from tests import factories

SECRETS = {
    "apology": "That I hurried.",
    "needed": "Ask me first.",
    "pattern": "He pulls back when pressed.",
    "outside": "At work too.",
    "opener": "Was I too quick?",
    "reflection": "I hurry when helpless.",
}


@pytest.fixture
def own(client, episode):
    """The therapist's page of the open strain: (browser, address)."""
    client.force_login(episode.pair.therapist)
    return client, f"/strains/{episode.key}/"


def text_of(response, status: int = 200) -> str:
    assert response.status_code == status
    return response.content.decode()


def seen_in(page: str, form: str) -> str:
    """The mark of what a form showed."""
    return page.partition(f'id="{form}_seen"')[0].rpartition('value="')[2].partition('"')[0]


def test_record_of_a_repair_is_read_by_its_author_alone(own, episode, client, supervisor):
    browser, url = own
    about = {name: SECRETS[name] for name in ("apology", "needed", "pattern", "outside")}
    ticked = {"causes": ["pace"], "strategies": ["own_part", "link_life"], "fits_pattern": "yes"}
    browser.post(f"{url}record/about/", about | ticked)
    for part in ("opener", "reflection"):
        browser.post(f"{url}record/{part}/", {part: SECRETS[part]})
    browser.post(
        f"{url}generalisations/",
        {"with_whom": "family", "tried_on": timezone.localdate(), "note": "She said no, kindly."},
    )
    page = text_of(browser.get(url))
    assert all(secret in page for secret in [*SECRETS.values(), "She said no, kindly."])
    client.force_login(supervisor)
    page = text_of(client.get(url))
    assert not any(secret in page for secret in [*SECRETS.values(), "She said no, kindly."])
    for seen in ("The pace was wrong", "Named my own part", "offered", "Family"):
        assert seen in page


def test_pattern_of_the_client_is_shown_beside_the_record(own, episode):
    browser, url = own
    assert "Write down the client's relational pattern" in text_of(browser.get(url))
    episode.pair.relational_patterns.create(
        text="Wants to be asked, expects to be told.", written_by=episode.pair.therapist
    )
    assert "Wants to be asked, expects to be told." in text_of(browser.get(url))


def test_stale_save_is_given_back_with_both_versions(own, episode):
    browser, url = own
    seen = seen_in(text_of(browser.get(url)), "reflection")
    browser.post(f"{url}record/reflection/", {"reflection": "First window.", "seen": seen})
    late = {"reflection": "Second window.", "seen": seen}
    page = text_of(browser.post(f"{url}record/reflection/", late), 409)
    assert "Stored meanwhile: First window." in page
    assert "Second window." in page
    assert RepairRecord.objects.get().reflection == "First window."
    again = {"reflection": "Second window.", "seen": seen_in(page, "reflection")}
    assert browser.post(f"{url}record/reflection/", again).status_code == 302
    assert RepairRecord.objects.get().reflection == "Second window."


def test_stale_kind_is_given_back_with_both_versions(own, episode):
    browser, url = own
    seen = seen_in(text_of(browser.get(url)), "kind")
    episodes.confirm(
        episode=Episode.objects.get(), type="mixed", component="bond", by=episode.pair.therapist
    )
    late = {"type": "withdrawal", "component": "bond", "seen": seen}
    page = text_of(browser.post(f"{url}confirm/", late), 409)
    assert "Stored meanwhile: Mixed" in page
    episode.refresh_from_db()
    assert episode.type == "mixed"


def test_stale_answer_of_the_client_is_given_back(own, episode):
    browser, url = own
    seen = seen_in(text_of(browser.get(url)), "id")
    today = timezone.localdate()
    browser.post(f"{url}settled/", {"answer": "no", "on": today, "seen": seen})
    late = {"answer": "yes", "on": today, "seen": seen}
    page = text_of(browser.post(f"{url}settled/", late), 409)
    assert "the client said: No" in page
    episode.refresh_from_db()
    assert episode.settled == "no"
    again = late | {"seen": seen_in(page, "id")}
    assert browser.post(f"{url}settled/", again).status_code == 302


def test_step_logged_twice_on_a_day_keeps_its_note(own, episode):
    browser, url = own
    seen = seen_in(text_of(browser.get(url)), "step_invite")
    step = {"step": "invite", "taken_on": timezone.localdate()}
    first = step | {"done": "partly", "note": "Said half of it.", "seen": seen}
    for _twice in range(2):
        assert browser.post(f"{url}steps/", first).status_code == 302
    late = step | {"done": "not", "note": "Not today.", "seen": seen}
    page = text_of(browser.post(f"{url}steps/", late), 409)
    assert "Said half of it." in page
    assert "Not today." in page
    seen = seen_in(text_of(browser.get(url)), "step_invite")
    browser.post(f"{url}steps/", step | {"done": "done", "note": "", "seen": seen})
    kept = episode.repair_steps.get()
    assert (kept.done, kept.note) == ("done", "Said half of it.")
    late = step | {"done": "done", "note": "All of it.", "seen": seen}
    assert browser.post(f"{url}steps/", late).status_code == 409


@pytest.mark.parametrize(
    ("type", "way"),
    [
        ("withdrawal", "From unease to saying it."),
        ("confrontation", "From anger to the hurt beneath."),
    ],
)
def test_openers_go_with_the_type(own, episode, type, way):
    browser, url = own
    browser.post(f"{url}confirm/", {"type": type, "component": "bond"})
    assert way in text_of(browser.get(url))


def test_supervisor_sees_what_is_taken_to_supervision(own, episode, client, supervisor):
    browser, url = own
    browser.post(f"{url}supervision/", {"wanted": "yes"})
    episode.refresh_from_db()
    wished = episode.for_supervision_at
    browser.post(f"{url}supervision/", {"wanted": "yes"})
    episode.refresh_from_db()
    assert episode.for_supervision_at == wished
    client.force_login(supervisor)
    assert "The therapist wants to talk about this" in text_of(client.get(url))
    client.force_login(episode.pair.therapist)
    browser.post(f"{url}supervision/", {"wanted": "no"})
    episode.refresh_from_db()
    assert episode.for_supervision_at is None


def test_dismissal_for_something_else_needs_words_at_their_field(own, episode):
    browser, url = own
    page = text_of(browser.post(f"{url}dismiss/", {"because": "other"}), 400)
    assert "Say in a few words what it was." in page
    browser.post(f"{url}dismiss/", {"because": "explained_otherwise"})
    page = text_of(browser.get(url))
    assert "as not a strain: Something outside the hour explains it." in page
    assert "Undo: open it again" in page
    browser.post(f"{url}reopen/")
    assert "Bring it to an end" in text_of(browser.get(url))


def test_notes_of_days_outside_are_taken_after_closing(own, episode):
    browser, url = own
    browser.post(f"{url}close/", {"reason": "Talked through."})
    tried = {"with_whom": "partner", "tried_on": timezone.localdate(), "note": "Asked for time."}
    assert browser.post(f"{url}generalisations/", tried).status_code == 302
    assert episode.generalisations.get().with_whom == "partner"


def test_unknown_part_and_unknown_code_are_refused(own, episode):
    browser, url = own
    assert browser.post(f"{url}record/secrets/", {}).status_code == 404
    text_of(browser.post(f"{url}record/about/", {"causes": ["bad_weather"]}), 400)
    assert not RepairRecord.objects.exists()


def test_step_names_the_session_of_its_day(own, episode):
    browser, url = own
    repairs.log_step(
        episode=episode,
        step="invite",
        done="partly",
        on=timezone.localdate(episode.opened_session.starts_at),
        note="",
        by=episode.pair.therapist,
    )
    assert "in the session: Partly" in text_of(browser.get(url))


def test_history_leaves_out_what_only_repeats_the_state_before(own, episode):
    later = factories.TherapySessionFactory(pair=episode.pair)
    for day, state in enumerate(("open", "addressed", "addressed", "partial", "addressed")):
        at = timezone.now() + datetime.timedelta(days=day)
        episode.states.create(state=state, therapy_session=later, entered_at=at)
    browser, url = own
    history = text_of(browser.get(url)).partition('id="states"')[2].partition("</dl>")[0]
    states = re.findall(r"<dd>(.*?)\s*</dd>", history)
    talked = "Being talked about"
    assert states == ["Not yet talked about", talked, "Partly recovered", talked]


def test_finding_is_laid_open_with_its_policy(own, episode):
    browser, url = own
    page = text_of(browser.get(url))
    finding = episode.findings.get(rule="sudden_drop")
    version = finding.policy_version.version
    for said in (
        "The time before",
        "38.0",
        version.removeprefix("policy-"),
        "choice of this project",
    ):
        assert said in page
    assert version not in page


def test_page_of_the_rules_speaks_to_people(own):
    browser, _url = own
    page = text_of(browser.get("/rules/"))
    assert "A total below this is worth a question" in page
    assert "<code>" not in page
    assert "policy-" not in page


def test_new_level_too_early_changes_nothing(own, episode):
    browser, url = own
    page = text_of(browser.post(f"{url}new-level/", follow=True))
    assert "It is too early" in page
    episode.refresh_from_db()
    assert episode.is_open


def test_strain_that_held_at_the_top_says_what_cannot_be_judged(client, pair):
    sessions = factories.weekly(pair, [39.5, 39.8, 39.6, 39.7, (5.8, 8.6, 8.4, 8.2), None, None])
    episode = Episode.objects.get()
    for step in ("acknowledge", "invite", "validate"):
        repairs.log_step(
            episode=episode,
            step=step,
            done="done",
            on=timezone.localdate(sessions[4].starts_at),
            note="",
            by=pair.therapist,
        )
    for session in sessions[5:]:
        factories.rate(session, 39.6)
    client.force_login(pair.therapist)
    page = text_of(client.get(f"/strains/{episode.key}/"))
    assert "Whether it is stronger than before cannot be judged" in page


# --- what is drawn apart, or once ---------------------------------------------------------------


def test_findings_of_earlier_sessions_are_a_page_away(own, episode, supervisor, client):
    browser, url = own
    assert "earlier session" not in text_of(browser.get(url))
    factories.rate(factories.TherapySessionFactory(pair=episode.pair), (5.0, 6.0, 7.0, 7.0))
    assert f'<a href="{url}findings/">One earlier session</a>' in text_of(browser.get(url))
    assert text_of(browser.get(f"{url}findings/")).count("day-heading") == 2
    client.force_login(supervisor)
    assert text_of(client.get(f"{url}findings/")).count("day-heading") == 2
    finding = episode.findings.worth_asking().first()
    answer = client.post(
        f"{url}useful/", {"useful": "yes", "finding": finding.pk, "back": "findings"}
    )
    assert answer.url == f"{url}findings/"


def test_empty_forms_are_drawn_once_for_a_day_and_a_language(time_machine):
    german = Blank(DiscussionForm, episode=None)
    time_machine.move_to("2026-03-02 12:00", tick=False)
    first = Blank(DiscussionForm, episode=None).drawn
    assert Blank(DiscussionForm, episode=None).drawn is first
    with translation.override("de"):
        assert "Diesen Tag festhalten" in german.drawn
    time_machine.move_to("2026-03-03 12:00", tick=False)
    assert 'value="2026-03-02"' in first
    assert 'value="2026-03-03"' in Blank(DiscussionForm, episode=None).drawn


def test_empty_steps_are_told_apart():
    note, talk = (
        Blank(RepairStepForm, episode=None, initial={"step": step}).drawn for step in STEPS[:2]
    )
    assert f'value="{STEPS[0]}"' in note and f'value="{STEPS[1]}"' in talk
    assert "csrf" not in note
