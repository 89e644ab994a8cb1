from django.core.management.base import BaseCommand, CommandError

from ruptures.services import alerts, reports
from ruptures.trend import iso_week


class Command(BaseCommand):
    help = "Makes and sends the weekly trend of one ISO week. Run twice, it is sent once."

    def add_arguments(self, parser):
        parser.add_argument("--week", required=True, help="such as 2026-W47")

    def handle(self, *args, week, **options):
        try:
            made = reports.make_all(week=iso_week(week))
        except ValueError as problem:
            raise CommandError(f"--week: {problem}") from problem
        sent = alerts.deliver_due()
        self.stdout.write(f"{week}: {made} new reports; {sent} mails went out.")
