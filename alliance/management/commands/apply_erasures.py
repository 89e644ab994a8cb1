from django.core.management.base import BaseCommand, CommandError

from sessions_app.erasure_log import LogBroken
from sessions_app.services import erasures


class Command(BaseCommand):
    help = "Erases again who was erased before. `restore` does it; by hand after any other restore."

    def handle(self, *args, **options):
        try:
            again = erasures.apply_erasures()
        except LogBroken as broken:
            raise CommandError(str(broken)) from broken
        self.stdout.write(self.style.SUCCESS(f"Erased again: {again}"))
