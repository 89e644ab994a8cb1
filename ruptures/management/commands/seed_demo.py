from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.services.people import use_clinic_time
from ruptures.demo import clinic


class Command(BaseCommand):
    help = "Loads the demo clinic into an empty database. Run again, it leaves the data alone."

    def add_arguments(self, parser):
        parser.add_argument(
            "--if-empty", action="store_true", help="say nothing where there is data already"
        )

    def handle(self, *args, if_empty, **options):
        if not settings.DEMO:
            raise CommandError("The demo's passwords are public. Set DEMO=1 to load it.")
        if User.objects.exists():
            if if_empty:
                return
            raise CommandError("There are people in this database; the demo needs an empty one.")
        use_clinic_time()
        clinic.build(say=self.stdout.write)
        self.stdout.write(self.style.SUCCESS("The demo clinic is ready."))
