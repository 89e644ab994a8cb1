"""What can be done with clients and pairs. `by` is the therapist; every call is a transaction."""

import datetime

from accounts import audit
from accounts.models import User
from sessions_app.models import Client, Pair


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
