"""What can be done with clients and pairs. `by` is the therapist; every call is a transaction."""

import datetime

from accounts import audit
from accounts.models import User
from sessions_app.models import Client, Pair
from sessions_app.signals import client_ended


@audit.noted(audit.Action.ADDED)
def take_on(
    *, case_label: str, name: str, email: str, language: str, from_on: datetime.date, by: User
) -> Pair:
    """A new client of the therapist `by`, and with that a new pair."""
    client = Client.objects.create(case_label=case_label, name=name, email=email, language=language)
    return Pair.objects.create(client=client, therapist=by, from_on=from_on)


@audit.noted(audit.Action.CHANGED, on="client")
def edit(
    *, client: Client, case_label: str, name: str, email: str, language: str, by: User
) -> None:
    client.case_label, client.name = case_label, name
    client.email, client.language = email, language
    client.save(update_fields=["case_label", "name", "email", "language"])


@audit.noted(audit.Action.ENDED, on="client")
def end(*, client: Client, ending: str, on: datetime.date, by: User) -> None:
    """The therapy ended. The record stays with its therapist; nothing more can be booked."""
    client.status = Client.Status.ENDED
    client.ending = ending
    client.ended_on = on
    client.save(update_fields=["status", "ending", "ended_on"])
    client_ended.send(sender=Client, client=client)
