"""Hears that somebody signed in or out."""

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.utils.translation import get_language, get_supported_language_variant

from accounts import audit
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


@receiver(user_logged_out)
def note_signing_out(sender, user, **kwargs):
    if user is not None:
        audit.note(audit.Action.SIGNED_OUT, by=user)
