"""The Celery application. Its timetable is in `alliance.schedule`."""

import os

from celery import Celery
from celery.signals import task_prerun, worker_ready

from alliance.schedule import BEAT_SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")

app = Celery("alliance")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = BEAT_SCHEDULE
app.autodiscover_tasks()


@task_prerun.connect
def count_days_by_the_clinics_clock(**kwargs):
    from accounts.services.people import use_clinic_time

    use_clinic_time()


@worker_ready.connect
def look_at_once(sender, **kwargs):
    """A worker that starts looks for what waited while there was none."""
    sender.app.send_task("ruptures.sweep")
