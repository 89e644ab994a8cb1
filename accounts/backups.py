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
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from accounts import sealed_file

SUFFIX = ".backup"
BEFORE = "before_restore"  # the schema in which PostgreSQL keeps what was there until all is back


class BackupFailed(Exception):
    """Nothing was written, or nothing was put back; the message says why."""


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
    """Replaces the database by what `path` holds. The file is read to its end before anything is
    touched. Raises BackupFailed, and sealed_file.CannotOpen."""
    secret = _secret()
    with path.open("rb") as sealed:
        for _chunk in sealed_file.read(sealed, secret=secret):
            continue
    with path.open("rb") as sealed:
        _load(sealed_file.read(sealed, secret=secret))


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
    """Into an empty schema, in one transaction. What was there stays beside until that is done."""
    _run(f"DROP SCHEMA IF EXISTS {BEFORE} CASCADE")
    _run(f"ALTER SCHEMA public RENAME TO {BEFORE}", "CREATE SCHEMA public")
    connections.close_all()
    try:
        _pg_restore(chunks)
    except BaseException:
        _run("DROP SCHEMA public CASCADE", f"ALTER SCHEMA {BEFORE} RENAME TO public")
        raise
    _run(f"DROP SCHEMA {BEFORE} CASCADE")


def _pg_restore(chunks: Iterator[bytes]) -> None:
    command = ["pg_restore", "--no-owner", "--no-privileges", "--exit-on-error"]
    command += ["--single-transaction", *_where()]
    with tempfile.TemporaryFile() as said:
        load = _started(command, stdin=subprocess.PIPE, stderr=said, stdout=subprocess.DEVNULL)
        try:
            for chunk in chunks:
                load.stdin.write(chunk)
            load.stdin.close()
        except BrokenPipeError:
            pass  # it ended by itself, and its code says so
        except BaseException:
            load.kill()
            load.wait()
            raise
        if load.wait():
            raise BackupFailed(f"pg_restore failed: {_words(said)}")


def _started(command: list[str], **pipes) -> subprocess.Popen:
    """The password travels in the environment, where other people of the machine do not see it."""
    password = connection.settings_dict["PASSWORD"]
    environment = os.environ | ({"PGPASSWORD": password} if password else {})
    try:
        return subprocess.Popen(command, env=environment, **pipes)
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


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("RESET statement_timeout")


@contextmanager
def _private_file() -> Iterator[Path]:
    """Beside the database, so as protected as that."""
    Path(settings.DATA_DIR).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as folder:  # 0700
        yield Path(folder) / "copy"
