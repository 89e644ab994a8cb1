"""The only messages that travel upward. Receivers run inside the sender's transaction."""

from django.dispatch import Signal

srs_entry_recorded = Signal()  # therapy_session, locked_pair where the sender has locked it
therapy_session_recorded = Signal()  # therapy_session, locked_pair likewise
client_ended = Signal()  # client
pair_ended = Signal()  # pair: its client goes on with another therapist
