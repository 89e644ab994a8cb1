"""`python -m tests.shots`: takes the pictures of the README again, into docs/pictures.

On a demo clinic of its own, in a time zone in which it is late in the morning right now, so that
they show a day at work at whatever hour they are taken.
"""

import datetime
import os
import subprocess
from pathlib import Path

import django
from playwright.sync_api import expect, sync_playwright

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
LATE_IN_THE_MORNING = 11
THERAPIST, SUPERVISOR = "ash@demo.example", "oak@demo.example"
FALLEN = "Gannet-24"  # a fall in the last session, and a complaint that the therapist noted
MARKS = {"relationship": 88, "goals": 62, "approach": 81, "overall": 76}


def main() -> None:
    os.environ |= {"DJANGO_SETTINGS_MODULE": "alliance.settings", "DEMO": "1"}
    django.setup()
    from tests.conftest import QUIET, WITHOUT_WINDOWS
    from tests.installation import Installation

    clinic = Installation()
    try:
        clinic.migrate()
        _move_to_where_it_is_day(clinic)
        clinic.seed()
        clinic.start_and_wait()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=WITHOUT_WINDOWS, args=QUIET)
            take_all(browser, clinic)
            browser.close()
    finally:
        clinic.remove()


def _move_to_where_it_is_day(clinic) -> None:
    ahead = LATE_IN_THE_MORNING - datetime.datetime.now(datetime.UTC).hour
    zone = f"Etc/GMT{-ahead:+d}"  # the names of these zones count the other way round
    founded = f"from accounts.models import Clinic; Clinic.objects.create(pk=1, time_zone='{zone}')"
    subprocess.run(clinic.manage("shell", "-v0", "-c", founded), env=clinic.environment, check=True)


def take_all(browser, clinic) -> None:
    """The day, a strain, the form on a tablet, the Monday mail."""
    from tests.journeys import desk_harness

    desk = desk_harness.Desk(browser, clinic, viewport=desk_harness.DESKTOP)
    desk.sign_in(THERAPIST)
    _take(desk, "today")
    desk_harness.open_strain(desk, FALLEN)
    expect(desk.page.locator(".chart-still svg").filter(visible=True).first).to_be_visible()
    _take(desk, "strain")
    desk.open("/")
    desk.page.set_viewport_size(desk_harness.TABLET)
    desk.press("Hand over to rate")
    desk.press("Start")
    for line, share in MARKS.items():
        desk_harness.touch_line(desk.page, line, share)
    _take(desk, "tablet")
    desk.page.set_viewport_size(desk_harness.DESKTOP)
    report = clinic.manage("send_weekly_report")
    subprocess.run(report, env=clinic.environment_of_the_stack, check=True, capture_output=True)
    desk_harness.mail_to(desk, SUPERVISOR, "the weekly trend")
    _take(desk, "weekly-mail")
    desk.close()


def _take(desk, name: str) -> None:
    desk.page.wait_for_load_state("networkidle")
    desk.page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")
    print(f"docs/pictures/{name}.png")


if __name__ == "__main__":
    main()
