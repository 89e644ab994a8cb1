from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.services.people import use_clinic_time
from ruptures.services import alerts, reports
from ruptures.trend import IsoWeek, iso_week


def _finished(label: str) -> IsoWeek:
    """The week; ValueError where there is none of that name, or where it is not over."""
    week = iso_week(label)
    if week.sunday >= timezone.localdate():
        raise ValueError(f"{label} ends on {week.sunday}. A report is made once, afterwards.")
    return week


class Command(BaseCommand):
    help = "Makes and sends the weekly trend of one ISO week. Run twice, it is sent once."

    def add_arguments(self, parser):
        parser.add_argument("--week", required=True, help="such as 2026-W47")

    def handle(self, *args, week, **options):
        use_clinic_time()
        try:
            made = reports.make_all(week=_finished(week))
        except ValueError as problem:
            raise CommandError(f"--week: {problem}") from problem
        sent = alerts.deliver_due()
        self.stdout.write(f"{week}: {made} new reports; {sent} mails went out.")
