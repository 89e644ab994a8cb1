"""What became of each rule's findings."""

import pytest

from ruptures.models import Episode
from ruptures.precision import Share
from ruptures.services import episodes, rule_precision, supervision
from tests import factories
from tests.conftest import SUDDEN_FALL


@pytest.fixture
def three(therapist) -> list[Episode]:
    """Three strains after the same fall: one dismissed, one closed otherwise, one open."""
    rows = []
    for _row in range(3):
        pair = factories.PairFactory(therapist=therapist)
        factories.weekly(pair, SUDDEN_FALL)
        rows.append(pair.episodes.get())
    episodes.dismiss(episode=rows[0], because=Episode.Dismissal.TECHNICAL, by=therapist)
    episodes.resolve(episode=rows[1], reason="We talked.", by=therapist)
    return rows


def record_of(rule: str) -> rule_precision.Record:
    return next(row for row in rule_precision.records_of_rules()["records"] if row.code == rule)


def test_record_counts_findings_closings_and_reasons(three):
    record = record_of("sudden_drop")
    assert record.fired == 3
    assert record.kept == Share(1, 2)
    assert record.dismissed == [(Episode.Dismissal.TECHNICAL.label, 1)]


def test_record_of_a_rule_that_never_spoke_is_empty(three):
    record = record_of("early_no_show")
    assert (record.fired, record.kept, record.dismissed) == (0, Share(0, 0), [])


def test_answers_on_findings_count_for_their_rule_and_no_other(three, supervisor, therapist):
    finding = three[2].findings.get(rule="sudden_drop")
    supervision.say_whether_useful(is_useful=True, finding=finding, by=supervisor)
    supervision.say_whether_useful(is_useful=False, finding=finding, by=therapist)
    supervision.say_whether_useful(is_useful=True, episode=three[2], by=supervisor)
    assert record_of("sudden_drop").useful == Share(1, 2)
    assert record_of("personal_low").useful == Share(0, 0)
    assert rule_precision.records_of_rules()["strains"] == Share(1, 1)


def test_precision_page_names_no_person(client, three, administrator, therapist):
    client.force_login(administrator)
    page = client.get("/rules/precision/").content.decode()
    assert "1 of 2" in page
    assert "not yet: 0 answers" in page
    assert "–" not in page.partition("<tbody>")[2]
    for row in three:
        assert row.pair.client.case_label not in page
    assert therapist.name not in page
