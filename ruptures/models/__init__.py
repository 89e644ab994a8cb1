from ruptures.models.alert import Alert
from ruptures.models.client_copy import ClientCopy
from ruptures.models.episode import Episode, EpisodeState
from ruptures.models.finding import Finding, Screening
from ruptures.models.policy_version import PolicyVersion
from ruptures.models.reconciliation import Reconciliation
from ruptures.models.repair_record import Generalisation, RepairRecord
from ruptures.models.repair_step import RepairStep
from ruptures.models.rescreening import Rescreening, RescreeningChunk
from ruptures.models.review import (
    AgreedPlan,
    Discussion,
    ReviewComment,
    SupervisorReview,
    UsefulAnswer,
)
from ruptures.models.team_event import TeamEvent
from ruptures.models.weekly_report import WeeklyReport

__all__ = [
    "AgreedPlan",
    "Alert",
    "ClientCopy",
    "Discussion",
    "Episode",
    "EpisodeState",
    "Finding",
    "Generalisation",
    "PolicyVersion",
    "Reconciliation",
    "RepairRecord",
    "RepairStep",
    "Rescreening",
    "RescreeningChunk",
    "ReviewComment",
    "Screening",
    "SupervisorReview",
    "TeamEvent",
    "UsefulAnswer",
    "WeeklyReport",
]
