"""The real process, made to kill itself at a named point: `python -m tests.support.crash_points F`.

There is a point before and after every commit, named after the use case, and before and after
every call to the Bot API, named after the method. Which ones were reached stands in F/reached;
F/die_at holds the name of the one to die at, and how often it is reached before.

The clock goes, but shows noon at first, for at night nobody is written to; and each new life begins
two minutes later, so that nobody waits for a lease to end. With `leaky` as second argument what is
promised is written down only after the commit, in one of its own.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot import clock

ASIDE = {"acting", "_at", "_at_sign_up", "owned"}
"""Context managers that open a transaction for somebody else."""


NOON = clock.brussels(2027, 5, 11, 12)


BETWEEN_LIVES = timedelta(minutes=2)


def ahead_in(folder: Path) -> timedelta:
    """How far the clock of the process in *folder* is ahead now."""
    began, *later = (folder / "lives").read_text().split()
    return NOON - datetime.fromisoformat(began) + len(later) * BETWEEN_LIVES


def begin_a_life(folder: Path) -> timedelta:
    """As `ahead_in`, of a process that begins."""
    with (folder / "lives").open("a") as lives:
        lives.write(f"{datetime.now(UTC).isoformat()}\n")
    return ahead_in(folder)


class Points:
    def __init__(self, folder: Path) -> None:
        self._die_at = folder / "die_at"
        self._reached = os.open(folder / "reached", os.O_APPEND | os.O_CREAT | os.O_WRONLY)
        self._armed: list[Any] = []

    def reached(self, name: str) -> None:
        os.write(self._reached, f"{name}\n".encode())
        if not self._armed and self._die_at.exists():
            before, wanted = self._die_at.read_text().split(maxsplit=1)
            self._armed = [wanted, int(before)]
        if self._armed and self._armed[0] == name:
            if self._armed[1] == 0:
                self._die_at.unlink()
                os.kill(os.getpid(), signal.SIGKILL)
            self._armed[1] -= 1


def arm(folder: Path, name: str, before: int = 0) -> None:
    """Have the process in *folder* die the next time (after *before* times) it gets there."""
    written = folder / "die_at.new"
    written.write_text(f"{before} {name}")
    written.rename(folder / "die_at")


def disarm(folder: Path) -> bool:
    """False when it has died there."""
    there = (folder / "die_at").exists()
    (folder / "die_at").unlink(missing_ok=True)
    return there


def points_reached(folder: Path) -> list[str]:
    path = folder / "reached"
    return path.read_text().splitlines() if path.exists() else []


def asker() -> str:
    """The use case that opens a transaction, or whoever else does."""
    frame = sys._getframe(2)
    while frame.f_code.co_filename.endswith("contextlib.py") or frame.f_code.co_name in ASIDE:
        assert frame.f_back is not None
        frame = frame.f_back
    return frame.f_code.co_qualname


def install(points: Points, *, leaky: bool) -> None:
    from bot.notifications import outbox
    from bot.storage.database import Database
    from handlers.transport import AiohttpRequest

    opened, called, promised = Database.transaction, AiohttpRequest.do_request, outbox.promise
    put_off: list[Any] = []

    @asynccontextmanager
    async def transaction(database: Database) -> AsyncIterator[Any]:
        name = asker()
        async with opened(database) as tx:
            yield tx
            points.reached(f"{name}: before its commit")
        points.reached(f"{name}: after its commit")
        late, put_off[:] = put_off[:], []
        for given, now in late:
            async with opened(database) as tx:
                await promised(tx, given, now=now)

    async def do_request(request: AiohttpRequest, url: str, *given: Any, **more: Any) -> Any:
        name = url.rpartition("/")[2].partition("?")[0]
        points.reached(f"{name}: before the call")
        answer = await called(request, url, *given, **more)
        points.reached(f"{name}: after the call")
        return answer

    async def promise_later(_: Any, given: Any, *, now: Any) -> bool:
        put_off.append((given, now))
        return True

    Database.transaction = transaction  # type: ignore[method-assign]
    AiohttpRequest.do_request = do_request  # type: ignore[method-assign,assignment]
    if leaky:
        outbox.promise = promise_later  # type: ignore[assignment]


def main(folder: str, *how: str) -> None:
    ahead = begin_a_life(Path(folder))
    clock.utc_now = lambda: datetime.now(UTC) + ahead  # before anybody takes it from there
    install(Points(Path(folder)), leaky="leaky" in how)

    from bot.__main__ import app

    app(["run"])


if __name__ == "__main__":
    main(*sys.argv[1:])
