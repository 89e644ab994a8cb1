from django.core.management.base import BaseCommand, CommandError

from ruptures.detection.policy import PolicyError
from ruptures.services.what_if import what_if


class Command(BaseCommand):
    help = (
        "Says what a policy would have raised on this clinic's own history, storing nothing: "
        "what_if low_total=34 drift=4.5"
    )

    def add_arguments(self, parser):
        parser.add_argument("numbers", nargs="*", help="a number of the policy, as name=value")

    def handle(self, *args, numbers, **options):
        try:
            answer = what_if(dict(_read(number) for number in numbers))
        except PolicyError as problem:
            raise CommandError(str(problem)) from problem
        for rule, levels in answer.findings.items():
            said = ", ".join(f"{count} {level}" for level, count in levels.items() if count)
            self.stdout.write(f"{rule:<24} {said or '–'}")
        self.stdout.write(
            f"{answer.sessions} sessions in {answer.weeks:.0f} weeks: {answer.strains} possible "
            f"strains, {answer.alerts_a_week:.1f} alerts a week"
        )


def _read(number: str) -> tuple[str, float]:
    name, _, value = number.partition("=")
    try:
        return name, float(value) if "." in value else int(value)
    except ValueError as problem:
        raise CommandError(f"{number}: write it as name=value, such as low_total=34") from problem
