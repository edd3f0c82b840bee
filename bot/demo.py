"""`contactpunt demo`: the simulator with its chat page, and the real bot beside it.

The bot is a process of its own that speaks to the simulator as it would to Telegram; nothing in it
knows that it is a demo.
"""

import asyncio
import contextlib
import os
import signal
import sys
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette

from bot import demo_examples
from bot.clock import BRUSSELS
from bot.exits import Exit
from bot.simulator.running import running
from bot.simulator.server import create

TOKEN: Final = "100000001:contactpunt-demo-opens-nothing-anywhere"  # noqa: S105
PORTS_TRIED: Final = 20
READY_WITHIN: Final = 600.0
SAYS_EVERY: Final = 10.0
"""Seconds."""
STOPS_WITHIN: Final = 10.0
LOG: Final = "bot.log"


def main(port: int, data: Path, *, browser: bool = True) -> int:
    """Run until Ctrl-C; returns the exit code."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return asyncio.run(_demo(port, data.absolute(), browser=browser))
    except KeyboardInterrupt:
        return Exit.FINE


async def _demo(port: int, data: Path, *, browser: bool) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    _say("Starting … (the first time takes longer: the answers are being indexed)")
    app = create(TOKEN)
    async with _on_a_free_port(app, port) as address:
        environment = _environment(address, data)
        invited = await demo_examples.made(data, environment, datetime.now(BRUSSELS).date())
        return await _shown(app, address, data, environment, invited, stop, browser=browser)


async def _shown(
    app: Starlette,
    address: str,
    data: Path,
    environment: dict[str, str],
    invited: str | None,
    stop: asyncio.Event,
    *,
    browser: bool,
) -> int:
    async with _bot(environment, data) as bot:
        ended = asyncio.create_task(bot.wait())
        stopped = asyncio.create_task(stop.wait())
        ready = asyncio.create_task(_ready(app))
        await _first_of({ended, stopped, ready})
        if stop.is_set():
            return Exit.FINE
        if not ready.done():
            ready.cancel()
            _say(f"The bot did not start. The end of {data / LOG}:\n{_last_lines(data / LOG)}")
            return Exit.BROKEN
        _say(f"\n  Chat with Contactpunt:  {address}\n")
        if invited is not None:
            _say(f"  To be the coordinator who plans info sessions, type:  {invited}\n")
        _say("  Ctrl-C ends it.")
        if browser and _has_a_screen():
            await asyncio.to_thread(webbrowser.open, address)
        await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            _say("Ending …")
            return Exit.FINE
        _say(f"The bot ended by itself. The end of {data / LOG}:\n{_last_lines(data / LOG)}")
        return Exit.BROKEN


@asynccontextmanager
async def _on_a_free_port(app: Starlette, port: int) -> AsyncIterator[str]:
    for candidate in (*range(port, min(port + PORTS_TRIED, 65536)), 0):
        served = running(app, candidate)
        try:
            address = await served.__aenter__()
        except OSError:
            continue
        try:
            yield address
        finally:
            await served.__aexit__(None, None, None)
        return
    raise OSError("no free port")


@asynccontextmanager
async def _bot(
    environment: dict[str, str], data: Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The real bot, ended when the block ends; its log goes into the data folder."""
    with (data / LOG).open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run"),
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # Ctrl-C reaches the whole group: one that ends the bot in order is enough.
            start_new_session=True,
        )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), STOPS_WITHIN)
        except TimeoutError:
            process.kill()
            await process.wait()


def _environment(address: str, data: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not _is_setting(name)}
    return {
        **ours,
        "CONTACTPUNT_BOT_TOKEN": TOKEN,
        "CONTACTPUNT_BOT_API": address,
        "CONTACTPUNT_DATA": str(data),
    }


def _is_setting(name: str) -> bool:
    """The zone's file is shown in a demo too; everything else is the demo's own."""
    return name.startswith("CONTACTPUNT_") and name != "CONTACTPUNT_ZONE"


async def _first_of(tasks: set[asyncio.Task[Any]]) -> None:
    """Wait for one of *tasks*, and tell that it goes on."""
    for _ in range(int(READY_WITHIN / SAYS_EVERY)):
        done, _pending = await asyncio.wait(
            tasks, timeout=SAYS_EVERY, return_when=asyncio.FIRST_COMPLETED
        )
        if done:
            return
        _say("Still starting …")


async def _ready(app: Starlette) -> None:
    """Wait for the last thing the bot does before it asks for updates."""
    calls = app.state.simulator.calls
    while not any(call["method"] == "deleteWebhook" for call in calls):  # noqa: ASYNC110
        await asyncio.sleep(0.1)


def _has_a_screen() -> bool:
    """Without one, `webbrowser` would take over the terminal with a text browser."""
    if sys.platform in {"darwin", "win32"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _last_lines(log: Path, lines: int = 8) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
