"""The application with a timetable that looks every second, so that a test need not wait a minute:
`celery --app tests.faults.hasty beat`."""

from alliance.celery import app

EVERY = 1.0

for entry in app.conf.beat_schedule.values():
    entry["schedule"] = EVERY

__all__ = ["app"]
