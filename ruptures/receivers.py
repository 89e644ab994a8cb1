"""Hears the messages of the floor below and screens, inside the sender's transaction."""

from django.dispatch import receiver

from ruptures.services import corrections, endings, episodes, screening
from sessions_app.signals import (
    pair_ended,
    pair_resumed,
    srs_entry_recorded,
    therapy_session_recorded,
)


@receiver(srs_entry_recorded)
def screen_again(sender, therapy_session, locked_pair=None, **kwargs):
    _screen(therapy_session, locked_pair)


@receiver(therapy_session_recorded)
def screen_log_again(sender, therapy_session, locked_pair=None, **kwargs):
    """A log may be taken back."""
    corrections.forget_unless_happened(therapy_session)
    _screen(therapy_session, locked_pair)


def _screen(therapy_session, locked_pair) -> None:
    """What comes in after the ending opens no strain that nobody could work on."""
    screening.screen_within(pair_id=therapy_session.pair_id, locked_pair=locked_pair)
    pair = locked_pair or therapy_session.pair
    if pair.is_over:
        episodes.end_early(pair=pair)


@receiver(pair_ended)
def end_open_episode(sender, pair, **kwargs):
    episodes.end_early(pair=pair)


@receiver(pair_resumed)
def reopen_episode(sender, pair, since, **kwargs):
    endings.reopen(pair=pair, since=since)
