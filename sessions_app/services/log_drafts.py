"""What is typed into a session's log and not saved yet: kept for its author, offered again."""

import json
from uuid import UUID

from django.db import transaction

from accounts import sealing
from accounts.models import User
from sessions_app.models import LogDraft, TherapySession

LARGEST_BYTES = 64 * 1024
MOST_FIELDS = 100
LARGEST_VERSION = 2**31 - 1  # what its column holds


class DraftRefused(ValueError):
    """Not a draft of this session by this person, or too long."""


@transaction.atomic
def keep(*, therapy_session: TherapySession, sealed: bytes, by: User) -> LogDraft | None:
    """Stores what a browser sealed, in place of the draft before.

    None where it has been saved since: a page that was saved may still hand in its last words.
    Raises DraftRefused.
    """
    fields, page, version = _opened(sealed, therapy_session, by)
    now = TherapySession.objects.only("saved_from").get(pk=therapy_session.pk)
    if page == now.saved_from:
        return None
    return LogDraft.objects.update_or_create(
        therapy_session=therapy_session,
        author=by,
        defaults={"fields": fields, "page": page, "version": version},
    )[0]


def _opened(sealed: bytes, therapy_session: TherapySession, by: User) -> tuple[dict, UUID, int]:
    if len(sealed) > LARGEST_BYTES:
        raise DraftRefused("too long")
    try:
        draft = json.loads(sealing.open_sealed(sealed))
        if draft["session"] != str(therapy_session.key) or draft["author"] != str(by.key):
            raise DraftRefused("somebody else's, or of another session")
        return _texts(draft["fields"]), UUID(draft["page"]), _version(draft["version"])
    except (
        ArithmeticError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        RecursionError,
    ) as wrong:
        raise DraftRefused("not a draft") from wrong


def _version(said: str) -> int:
    version = int(said)
    if not 0 <= version <= LARGEST_VERSION:
        raise DraftRefused("no version")
    return version


def _texts(fields: dict) -> dict[str, str]:
    if len(fields) > MOST_FIELDS:
        raise DraftRefused("too many fields")
    if not all(isinstance(value, str) for value in fields.values()):
        raise DraftRefused("not texts")
    return {name: value.replace("\0", "") for name, value in fields.items()}


def draft_of(therapy_session: TherapySession, author: User) -> LogDraft | None:
    draft = LogDraft.objects.filter(therapy_session=therapy_session, author=author).first()
    if draft:
        draft.therapy_session = therapy_session  # its client's key is known already
    return draft


@transaction.atomic
def discard(*, therapy_session: TherapySession, by: User) -> None:
    LogDraft.objects.filter(therapy_session=therapy_session, author=by).delete()


def forget_old() -> int:
    """Removes drafts that nobody came back to. Returns how many."""
    return LogDraft.objects.too_old().delete()[0]
