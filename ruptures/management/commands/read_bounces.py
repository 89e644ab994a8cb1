"""`manage.py read_bounces`: one mail on standard input, or all of a mailbox."""

import mailbox
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from ruptures.services import returned_mail

MOST_BYTES = 1024 * 1024  # a report quotes our mail, which is far smaller


class Command(BaseCommand):
    help = (
        "Reads mail that came back and tells the next person. Without an argument one mail on "
        "standard input, as a mail server pipes it; with --mailbox all of an mbox or a Maildir."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--mailbox", type=Path, help="an mbox file or a Maildir; it is left as is"
        )

    def handle(self, **options):
        path = options["mailbox"]
        mails = _all_of(path) if path else [sys.stdin.buffer.read(MOST_BYTES)]
        came_back = sum(map(returned_mail.take_in, mails))
        self.stdout.write(f"{came_back} of {len(mails)} mails had come back for good.")


def _all_of(path: Path) -> list[bytes]:
    if not path.exists():
        raise CommandError(f"{path} is not there.")
    kind = mailbox.Maildir if path.is_dir() else mailbox.mbox
    box = kind(path, create=False)
    return [box.get_bytes(key)[:MOST_BYTES] for key in box.keys()]  # noqa: SIM118  (not a dict)
