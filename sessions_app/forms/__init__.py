"""Forms of the second floor. They validate and give plain values; services store them."""

from sessions_app.forms.agreements import AgreementForm, PatternForm, RewordForm, StandingForm
from sessions_app.forms.clients import ClientEndForm, ClientForm
from sessions_app.forms.corrections import CorrectionForm
from sessions_app.forms.erasures import EraseForm, KeepYearsForm
from sessions_app.forms.log import LogForm
from sessions_app.forms.packs import PackDeclarationForm, PackFileForm
from sessions_app.forms.paper import PaperEntryForm
from sessions_app.forms.rating import RatingForm
from sessions_app.forms.tablets import MeasureForm, TabletForm
from sessions_app.forms.therapy_sessions import BookingForm, MissingReasonForm

__all__ = [
    "AgreementForm",
    "BookingForm",
    "ClientEndForm",
    "ClientForm",
    "CorrectionForm",
    "EraseForm",
    "KeepYearsForm",
    "LogForm",
    "MeasureForm",
    "MissingReasonForm",
    "PackDeclarationForm",
    "PackFileForm",
    "PaperEntryForm",
    "PatternForm",
    "RatingForm",
    "RewordForm",
    "StandingForm",
    "TabletForm",
]
