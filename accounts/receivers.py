"""Hears that somebody signed in."""

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.utils.translation import get_language, get_supported_language_variant

from accounts.services import people


@receiver(user_logged_in)
def keep_first_language(sender, user, **kwargs):
    """Mail cannot ask a browser: the language of the first sign-in stays until one is chosen."""
    if not user.language:
        language = get_supported_language_variant(get_language())
        people.choose_language(language=language, by=user)
