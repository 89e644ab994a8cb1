"""Which words the client sees, since when, and by what right."""

import datetime
from functools import lru_cache
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from sessions_app import packs
from sessions_app.models import Client, InstrumentPack, PackUse

USES_SHOWN = 50
PACKS_SHOWN = 50
WARNED_DAYS_AHEAD = 60


class DifferentContent(ValueError):
    """The same id and version is there with other words; the message says what to do."""


def active_pack() -> InstrumentPack:
    """The clinic's pack; our own where it has none, and from the day after its right ended."""
    use = newest_use()
    return default_pack() if use is None or use.has_ended else use.pack


def newest_use() -> PackUse | None:
    return PackUse.objects.select_related("pack", "declared_by").first()


def default_pack() -> InstrumentPack:
    """Our own pack, stored at first need."""
    content = packs.default_pack()
    stored = InstrumentPack.objects.filter(code=content["id"], version=content["version"]).first()
    return stored or _store(content)


def shown_pack(key: str, *, with_words: bool = True) -> InstrumentPack:
    """The pack that a form in hand was drawn with: it may have been opened before a change.

    One that clients never saw is none, and no key means the pack in use. The words are many, and
    who only stores what was marked does without.
    """
    try:
        known = UUID(key)
    except ValueError:
        return active_pack()
    try:
        return _without_words(known) if not with_words else _seen_by_clients().get(key=known)
    except InstrumentPack.DoesNotExist:
        return active_pack()


def _seen_by_clients():
    used = PackUse.objects.filter(pack=OuterRef("pk"))
    return InstrumentPack.objects.filter(Exists(used) | Q(code=packs.default_pack()["id"]))


@lru_cache(maxsize=32)
def _without_words(key: UUID) -> InstrumentPack:
    """Known for as long as the process runs: a stored pack is never changed, and what a client saw
    stays seen."""
    return _seen_by_clients().defer("content").get(key=key)


def first_language(pack: InstrumentPack) -> str:
    """What a client sees whose own language the pack lacks."""
    return pack.languages[0]


def language_for(client: Client, pack: InstrumentPack) -> str:
    """The client's own language where the pack has it, else its first."""
    return client.language if client.language in pack.languages else first_language(pack)


def comes_with_alliance(pack: InstrumentPack) -> bool:
    return pack.code == packs.default_pack()["id"]


@audit.noted(audit.Action.ADDED)
def add(*, content: dict, by: User) -> InstrumentPack:
    """Keeps an uploaded pack, not yet in use. The same file again is the same pack.

    Raises DifferentContent.
    """
    ours = packs.default_pack()
    if content["id"] == ours["id"] and content != ours:
        raise DifferentContent(
            _(
                "The id “%(id)s” belongs to the form that comes with Alliance. "
                "Give yours another id."
            )
            % {"id": content["id"]}
        )
    stored = InstrumentPack.objects.filter(code=content["id"], version=content["version"]).first()
    stored = stored or _store(content)
    if stored.content != content:
        raise DifferentContent(
            _(
                "%(name)s, version %(version)s, is here already with other words. "
                "Give the changed file a new version."
            )
            % {"name": stored.name, "version": stored.version}
        )
    return stored


def _store(content: dict) -> InstrumentPack:
    return InstrumentPack.objects.get_or_create(
        code=content["id"],
        version=content["version"],
        defaults={"content": content, "languages": list(content["languages"])},
    )[0]


@audit.noted(audit.Action.CHANGED)
def use(
    *,
    pack: InstrumentPack,
    by: User,
    holder: str = "",
    reference: str = "",
    valid_until: datetime.date | None = None,
) -> PackUse:
    """From now on clients see `pack`. Declaring the same again changes nothing."""
    newest = PackUse.objects.select_for_update(of=("self",)).first()
    declared = {"holder": holder, "reference": reference, "valid_until": valid_until}
    if newest and newest.pack_id == pack.pk and _says(newest, declared):
        return newest
    return PackUse.objects.create(pack=pack, declared_by=by, **declared)


def _says(use: PackUse, declared: dict) -> bool:
    return all(getattr(use, name) == value for name, value in declared.items())


def uses():
    """Which packs were in use before, the newest first."""
    return PackUse.objects.select_related("pack", "declared_by")[:USES_SHOWN]


def stored_packs():
    return InstrumentPack.objects.order_by("-added_at", "-pk")[:PACKS_SHOWN]


def use_to_warn_of() -> PackUse | None:
    """The use whose right has ended or is about to, so that somebody can act in time."""
    use = newest_use()
    if use is None or use.valid_until is None or use.days_left > WARNED_DAYS_AHEAD:
        return None
    return use
