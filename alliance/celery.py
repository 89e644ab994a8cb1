"""The Celery application. Its timetable is in `alliance.schedule`."""

import os
import sys

from celery import Celery
from celery.signals import beat_init, celeryd_init, task_prerun, worker_ready

from alliance.schedule import BEAT_SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")

app = Celery("alliance")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = BEAT_SCHEDULE
app.autodiscover_tasks()


@celeryd_init.connect
@beat_init.connect
def refuse_unfinished_restore(**kwargs):
    """Nothing is sent while it is not known who is erased. Celery notes what a receiver raises and
    goes on, but for the end of the program."""
    from accounts import backups

    try:
        backups.refuse_unfinished()
    except backups.RestoreUnfinished as unfinished:
        sys.exit(str(unfinished))


@task_prerun.connect
def count_days_by_the_clinics_clock(**kwargs):
    from accounts.services.people import use_clinic_time

    use_clinic_time()


@worker_ready.connect
def look_at_once(sender, **kwargs):
    """A worker that starts looks for what waited while there was none."""
    sender.app.send_task("ruptures.sweep")
