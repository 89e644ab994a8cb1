"""A guess counts while the marks are unseen; its mean gap belongs to the therapist."""

import datetime

import pytest

from sessions_app.models import Prediction, TherapySession
from sessions_app.services import therapy_sessions
from sessions_app.services.predictions import mean_gap_of
from sessions_app.services.therapy_sessions import Log
from tests import factories
from tests.factories.records import marks


def predict(therapy_session, total):
    therapy_sessions.record(
        therapy_session=therapy_session,
        log=Log("attended", prediction=marks(total)),
        by=therapy_session.pair.therapist,
    )


def test_guess_after_the_rating_counts_while_the_marks_are_unseen(therapy_session):
    factories.rate(therapy_session, 34.2)
    predict(therapy_session, 38.5)
    assert Prediction.objects.get().total == 385


def test_guess_after_the_marks_were_seen_does_not_count(therapy_session):
    factories.rate(therapy_session, 34.2)
    therapy_sessions.see_marks(therapy_session.pair)
    predict(therapy_session, 34.2)
    assert not Prediction.objects.exists()


def test_guess_once_made_stays_when_the_rating_is_there(therapy_session):
    factories.rate(therapy_session, 34.2)
    predict(therapy_session, 38.5)
    predict(therapy_session, 34.2)
    assert Prediction.objects.get().total == 385


def test_guess_may_change_before_the_rating(therapy_session):
    predict(therapy_session, 38.5)
    predict(therapy_session, 37.0)
    assert Prediction.objects.get().total == 370


def test_guess_of_a_rated_session_is_screened(therapy_session, pair):
    factories.rate(therapy_session, (8.0, 8.0, 8.0, 8.0))
    predict(therapy_session, 38.5)
    assert therapy_session.findings.filter(rule="unseen_by_therapist").exists()


@pytest.mark.parametrize("skipped", [False, True])
def test_marks_are_unseen_until_the_log_is_saved(therapy_session, skipped):
    factories.rate(therapy_session, 34.2)
    assert list(TherapySession.objects.marks_unseen()) == [therapy_session]
    assert TherapySession.objects.get().marks_are_unseen
    if skipped:
        log = Log("attended")
        by = therapy_session.pair.therapist
        therapy_sessions.record(therapy_session=therapy_session, log=log, by=by)
    else:
        predict(therapy_session, 38.5)
    assert not TherapySession.objects.marks_unseen().exists()
    assert not TherapySession.objects.get().marks_are_unseen


def test_mean_gap_counts_own_whole_pairs_alone(pair, other_therapist):
    for given, guessed in ((34.0, 36.0), (38.0, 37.0)):
        session = factories.TherapySessionFactory(pair=pair, starts_at=pair_moment(pair))
        factories.rate(session, given)
        predict(session, guessed)
    unrated = factories.TherapySessionFactory(pair=pair, starts_at=pair_moment(pair))
    predict(unrated, 20.0)
    theirs = factories.TherapySessionFactory(pair__therapist=other_therapist)
    factories.rate(theirs, 30.0)
    predict(theirs, 40.0)
    assert mean_gap_of(pair.therapist) == (2, pytest.approx(5.0))


def pair_moment(pair):
    newest = factories.TherapySessionFactory.build().starts_at
    return newest - datetime.timedelta(days=pair.therapy_sessions.count())
