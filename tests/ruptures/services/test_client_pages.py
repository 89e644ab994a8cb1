"""The sentences on top of a client's page."""

import pytest

from ruptures.models import PolicyVersion
from ruptures.services import chart_data, client_pages
from sessions_app.services import therapy_sessions
from sessions_app.services.therapy_sessions import Log
from tests import factories
from tests.factories.records import marks

SENTENCES = [
    ([38.0], "Last 38.0."),
    ([38.0, 38.0], "Last 38.0, as the time before."),
    ([34.0, 35.5], "Last 35.5, up 1.5 from the time before, below 36 twice running."),
    ([38.0, 37.0, 31.5], "Last 31.5, down 6.5 over 3 sessions, below 36."),
    ([37.5, 33.0, 31.5], "Last 31.5, down 6.0 over 3 sessions, below 36 twice running."),
    ([30.0, 38.0, 33.0], "Last 33.0, down 5.0 from the time before, below 36."),
    ([35.0, 34.0, 35.0, 36.0], "Last 36.0, up 2.0 over 3 sessions."),
    ([33.0, 34.0, 33.5], "Last 33.5, down 0.5 from the time before, below 36 the last 3 times."),
]


@pytest.mark.parametrize(("totals", "sentence"), SENTENCES, ids=str)
def test_state_sentence_says_where_the_marks_stand(pair, totals, sentence):
    factories.weekly(pair, totals)
    newest = chart_data.newest_sessions_of(pair)
    assert chart_data.state_sentence(newest, PolicyVersion.current().cue) == sentence


def predicted(pair, number, guess, given):
    for session in factories.weekly(pair, [None] * number):
        log = Log("attended", prediction=marks(guess))
        therapy_sessions.record(therapy_session=session, log=log, by=pair.therapist)
        factories.rate(session, given)


@pytest.mark.parametrize(
    ("guess", "given", "habit"),
    [
        (38.5, 37.0, "Over 8 sessions you expected 1.5 more than was marked, on average."),
        (36.0, 37.0, "Over 8 sessions you expected 1.0 less than was marked, on average."),
        (37.0, 37.0, "Over 8 sessions your guesses lay neither above nor below."),
    ],
)
def test_mean_gap_is_said_from_eight_pairs_on(pair, guess, given, habit):
    predicted(pair, 7, guess, given)
    assert client_pages.habit_sentence(pair.therapist, PolicyVersion.current()) == ""
    predicted(factories.PairFactory(therapist=pair.therapist), 1, guess, given)
    assert client_pages.habit_sentence(pair.therapist, PolicyVersion.current()) == habit


def test_expectation_is_the_therapists_alone(client, pair, supervisor):
    predicted(pair, 1, 38.5, 34.2)
    url = f"/clients/{pair.client.key}/"
    client.force_login(pair.therapist)
    assert "You expected 38.5; the client marked 34.2." in client.get(url).content.decode()
    client.force_login(supervisor)
    assert "You expected" not in client.get(url).content.decode()
