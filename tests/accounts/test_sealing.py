"""What a device seals opens here alone, with whichever key it was sealed to."""

import base64

import pytest

from accounts import sealing
from tests.sealing import seal

pytestmark = pytest.mark.core
TEXT = "nobody else reads this"


def test_sealed_text_opens():
    assert sealing.open_sealed(seal(sealing.public_key(), TEXT)) == TEXT.encode()


def test_sealed_text_tells_nothing_and_is_another_each_time():
    first, second = (seal(sealing.public_key(), TEXT) for _time in range(2))
    assert TEXT.encode() not in first
    assert first[8:] != second[8:]


def test_public_key_follows_from_the_note_key(settings):
    settings.NOTE_KEYS = ["one"]
    one = sealing.public_key()
    settings.NOTE_KEYS = ["two"]
    assert sealing.public_key() != one
    settings.NOTE_KEYS = ["one"]
    assert sealing.public_key() == one
    assert len(base64.b64decode(one)) == 65


def test_text_sealed_before_the_keys_were_rotated_opens(settings):
    settings.NOTE_KEYS = ["old"]
    sealed = seal(sealing.public_key(), TEXT)
    settings.NOTE_KEYS = ["new", "old"]
    assert sealing.open_sealed(sealed) == TEXT.encode()
    settings.NOTE_KEYS = ["new"]
    with pytest.raises(sealing.CannotOpen):
        sealing.open_sealed(sealed)


@pytest.mark.parametrize("place", [0, 7, 8, 40, 72, 73, 84, 85, -1])
def test_changed_byte_keeps_it_shut(place):
    sealed = bytearray(seal(sealing.public_key(), TEXT))
    sealed[place] ^= 1
    with pytest.raises(sealing.CannotOpen):
        sealing.open_sealed(bytes(sealed))


@pytest.mark.parametrize("length", [0, 7, 8, 72, 73, 84, 85, 100])
def test_cut_text_keeps_it_shut(length):
    with pytest.raises(sealing.CannotOpen):
        sealing.open_sealed(seal(sealing.public_key(), TEXT)[:length])
