"""Forms of the third floor. They validate; services store."""

from ruptures.forms.episodes import ConfirmForm, DismissForm, OpenByHandForm, SettledForm
from ruptures.forms.repairs import RepairStepForm
from ruptures.forms.reviews import CommentForm, ResolveForm

__all__ = [
    "CommentForm",
    "ConfirmForm",
    "DismissForm",
    "OpenByHandForm",
    "RepairStepForm",
    "ResolveForm",
    "SettledForm",
]
