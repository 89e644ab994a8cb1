"""Forms of the third floor. They validate; services store."""

from ruptures.forms.episodes import (
    CloseForm,
    ConfirmForm,
    DismissForm,
    OpenByHandForm,
    SettledForm,
)
from ruptures.forms.repairs import (
    AboutForm,
    GeneralisationForm,
    OpenerForm,
    ReflectionForm,
    RepairStepForm,
)
from ruptures.forms.reviews import CommentForm, ResolveForm
from ruptures.forms.weekly import TeamEventForm, WeeklyMailForm

__all__ = [
    "AboutForm",
    "CloseForm",
    "CommentForm",
    "ConfirmForm",
    "DismissForm",
    "GeneralisationForm",
    "OpenByHandForm",
    "OpenerForm",
    "ReflectionForm",
    "RepairStepForm",
    "ResolveForm",
    "SettledForm",
    "TeamEventForm",
    "WeeklyMailForm",
]
