from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter

from accounts.encryption import decrypt, encrypt


class ClosedSignup(DefaultAccountAdapter):
    """People are added by the clinic's administrator; nobody signs up."""

    def is_open_for_signup(self, request):
        return False


class EncryptedSecondFactor(DefaultMFAAdapter):
    """Seeds of one-time codes are secrets: encrypted at rest."""

    def encrypt(self, text):
        return encrypt(text)

    def decrypt(self, encrypted_text):
        return decrypt(encrypted_text)
