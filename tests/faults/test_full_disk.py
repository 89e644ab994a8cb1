"""The disk of the database is full when a client hands in the form: a 503 that says so, nothing
half stored, and the form comes through by itself once there is room.

The disk is a real one: a file system in memory, mounted for PostgreSQL alone. Root runs this.
"""

import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import servers
from tests.faults.clinic import NOTHING, ONE_WHOLE_RATING, FaultClinic, mark_four_lines
from tests.faults.proxy import FaultProxy

pytestmark = [pytest.mark.faults, pytest.mark.journeys]

DISK_MB = 300
WITHIN_MS = 30_000
CHUNK = 64 * 1024


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("disk")
    folder.parent.chmod(0o755)
    folder.parent.parent.chmod(0o755)  # PostgreSQL's own user has to get there
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=755", "tmpfs", folder], check=True
    )
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.fixture(scope="module")
def clinic(disk):
    with servers.postgresql("-c", "max_wal_size=48MB", is_synced=True, within=disk) as postgresql:
        clinic = FaultClinic(postgresql)
        clinic.migrate()
        clinic.start_and_wait()
        yield clinic
        clinic.remove()


def fill(disk: Path) -> Path:
    """Takes every byte that is left."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (CHUNK, 512):
            try:
                while file.write(b"\0" * size):
                    pass
            except OSError as full:
                assert "No space left" in str(full)
    return filler


def test_full_disk_stores_nothing_until_there_is_room_then_one_rating(
    disk, clinic, proxy: FaultProxy, open_form
):
    ((therapy_session, token),) = clinic.waiting_forms(1)
    page = open_form(token)
    mark_four_lines(page)
    with clinic.connection() as connection:  # a new one may find no room for its own files
        filler = fill(disk)
        page.locator("[data-done]").tap()
        expect(page.get_by_text("saved on this tablet").first).to_be_visible(timeout=WITHIN_MS)
        assert proxy.answers[0].startswith(b"HTTP/1.1 503")
        assert clinic.stored(therapy_session, connection) == NOTHING

    filler.unlink()
    saved = page.get_by_text("Your answers are saved.", exact=True)
    expect(saved).to_be_visible(timeout=WITHIN_MS)
    assert len({request.body for request in proxy.hand_ins}) == 1
    assert clinic.stored(therapy_session) == ONE_WHOLE_RATING
