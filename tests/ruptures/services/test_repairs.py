"""The therapist's own texts of a repair, written and hidden at the same moment."""

import threading

import pytest
from django.db import connection, connections
from django.utils import timezone

from ruptures.models import RepairStep
from ruptures.services import repairs

LOGGED_WITHIN = 1  # seconds, for a hiding that waits for nothing


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_note_hidden_while_its_step_is_logged_stays_hidden(episode, monkeypatch):
    assert connection.vendor == "postgresql"
    on, by = timezone.localdate(), episode.pair.therapist
    step = {"episode": episode, "step": "acknowledge", "on": on, "by": by}
    logged = repairs.log_step(**step, done="partly", note="I had hurried him.")
    repairs.show_step(**step, wanted=True, seen=logged.print_of("note"))

    def hide():
        try:
            repairs.show_step(**step, wanted=False)
        finally:
            connections.close_all()

    hiding, looked_at = threading.Thread(target=hide), RepairStep.hide_what_changes

    def look_and_be_overtaken(row, values):
        looked_at(row, values)
        hiding.start()
        hiding.join(LOGGED_WITHIN)

    monkeypatch.setattr(RepairStep, "hide_what_changes", look_and_be_overtaken)
    repairs.log_step(**step, done="done", note="")
    hiding.join()
    assert RepairStep.objects.get().note_shown_at is None
