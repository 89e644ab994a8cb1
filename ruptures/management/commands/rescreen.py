import time

from django.core.management.base import BaseCommand

from accounts.services.people import use_clinic_time
from ruptures.services import rescreening

LOOKS_EVERY = 0.5
WORDS = {
    "findings_new": "findings are new",
    "findings_mended": "findings have other numbers",
    "findings_gone": "findings no longer hold",
    "strains_opened": "strains opened",
    "strains_closed": "strains closed by their course",
}


class Command(BaseCommand):
    help = (
        "Screens every pair again with the policy in force, together with the Celery workers. "
        "Killed half-way, it goes on where it stood; run twice, the second time changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--workers", type=int, default=2, help="how many worker tasks to ask for help"
        )

    def handle(self, *args, workers, **options):
        use_clinic_time()
        run = rescreening.start()
        if not rescreening.call_workers(run, workers=workers):
            self.stderr.write("The broker is away, so this command works alone.")
        while not rescreening.finish(run):
            if not rescreening.work_on(run):
                time.sleep(LOOKS_EVERY)  # the last chunks are in other hands
            self.tell_progress(run)
        self.tell_changes(run)

    def tell_progress(self, run):
        done, chunks = rescreening.progress(run)
        self.stdout.write(f"{done} of {chunks} chunks done")

    def tell_changes(self, run):
        changed = rescreening.changes(run)
        if not changed:
            self.stdout.write("Nothing changed.")
        for name, count in changed.items():
            self.stdout.write(f"{count} {WORDS[name]}")
