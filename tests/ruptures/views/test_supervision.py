"""The queue, the supervision of a case, and the sheet for a supervision, as people use them."""

import datetime

import pytest
from django.utils import timezone

from ruptures.models import AgreedPlan, ReviewComment, SupervisorReview, UsefulAnswer
from ruptures.services import episodes, reviews, supervision
from tests import factories
from tests.conftest import SUDDEN_FALL


@pytest.fixture
def signed_in(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


# --- the queue --------------------------------------------------------------------------------


def test_case_is_taken_snoozed_and_woken_from_the_queue(signed_in, episode, supervisor):
    browser = signed_in(supervisor)
    page = f"/strains/{episode.key}"
    browser.post(f"{page}/owner/", {"owner": supervisor.key, "back": "queue"})
    assert "with you" in text_of(browser.get("/queue/"))
    browser.post(f"{page}/snooze/", {"days": "7", "back": "queue"})
    queue = text_of(browser.get("/queue/"))
    assert "Heron-14" not in queue
    assert "Snoozed <b>1</b>" in queue
    assert "Heron-14" in text_of(browser.get("/queue/?show=snoozed"))
    answer = browser.post(f"{page}/wake/", {"back": "queue", "show": "snoozed"})
    assert answer.url == "/queue/?show=snoozed"
    assert "Heron-14" in text_of(browser.get("/queue/"))


@pytest.mark.parametrize("shown", ["nobody", "another"])
def test_case_that_was_taken_meanwhile_is_taken_over_only_on_purpose(
    signed_in, episode, supervisor, shown
):
    """From the queue as it was: the answer says who took it, and offers to take it over."""
    quick, earlier = factories.therapist(name="Quick Rowan"), factories.therapist()
    for person in (quick, earlier):
        factories.SupervisionFactory(supervisor=person, therapist=episode.pair.therapist)
    if shown == "another":
        reviews.hand_to(episode=episode, owner=earlier, by=earlier)
    browser = signed_in(supervisor)
    button = {"back": "queue", "owner": supervisor.key}
    old = button | {"shown": earlier.key if shown == "another" else ""}
    reviews.hand_to(episode=episode, owner=quick, by=quick)
    answer = browser.post(f"/strains/{episode.key}/owner/", old, follow=True)
    episode.refresh_from_db()
    assert episode.owner == quick
    assert "Quick Rowan has had this case since" in text_of(answer)
    assert "Take it over" in text_of(answer)
    assert f'name="shown" value="{quick.key}"' in answer.content.decode()
    browser.post(f"/strains/{episode.key}/owner/", button | {"shown": quick.key})
    episode.refresh_from_db()
    assert episode.owner == supervisor


def test_case_cannot_be_handed_to_who_does_not_supervise_its_therapist(
    signed_in, episode, supervisor, other_supervisor
):
    answer = signed_in(supervisor).post(
        f"/strains/{episode.key}/owner/", {"owner": other_supervisor.key}
    )
    episode.refresh_from_db()
    assert answer.status_code == 400
    assert "Select a valid choice" in text_of(answer)
    assert episode.owner is None


def test_case_cannot_sleep_longer_than_is_offered(signed_in, episode, supervisor):
    answer = signed_in(supervisor).post(f"/strains/{episode.key}/snooze/", {"days": "15"})
    assert answer.status_code == 400
    assert "Select a valid choice" in text_of(answer)
    assert not SupervisorReview.objects.exclude(snoozed_until=None).exists()


def test_review_closed_without_an_outcome_stays_open(signed_in, episode, supervisor):
    answer = signed_in(supervisor).post(f"/strains/{episode.key}/resolve/", {"back": "queue"})
    assert answer.status_code == 400
    assert "This field is required" in text_of(answer)
    assert not SupervisorReview.objects.exclude(resolved_at=None).exists()


def test_chosen_cases_are_acknowledged(signed_in, episode, supervisor, therapist):
    other = factories.PairFactory(therapist=therapist)
    factories.weekly(other, SUDDEN_FALL)
    keys = [episode.key, other.episodes.get().key]
    answer = signed_in(supervisor).post("/queue/acknowledge/", {"cases": keys}, follow=True)
    assert "2 cases acknowledged" in text_of(answer)
    assert SupervisorReview.objects.exclude(acknowledged_at=None).count() == 2


@pytest.mark.parametrize(
    ("chosen", "words"), [([], "Choose at least one case."), (["x"], "not a valid")]
)
def test_choice_of_no_case_says_so(signed_in, episode, supervisor, chosen, words):
    answer = signed_in(supervisor).post("/queue/acknowledge/", {"cases": chosen})
    assert answer.status_code == 400
    assert words in text_of(answer)


def test_nobody_elses_case_is_among_the_chosen(signed_in, episode, other_supervisor):
    answer = signed_in(other_supervisor).post("/queue/acknowledge/", {"cases": [episode.key]})
    assert answer.status_code == 400
    assert not SupervisorReview.objects.exists()


def test_delegate_reads_for_whom_they_stand_in(signed_in, episode, supervisor, delegate):
    queue = text_of(signed_in(delegate).get("/queue/"))
    assert f"You stand in for {supervisor.name} until" in queue
    assert "Heron-14" in queue


# --- the case ---------------------------------------------------------------------------------


def test_question_goes_to_the_therapist_and_its_answer_comes_back(
    signed_in, episode, supervisor, therapist
):
    page = f"/strains/{episode.key}/"
    browser = signed_in(supervisor)
    browser.post(f"{page}comments/", {"text": "How was it?", "ask": "Ask as a question"})
    question = ReviewComment.objects.get()
    assert question.is_question
    browser = signed_in(therapist)
    assert "Asks you" in text_of(browser.get("/"))
    browser.post(f"{page}comments/", {"text": "I pushed.", "answers": question.pk})
    assert "Asks you" not in text_of(browser.get("/"))
    case = text_of(signed_in(supervisor).get(page))
    assert 'name="ask" value="Ask as a question"' in case
    assert 'type="text" name="ask"' not in case
    assert f"{therapist.name} answers" in case
    assert "Question open" not in case


def test_question_of_another_case_cannot_be_answered_here(signed_in, episode, supervisor):
    other = factories.PairFactory(therapist=episode.pair.therapist)
    factories.weekly(other, SUDDEN_FALL)
    question = supervision.comment(
        episode=other.episodes.get(), text="How?", is_question=True, by=supervisor
    )
    answer = signed_in(episode.pair.therapist).post(
        f"/strains/{episode.key}/comments/", {"text": "So.", "answers": question.pk}
    )
    assert answer.status_code == 400
    assert ReviewComment.objects.count() == 1


def plan(text: str, seen: int) -> dict:
    return {"text": text, "agreed_on": timezone.localdate().isoformat(), "seen": seen}


def test_plan_is_shown_to_both(signed_in, episode, supervisor, therapist):
    page = f"/strains/{episode.key}/"
    signed_in(supervisor).post(f"{page}plans/", plan("Ask first.", 0))
    for reader in (supervisor, therapist):
        assert "Ask first." in text_of(signed_in(reader).get(page))


def test_plan_that_came_between_is_shown_beside_ones_own(signed_in, episode, supervisor, therapist):
    page = f"/strains/{episode.key}/plans/"
    signed_in(supervisor).post(page, plan("Ask first.", 0))
    answer = signed_in(therapist).post(page, plan("Wait a week.", 0))
    assert answer.status_code == 409
    assert "Ask first." in text_of(answer)
    assert "Wait a week." in text_of(answer)
    assert answer.context["plan_form"]["seen"].value() == 1
    signed_in(therapist).post(page, plan("Wait a week.", 1))
    assert [row.text for row in AgreedPlan.objects.all()] == ["Wait a week.", "Ask first."]


@pytest.mark.parametrize(("days", "words"), [(1, "still to come"), (-400, "before the strain")])
def test_day_of_a_discussion_lies_within_the_strain(signed_in, episode, supervisor, days, words):
    day = timezone.localdate() + datetime.timedelta(days=days)
    answer = signed_in(supervisor).post(
        f"/strains/{episode.key}/discussions/", {"discussed_on": day.isoformat()}
    )
    assert answer.status_code == 400
    assert words in str(answer.context["discussion_form"].errors["discussed_on"])
    assert not episode.discussions.exists()


def test_useful_is_one_click_and_can_be_changed(signed_in, episode, supervisor, therapist):
    finding = episode.findings.worth_asking().for_supervision().first()
    for reader in (supervisor, therapist):
        for useful in ("yes", "no"):
            data = {"finding": finding.pk, "useful": useful}
            signed_in(reader).post(f"/strains/{episode.key}/useful/", data)
    answers = UsefulAnswer.objects.values_list("by", "is_useful")
    assert set(answers) == {(supervisor.pk, False), (therapist.pk, False)}


def test_supervisor_cannot_answer_on_a_finding_about_the_therapist(signed_in, episode, supervisor):
    finding = episode.findings.first()
    finding.rule = "therapist_feelings"
    finding.save()
    answer = signed_in(supervisor).post(
        f"/strains/{episode.key}/useful/", {"finding": finding.pk, "useful": "yes"}
    )
    assert answer.status_code == 400
    assert not UsefulAnswer.objects.exists()


def test_case_says_who_closed_it_and_goes_back_into_the_queue(signed_in, episode, supervisor):
    reviews.resolve(episode=episode, outcome="plan_agreed", by=supervisor)
    browser = signed_in(supervisor)
    page = f"/strains/{episode.key}/"
    assert f"Closed by {supervisor.name}" in text_of(browser.get(page))
    browser.post(f"{page}put-back/")
    assert "Heron-14" in text_of(browser.get("/queue/"))


# --- the sheet for a supervision --------------------------------------------------------------


def parts_of(response) -> dict[str, list[str]]:
    return {
        str(title): [item.episode.pair.client.case_label for item in items]
        for title, items in response.context["parts"]
    }


def test_agenda_names_each_case_once_under_what_it_is_about(signed_in, therapist, supervisor):
    rows = {}
    for label in ("Flagged", "Taken", "Asked", "Planned"):
        pair = factories.PairFactory(therapist=therapist, client__case_label=label)
        factories.weekly(pair, SUDDEN_FALL)
        rows[label] = pair.episodes.get()
        if label != "Flagged":
            supervision.comment(episode=rows[label], text="A word.", by=therapist)
    episodes.take_to_supervision(episode=rows["Taken"], wanted=True, by=therapist)
    asked = {"text": "How was it?", "is_question": True, "by": supervisor}
    supervision.comment(episode=rows["Asked"], **asked)
    today = timezone.localdate()
    agreed = {"text": "Ask first.", "on": today, "seen": 0, "by": supervisor}
    supervision.agree_on_plan(episode=rows["Planned"], **agreed)
    agenda = signed_in(supervisor).get(f"/supervision/{therapist.key}/")
    assert parts_of(agenda) == {
        "Flagged": ["Flagged"],
        "Taken to supervision by the therapist": ["Taken"],
        "Open questions": ["Asked"],
        "Plans to look at again": ["Planned"],
    }
    assert "How was it?" in text_of(agenda)
    assert "Ask first." in text_of(agenda)


def test_case_that_was_discussed_is_no_longer_taken_to_supervision(
    signed_in, episode, supervisor, therapist
):
    episodes.take_to_supervision(episode=episode, wanted=True, by=therapist)
    supervision.note_discussion(episode=episode, on=timezone.localdate(), by=supervisor)
    agenda = signed_in(supervisor).get(f"/supervision/{therapist.key}/")
    assert parts_of(agenda) == {"Under way": ["Heron-14"]}


def test_snoozed_case_stands_on_the_sheet_all_the_same(signed_in, episode, supervisor, therapist):
    reviews.snooze(episode=episode, days=7, by=supervisor)
    agenda = signed_in(supervisor).get(f"/supervision/{therapist.key}/")
    assert parts_of(agenda) == {"Flagged": ["Heron-14"]}


def test_figures_of_supervisees_stand_in_the_order_of_names_and_from_five_forms_on(
    signed_in, supervisor, therapist
):
    newcomer = factories.therapist(name="Aaron Few")
    factories.SupervisionFactory(supervisor=supervisor, therapist=newcomer)
    factories.weekly(factories.PairFactory(therapist=newcomer), [38.0] * 4)
    often = factories.PairFactory(therapist=therapist)
    factories.weekly(often, [38.0] * 5 + [None])
    often.therapy_sessions.filter(srs_entry=None).update(attendance="attended")
    rows = signed_in(supervisor).get("/supervision/").context["rows"]
    assert [(row.therapist, row.form_rate) for row in rows] == [
        (newcomer, None),
        (therapist, 5 / 6),
    ]


def test_time_to_the_first_response_is_a_middle_value_of_five(signed_in, supervisor, therapist):
    for days in (1, 1, 2, 5, 30):
        pair = factories.PairFactory(therapist=therapist)
        factories.weekly(pair, SUDDEN_FALL)
        episode = pair.episodes.get()
        episode.opened_at = timezone.now() - datetime.timedelta(days=days)
        episode.save()
        (row,) = signed_in(supervisor).get("/supervision/").context["rows"]
        assert row.days_to_response is None
        supervision.comment(episode=episode, text="I saw it.", by=therapist)
    (row,) = signed_in(supervisor).get("/supervision/").context["rows"]
    assert row.days_to_response == pytest.approx(2, abs=0.01)
