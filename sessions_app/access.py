"""The only way a view gets a record: by its key, and only where the person may see it today.

Not allowed and not existing are one answer, 404. Both what is seen and what is refused is noted in
the audit (`accounts.audit.fetch`).
"""

from uuid import UUID

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts import audit
from accounts.models import Clinic, User
from sessions_app.models import (
    Agreement,
    BreakGlass,
    Client,
    InstrumentPack,
    Pair,
    Tablet,
    TherapySession,
    UndoStep,
)


def pair_for(user: User, client_key: UUID) -> Pair:
    """The current pair of a client whom the person may see: own, supervised, or opened in an
    emergency. One's own first: that is what is asked for most, and by a much smaller question."""
    with_people = ("client__sealing_key", "therapist")
    own = Pair.objects.of(user).select_related(*with_people)
    return audit.fetch(
        own,
        by=user,
        otherwise=lambda: Pair.objects.readable_by(user).select_related(*with_people),
        client__key=client_key,
    )


def own_pair_for(user: User, client_key: UUID) -> Pair:
    """The current pair of the person with this client; what a therapist may change."""
    pairs = Pair.objects.of(user).select_related("client__sealing_key", "therapist")
    return audit.fetch(pairs, by=user, client__key=client_key)


def own_agreement_for(user: User, client_key: UUID, key: UUID) -> Agreement:
    """A goal or task of one of the person's own current pairs; what a therapist may change."""
    agreements = Agreement.objects.filter(pair__in=Pair.objects.of(user))
    agreements = agreements.select_related("pair__client")
    return audit.fetch(agreements, by=user, pair__client__key=client_key, key=key)


def own_therapy_session_for(user: User, key: UUID, *, shown: bool = True) -> TherapySession:
    """A session of one of the person's own current pairs; what a therapist may change. With
    `shown` off nothing of it reaches the page, as when a page asks whether a form came in."""
    sessions = TherapySession.objects.filter(pair__in=Pair.objects.of(user))
    sessions = sessions.select_related(
        "pair__client__sealing_key", "pair__therapist", "srs_entry", "prediction"
    )
    return audit.fetch(sessions, by=user, shown=shown, key=key)


def own_undo_step_for(user: User, key: UUID) -> UndoStep:
    """What this person did to the record of one of their own current pairs, or the ending of one,
    which is current no more."""
    own = Pair.objects.of(user)
    steps = UndoStep.objects.filter(by=user).filter(
        Q(pair__in=own) | Q(kind=UndoStep.Kind.ENDING, pair__therapist=user)
    )
    steps = steps.select_related("therapy_session", "agreement", "pair__client__sealing_key")
    return audit.fetch(steps, by=user, shown=False, key=key)


def erasable_client_for(user: User, client_key: UUID) -> Client:
    """A client whose therapy has ended: the person's own, or, for the administrator, one whose
    time of keeping is over. Their label is all that is shown."""
    erasable = Client.objects.ended_with(user)
    if user.is_administrator:
        erasable = Client.objects.kept_long_enough(Clinic.current().keep_years)
    return audit.fetch(erasable, by=user, key=client_key)


def tablet_for(key: UUID) -> Tablet:
    """A tablet in use, for the administrator."""
    return get_object_or_404(Tablet.objects.in_use(), key=key)


def pack_for(key: UUID) -> InstrumentPack:
    """A form that was brought in, in use or not, for the administrator."""
    return get_object_or_404(InstrumentPack, key=key)


def unpaired_tablet_for(key: UUID) -> Tablet:
    """One whose code nobody has typed yet, for the administrator."""
    return get_object_or_404(Tablet.objects.in_use().filter(token_hash=None), key=key)


def paired_tablet_for(key: str) -> Tablet:
    """A paired tablet, by the key that a page has sent."""
    try:
        return get_object_or_404(Tablet.objects.paired(), key=UUID(key))
    except ValueError:
        raise Http404 from None


def own_break_glass_for(user: User, key: UUID) -> BreakGlass:
    """One that the person opened and that is not over."""
    return audit.fetch(BreakGlass.objects.open(user), by=user, shown=False, key=key)


def break_glass_to_review_for(user: User, key: UUID) -> BreakGlass:
    """One that is theirs to review: never their own."""
    opened = BreakGlass.objects.waiting().reviewable_by(user)
    return audit.fetch(opened, by=user, shown=False, key=key)
