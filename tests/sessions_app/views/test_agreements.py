"""Goals, tasks and the pattern on the client's page."""

from html import unescape

import pytest

from sessions_app.services import agreements, patterns
from tests import factories


@pytest.fixture
def goal(pair):
    return agreements.agree(
        pair=pair, kind="goal", text="Sleep better", on=pair.from_on, by=pair.therapist
    )


def page(client, person, pair) -> str:
    client.force_login(person)
    return unescape(client.get(f"/clients/{pair.client.key}/").content.decode())


def test_agreement_stand_shows_the_level_chosen(client, therapist, pair, goal):
    client.force_login(therapist)
    address = f"/clients/{pair.client.key}/agreements/{goal.key}/standing/"
    client.post(address, {"level": "partly"})
    assert 'value="partly" aria-pressed="true"' in page(client, therapist, pair)


def test_agreement_stand_refuses_another_word(client, therapist, pair, goal):
    client.force_login(therapist)
    address = f"/clients/{pair.client.key}/agreements/{goal.key}/standing/"
    answer = client.post(address, {"level": "wholly"}, follow=True)
    assert "choose one of the three" in answer.content.decode()
    assert goal.standings.count() == 0


def test_agreement_of_another_client_is_not_found_under_this_one(client, therapist, pair, goal):
    other = factories.PairFactory(therapist=therapist)
    client.force_login(therapist)
    address = f"/clients/{other.client.key}/agreements/{goal.key}/words/"
    assert client.post(address, {"text": "Mine"}).status_code == 404


def test_agreement_reword_shows_the_words_before(client, therapist, pair, goal):
    client.force_login(therapist)
    client.post(f"/clients/{pair.client.key}/agreements/{goal.key}/words/", {"text": "Rest"})
    text = page(client, therapist, pair)
    assert "<p>Rest</p>" in text
    assert "“Sleep better”" in text


def test_agreement_reword_without_words_says_so(client, therapist, pair, goal):
    client.force_login(therapist)
    answer = client.post(f"/clients/{pair.client.key}/agreements/{goal.key}/words/", {"text": ""})
    assert "This field is required." in answer.content.decode()
    assert pair.agreements.get().text == "Sleep better"


def test_supervisor_reads_goals_and_pattern_and_is_offered_no_change(
    client, therapist, supervisor, pair, goal
):
    agreements.stand(agreement=goal, level="not", on=pair.from_on, by=therapist)
    patterns.write(pair=pair, text="Expects to be judged", by=therapist)
    text = page(client, supervisor, pair)
    assert "Not at one" in text
    assert "Expects to be judged" in text
    assert "/standing/" not in text
    assert "/pattern/" not in text


def test_pattern_write_begins_with_the_words_of_last_time(client, therapist, pair):
    patterns.write(pair=pair, text="Expects to be judged", by=therapist)
    client.force_login(therapist)
    form = client.get(f"/clients/{pair.client.key}/pattern/").context["form"]
    assert form.initial == {"text": "Expects to be judged"}


def test_session_log_shows_what_holds_today_and_no_way_to_the_marks(client, therapist, pair, goal):
    """Until the log is saved: the page with the marks would take the prediction away."""
    ended = agreements.agree(
        pair=pair, kind="task", text="Old diary", on=pair.from_on, by=therapist
    )
    agreements.end(agreement=ended, on=pair.from_on, by=therapist)
    therapy_session = factories.TherapySessionFactory(pair=pair)
    client.force_login(therapist)
    text = unescape(client.get(f"/sessions/{therapy_session.key}/").content.decode())
    shown = text.partition('id="agreed"')[2].partition("</p>")[0]
    assert "Sleep better" in shown
    assert "Old diary" not in shown
    assert "href" not in shown
