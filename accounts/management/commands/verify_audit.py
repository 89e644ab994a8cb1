from django.core.management.base import BaseCommand, CommandError

from accounts import audit_chain


class Command(BaseCommand):
    help = "Walks the whole chain of the audit and says whether it is whole, or where it breaks."

    def handle(self, *args, **options):
        verdict = audit_chain.verify()
        if not verdict.is_whole:
            raise CommandError(
                f"The audit breaks at entry {verdict.broken_at}: {verdict.why}. "
                f"{verdict.entries} entries were looked at."
            )
        self.stdout.write(self.style.SUCCESS(f"The audit is whole: {verdict.entries} entries."))
