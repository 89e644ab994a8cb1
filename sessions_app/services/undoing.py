"""Taking back what was done a moment ago, in place of asking "are you sure?" before."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from sessions_app.models import TherapySession, UndoStep
from sessions_app.services import agreements, endings, therapy_sessions


class CannotUndo(ValueError):
    """It is too late, or something was built on it meanwhile; nothing was changed."""


def offer_for(therapy_session: TherapySession, *, by: User) -> UndoStep:
    """The step of what this person has just done to the log."""
    return UndoStep.objects.filter(therapy_session=therapy_session, by=by).latest("pk")


@transaction.atomic
def undo(*, step: UndoStep, by: User) -> UndoStep | None:
    """Puts back what was there before. Answers with the step that would take this back again, where
    there is one. Raises CannotUndo."""
    steps = UndoStep.objects.select_for_update(of=("self",), no_key=True)
    steps = steps.select_related("therapy_session", "agreement", "pair__client__sealing_key")
    locked = steps.filter(pk=step.pk).first()
    if locked is None:  # erased with its client
        raise CannotUndo
    _refuse_too_late(locked)
    locked.undone_at = timezone.now()
    locked.save(update_fields=["undone_at"])
    try:
        return _WAYS[locked.kind](locked, by)
    except (therapy_sessions.SavedElsewhere, therapy_sessions.BuiltOn, endings.GoneOn) as grown:
        raise CannotUndo from grown


def _refuse_too_late(step: UndoStep) -> None:
    if step.undone_at or UndoStep.objects.too_old().filter(pk=step.pk).exists():
        raise CannotUndo


def _undo_log(step: UndoStep, by: User) -> UndoStep:
    step.therapy_session.pair = step.pair  # its client's key is known already
    therapy_sessions.restore(therapy_session=step.therapy_session, state=step.before, by=by)
    return offer_for(step.therapy_session, by=by)


def _undo_agreement_end(step: UndoStep, by: User) -> None:
    agreements.resume(agreement=step.agreement, by=by)


def _undo_ending(step: UndoStep, by: User) -> None:
    endings.resume(step=step, by=by)


_WAYS = {
    UndoStep.Kind.LOG: _undo_log,
    UndoStep.Kind.AGREEMENT_END: _undo_agreement_end,
    UndoStep.Kind.ENDING: _undo_ending,
}


def forget_old() -> int:
    """Removes steps that can be taken back no more. Returns how many."""
    return UndoStep.objects.too_old().delete()[0]
