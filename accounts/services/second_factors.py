"""The second step of signing in: whether somebody has one, and what is done when it is lost."""

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.utils import timezone

from accounts import audit
from accounts.models import AccountMail, User
from accounts.services import account_mails

WANTED_PAGE = "page_before_second_factor"  # in the session
ENOUGH = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_one(user: User) -> bool:
    """Recovery codes alone are none."""
    return is_mfa_enabled(user, ENOUGH)


def people_without_one():
    """Of those who can sign in."""
    have = Authenticator.objects.filter(type__in=ENOUGH).values("user")
    return User.objects.filter(is_active=True).exclude(pk__in=have)


@audit.noted(audit.Action.CHANGED, on="user")
def reset(*, user: User, by: User | None) -> None:
    """For a lost phone or key: all second steps are gone, every sign-in of theirs ends, and a mail
    says so. `by` is None where it was done on the server itself."""
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user=user)
    account_mails.write(to=user, kind=AccountMail.Kind.SECOND_FACTOR_RESET)


@audit.noted(audit.Action.ENDED, on="by")
def end_own_sign_ins(*, by: User) -> None:
    """Each one that was begun by now; whoever asks for it begins theirs anew."""
    end_sessions(user=by)


def end_sessions(*, user: User) -> None:
    user.sessions_end_at = timezone.now()
    user.save(update_fields=["sessions_end_at"])
