"""What becomes of findings and strains when the log they rest on is taken back."""

from ruptures.models import Episode, Finding, RepairRecord, Screening
from sessions_app.models import TherapySession
from sessions_app.services.therapy_sessions import BuiltOn

WRITTEN_BY_PEOPLE = (
    "repair_steps",
    "generalisations",
    "comments",
    "plans",
    "discussions",
    "reviews",
)


def forget_unless_happened(therapy_session: TherapySession) -> None:
    """A session that is booked again has nothing to find: it is still to come, or still to log.

    A strain that it opened is gone with its alerts; a mail that is out leads to the queue, where it
    stands no more. Raises BuiltOn where somebody has worked on it: a person has to close it then.
    """
    if therapy_session.attendance != TherapySession.Attendance.BOOKED:
        return
    for episode in therapy_session.opened_episodes.all():
        _take_back(episode)
    Finding.objects.filter(therapy_session=therapy_session).delete()
    Screening.objects.filter(therapy_session=therapy_session).delete()


def _take_back(episode: Episode) -> None:
    if _is_worked_on(episode):
        raise BuiltOn
    episode.delete()


def _is_worked_on(episode: Episode) -> bool:
    """Whether a person decided or wrote anything that would be gone with it."""
    return bool(
        episode.opened_by_hand
        or not episode.is_open
        or episode.confirmed_by_id
        or episode.settled
        or episode.for_supervision_at
        or episode.owner_id
        or RepairRecord.objects.filter(episode=episode).exists()
        or any(getattr(episode, name).exists() for name in WRITTEN_BY_PEOPLE)
    )
