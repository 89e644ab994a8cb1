"""Rows for tests, believable and short to ask for."""

from tests.factories.people import SupervisionFactory, UserFactory, administrator, therapist
from tests.factories.records import (
    ClientFactory,
    PairFactory,
    SRSEntryFactory,
    TherapySessionFactory,
    licensed_pack,
    rate,
    weekly,
)

__all__ = [
    "ClientFactory",
    "PairFactory",
    "SRSEntryFactory",
    "SupervisionFactory",
    "TherapySessionFactory",
    "UserFactory",
    "administrator",
    "licensed_pack",
    "rate",
    "therapist",
    "weekly",
]
