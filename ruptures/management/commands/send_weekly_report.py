import time

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.services.people import use_clinic_time
from ruptures.services import alerts, reports
from ruptures.trend import IsoWeek, iso_week

SENT_IN_ONE_GO = 25
GOES_IN_VAIN = 2
LOOKS_EVERY = 0.5
TOLD_EVERY = 1.0  # seconds; where nobody watches, each tenth part


def _finished(label: str) -> IsoWeek:
    """The week; ValueError where there is none of that name, or where it is not over."""
    week = iso_week(label)
    if week.sunday >= timezone.localdate():
        raise ValueError(f"{label} ends on {week.sunday}. A report is made once, afterwards.")
    return week


class Progress:
    """One line that counts up on a terminal; ten lines at most in a file."""

    def __init__(self, output):
        self.output, self.told_at, self.told_part = output, 0.0, -1

    def __call__(self, words: str, done: int, of: int) -> None:
        line = f"{done} of {of} {words}"
        is_last = done >= of
        if self.output.isatty():
            if is_last or time.monotonic() - self.told_at >= TOLD_EVERY:
                self.told_at = time.monotonic()
                self.output.write(f"\r{line}\033[K{chr(10) * is_last}", ending="")
                self.output.flush()
        elif done * 10 // max(of, 1) != self.told_part:
            self.told_part = done * 10 // max(of, 1)
            self.output.write(line)


class Command(BaseCommand):
    help = (
        "Makes and sends the weekly trend of one ISO week to every supervisor: the last finished "
        "week, unless told, and at once, also at night. Run twice, or killed and run again, it is "
        "sent once."
    )

    def add_arguments(self, parser):
        parser.add_argument("--week", help="such as 2026-W47")

    def handle(self, *args, week, **options):
        use_clinic_time()
        try:
            chosen = _finished(week) if week else reports.last_finished_week(timezone.localdate())
        except ValueError as problem:
            raise CommandError(f"--week: {problem}") from problem
        making = Progress(self.stdout)
        made = reports.make_all(
            week=chosen, told=lambda done, of: making("reports looked at", done, of)
        )
        sent = self.send(chosen.label)
        left = alerts.of_week(chosen.label).unsent().count()
        self.stdout.write(f"{chosen.label}: {made} new reports; {sent} mails went out.")
        if left:
            raise CommandError(f"{left} mails were not taken. The worker tries them again.")

    def send(self, week: str) -> int:
        """Sends until nothing is due and no worker is at it, or until the mail server took nothing
        of two goes. Returns how many went out by now."""
        alerts.weekly_due_now(week)
        progress, unsent = Progress(self.stdout), alerts.of_week(week).unsent()
        waiting, in_vain = unsent.count(), 0
        while in_vain < GOES_IN_VAIN:
            tried = alerts.deliver_weekly(week, at_most=SENT_IN_ONE_GO)
            in_vain = in_vain + 1 if tried == 0 else 0
            if waiting:
                progress("mails done", waiting - unsent.all().count(), waiting)
            if tried is None:
                if not alerts.weekly_in_other_hands(week):
                    break
                time.sleep(LOOKS_EVERY)
        return waiting - unsent.all().count()
