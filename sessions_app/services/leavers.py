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
    """Pairs with clients in therapy. A therapy that ended stays with whom it was."""
    return Pair.objects.of(person).filter(client__status=Client.Status.ACTIVE)


@audit.noted(audit.Action.ENDED, on="person")
def leave(*, person: User, successor: User | None, by: User) -> int:
    """Returns how many clients were handed over. Raises CaseloadNeedsSomebody."""
    pairs = list(caseload_of(person))
    if pairs and successor is None:
        raise CaseloadNeedsSomebody
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    for pair in pairs:
        endings.hand_over(pair=pair, to=successor, on=max(pair.from_on, yesterday), by=by)
    people.deactivate(user=person, by=by)
    return len(pairs)
