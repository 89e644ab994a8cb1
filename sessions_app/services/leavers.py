"""Somebody leaves: their clients go to a colleague, in new pairs, and their access ends."""

import datetime

from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.services import people
from sessions_app.models import Client, Pair, TabletLink, TherapySession
from sessions_app.signals import pair_ended


class CaseloadNeedsSomebody(ValueError):
    """There are clients in therapy, and nobody was named to take them over."""


def caseload_of(person: User):
    """Pairs with clients in therapy. A therapy that ended stays with whom it was."""
    return Pair.objects.of(person).filter(client__status=Client.Status.ACTIVE)


@audit.noted(audit.Action.ENDED, on="person")
def leave(*, person: User, successor: User | None, by: User) -> int:
    """Returns how many clients were handed over. Raises CaseloadNeedsSomebody."""
    pairs = list(caseload_of(person).select_for_update(of=("self",)))
    if pairs and successor is None:
        raise CaseloadNeedsSomebody
    for pair in pairs:
        _hand_over(pair, successor)
    people.deactivate(user=person, by=by)
    return len(pairs)


def _hand_over(pair: Pair, successor: User) -> Pair:
    """The alliance belongs to two people, so it begins anew. What is booked goes along."""
    today = timezone.localdate()
    pair.until_on = max(pair.from_on, today - datetime.timedelta(days=1))
    pair.save(update_fields=["until_on"])
    new = Pair.objects.create(client_id=pair.client_id, therapist=successor, from_on=today)
    ahead = TherapySession.objects.booked().filter(pair=pair, starts_at__gte=timezone.now())
    TabletLink.objects.usable().filter(therapy_session__pair=pair).update(revoked_at=timezone.now())
    ahead.update(pair=new)
    pair_ended.send(sender=Pair, pair=pair)
    return new
