"""A backup of the whole database in one sealed file, and putting it back.

What lies in APART_DIR is in no backup on purpose: it tells what must not come back with one.
"""

import datetime
import json
import os
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, BinaryIO

from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from accounts import sealed_file

SUFFIX = ".backup"
# What PostgreSQL was told is undone where the last word does not come, whoever died on the way.
FIRST_WORDS = b"""BEGIN;
SET LOCAL lock_timeout = '60s';
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
"""
LAST_WORD = b"COMMIT;\n"


class BackupFailed(Exception):
    """Nothing was written, or nothing was put back; the message says why."""


class RestoreUnfinished(Exception):
    """A restore was cut off: who was erased since the backup may be in the database again."""


def make(path: Path) -> None:
    """Writes a backup to `path`, whole or not at all. Raises BackupFailed."""
    secret = _secret()
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    with os.fdopen(os.open(beside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as sealed:
        with _dump() as source:
            sealed_file.write(source, sealed, secret=secret)
        sealed.flush()
        os.fsync(sealed.fileno())
    beside.replace(path)
    _remember_when()


def put_back(path: Path) -> None:
    """Replaces the database by what `path` holds, whole or not at all, also when it is killed on
    the way. The file is read to its end before anything is touched. From then on the restore is
    unfinished, until `finish` is called. Raises BackupFailed, and sealed_file.CannotOpen."""
    secret = _secret()
    with path.open("rb") as sealed:
        for _chunk in sealed_file.read(sealed, secret=secret):
            continue
    _begin()
    try:
        with path.open("rb") as sealed:
            _load(sealed_file.read(sealed, secret=secret))
    except (BackupFailed, sealed_file.CannotOpen):
        finish()  # the database is what it was
        raise


def finish() -> None:
    _unfinished_file().unlink(missing_ok=True)


def refuse_unfinished() -> None:
    """For every program that is about to start. Raises RestoreUnfinished."""
    if _unfinished_file().exists():
        raise RestoreUnfinished(
            "A restore was cut off. Run `manage.py restore` with its file again. Or run `manage.py "
            "restore --finish`: it keeps what is in the database, the backup or what was there "
            "before, and erases again who was erased since."
        )


def _begin() -> None:
    """Returns when it is on the disk."""
    _unfinished_file().parent.mkdir(parents=True, exist_ok=True)
    with _unfinished_file().open("w") as begun:
        begun.write(timezone.now().isoformat())
        begun.flush()
        os.fsync(begun.fileno())


def _unfinished_file() -> Path:
    return Path(settings.APART_DIR) / "unfinished-restore"


def keep_newest(folder: Path, count: int) -> list[Path]:
    """Deletes older backups in `folder`; returns those that went."""
    old = sorted(folder.glob(f"*{SUFFIX}"))[:-count]
    for path in old:
        path.unlink()
    return old


def default_path() -> Path:
    """Named by its moment alone."""
    moment = timezone.now().strftime("%Y%m%d-%H%M%S")
    return Path(settings.BACKUP_DIR) / f"alliance-{moment}{SUFFIX}"


def last_made_at() -> datetime.datetime | None:
    """When the last backup was finished, as far as this machine knows."""
    path = _when_file()
    if not path.exists():
        return None
    return datetime.datetime.fromisoformat(json.loads(path.read_text())["made_at"])


def _when_file() -> Path:
    return Path(settings.APART_DIR) / "last-backup.json"


def _remember_when() -> None:
    _when_file().parent.mkdir(parents=True, exist_ok=True)
    _when_file().write_text(json.dumps({"made_at": timezone.now().isoformat()}))


def _secret() -> str:
    if not settings.BACKUP_KEY:
        raise BackupFailed("BACKUP_KEY is not set. It seals backups, and opens them again.")
    return settings.BACKUP_KEY


@contextmanager
def _dump() -> Iterator[BinaryIO]:
    with _dump_postgresql() if connection.vendor == "postgresql" else _dump_sqlite() as source:
        yield source


@contextmanager
def _dump_postgresql() -> Iterator[BinaryIO]:
    command = ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", *_where()]
    with tempfile.TemporaryFile() as said:
        dump = _started(command, stdout=subprocess.PIPE, stderr=said)
        try:
            yield dump.stdout
        finally:
            dump.stdout.close()
            code = dump.wait()
        if code:
            raise BackupFailed(f"pg_dump failed: {_words(said)}")


@contextmanager
def _dump_sqlite() -> Iterator[BinaryIO]:
    """SQLite's own online copy, in a file that nobody else may read and that is gone at the end."""
    with _private_file() as path:
        connection.ensure_connection()
        copy = sqlite3.connect(path)
        connection.connection.backup(copy)
        copy.close()
        with path.open("rb") as source:
            yield source


def _load(chunks: Iterator[bytes]) -> None:
    if connection.vendor == "postgresql":
        _load_postgresql(chunks)
    else:
        _load_sqlite(chunks)


def _load_sqlite(chunks: Iterator[bytes]) -> None:
    with _private_file() as path:
        with path.open("wb") as plain:
            for chunk in chunks:
                plain.write(chunk)
        copy = sqlite3.connect(path)
        connection.ensure_connection()
        copy.backup(connection.connection)
        copy.close()


def _load_postgresql(chunks: Iterator[bytes]) -> None:
    """In one transaction of psql, which is told to commit when pg_restore has ended well."""
    connections.close_all()
    command = ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", *_where()]
    is_all_there = False
    with tempfile.TemporaryFile() as said:
        # Without a buffer, since pg_restore writes into the same pipe.
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": said}
        with _started(command, **pipes, bufsize=0) as psql, suppress(BrokenPipeError):
            psql.stdin.write(FIRST_WORDS)
            is_all_there = _write_statements(chunks, into=psql.stdin, said=said)
            if is_all_there:
                psql.stdin.write(LAST_WORD)
        if psql.returncode or not is_all_there:
            raise BackupFailed(f"The database could not be put back: {_words(said)}")


def _write_statements(chunks: Iterator[bytes], *, into: IO, said: IO) -> bool:
    """Whether they are all there."""
    command = ["pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--file=-"]
    pipes = {"stdin": subprocess.PIPE, "stdout": into, "stderr": said}
    # A broken pipe: it ended by itself, and its code says so.
    with suppress(BrokenPipeError), _started(command, **pipes) as pg_restore:
        for chunk in chunks:
            pg_restore.stdin.write(chunk)
    return pg_restore.returncode == 0


def _started(command: list[str], **options) -> subprocess.Popen:
    """The password travels in the environment, where other people of the machine do not see it."""
    password = connection.settings_dict["PASSWORD"]
    environment = os.environ | ({"PGPASSWORD": password} if password else {})
    try:
        return subprocess.Popen(command, env=environment, **options)
    except FileNotFoundError as missing:
        raise BackupFailed(f"{command[0]} is not installed; it comes with PostgreSQL.") from missing


def _where() -> list[str]:
    known = connection.settings_dict
    options = {"host": known["HOST"], "port": known["PORT"], "username": known["USER"]}
    named = [f"--{name}={value}" for name, value in options.items() if value]
    return [*named, "--no-password", f"--dbname={known['NAME']}"]


def _words(said) -> str:
    said.seek(0)
    lines = said.read().decode(errors="replace").splitlines()
    # PostgreSQL quotes rows in these, and a row may name somebody.
    return " ".join(line for line in lines if not line.lstrip().startswith(("DETAIL", "CONTEXT")))


@contextmanager
def _private_file() -> Iterator[Path]:
    """Beside the database, so as protected as that."""
    Path(settings.DATA_DIR).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as folder:  # 0700
        yield Path(folder) / "copy"
