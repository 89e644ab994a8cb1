"""Somebody leaves: their clients go to a colleague, in new pairs, and their access ends."""

import datetime

from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.services import people
from sessions_app.models import Client, Pair
from sessions_app.services import endings


class CaseloadNeedsSomebody(ValueError):
    """There are clients in therapy, and nobody was named to take them over."""


def caseload_of(person: User):
    """Pairs with clients in therapy, also those that are yet to begin. A therapy that ended stays
    with whom it was, and who was handed over has somebody."""
    going_on = Pair.objects.filter(therapist=person, until_on=None)
    return going_on.filter(client__status=Client.Status.ACTIVE)


@audit.noted(audit.Action.ENDED, on="person")
def leave(*, person: User, successor: User | None, by: User) -> int:
    """Returns how many clients were handed over. Raises CaseloadNeedsSomebody, and
    endings.AlreadyEnded where a therapy ends at the same moment."""
    pairs = list(caseload_of(person))
    if pairs and successor is None:
        raise CaseloadNeedsSomebody
    today = timezone.localdate()
    yesterday = today - datetime.timedelta(days=1)
    for pair in pairs:
        if pair.from_on > today:
            endings.give_to(pair=pair, to=successor, by=by)
        else:
            endings.hand_over(pair=pair, to=successor, on=max(pair.from_on, yesterday), by=by)
    people.deactivate(user=person, by=by)
    return len(pairs)
