"""The only messages that travel upward. Receivers run inside the sender's transaction."""

from django.dispatch import Signal

srs_entry_recorded = Signal()  # therapy_session
therapy_session_recorded = Signal()  # therapy_session
client_ended = Signal()  # client
pair_ended = Signal()  # pair: its client goes on with another therapist
