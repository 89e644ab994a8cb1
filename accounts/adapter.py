from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation

from accounts import audit, sessions
from accounts.encryption import decrypt, encrypt
from accounts.models import User
from accounts.services import second_factors


class ClosedSignup(DefaultAccountAdapter):
    """People are added by the clinic's administrator; nobody signs up."""

    def is_open_for_signup(self, request):
        return False

    def pre_authenticate(self, request, **credentials):
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            self._note(audit.Action.LIMITED, credentials)
            raise

    def authentication_failed(self, request, **credentials):
        self._note(audit.Action.SIGNED_IN, credentials)

    def respond_user_inactive(self, request, user):
        """The password or the key was right, and the person has no access any more."""
        signed_in = audit.Action.SIGNED_IN
        audit.note_failed_try(signed_in, whose=user, deed="sign_in.deactivated")
        return super().respond_user_inactive(request, user)

    def _note(self, action, credentials):
        named = User.objects.filter(email=credentials.get("email", "").lower()).first()
        audit.note_failed_try(action, whose=named, deed="sign_in.password")

    def is_reauthentication_required(self, *, app, **kwargs):
        """Who has signed in just now, and has no second step yet, sets one up without being asked
        for the password again."""
        request = context.request
        just_came = sessions.is_new(request.session) and not second_factors.has_one(request.user)
        return not just_came and super().is_reauthentication_required(app=app, **kwargs)

    def get_reauthentication_methods(self, user):
        """The password alone confirms nothing where there is a second step."""
        methods = super().get_reauthentication_methods(user)
        by_second_factor = [each for each in methods if each["id"] != "reauthenticate"]
        return by_second_factor or methods

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
