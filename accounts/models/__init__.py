from accounts.models.account_mail import AccountMail
from accounts.models.audit import AuditEntry, AuditHead
from accounts.models.browser_session import BrowserSession
from accounts.models.clinic import Clinic
from accounts.models.invitation import Invitation
from accounts.models.keyed import Keyed
from accounts.models.outgoing import Outgoing
from accounts.models.relations import Dated, Delegation, RolePeriod, Supervision
from accounts.models.user import User

__all__ = [
    "AccountMail",
    "AuditEntry",
    "AuditHead",
    "BrowserSession",
    "Clinic",
    "Dated",
    "Delegation",
    "Invitation",
    "Keyed",
    "Outgoing",
    "RolePeriod",
    "Supervision",
    "User",
]
