from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from accounts import audit, audit_chain, backups, outbox
from accounts.models import AccountMail
from accounts.sealed_file import CannotOpen
from ruptures.models import Alert
from sessions_app.erasure_log import LogBroken
from sessions_app.models import Client, LinkMail, SRSEntry
from sessions_app.services import erasures


class Command(BaseCommand):
    help = "Replaces the database by a backup. Stop web, worker and beat first."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, nargs="?")
        parser.add_argument("--yes", action="store_true", help="do not ask")
        parser.add_argument(
            "--finish",
            action="store_true",
            help="put no file back: end a restore that was cut off, with what is in the database",
        )

    def handle(self, *args, file, yes, finish, **options):
        if bool(file) == finish:
            raise CommandError("Name the backup's file, or --finish without one.")
        question = "What is in the database now is lost. Type yes: "
        if not finish and not yes and input(question) != "yes":
            raise CommandError("Nothing was changed.")
        try:
            if not finish:
                backups.put_back(file)
            call_command("migrate", interactive=False, verbosity=0)
            self._take_up_the_present()
        except (OSError, CannotOpen, LogBroken, backups.BackupFailed) as failed:
            raise CommandError(str(failed)) from failed

    def _take_up_the_present(self) -> None:
        """What happened after the backup and must not come back with it."""
        again = erasures.apply_erasures()
        sent = sum(outbox.close_what_was_sent(rows) for rows in (Alert, LinkMail, AccountMail))
        audit.note(audit.Action.RESTORED, by=None)
        audit_chain.start_from_database()
        verdict = audit_chain.verify()
        backups.finish()
        self.stdout.write(f"{Client.objects.count()} clients, {SRSEntry.objects.count()} ratings")
        self.stdout.write(f"erased again: {again}; mails not sent again: {sent}")
        if not verdict.is_whole:
            raise CommandError(f"The audit breaks at entry {verdict.broken_at}: {verdict.why}.")
        self.stdout.write(self.style.SUCCESS(f"Restored. {verdict.entries} entries of the audit."))
