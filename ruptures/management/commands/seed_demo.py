from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from accounts import audit_chain, audit_triggers
from accounts.models import User
from accounts.services.people import use_clinic_time
from ruptures.demo import clinic, large

SMALLEST = 1
MOST_PAIRS, MOST_SESSIONS = 200_000, 500


class Command(BaseCommand):
    help = (
        "Loads the demo clinic into an empty database. With --pairs and --sessions it is a clinic "
        "of that size: so many clients with so many ratings each, fifty clients a therapist."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--if-empty", action="store_true", help="say nothing where there is data already"
        )
        parser.add_argument("--pairs", type=int, help=f"clients, at most {MOST_PAIRS}")
        parser.add_argument(
            "--sessions", type=int, help=f"ratings of each client, at most {MOST_SESSIONS}"
        )
        parser.add_argument("--afresh", action="store_true", help="throw away what is there, first")

    def handle(self, *args, if_empty, afresh, pairs, sessions, **options):
        if not settings.DEMO:
            raise CommandError("The demo's passwords are public. Set DEMO=1 to load it.")
        _check_size(pairs, sessions)
        if afresh:
            audit_chain.forget()
            with audit_triggers.lifted():
                call_command("flush", interactive=False, verbosity=0)
        if User.objects.exists():
            if if_empty:
                return
            raise CommandError("There are people in this database; the demo needs an empty one.")
        use_clinic_time()
        if pairs:
            large.build(pairs=pairs, sessions=sessions, say=self.stdout.write)
        else:
            clinic.build(say=self.stdout.write)
        self.stdout.write(self.style.SUCCESS("The demo clinic is ready."))


def _check_size(pairs: int | None, sessions: int | None) -> None:
    if (pairs is None) != (sessions is None):
        raise CommandError("--pairs and --sessions go together.")
    if pairs is None:
        return
    for name, value, most in (
        ("--pairs", pairs, MOST_PAIRS),
        ("--sessions", sessions, MOST_SESSIONS),
    ):
        if not SMALLEST <= value <= most:
            raise CommandError(f"{name} is a number from {SMALLEST} to {most}.")
