from accounts.models.audit import AuditEntry, AuditHead
from accounts.models.clinic import Clinic
from accounts.models.keyed import Keyed
from accounts.models.outgoing import Outgoing
from accounts.models.relations import Dated, Delegation, RolePeriod, Supervision
from accounts.models.user import User

__all__ = [
    "AuditEntry",
    "AuditHead",
    "Clinic",
    "Dated",
    "Delegation",
    "Keyed",
    "Outgoing",
    "RolePeriod",
    "Supervision",
    "User",
]
