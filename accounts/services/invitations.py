"""How people come in: by a link in a mail, good once and for seven days."""

from django.db import transaction
from django.utils import timezone

from accounts import audit, tries
from accounts.models import AccountMail, Invitation, RolePeriod, User
from accounts.services import account_mails, second_factors
from accounts.tokens import hash_of, new_token

TRIES = "invitation"


@audit.noted(audit.Action.ADDED)
def invite(*, name: str, email: str, role: str, by: User) -> User:
    """A new person without a password, and the mail that lets them choose one.

    It is written in the language of who invites, which holds until the person chooses their own.
    The same person sent twice at once is one person with one invitation.
    """
    user = User.objects.filter(email=email).first()
    if user:
        return user
    user = User.objects.create_user(email=email, name=name, language=by.language)
    RolePeriod.objects.create(user=user, role=role)
    send(user=user, by=by)
    return user


@audit.noted(audit.Action.CHANGED, on="user")
def send(*, user: User, by: User) -> Invitation:
    """Another link; the one before opens nothing any more. It also brings back who had left."""
    _withdraw_waiting(user)
    user.is_active = True
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    token = new_token()
    invitation = Invitation.objects.create(user=user, invited_by=by, token_hash=hash_of(token))
    account_mails.write(to=user, kind=AccountMail.Kind.INVITATION, token=token)
    return invitation


def run_out():
    """Waiting ones whose seven days are over."""
    waiting = Invitation.objects.waiting().filter(user__is_active=True)
    return waiting.filter(expires_at__lte=timezone.now())


@audit.noted(audit.Action.ENDED, on="user")
def withdraw(*, user: User, by: User) -> None:
    """The link opens nothing any more, and the person cannot sign in."""
    _withdraw_waiting(user)
    user.is_active = False
    user.save(update_fields=["is_active"])


def newest_of(user: User) -> Invitation | None:
    return user.invitations.order_by("-pk").first()


@transaction.atomic
def accept(*, token: str, password: str) -> User | None:
    """The person whose password it is from now on; None where the link is not, or no longer, good.

    Of two who send the same link at once one is let in.
    """
    open_ones = Invitation.objects.open().filter(token_hash=hash_of(token), user__is_active=True)
    invitation = open_ones.select_for_update(of=("self",)).select_related("user").first()
    if invitation is None:
        return None
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    user = invitation.user
    user.set_password(password)
    user.save(update_fields=["password"])
    second_factors.end_sessions(user=user)
    return user


def person_of(token: str, *, device: str) -> User | None:
    """Whom the link invites. Uses nothing up; `device` is what wrong tries are counted by.

    Raises tries.TooManyTries.
    """
    tries.refuse_after_many(TRIES, device)
    found = Invitation.objects.open().filter(token_hash=hash_of(token), user__is_active=True)
    invitation = found.select_related("user").first()
    if invitation is None:
        tries.count_failure(TRIES, device)
        return None
    return invitation.user


def _withdraw_waiting(user: User) -> None:
    user.invitations.waiting().update(withdrawn_at=timezone.now())
    account_mails.withdraw_to(user, kind=AccountMail.Kind.INVITATION)
