"""What the therapist expected against what the client marked."""

import pytest

from tests.ruptures.detection.cases import even, last, lines, screened, severities


def expected(total, prediction, **more):
    return {"total": total, "prediction": even(prediction), **more}


@pytest.mark.parametrize(
    ("prediction", "found"), [(39.9, "moderate"), (39.8, None)], ids=["4.0", "3.9"]
)
def test_unseen_by_therapist_at_its_threshold(prediction, found):
    assert last("unseen_by_therapist", 36.5, expected(35.9, prediction)) == found


def test_unseen_by_therapist_needs_a_score_finding():
    assert last("unseen_by_therapist", 36.0, expected(36.0, 40.0)) is None


def test_unseen_by_therapist_is_one_level_above_the_score_finding():
    result = screened(37.0, 38.0, 37.5, 38.0, expected(28.0, 38.0))
    assert severities("sudden_drop", result)[-1] == "moderate"
    assert severities("unseen_by_therapist", result)[-1] == "high"


def test_unseen_by_therapist_does_not_count_its_score_again():
    session = screened(36.5, expected(35.9, 40.0)).sessions[1]
    assert session.severity == "moderate"


@pytest.mark.parametrize(("entries", "found"), [(7, "moderate"), (8, None)])
def test_unseen_by_therapist_takes_the_usual_gap_off_after_eight_entries(entries, found):
    before = [expected(37.0, 38.0)] * entries
    assert last("unseen_by_therapist", *before, expected(35.9, 40.0)) == found


@pytest.mark.parametrize(
    ("total", "prediction", "found"),
    [(39.0, 32.0, "prompt"), (38.9, 32.0, None), (39.0, 32.1, None)],
)
def test_gloomier_than_client_at_its_thresholds(total, prediction, found):
    assert last("gloomier_than_client", expected(total, prediction)) == found


def test_prediction_with_a_missing_line_counts_for_nothing():
    guess = {**lines(8, 8, 8, 8), "goals": None}
    assert last("gloomier_than_client", {"total": 40.0, "prediction": guess}) is None
