"""The real process, born from one that has read everything already: for many lives in a row.

Most of a start is reading code and content. Here a mother does it once, and each life is a fork of
her that goes through the whole of `contactpunt run`: settings, ownership, database, inbox, Bot API.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import dataclass, field

from tests.support.process import ROOT, BotProcess


def main() -> None:
    """A line on stdin begins a life; its number and its end are lines on stdout."""
    import bot.run
    from bot.__main__ import app
    from bot.config import load_settings
    from bot.wiring import wired  # what takes long to import

    assert wired
    loaded = bot.run.load(load_settings())
    bot.run.load = lambda _: loaded
    while sys.stdin.readline():
        child = os.fork()
        if child == 0:
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
            os.close(sys.stdin.fileno())
            try:
                app(["run"])
            finally:
                os._exit(0)
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


@dataclass
class Life:
    """As much of a process as `BotProcess` needs."""

    pid: int
    ended: asyncio.Future[int]

    @property
    def returncode(self) -> int | None:
        return self.ended.result() if self.ended.done() else None

    async def wait(self) -> int:
        return await asyncio.shield(self.ended)

    def send_signal(self, number: int) -> None:
        if not self.ended.done():
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


@dataclass
class WarmBot(BotProcess):
    """`close` it at the end: the mother lives on otherwise."""

    mother: asyncio.subprocess.Process | None = field(default=None, init=False)
    _watching: asyncio.Task[None] | None = field(default=None, init=False)

    async def start(self) -> None:
        if self.mother is None:
            with (self.data / "test.log").open("ab") as log:
                self.mother = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-m", "tests.support.warm"),
                    cwd=ROOT,
                    env=self._environment(),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=log,
                )
        mother = self.mother
        assert mother.stdin is not None
        assert mother.stdout is not None
        if self._watching is not None:
            await self._watching
        mother.stdin.write(b"begin\n")
        ended = asyncio.get_running_loop().create_future()
        pid = int(await mother.stdout.readline())
        self.process = Life(pid, ended)  # type: ignore[assignment]

        async def watch() -> None:
            assert mother.stdout is not None
            ended.set_result(int(await mother.stdout.readline()))

        self._watching = asyncio.create_task(watch())

    async def close(self) -> None:
        await self.kill()
        if self.mother is not None:
            self.mother.kill()
            await self.mother.wait()


if __name__ == "__main__":
    main()
