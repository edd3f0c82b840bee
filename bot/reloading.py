"""How `contactpunt reload` speaks with the running process, over two files in the data folder.

The running one holds a lock on its pid file, so a number left by a dead process is not mistaken
for a living one. After SIGHUP it writes what came of the reload; the command waits for that.
"""

import contextlib
import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

ANSWER_WITHIN: Final = 60.0
"""Seconds; a new index takes some."""

LOOK_EVERY: Final = 0.1


class NotRunning(Exception):
    """No process of Contactpunt runs with this data folder."""


class NoAnswer(Exception):
    """It runs, but did not say in time what came of the reload."""


@dataclass(frozen=True)
class Outcome:
    """What came of a reload; without problems the new content is in use."""

    number: int
    problems: tuple[str, ...] = ()


@contextlib.contextmanager
def running(data: Path) -> Iterator[None]:
    """Let `reload` find this process while the block runs."""
    with _pid_file(data).open("a+") as file:
        # A second process on the same folder waits to become owner; the first stays the one found.
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.truncate(0)
            file.write(f"{os.getpid()}\n")
            file.flush()
        yield


def answer(data: Path, problems: Sequence[str]) -> None:
    """The running process says what came of a reload; the file appears in one piece."""
    file = _outcome_file(data)
    number = _last(data).number + 1
    fresh = file.with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps({"number": number, "problems": list(problems)}), encoding="utf-8")
    fresh.chmod(0o600)
    fresh.replace(file)


def ask(data: Path, within: float = ANSWER_WITHIN) -> Outcome:
    """Have the running process reload, and wait for what comes of it.

    Raises:
        NotRunning: there is none.
        NoAnswer: it did not answer in time.
    """
    before = _last(data).number
    try:
        os.kill(_pid(data), signal.SIGHUP)
    except (ProcessLookupError, PermissionError) as gone:
        raise NotRunning from gone
    end = time.monotonic() + within
    while time.monotonic() < end:
        outcome = _last(data)
        if outcome.number > before:
            return outcome
        time.sleep(LOOK_EVERY)
    raise NoAnswer


def is_running(data: Path) -> bool:
    """Whether a process of Contactpunt runs with this data folder."""
    try:
        _pid(data)
    except NotRunning:
        return False
    return True


def _pid(data: Path) -> int:
    try:
        with _pid_file(data).open("r") as file:
            if _is_free(file):
                raise NotRunning
            return int(file.read())
    except (OSError, ValueError) as nobody:
        raise NotRunning from nobody


def _is_free(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _last(data: Path) -> Outcome:
    try:
        told = json.loads(_outcome_file(data).read_text(encoding="utf-8"))
        return Outcome(int(told["number"]), tuple(map(str, told["problems"])))
    except (OSError, ValueError, KeyError, TypeError):
        return Outcome(0)


def _pid_file(data: Path) -> Path:
    return data / "contactpunt.pid"


def _outcome_file(data: Path) -> Path:
    return data / "last-reload.json"
