"""The client's relational pattern: a dated text, each version kept."""

from accounts import audit
from accounts.models import User
from accounts.prepared import Given, prepared
from sessions_app.models import Pair, RelationalPattern

VERSIONS_SHOWN = 20


@audit.noted(audit.Action.CHANGED, on="pair")
def write(*, pair: Pair, text: str, by: User) -> RelationalPattern:
    """A new version. The same text again is the version that is there."""
    newest = pair.relational_patterns.first()
    if newest and newest.text == text:
        return newest
    return RelationalPattern.objects.create(pair=pair, text=text, written_by=by)


def versions_of(pair: Pair) -> list[RelationalPattern]:
    """The newest first."""
    versions = _versions(pair=pair.pk)
    for version in versions:
        version.pair = pair  # with its client's key, which opens the text
    return versions


def newest_of(pair: Pair) -> RelationalPattern | None:
    return next(iter(versions_of(pair)), None)


@prepared
def _versions():
    versions = RelationalPattern.objects.filter(pair=Given("pair")).select_related("written_by")
    return versions.order_by(*RelationalPattern._meta.ordering)[:VERSIONS_SHOWN]
