"""Rows for tests, believable and short to ask for."""

from tests.factories.people import (
    DelegationFactory,
    SupervisionFactory,
    UserFactory,
    administrator,
    therapist,
)
from tests.factories.records import (
    ClientFactory,
    PairFactory,
    SRSEntryFactory,
    TabletFactory,
    TherapySessionFactory,
    licensed_pack,
    open_in_emergency,
    paired_tablet,
    rate,
    weekly,
)

__all__ = [
    "ClientFactory",
    "DelegationFactory",
    "PairFactory",
    "SRSEntryFactory",
    "SupervisionFactory",
    "TabletFactory",
    "TherapySessionFactory",
    "UserFactory",
    "administrator",
    "licensed_pack",
    "open_in_emergency",
    "paired_tablet",
    "rate",
    "therapist",
    "weekly",
]
