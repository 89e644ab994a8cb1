"""What a therapist reads of where a strain stands, case by case."""

from dataclasses import replace

import pytest

from ruptures.detection.policy import DEFAULT_POLICY
from ruptures.outlook import Standing, sentences
from ruptures.repair import FIRST_THREE

OPEN = Standing(
    mean=37.6,
    spread=2.2,
    component="goals",
    line_mean=9.41,
    lowest=31.6,
    back=0,
    attended=1,
    ever_back=False,
    steps=frozenset(FIRST_THREE),
    settled="",
)
BACK_ONCE = replace(OPEN, back=1, ever_back=True)


@pytest.mark.parametrize(
    ("standing", "said"),
    [
        (
            BACK_ONCE,
            [
                "One more session at 35.4 or above, with the line on goals at 8.5 or above, "
                "and it counts as held.",
                "A missed appointment in between starts the count again.",
            ],
        ),
        (
            replace(OPEN, line_mean=None, attended=2),
            [
                "2 sessions running at 35.4 or above, and it counts as held.",
                "If the next session does not come back, your supervisor hears of it.",
            ],
        ),
        (
            replace(BACK_ONCE, steps=frozenset(), component="unspecified"),
            [
                "One more session at 35.4 or above, and it counts as come back by itself.",
                "A missed appointment in between starts the count again.",
                "With the first three steps logged it would count as a repair that held.",
            ],
        ),
        (
            replace(BACK_ONCE, back=2, steps=frozenset(FIRST_THREE[:2])),
            [
                "The marks have been back for 2 sessions running.",
                "For a verified repair these steps are still to log: “Show that it makes sense, "
                "without defending”.",
            ],
        ),
        (
            replace(BACK_ONCE, back=3, settled="no"),
            [
                "The marks have been back for 3 sessions running.",
                "The client said that it is not settled, so it stays open until they are asked "
                "again.",
            ],
        ),
        *(
            (
                replace(OPEN, lowest=lowest, line_mean=None),
                [
                    "The total has not been low since this was noticed, so the marks alone say "
                    "little here. What the client says counts for more.",
                    "2 sessions running at 35.4 or above, and it counts as held.",
                    "If none of the next 2 sessions comes back, your supervisor hears of it.",
                ],
            )
            for lowest in (None, 35.4, 40.0)
        ),
        (
            replace(OPEN, attended=4, line_mean=None),
            [
                "2 sessions running at 35.4 or above, and it counts as held.",
                "From 6 attended sessions on without coming back you may call this the new usual "
                "level; there were 4.",
            ],
        ),
    ],
)
def test_outlook_says_what_the_table_asks(standing, said):
    assert sentences(standing, DEFAULT_POLICY) == said
