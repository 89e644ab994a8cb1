from sessions_app.models.agreement import Agreement, AgreementStanding
from sessions_app.models.break_glass import BreakGlass
from sessions_app.models.client import Client
from sessions_app.models.client_key import ClientKey
from sessions_app.models.instrument_pack import InstrumentPack, PackUse
from sessions_app.models.link_mail import LinkMail
from sessions_app.models.log_draft import LogDraft
from sessions_app.models.marker import Marker
from sessions_app.models.pair import Pair
from sessions_app.models.relational_pattern import RelationalPattern
from sessions_app.models.srs_entry import FourLines, Prediction, SRSEntry
from sessions_app.models.tablet import Tablet
from sessions_app.models.tablet_link import TabletLink
from sessions_app.models.therapy_session import TherapySession
from sessions_app.models.undo_step import UndoStep

__all__ = [
    "Agreement",
    "AgreementStanding",
    "BreakGlass",
    "Client",
    "ClientKey",
    "FourLines",
    "InstrumentPack",
    "LinkMail",
    "LogDraft",
    "Marker",
    "PackUse",
    "Pair",
    "Prediction",
    "RelationalPattern",
    "SRSEntry",
    "Tablet",
    "TabletLink",
    "TherapySession",
    "UndoStep",
]
