"""Programs that run side by side, watched together and stopped together."""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

STOPS_WITHIN = 10.0
KILLED_WITHIN = 5.0
LOOKS_EVERY = 0.2
PR_SET_PDEATHSIG = 1

# Loaded here because a forked child must not import anything before it becomes its program.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent() -> None:
    """Asks Linux to end this process when its parent ends, however it ends.

    Passed as `preexec_fn`. Elsewhere the next start ends what is left.
    """
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def lock(path: Path) -> IO | None:
    """The locked file, or None while somebody else holds it. Closing it, or dying, releases it."""
    file = path.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


@dataclass
class Program:
    name: str
    log: Path
    process: subprocess.Popen

    def last_words(self, lines: int = 15) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


class Programs:
    """Starts programs, each in a process group of its own, with a log file of its own.

    They inherit the lock on `group_file`, which lists their groups: after a crash of this
    process the lock says whether one of them still lives, and the list says which to end.
    """

    def __init__(self, *, group_file: Path, log_dir: Path):
        self.running: list[Program] = []
        self._log_dir = log_dir
        self._groups = _free_from_leftovers(group_file)
        log_dir.mkdir(parents=True, exist_ok=True)

    def start(self, name: str, *command: str, environment: dict[str, str]) -> None:
        log = self._log_dir / f"{name}.log"
        if log.exists():
            log.replace(log.with_suffix(".log.1"))
        with log.open("w") as output:
            process = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=[self._groups.fileno()],
                start_new_session=True,
                preexec_fn=end_with_parent,
            )
        self.running.append(Program(name, log, process))
        print(process.pid, name, file=self._groups, flush=True)

    def first_to_die(self) -> Program | None:
        """The first program that has ended by itself, None while all run."""
        return next((one for one in self.running if one.process.poll() is not None), None)

    def wait_until_one_dies(self) -> Program:
        while (dead := self.first_to_die()) is None:
            time.sleep(LOOKS_EVERY)
        return dead

    def stop(self) -> None:
        """The last one started goes first, so that each ends while what it needs still runs."""
        deadline = time.monotonic() + STOPS_WITHIN
        for program in reversed(self.running):
            program.process.terminate()
            try:
                program.process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                pass
            finally:
                kill_group(program.process.pid)
                program.process.wait()
        self.running = []


def kill_group(group: int) -> None:
    """Ends every process of the group at once; a group that has ended is fine."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def _free_from_leftovers(group_file: Path) -> IO:
    """The locked and emptied `group_file`, once the programs of a crashed run have ended."""
    deadline = time.monotonic() + KILLED_WITHIN
    while (groups := lock(group_file)) is None:
        if time.monotonic() > deadline:
            for line in group_file.read_text().splitlines():
                kill_group(int(line.split()[0]))
        time.sleep(LOOKS_EVERY)
    groups.truncate(0)
    return groups
