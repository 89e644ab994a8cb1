"""Throw-away servers: a PostgreSQL and a Redis of their own, gone with the `with` block."""

import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alliance.processes import end_with_parent

LOOPBACK = "127.0.0.1"
READY_WITHIN = 30.0
MAIL_BESIDE = 25
NOT_SYNCED = ("fsync", "synchronous_commit", "full_page_writes")


@dataclass
class Server:
    """A program on a port and a directory of its own, which it keeps when it is started again.
    `asks`: the command that ends with 0 once it answers, where it accepts connections earlier."""

    url: str
    port: int
    command: list
    data: str
    user: str | None = None
    asks: list | None = None
    process: subprocess.Popen | None = None

    def start(self) -> None:
        """Returns when it answers. Raises RuntimeError, with what it said."""
        with tempfile.TemporaryFile() as log:
            self.process = subprocess.Popen(
                self.command,
                user=self.user,
                cwd=self.data,
                stdout=log,
                stderr=log,
                preexec_fn=end_with_parent,
            )
            _wait_until_ready(self, log)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)  # PostgreSQL: at once, without waiting for clients
        self.process.wait(timeout=READY_WITHIN)

    def kill(self) -> None:
        """Ends it and everything it started by kill -9, as if the power had gone."""
        family = [self.process.pid, *children_of(self.process.pid)]
        for pid in family:
            os.kill(pid, signal.SIGKILL)
        self.process.wait(timeout=READY_WITHIN)


def children_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]


def postgresql_programs() -> Path | None:
    """The directory of the newest PostgreSQL installed: Debian keeps initdb off PATH."""
    found = shutil.which("initdb")
    candidates = [Path(found).parent] if found else []
    candidates += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name)
    )
    return next((path for path in reversed(candidates) if (path / "initdb").exists()), None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def free_port_with_mail() -> int:
    """One whose neighbour for the demo's mail server is free as well, so that commands run beside
    the stack find it. No system gives such ports to clients, who could take one meanwhile."""
    while True:
        port = random.randrange(20_000, 32_000)
        if _can_be_had(port) and _can_be_had(port + MAIL_BESIDE):
            return port


def _can_be_had(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def _settings(**values: str) -> list[str]:
    return [word for name, value in values.items() for word in ("-c", f"{name}={value}")]


@contextmanager
def postgresql(
    *options: str,
    is_synced: bool = False,
    within: Path | None = None,
    kept: Path | None = None,
) -> Iterator[Server]:
    """An empty cluster, trusting whoever connects from this machine. It writes to disk as a real
    one does where it `is_synced`; otherwise it is as quick as it can be, and a cut of the power
    would lose it. `within` is where its directory lies; `kept` is a directory that stays, with
    all that was written the last time."""
    programs, port = postgresql_programs(), free_port()
    with (
        _kept(_postgresql_user(), kept) if kept else _directory(_postgresql_user(), within) as data
    ):
        # fmt: off
        if not Path(data, "PG_VERSION").exists():
            _run_as(_postgresql_user(), [
                programs / "initdb", "--pgdata", data, "--username", "alliance", "--auth", "trust",
                "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync",
            ])
        command = [
            programs / "postgres", "-D", data, "-p", str(port), "-k", data,
            *_settings(listen_addresses=LOOPBACK, max_connections="60"),
            *([] if is_synced else _settings(**dict.fromkeys(NOT_SYNCED, "off"))), *options,
        ]
        # fmt: on
        url = f"postgres://alliance@{LOOPBACK}:{port}/postgres"
        asks = [programs / "pg_isready", "--quiet", f"--dbname={url}"]
        with _running(Server(url, port, command, data, _postgresql_user(), asks)) as server:
            yield server


@contextmanager
def redis(*options: str) -> Iterator[Server]:
    """An empty Redis that keeps nothing on disk."""
    port = free_port()
    with _directory(None) as data:
        # fmt: off
        command = [
            "redis-server", "--port", str(port), "--bind", LOOPBACK, "--dir", data,
            "--save", "", *options,
        ]
        # fmt: on
        with _running(Server(f"redis://{LOOPBACK}:{port}/0", port, command, data)) as server:
            yield server


def _postgresql_user() -> str | None:
    """PostgreSQL refuses to run as root; its package brings a user for it."""
    return "postgres" if os.geteuid() == 0 else None


@contextmanager
def _directory(owner: str | None, within: Path | None = None) -> Iterator[str]:
    path = tempfile.mkdtemp(prefix="alliance-server-", dir=within)
    if owner:
        os.chown(path, pwd.getpwnam(owner).pw_uid, -1)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _kept(owner: str | None, path: Path) -> Iterator[str]:
    path.mkdir(parents=True, exist_ok=True)
    if owner:
        os.chown(path, pwd.getpwnam(owner).pw_uid, -1)
    path.chmod(0o700)
    yield str(path)


def _run_as(user: str | None, command: list) -> None:
    done = subprocess.run(command, user=user, cwd="/", capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


@contextmanager
def _running(server: Server) -> Iterator[Server]:
    try:
        server.start()
        yield server
    finally:
        if server.process:
            server.stop()


def _wait_until_ready(server: Server, log) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while not _answers(server):
        if server.process.poll() is not None or time.monotonic() > deadline:
            log.seek(0)
            raise RuntimeError(f"{server.command[0]} did not start:\n{log.read().decode()}")
        time.sleep(0.05)


def _answers(server: Server) -> bool:
    return _accepts(server.port) and not (server.asks and subprocess.call(server.asks))


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0
