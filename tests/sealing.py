"""Seals as a client's device does, by the layout that accounts/sealing.py describes."""

import base64
import hashlib
import json
import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()


def seal(public_key: str, text: str | bytes) -> bytes:
    server = base64.b64decode(public_key)
    once = ec.generate_private_key(CURVE)
    sender = once.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = once.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, server))
    info = b"alliance sealed answers 1" + sender + server
    key = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(shared)
    nonce = os.urandom(12)
    plain = text.encode() if isinstance(text, str) else text
    secret = AESGCM(key).encrypt(nonce, plain, None)
    return hashlib.sha256(server).digest()[:8] + sender + nonce + secret


def seal_answers(public_key: str, answers: dict) -> bytes:
    texts = {name: str(value) for name, value in answers.items()}
    return seal(public_key, json.dumps(texts).ljust(512))
