"""The words the client sees, as they come back from the database."""

import pytest

from sessions_app import packs as pack_files
from sessions_app.models import InstrumentPack
from sessions_app.services import packs


@pytest.mark.django_db
def test_active_pack_is_our_own_until_the_clinic_has_one():
    assert packs.active_pack().code == pack_files.load_pack()["id"]
    packs.active_pack()
    assert InstrumentPack.objects.count() == 1
