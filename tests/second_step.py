"""A second step for a person of a test, and the codes that an authenticator app would show."""

import time

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth

from accounts.models import User


def give_app(user: User) -> str:
    """Sets up an authenticator app with recovery codes; returns its secret."""
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def code_of(secret: str, *, at: float | None = None) -> str:
    at = time.time() if at is None else at
    return auth.format_hotp_value(auth.hotp_value(secret, int(at) // 30))


def wrong_code_of(secret: str) -> str:
    """Six digits that the app does not show now."""
    return f"{(int(code_of(secret)) + 1) % 1_000_000:06}"
