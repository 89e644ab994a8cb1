"""What people noted."""

import pytest

from tests.ruptures.detection.cases import last, marked


@pytest.mark.parametrize(
    ("markers", "found"),
    [
        ([("complaint_pace", 2)], None),
        ([("complaint_pace", 3)], "moderate"),
        ([("complaint_pace", 4)], "high"),
        ([("complaint_pace", 3), ("complaint_tasks", 2)], "moderate"),
        ([("complaint_pace", 3), ("complaint_tasks", 3)], "high"),
        ([("complaint_pace", 3), ("complaint_pace", 3)], "moderate"),
        ([("appeasing", 5)], None),
    ],
)
def test_confrontation_marker_by_salience(markers, found):
    assert last("confrontation_marker", marked(*markers)) == found


@pytest.mark.parametrize(
    ("markers", "found"),
    [
        ([("appeasing", 1)], None),
        ([("appeasing", 2)], "prompt"),
        ([("appeasing", 3)], "moderate"),
        ([("appeasing", 2), ("denial", 1)], "prompt"),
        ([("appeasing", 2), ("denial", 2)], "moderate"),
        ([("appeasing", 2), ("appeasing", 2)], "prompt"),
        ([("complaint_pace", 5)], None),
    ],
)
def test_withdrawal_marker_by_salience(markers, found):
    assert last("withdrawal_marker", marked(*markers)) == found


@pytest.mark.parametrize(("asks", "found"), [(True, "moderate"), (False, None), (None, None)])
def test_client_asks(asks, found):
    assert last("client_asks", {"total": 38.0, "client_asks": asks}) == found


@pytest.mark.parametrize(
    ("feelings", "found"),
    [
        ({"boredom": 3}, None),
        ({"boredom": 4}, "prompt"),
        ({"boredom": 3, "helpless": 2}, None),
        ({"boredom": 3, "over-protective": 3}, "prompt"),
    ],
)
def test_therapist_feelings(feelings, found):
    assert last("therapist_feelings", {"total": 38.0, "feelings": feelings}) == found
