from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.utils import translation

from accounts.encryption import decrypt, encrypt


class ClosedSignup(DefaultAccountAdapter):
    """People are added by the clinic's administrator; nobody signs up."""

    def is_open_for_signup(self, request):
        return False

    def send_mail(self, template_prefix, email, context):
        """In the language of whoever reads it, not of whoever asked for it."""
        with translation.override(context["user"].mail_language):
            super().send_mail(template_prefix, email, context)

    def get_reset_password_from_key_url(self, key):
        """At the installation's own address, whatever host the request named."""
        asked = urlsplit(super().get_reset_password_from_key_url(key))
        origin = urlsplit(settings.ORIGIN)
        return asked._replace(scheme=origin.scheme, netloc=origin.netloc).geturl()


class EncryptedSecondFactor(DefaultMFAAdapter):
    """Seeds of one-time codes are secrets: encrypted at rest."""

    def encrypt(self, text):
        return encrypt(text)

    def decrypt(self, encrypted_text):
        return decrypt(encrypted_text)
