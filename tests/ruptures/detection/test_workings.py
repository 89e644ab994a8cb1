"""A finding laid open: what went in, and where its threshold comes from."""

from ruptures.detection.history import History
from ruptures.detection.policy import DEFAULT_POLICY
from ruptures.detection.screen import screen
from ruptures.detection.workings import number_of, workings
from tests.ruptures.detection.cases import screened, usual
from tests.ruptures.detection.series import random_pair


def test_threshold_is_the_number_of_the_policy_at_its_level():
    """The number that is named has the value that the finding keeps."""
    for result in screen(History.from_pairs([random_pair(n) for n in range(300)])).pairs():
        for found in (each for session in result.sessions for each in session.findings):
            if found.threshold is not None and "needed" not in found.values:
                assert getattr(DEFAULT_POLICY, number_of(found)) == found.threshold, found


def test_workings_name_inputs_threshold_and_source():
    found = {each.rule: each for each in screened(*usual(31.0)).sessions[-1].findings}
    told = workings(found["sudden_drop"], number="{:.1f}".format)
    assert {"Total": "31.0", "The time before": "38.0", "Fall": "7.0"}.items() <= dict(
        told.inputs
    ).items()
    assert told.threshold == "5.0"
    assert told.source == "choice of this project, no study behind the number"
    assert workings(found["low_total"]).source.endswith("; the number as others report it")


def test_workings_of_an_early_fall_name_the_wider_threshold():
    found = {each.rule: each for each in screened(38.0, 30.0).sessions[-1].findings}
    assert workings(found["sudden_drop"], number="{:.1f}".format).threshold == "7.0"
