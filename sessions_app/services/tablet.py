"""Tickets that let a device show one rating form, once, and nothing else."""

import datetime
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit, tries
from accounts.models import Clinic, User
from accounts.prepared import Given, Write, prepared, prepared_update
from accounts.tokens import hash_of, new_token
from sessions_app.models import Tablet, TabletLink, TherapySession
from sessions_app.services import srs_entries
from sessions_app.tablet_words import WORDS

HAND_OVER_FOR = datetime.timedelta(minutes=15)
LINK_FOR = datetime.timedelta(hours=24)
# Two words are easy to say and easy to guess, so they open a form for a short time only, and a
# device may try few of them. The link's own token has 256 bits.
WORDS_FOR = datetime.timedelta(minutes=15)
# A form that was opened in time may be handed in somewhat later.
HAND_IN_GRACE = datetime.timedelta(hours=1)
# How long client and therapist may look at what was marked, on the device that was handed over.
LOOK_FOR = datetime.timedelta(minutes=10)


class TabletInUse(Exception):
    """Another therapist's client has the tablet until `until`."""

    def __init__(self, until: datetime.datetime):
        self.until = until


def _two_words() -> str:
    """Two words that no other usable ticket has."""
    taken = set(TabletLink.objects.usable().values_list("two_words", flat=True))
    while (words := f"{secrets.choice(WORDS)} {secrets.choice(WORDS)}") in taken:
        continue
    return words


def address_of(token: str, *, language: str) -> str:
    """The link itself: its token stands behind the "#", where no server and no log sees it."""
    return f"{settings.ORIGIN}{reverse('rating_code')}?language={language}#{token}"


@audit.noted(audit.Action.ADDED)
def hand_over(*, therapy_session: TherapySession, by: User) -> tuple[TabletLink, str]:
    """A ticket for the therapist's own device, and its token for the cookie.

    Raises EntryRefused where the session cannot be rated.
    """
    return _issue(therapy_session, TabletLink.Way.HAND_OVER, HAND_OVER_FOR, by)


@audit.noted(audit.Action.ADDED)
def send_link(*, therapy_session: TherapySession, by: User) -> tuple[TabletLink, str]:
    """A ticket for a second device, and its token for the link. Its two words open it too.

    Raises EntryRefused where the session cannot be rated.
    """
    return _issue(therapy_session, TabletLink.Way.LINK, LINK_FOR, by)


@audit.noted(audit.Action.ADDED)
def make_ready(*, therapy_session: TherapySession, on: Tablet, by: User) -> TabletLink:
    """A ticket that waits on one paired tablet, in place of what this therapist had there.

    Raises EntryRefused where the session cannot be rated, TabletInUse where somebody else's
    ticket is there.
    """
    tablet = Tablet.objects.select_for_update(no_key=True).get(pk=on.pk)
    waiting = tablet.links.usable()
    other = waiting.exclude(created_by=by).order_by("expires_at").last()
    if other:
        raise TabletInUse(other.expires_at)
    link, _token = _issue(
        therapy_session, TabletLink.Way.TABLET, HAND_OVER_FOR, by, replacing=waiting, tablet=tablet
    )
    return link


@transaction.atomic
def _issue(
    therapy_session: TherapySession,
    way: str,
    lasts: datetime.timedelta,
    by: User,
    *,
    replacing=None,
    tablet: Tablet | None = None,
) -> tuple[TabletLink, str]:
    """One ticket a session: a new one revokes those before it, and those it is `replacing`."""
    # Before its tickets, as whoever hands in or erases does.
    therapy_session = TherapySession.objects.select_for_update(no_key=True).get(
        pk=therapy_session.pk
    )
    srs_entries.refuse_impossible(therapy_session)
    token = new_token()
    if replacing is not None:
        replacing.update(revoked_at=timezone.now())
    therapy_session.tablet_links.usable().update(revoked_at=timezone.now())
    link = TabletLink.objects.create(
        therapy_session=therapy_session,
        way=way,
        tablet=tablet,
        token_hash=hash_of(token),
        two_words=_two_words(),
        expires_at=timezone.now() + lasts,
        # The device in hand shows the form in the same answer.
        opened_at=timezone.now() if way == TabletLink.Way.HAND_OVER else None,
        created_by=by,
    )
    return link, token


def link_by_token(token: str) -> TabletLink | None:
    links = TabletLink.objects.usable().select_related("therapy_session__pair__client", "tablet")
    return links.filter(token_hash=hash_of(token)).first()


@contextmanager
def taking_in(token: str) -> Iterator[TabletLink | None]:
    """As `link_by_token`, for a form that may have lain open while its ticket ran out. One that was
    used comes too, so that a repeated hand-in gets its first answer. The block is one transaction,
    in which ticket, session, pair and client are locked."""
    with transaction.atomic():
        since = timezone.now() - HAND_IN_GRACE
        yield found_locked(_usable_or_used, token_hash=hash_of(token), since=since)


@prepared
def _usable_or_used():
    links = TabletLink.objects.usable_or_used(Given("since", models.DateTimeField()))
    return with_session_locked(links.filter(token_hash=Given("token_hash", models.CharField())))


def with_session_locked(links: models.QuerySet) -> models.QuerySet:
    """With session, pair and client, locked in this order and before the ticket, and without what
    is the therapist's alone. What is joined and not locked comes as it was before a wait."""
    of = ("therapy_session", "therapy_session__pair", "therapy_session__pair__client", "self")
    links = links.select_for_update(of=of, no_key=True)
    links = links.select_related("therapy_session__pair__client__sealing_key")
    return links.defer("therapy_session__note", "therapy_session__feelings")


def found_locked(question: Callable[..., list], **given) -> TabletLink | None:
    """The ticket that `question` finds, locked with its session. Asked a second time where none
    came: where it waits for a session that is being handed over, PostgreSQL compares its new pair
    with the old one that it had joined, and drops the row."""
    found = question(**given) or question(**given)
    return found[0] if found else None


def used_link_by_token(token: str) -> TabletLink | None:
    """The ticket a form was handed in with."""
    used = TabletLink.objects.exclude(used_at=None)
    used = used.select_related("therapy_session__pair__client", "therapy_session__srs_entry")
    return used.filter(token_hash=hash_of(token)).first()


def open_by_token(token: str) -> str | None:
    """Exchanges a link's token for one of this device alone, so that a link opens once.

    Used, expired and wrong are the same answer, None.
    """
    link = _links().filter(token_hash=hash_of(token)).first()
    if link:
        link.two_words = ""  # nobody says them to a client who has the link
    return _bind_to_device(link)


def open_by_words(words: str, *, device: str) -> str | None:
    """As `open_by_token`, by the two words. `device` is what tries are counted by.

    Raises TooManyTries.
    """
    tries.refuse_after_many("words", device)
    written = " ".join(words.lower().replace("-", " ").split())
    fresh = _links().filter(created_at__gt=timezone.now() - WORDS_FOR, opened_at=None)
    link = fresh.filter(two_words=written).first()
    if link is None:
        tries.count_failure("words", device)
    return _bind_to_device(link)


def open_on_tablet(link: TabletLink) -> str:
    """The token with which the tablet that the ticket waits on shows the form."""
    return _bind_to_device(link)


def last_on_tablet(therapy_session: TherapySession) -> TabletLink | None:
    """The newest ticket of a session that waited on a paired tablet."""
    links = therapy_session.tablet_links.filter(way=TabletLink.Way.TABLET)
    return links.select_related("tablet").order_by("created_at", "pk").last()


def state_of(link: TabletLink) -> str:
    """Where a ticket stands: waiting, opened, rated, declined, late or ended."""
    if link.used_at:
        return "rated" if hasattr(link.therapy_session, "srs_entry") else "declined"
    if link.is_usable:
        return "opened" if link.opened_at else "waiting"
    return "late" if link.opened_at and not link.revoked_at else "ended"


def _links():
    return TabletLink.objects.usable().filter(way=TabletLink.Way.LINK)


def _bind_to_device(link: TabletLink | None) -> str | None:
    if link is None:
        return None
    token = new_token()
    link.token_hash, link.opened_at = hash_of(token), timezone.now()
    link.save(update_fields=["token_hash", "two_words", "opened_at"])
    return token


def came_late(link: TabletLink) -> bool:
    """Whether what is handed in now had to wait on the device longer than its ticket lasted."""
    return timezone.now() - HAND_IN_GRACE > link.expires_at


def hand_in(*, link: TabletLink, rating: srs_entries.Rating) -> None:
    """Stores the form and uses its ticket up, within `taking_in`. Raises EntryRefused."""
    srs_entries.record_within(locked=link.therapy_session, rating=rating, along=[_using_up(link)])


def decline(*, link: TabletLink, client_asks: bool) -> None:
    """The client would rather not: the ticket is used up, within `taking_in`. Raises
    EntryRefused."""
    srs_entries.decline_within(
        locked=link.therapy_session, client_asks=client_asks, along=[_using_up(link)]
    )


def _using_up(link: TabletLink) -> Write:
    """The form came in: the ticket lets nobody write any more."""
    return _use_up(pk=link.pk, now=timezone.now())


@prepared_update
def _use_up():
    link = TabletLink.objects.filter(pk=Given("pk", models.BigIntegerField()), used_at=None)
    return link, {"used_at": Given("now", models.DateTimeField())}


def looks_at_once(link: TabletLink) -> bool:
    """Whether both look at the form right after it. A link may be filled in far from the clinic,
    so what it showed is looked at next time."""
    wanted = Clinic.current().look_together == Clinic.LookTogether.NOW
    return wanted and link.way != TabletLink.Way.LINK


def link_to_look_at(token: str) -> TabletLink | None:
    """The ticket of a form that was just rated on this device, or that the therapist handed over
    to be looked at; for a short time."""
    link = used_link_by_token(token)
    if link is None or link.revoked_at or link.used_at < timezone.now() - LOOK_FOR:
        return None
    if link.used_at > link.expires_at + HAND_IN_GRACE:
        return None  # it waited on the device, which somebody else may hold by now
    if not hasattr(link.therapy_session, "srs_entry"):
        return None
    return link if link.way == TabletLink.Way.LOOK or looks_at_once(link) else None


def end_look(link: TabletLink) -> None:
    """Whoever keeps the ticket's cookie sees the form no more."""
    TabletLink.objects.filter(pk=link.pk).update(revoked_at=timezone.now())


@audit.noted(audit.Action.ADDED, on="therapy_session")
def hand_over_to_look(*, therapy_session: TherapySession, by: User) -> str:
    """The token of a ticket that shows what was marked, and lets nobody write."""
    token, now = new_token(), timezone.now()
    TabletLink.objects.create(
        therapy_session=therapy_session,
        way=TabletLink.Way.LOOK,
        token_hash=hash_of(token),
        two_words=_two_words(),
        expires_at=now + LOOK_FOR,
        used_at=now,
        created_by=by,
    )
    return token
