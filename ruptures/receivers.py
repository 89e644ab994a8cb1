"""Hears the messages of the floor below and screens, inside the sender's transaction."""

from django.dispatch import receiver

from ruptures.services import episodes, screening
from sessions_app.signals import (
    client_ended,
    pair_ended,
    srs_entry_recorded,
    therapy_session_recorded,
)


@receiver(srs_entry_recorded)
@receiver(therapy_session_recorded)
def screen_again(sender, therapy_session, locked_pair=None, **kwargs):
    screening.screen_within(pair_id=therapy_session.pair_id, locked_pair=locked_pair)


@receiver(client_ended)
def end_open_episode(sender, client, **kwargs):
    episodes.end_early(client=client)


@receiver(pair_ended)
def end_open_episode_of_pair(sender, pair, **kwargs):
    episodes.end_early(client=pair.client)
