"""Hears of every step of signing in."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import authentication_step_completed
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.utils.translation import get_language, get_supported_language_variant

from accounts import audit, sessions
from accounts.services import people


@receiver(user_logged_in)
def keep_first_language(sender, user, **kwargs):
    """Mail cannot ask a browser: the language of the first sign-in stays until one is chosen."""
    if not user.language:
        language = get_supported_language_variant(get_language())
        people.choose_language(language=language, by=user)


@receiver(user_logged_in)
def note_signing_in(sender, user, **kwargs):
    audit.note(audit.Action.SIGNED_IN, by=user)


@receiver(authentication_failed)
def note_wrong_code(sender, user, **kwargs):
    audit.note_failed_try(audit.Action.SIGNED_IN, whose=user, deed="sign_in.second_step")


@receiver(user_logged_out)
def note_signing_out(sender, user, **kwargs):
    if user is not None:
        audit.note(audit.Action.SIGNED_OUT, by=user)


@receiver(user_logged_in)
def begin_session(sender, request, **kwargs):
    sessions.begin(request)


@receiver(authenticator_added)
def count_setting_up_as_confirming(sender, request, user, **kwargs):
    """Whoever has just set up a second step has just shown it."""
    record_authentication(request, user, "mfa", reauthenticated=True)


@receiver(authentication_step_completed)
@receiver(authenticator_removed)
@receiver(authenticator_reset)
def renew_session_id(sender, request, **kwargs):
    """Whoever knew the id before knows nothing of what it may do now."""
    request.session.cycle_key()
