"""Answers that a device seals to this installation's public key, and that only it can open.

A sealed text is: the key's id · the sender's one-time public key · a nonce · AES-256-GCM. The key
of the cipher is drawn by HKDF-SHA256 from an ECDH on P-256, all of it found in every browser as
WebCrypto. `static/js/sealing.js` is the other half.
"""

import base64
import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of its points
ID_BYTES, POINT_BYTES, NONCE_BYTES = 8, 65, 12
TO_POINT, TO_NONCE = ID_BYTES + POINT_BYTES, ID_BYTES + POINT_BYTES + NONCE_BYTES
PURPOSE = b"alliance sealed answers 1"


class CannotOpen(ValueError):
    """Not sealed to a key of this installation, or not as it was when it was sealed."""


@dataclass(frozen=True)
class SealingKey:
    private: ec.EllipticCurvePrivateKey

    @cached_property
    def public(self) -> bytes:
        return _point(self.private.public_key())

    @cached_property
    def id(self) -> bytes:
        return hashlib.sha256(self.public).digest()[:ID_BYTES]


def public_key() -> str:
    """What a page hands to the device: the newest key's public half, base64."""
    return base64.b64encode(_keys(tuple(settings.NOTE_KEYS))[0].public).decode()


def open_sealed(sealed: bytes) -> bytes:
    """What was sealed, whichever key of NOTE_KEYS it was sealed to. Raises CannotOpen."""
    key = next((key for key in _keys(tuple(settings.NOTE_KEYS)) if sealed.startswith(key.id)), None)
    if key is None:
        raise CannotOpen
    sender, nonce = sealed[ID_BYTES:TO_POINT], sealed[TO_POINT:TO_NONCE]
    try:
        return AESGCM(_shared_key(key, sender)).decrypt(nonce, sealed[TO_NONCE:], None)
    except (InvalidTag, ValueError) as wrong:
        raise CannotOpen from wrong


@lru_cache(maxsize=1)
def _keys(secrets: tuple[str, ...]) -> list[SealingKey]:
    """The newest first. They follow from NOTE_KEYS, so that one set of keys is to be kept."""
    return [SealingKey(_private_key(secret)) for secret in secrets]


def _private_key(secret: str) -> ec.EllipticCurvePrivateKey:
    drawn = _hkdf(48, PURPOSE).derive(secret.encode())
    return ec.derive_private_key(1 + int.from_bytes(drawn) % (ORDER - 1), CURVE)


def _shared_key(key: SealingKey, sender: bytes) -> bytes:
    point = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, sender)
    shared = key.private.exchange(ec.ECDH(), point)
    return _hkdf(32, PURPOSE + sender + key.public).derive(shared)


def _hkdf(length: int, info: bytes) -> HKDF:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=info)


def _point(public: ec.EllipticCurvePublicKey) -> bytes:
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
