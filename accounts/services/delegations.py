"""Who stands in for a supervisor who is away."""

import datetime

from accounts import audit
from accounts.models import Delegation, User

DELEGATIONS_SHOWN = 50


def given_by(supervisor: User):
    """Who stands in for `supervisor`, now and in the days to come."""
    coming = Delegation.objects.not_ended().filter(supervisor=supervisor)
    return coming.select_related("delegate")[:DELEGATIONS_SHOWN]


def held_by(delegate: User):
    """For whom `delegate` stands in today."""
    today = Delegation.objects.current().filter(delegate=delegate, supervisor__is_active=True)
    return today.select_related("supervisor")[:DELEGATIONS_SHOWN]


@audit.noted(audit.Action.ADDED)
def name_one(
    *, delegate: User, from_on: datetime.date, until_on: datetime.date, by: User
) -> Delegation:
    """`delegate` stands in for `by` on these days. The same sent twice at once is one."""
    delegation, _new = Delegation.objects.get_or_create(
        supervisor=by, delegate=delegate, from_on=from_on, until_on=until_on
    )
    return delegation


@audit.noted(audit.Action.ENDED, on="delegation")
def end(*, delegation: Delegation, on: datetime.date, by: User) -> None:
    """The last day is the day before `on`, so that it ends at the next request."""
    delegation.end(on=on)
