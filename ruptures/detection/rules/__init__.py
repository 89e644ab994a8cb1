"""The register: one line a rule. Order is the order of findings on the page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ruptures.detection.policy import Policy
from ruptures.detection.rules import attendance, ceiling, discrepancy, markers, scores
from ruptures.detection.rules.fired import Fired
from ruptures.detection.vocabulary import EpisodeType, Level, Source

WITHDRAWAL = EpisodeType.WITHDRAWAL
CONFRONTATION = EpisodeType.CONFRONTATION


@dataclass(frozen=True)
class Rule:
    """One rule: its function, where its evidence comes from, the type it leans to.

    `stepwise`: needs the baseline or an open episode, so it is asked session by session.
    `scores_for`: type that gets its points (the leaning unless said otherwise), from severity
    `scores_from` on. `capped`: at most a prompt in the first attended session. `opens`: may
    open an episode. `composite_of`: a source that is an input, so it is not counted again.
    `needs`: the column without which it is silent, so that it is not asked where nobody has that;
    of a stepwise rule also one that a step of the walk leaves behind. None: it is always asked.
    A rule may also answer `()` where it has nothing to say of any session.
    """

    function: Callable[[Any, Policy], Fired | tuple[Fired, ...]]
    source: Source
    leaning: EpisodeType | None = None
    stepwise: bool = False
    scores_from: Level = Level.PROMPT
    scores_for: EpisodeType | None = None
    capped: bool = False
    opens: bool = True
    composite_of: Source | None = None
    needs: str | None = "valid"

    @property
    def id(self) -> str:
        return self.function.__name__

    @property
    def counts_for(self) -> EpisodeType | None:
        """The type whose points it adds to."""
        return self.scores_for or self.leaning

    def judge(self, view: Any, policy: Policy) -> tuple[Fired, ...]:
        """What the rule says of each session, with the cap of the first one."""
        fired = self.function(view, policy)
        fired = (fired,) if isinstance(fired, Fired) else fired
        if self.capped and view.first.size:
            for each in fired:
                if each.speaks:
                    _cap(each.severity, view.first)
        return fired

    def type_points(self, fired: Fired, policy: Policy) -> np.ndarray:
        """Points that each session adds to the type of an episode."""
        weight = getattr(policy, f"points_{self.id}")
        counted = fired.severity >= self.scores_from
        if fired.leans is not None:
            counted = counted & fired.leans
        return counted * np.int16(weight)


def _cap(severity: np.ndarray, first: np.ndarray) -> None:
    severity[first] = np.minimum(severity[first], Level.PROMPT)


def _score(function: Callable, leaning: EpisodeType | None = None, **more: Any) -> Rule:
    return Rule(function, Source.SCORE, leaning, **{"capped": True, **more})


REGISTER = (
    _score(scores.low_total),
    _score(scores.low_line),
    _score(scores.negative_pole, CONFRONTATION, capped=False),
    _score(scores.step_drop),
    _score(scores.sudden_drop, CONFRONTATION, stepwise=True, needs="fell"),
    _score(scores.personal_low, stepwise=True, needs="astray"),
    _score(scores.sustained_low, WITHDRAWAL, stepwise=True, needs="astray"),
    _score(scores.drift, WITHDRAWAL, stepwise=True, needs="astray"),
    _score(scores.steady_decline, WITHDRAWAL),
    _score(scores.line_split),
    _score(scores.line_drop),
    _score(scores.low_level, opens=False),
    _score(ceiling.ceiling_flat, needs="at_top"),
    _score(ceiling.ceiling_masked, WITHDRAWAL, needs="at_top"),
    Rule(
        attendance.missing_rating,
        Source.ATTENDANCE,
        WITHDRAWAL,
        stepwise=True,
        needs="missing",
        scores_from=Level.MODERATE,
    ),
    Rule(attendance.early_no_show, Source.ATTENDANCE, WITHDRAWAL, needs="no_show"),
    Rule(attendance.no_show, Source.ATTENDANCE, WITHDRAWAL, stepwise=True, needs="no_show"),
    Rule(attendance.cancel_or_late, Source.ATTENDANCE, WITHDRAWAL, needs=None),
    Rule(
        attendance.no_next_session,
        Source.ATTENDANCE,
        WITHDRAWAL,
        stepwise=True,
        needs="nothing_booked",
    ),
    Rule(
        markers.confrontation_marker,
        Source.MARKER,
        CONFRONTATION,
        scores_from=Level.MODERATE,
        needs="marker_salience",
    ),
    Rule(
        markers.withdrawal_marker,
        Source.MARKER,
        WITHDRAWAL,
        scores_from=Level.MODERATE,
        needs="marker_salience",
    ),
    Rule(
        markers.client_asks,
        Source.CLIENT,
        scores_for=CONFRONTATION,
        scores_from=Level.MODERATE,
        needs="client_asks",
    ),
    Rule(markers.therapist_feelings, Source.THERAPIST, needs="feelings"),
    Rule(
        discrepancy.unseen_by_therapist,
        Source.DISCREPANCY,
        stepwise=True,
        composite_of=Source.SCORE,
        needs="foreseen",
    ),
    Rule(discrepancy.gloomier_than_client, Source.DISCREPANCY, WITHDRAWAL),
)
RULES = {rule.id: rule for rule in REGISTER}
