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
    TakenStepForm,
)
from ruptures.forms.reviews import ChosenCasesForm, OwnerForm, ResolveForm, SnoozeForm
from ruptures.forms.supervision import CommentForm, DiscussionForm, PlanForm, UsefulForm
from ruptures.forms.weekly import TeamEventForm, WeeklyMailForm

__all__ = [
    "AboutForm",
    "ChosenCasesForm",
    "CloseForm",
    "CommentForm",
    "ConfirmForm",
    "DiscussionForm",
    "DismissForm",
    "GeneralisationForm",
    "OpenByHandForm",
    "OpenerForm",
    "OwnerForm",
    "PlanForm",
    "ReflectionForm",
    "RepairStepForm",
    "ResolveForm",
    "SettledForm",
    "SnoozeForm",
    "TakenStepForm",
    "TeamEventForm",
    "UsefulForm",
    "WeeklyMailForm",
]
