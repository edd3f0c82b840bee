"""The real bot process, started, stopped and killed by tests."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.index import put_index

ROOT = Path(__file__).parents[2]
TOKEN = "123456:" + "A" * 35
"""Has a token's form; opens nothing."""


@dataclass
class BotProcess:
    """`python -m bot run` with its own data folder; start it as often as a test needs."""

    data: Path
    environment: Mapping[str, str]
    command: tuple[str, ...] = (sys.executable, "-m", "bot", "run")
    process: asyncio.subprocess.Process | None = field(default=None, init=False)

    @property
    def log(self) -> str:
        """Everything it said so far, over all its lives."""
        path = self.data / "test.log"
        return path.read_text(errors="replace") if path.exists() else ""

    async def start(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        if not (self.data / "cache").exists():
            put_index(self.data)
        with (self.data / "test.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.command, cwd=ROOT, env=self._environment(), stdout=log, stderr=log
            )

    def _environment(self) -> dict[str, str]:
        ours = {k: v for k, v in os.environ.items() if not k.startswith("CONTACTPUNT_")}
        return {**ours, "CONTACTPUNT_DATA": str(self.data), **self.environment}

    async def kill(self) -> None:
        """kill -9: nothing of it can react."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def stop(self, grace: float = 15) -> int:
        """SIGTERM; returns the exit code. Fails when it has to be killed."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self.process.wait(), grace)
            except TimeoutError:
                await self.kill()
                raise AssertionError(f"still running {grace} s after SIGTERM") from None
        assert self.process.returncode is not None
        return self.process.returncode

    async def exit_code(self, within: float = 30) -> int:
        assert self.process is not None
        return await asyncio.wait_for(self.process.wait(), within)


@asynccontextmanager
async def bot_process(
    api: str, data: Path, command: tuple[str, ...] | None = None, **settings: str
) -> AsyncIterator[BotProcess]:
    """A started bot that talks to the Bot API at *api*; killed at the end if it still runs.

    Args:
        settings: names without the prefix: `DATABASE="postgresql://…"`.
    """
    environment = {
        "CONTACTPUNT_BOT_TOKEN": TOKEN,
        "CONTACTPUNT_BOT_API": api,
        **{f"CONTACTPUNT_{name}": value for name, value in settings.items()},
    }
    bot = BotProcess(data, environment)
    if command is not None:
        bot.command = command
    await bot.start()
    try:
        yield bot
    finally:
        await bot.kill()
