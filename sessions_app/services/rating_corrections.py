"""A rating that was typed wrongly is set right by a new version beside the old one."""

from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from sessions_app.models import SRSEntry, TherapySession
from sessions_app.services.srs_entries import EntryRefused
from sessions_app.signals import srs_entry_recorded


@audit.noted(audit.Action.CORRECTED, on="therapy_session")
def correct(
    *, therapy_session: TherapySession, lines: dict[str, int], reason: str, by: User
) -> SRSEntry:
    """The new version, which counts from now on. The one before keeps its marks and stays in sight.

    Raises EntryRefused where there is no rating, or where the marks are the same.
    """
    sessions = TherapySession.objects.select_for_update(of=("self",), no_key=True)
    locked = sessions.select_related("pair__client").get(pk=therapy_session.pk)
    old = SRSEntry.objects.filter(therapy_session=locked).first()
    if old is None:
        raise EntryRefused(_("This session has no rating that could be corrected."))
    if old.lines == lines:
        raise EntryRefused(_("These are the marks that are stored already."))
    old.therapy_session, old.replaced_in = None, locked
    old.save(update_fields=["therapy_session", "replaced_in"])
    entry = SRSEntry.objects.create(
        therapy_session=locked,
        corrects=old,
        correction_reason=reason,
        corrected_by=by,
        pack=old.pack,
        language=old.language,
        source=old.source,
        filled_in_on=old.filled_in_on,
        came_late=old.came_late,
        **lines,
    )
    srs_entry_recorded.send(sender=SRSEntry, therapy_session=locked)
    return entry


def versions_of(therapy_session: TherapySession) -> list[SRSEntry]:
    """Every version of the session's rating, the one that counts first."""
    replaced = therapy_session.replaced_entries.select_related("corrected_by")
    return [therapy_session.srs_entry, *replaced.order_by("-recorded_at", "-pk")]
