"""The clinic's tablets: paired once by a code, known by their cookie, revoked at any time."""

import datetime
import secrets

from django.db import transaction
from django.utils import timezone

from accounts import audit, tries
from accounts.models import User
from accounts.tokens import hash_of, new_token
from sessions_app.models import Tablet, TabletLink

CODE_LASTS = datetime.timedelta(minutes=10)
# Nine of 23 letters that look like no other are 40.7 bits.
CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_GROUPS, LETTERS_A_GROUP = 3, 3
# A tablet asks every few seconds; that it was there is written once a minute.
SEEN_EVERY = datetime.timedelta(minutes=1)
SILENT_AFTER = datetime.timedelta(minutes=3)
TABLETS_SHOWN = 100

CARD_MM = 85.6
LINE_MM = 100


def everywhere():
    """All tablets, those in use first."""
    return Tablet.objects.order_by("revoked_at", "name", "pk")[:TABLETS_SHOWN]


def paired():
    return Tablet.objects.paired()[:TABLETS_SHOWN]


def usual_for(therapist: User) -> Tablet | None:
    """The tablet this therapist used last, or the only one there is."""
    tablets = Tablet.objects.paired()
    last = TabletLink.objects.filter(created_by=therapist, tablet__in=tablets)
    link = last.select_related("tablet").order_by("-created_at", "-pk").first()
    if link:
        return link.tablet
    first_two = list(tablets[:2])
    return first_two[0] if len(first_two) == 1 else None


@audit.noted(audit.Action.ADDED)
def add(*, name: str, language: str, by: User) -> tuple[Tablet, str]:
    """A tablet to be paired, and the code that pairs it, once and soon."""
    tablet = Tablet.objects.create(name=name, language=language, paired_by=by)
    return tablet, _give_code(tablet, by)


@audit.noted(audit.Action.CHANGED, on="tablet")
def renew_code(*, tablet: Tablet, by: User) -> str:
    """Another code for a tablet whose code ran out; the one before it pairs nothing any more."""
    return _give_code(tablet, by)


def _give_code(tablet: Tablet, by: User) -> str:
    groups = ("".join(_letters(LETTERS_A_GROUP)) for _group in range(CODE_GROUPS))
    code = "-".join(groups)
    tablet.pairing_hash, tablet.paired_by = hash_of(_plain(code)), by
    tablet.pairing_until = timezone.now() + CODE_LASTS
    tablet.save(update_fields=["pairing_hash", "pairing_until", "paired_by"])
    return code


def _letters(count: int) -> list[str]:
    return [secrets.choice(CODE_LETTERS) for _letter in range(count)]


def _plain(code: str) -> str:
    """A code as it counts, however it was typed."""
    return "".join(letter for letter in code.upper() if letter.isalpha())


def pair(code: str, *, device: str) -> str | None:
    """The token for the device's cookie. Used, expired and wrong are the same answer, None.

    `device` is what tries are counted by. Raises TooManyTries.
    """
    tries.refuse_after_many("pairing", device)
    token = new_token()
    now = timezone.now()
    waiting = Tablet.objects.in_use().filter(token_hash=None, pairing_until__gt=now)
    paired_now = waiting.filter(pairing_hash=hash_of(_plain(code))).update(
        pairing_hash=None,
        pairing_until=None,
        token_hash=hash_of(token),
        paired_at=now,
        last_seen_at=now,
    )
    if not paired_now:
        tries.count_failure("pairing", device)
    return token if paired_now else None


def by_token(token: str) -> Tablet | None:
    return Tablet.objects.paired().filter(token_hash=hash_of(token)).first()


def was_revoked(token: str) -> bool:
    return Tablet.objects.exclude(revoked_at=None).filter(token_hash=hash_of(token)).exists()


def waiting_on(tablet: Tablet) -> TabletLink | None:
    """The ticket that waits on this tablet or is being filled in there."""
    return tablet.links.usable().order_by("created_at", "pk").last()


def note_seen(tablet: Tablet) -> None:
    now = timezone.now()
    if tablet.last_seen_at is None or tablet.last_seen_at < now - SEEN_EVERY:
        Tablet.objects.filter(pk=tablet.pk).update(last_seen_at=now)


def is_silent(tablet: Tablet) -> bool:
    """It has not asked for a while: off, asleep or without a network."""
    seen = tablet.last_seen_at
    return seen is None or seen < timezone.now() - SILENT_AFTER


@audit.noted(audit.Action.CHANGED, on="tablet")
def change(*, tablet: Tablet, name: str, language: str, by: User) -> None:
    tablet.name, tablet.language = name, language
    tablet.save(update_fields=["name", "language"])


@audit.noted(audit.Action.ENDED, on="tablet")
def revoke(*, tablet: Tablet, by: User) -> None:
    """The tablet opens nothing any more, and the form that waits on it neither."""
    now = timezone.now()
    Tablet.objects.filter(pk=tablet.pk, revoked_at=None).update(revoked_at=now, pairing_hash=None)
    tablet.links.usable().update(revoked_at=now)


@transaction.atomic
def measure(*, tablet: Tablet, card_px: int) -> None:
    """Keeps how long ten centimetres are on the glass, from a bank card drawn in its size."""
    tablet.line_length_px = round(card_px * LINE_MM / CARD_MM)
    tablet.save(update_fields=["line_length_px"])


@audit.noted(audit.Action.CHANGED, on="tablet")
def forget_measure(*, tablet: Tablet, by: User) -> None:
    """Lets the tablet's screen be measured anew; a client who holds it cannot do that."""
    tablet.line_length_px = None
    tablet.save(update_fields=["line_length_px"])
