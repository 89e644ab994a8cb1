from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sessions_app import access
from sessions_app.models import UndoStep
from sessions_app.services import undoing


def say_with_undo(request, text: str, step: UndoStep) -> None:
    """A message that offers to take back what it tells of."""
    messages.success(request, text, extra_tags=str(step.key))


@require_POST
@login_required
def change_undo(request, key):
    step = access.own_undo_step_for(request.user, key)
    try:
        again = undoing.undo(step=step, by=request.user)
    except undoing.CannotUndo:
        messages.error(
            request,
            _("This can be undone no more: it is a while ago, or something was built on it since."),
        )
        return redirect("today")
    text = _("Undone: it is as it was before. A rating stays as the client gave it.")
    if again:
        say_with_undo(request, text, again)
        return redirect("therapy_session_log", key=step.therapy_session.key)
    messages.success(request, text)
    return redirect("client_detail", key=step.pair.client.key)
