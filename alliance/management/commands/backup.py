from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts import backups


class Command(BaseCommand):
    help = "Writes the whole database into one file that only the holder of BACKUP_KEY can read."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path, help="default: a new one in BACKUP_DIR")
        parser.add_argument("--keep", type=int, help="delete all but so many in that folder")

    def handle(self, *args, file, keep, **options):
        if keep is not None and keep < 1:
            raise CommandError("--keep takes 1 or more.")
        path = file or backups.default_path()
        try:
            backups.make(path)
        except backups.BackupFailed as failed:
            raise CommandError(str(failed)) from failed
        self.stdout.write(self.style.SUCCESS(f"{path}: {path.stat().st_size} bytes"))
        for old in backups.keep_newest(path.parent, keep) if keep else []:
            self.stdout.write(f"deleted: {old}")
