"""The only messages that travel upward. Receivers run inside the sender's transaction."""

from django.dispatch import Signal

srs_entry_recorded = Signal()  # therapy_session, locked_pair where the sender has locked it
therapy_session_recorded = Signal()  # therapy_session, locked_pair likewise
pair_ended = Signal()  # pair: the therapy ended, or its client goes on with somebody else
pair_resumed = Signal()  # pair, since: the moment of the ending that was taken back
