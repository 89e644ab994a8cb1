"""`manage.py reset_second_step EMAIL`: for the only administrator, whom no other one can help."""

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.services import second_factors


class Command(BaseCommand):
    help = (
        "Removes the second step of whoever signs in with EMAIL, ends their sign-ins and tells "
        "them by e-mail. Make sure that it is them before you run it."
    )

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *, email: str, **options):
        person = User.objects.filter(email=email.lower()).first()
        if person is None:
            raise CommandError("Nobody signs in with this address.")
        second_factors.reset(user=person, by=None)
        self.stdout.write("Reset. At the next sign-in a new second step is set up.")
