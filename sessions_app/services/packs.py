"""Which words the client sees."""

from django.db import transaction

from sessions_app import packs
from sessions_app.models import InstrumentPack


@transaction.atomic
def active_pack() -> InstrumentPack:
    """The clinic's pack; our own default, stored at first need."""
    found = InstrumentPack.objects.filter(active=True).first()
    if found:
        return found
    content = packs.load_pack()
    return InstrumentPack.objects.get_or_create(
        code=content["id"], version=content["version"], defaults={"content": content}
    )[0]
