"""A second step for a person of a test: the codes that an authenticator app would show, and what a
key would answer."""

import hashlib
import json
import os
import time

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    AuthenticatorData,
    CollectedClientData,
    RegistrationResponse,
)

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


class SoftKey:
    """A passkey in a program: `user` has it, and it answers what a page asks a browser's."""

    ORIGIN, HOST = "https://localhost", "localhost"

    def __init__(self, user: User):
        self.user, self.id = user, os.urandom(16)
        self.secret = ec.generate_private_key(ec.SECP256R1())
        public = ES256.from_cryptography_key(self.secret.public_key())
        known = AttestedCredentialData.create(Aaguid(bytes(16)), self.id, public)
        made = self._data(AuthenticatorData.FLAG.AT, known)
        registered = RegistrationResponse(
            raw_id=self.id,
            response=AuthenticatorAttestationResponse(
                client_data=self._said("webauthn.create", b"made up"),
                attestation_object=AttestationObject.create("none", made, {}),
            ),
        )
        WebAuthn.add(user, "A key", json.loads(json.dumps(dict(registered))))

    def answer(self, challenge: str, *, secret=None, whose: str | None = None) -> str:
        """JSON for the form. With another `secret` its signature is wrong."""
        said, data = self._said("webauthn.get", challenge), self._data()
        signature = (secret or self.secret).sign(data + said.hash, ec.ECDSA(hashes.SHA256()))
        handle = user_pk_to_url_str(self.user) if whose is None else whose
        answered = AuthenticationResponse(
            raw_id=self.id,
            response=AuthenticatorAssertionResponse(
                client_data=said,
                authenticator_data=data,
                signature=signature,
                user_handle=handle.encode(),
            ),
        )
        return json.dumps(dict(answered))

    def _said(self, kind: str, challenge) -> CollectedClientData:
        return CollectedClientData.create(kind, challenge, self.ORIGIN)

    def _data(self, flags=0, known: bytes = b"") -> AuthenticatorData:
        flags |= AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV
        host = hashlib.sha256(self.HOST.encode()).digest()
        return AuthenticatorData.create(host, flags, 1, known)
