import pytest

from sessions_app.markers import FEELINGS, MARKER_BY_CODE, MARKERS, MarkerKind
from sessions_app.srs import COMPONENT_OF, LINES, TOTAL_MAX, Component, Line, total


def test_lines_stand_in_the_order_of_the_form():
    assert [line.value for line in LINES] == ["relationship", "goals", "approach", "overall"]


def test_each_line_has_its_component():
    components = [COMPONENT_OF[line] for line in LINES]
    assert components == [Component.BOND, Component.GOALS, Component.TASKS, Component.NONE]


def test_total_is_the_sum_of_four_lines():
    assert total({"relationship": 92, "goals": 90, "approach": 91, "overall": 92}) == 365
    assert total(dict.fromkeys(Line, 100)) == TOTAL_MAX


@pytest.mark.parametrize("line", LINES)
def test_total_does_not_exist_without_each_line(line):
    marks = dict.fromkeys(LINES, 90)
    assert total({**marks, line: None}) is None
    del marks[line]
    assert total(marks) is None


@pytest.mark.parametrize("mark", [-1, 101])
def test_total_refuses_marks_outside_the_line(mark):
    with pytest.raises(ValueError, match="goals"):
        total({**dict.fromkeys(LINES, 90), Line.GOALS: mark})


def test_markers_are_eleven_and_ten():
    kinds = [marker.kind for marker in MARKERS]
    assert kinds.count(MarkerKind.WITHDRAWAL) == 11
    assert kinds.count(MarkerKind.CONFRONTATION) == 10
    assert len(MARKER_BY_CODE) == 21


def test_feelings_are_seven():
    assert len(FEELINGS) == 7
