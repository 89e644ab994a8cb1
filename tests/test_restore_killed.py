"""`manage.py restore` on PostgreSQL, ended by kill -9 on the way: the database is whole, and no
program starts on it until it is known again who was erased."""

import importlib
import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

import alliance.wsgi
from accounts import backups
from alliance import celery
from alliance.processes import end_with_parent
from sessions_app.models import Client
from tests.installation import wait_for
from tests.test_restore_drill import (  # noqa: F401  (fixtures)
    backup,
    clinic,
    counts,
    erase,
    places,
    restore,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres, pytest.mark.faults]

# The whole command, but that it says when it is so far, and waits there.
HALF_OF_THE_FILE = """
def halved(chunks, load=backups._load):
    def halves():
        whole = b"".join(chunks)
        yield whole[:len(whole) // 2]
        wait()
        yield whole[len(whole) // 2:]
    load(halves())

backups._load = halved
"""
COMMITTED = "restore.erasures.apply_erasures = wait"
COMMAND = """
import sys, time, django
django.setup()
from django.core.management import call_command
from accounts import backups
from alliance.management.commands import restore

def wait():
    print("so far", flush=True)
    time.sleep(120)

{stop}
call_command("restore", sys.argv[1], "--yes")
"""


def begun(path, stop: str) -> subprocess.Popen:
    """The command, as far as it got until it waits."""
    known = connection.settings_dict
    where = f"{known['USER']}@{known['HOST']}:{known['PORT']}/{known['NAME']}"
    environment = os.environ | {
        "DATABASE_URL": f"postgres://{where}",
        "APART_DIR": settings.APART_DIR,
        "BACKUP_KEY": settings.BACKUP_KEY,
        "DJANGO_SETTINGS_MODULE": "alliance.settings",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND.format(stop=stop), path],
        env=environment,
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,
        preexec_fn=end_with_parent,
    )
    assert process.stdout.readline() == "so far\n"
    return process


def sessions_of_psql() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, wait_event FROM pg_stat_activity WHERE application_name = 'psql'"
        )
        return cursor.fetchall()


@pytest.mark.parametrize("kill", [os.kill, os.killpg], ids=["the command", "all it started"])
def test_restore_killed_half_way_leaves_what_was_there_and_can_be_done_again(
    backup,  # noqa: F811
    clinic,  # noqa: F811
    places,  # noqa: F811
    kill,
):
    held = counts()
    erase(clinic[0])
    before = counts()
    command = begun(backup, HALF_OF_THE_FILE)
    wait_for(lambda: [wait for _state, wait in sessions_of_psql()] == ["ClientRead"])
    kill(command.pid, signal.SIGKILL)
    wait_for(lambda: not sessions_of_psql())
    assert counts() == before != held
    with pytest.raises(backups.RestoreUnfinished):
        importlib.reload(alliance.wsgi)

    restore(backup)
    assert Client.objects.get() == clinic[1].client
    importlib.reload(alliance.wsgi)
    call_command("backup", places / "again.backup")  # of tables that psql made
    restore(places / "again.backup")
    assert counts() == before


def test_restore_killed_before_it_erased_again_lets_nothing_start_until_it_has(
    backup,  # noqa: F811
    clinic,  # noqa: F811
):
    held = counts()
    erase(clinic[0])
    command = begun(backup, COMMITTED)
    command.kill()
    command.wait()
    assert counts() == held  # the erased client is back
    with pytest.raises(backups.RestoreUnfinished):
        importlib.reload(alliance.wsgi)
    for signal_of_start in (celery.celeryd_init, celery.beat_init):
        with pytest.raises(SystemExit, match="A restore was cut off"):
            signal_of_start.send(sender=None)

    call_command("restore", "--finish")
    assert Client.objects.get() == clinic[1].client
    importlib.reload(alliance.wsgi)


def test_restore_takes_a_file_or_finishes_one(backup):  # noqa: F811
    for arguments in ([], [backup, "--finish"]):
        with pytest.raises(CommandError, match="--finish"):
            call_command("restore", *arguments)
