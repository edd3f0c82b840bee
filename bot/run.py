"""The life of the process: start, signals, reload, end.

A fault at start is one sentence and an exit code; nothing was confirmed to Telegram before, so
nothing is lost. How the parts hold together is in `bot.wiring`.
"""

import asyncio
import contextlib
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

from bot import logs, reloading
from bot.config import Settings, WrongConfiguration
from bot.errors import StorageTrouble
from bot.exits import Exit, Stopped
from bot.loading import Loaded, load
from bot.notifications.errors import MessengerClosed
from bot.ownership import Ownership, owned, token_hash
from bot.storage.database import Database
from bot.storage.migrate import NewerDatabase, upgrade

log = logs.get(__name__)
if TYPE_CHECKING:
    from bot.wiring import Parts

T = TypeVar("T")
Wire = Callable[[Settings, Database, Loaded], AbstractAsyncContextManager["Parts"]]

SHUT_DOWN_WITHIN: Final = 9.5
"""Seconds; R-24 gives ten, and the supervisor at least thirty."""


def main(settings: Settings) -> int:
    """Run until a signal; returns the exit code."""
    began = time.monotonic()
    os.umask(0o077)
    try:
        settings.made_data_folder()
        logs.configure(
            settings.log_level, hide=settings.secrets, key=settings.kept_secret("log-key").encode()
        )
        return asyncio.run(_until_signalled(settings, began))
    except WrongConfiguration as wrong:
        for problem in wrong.problems:
            say(str(problem))
        say("Contactpunt does not start with this. `contactpunt check` shows everything.")
        return Exit.WRONG_CONFIGURATION
    except Stopped as stopped:
        say(str(stopped))
        return stopped.exit
    except Exception as bug:
        say(f"Contactpunt ended because of a mistake in itself: {logs.place_of(bug)}.")
        return Exit.BROKEN


def say(sentence: str) -> None:
    """To the person who started us."""
    sys.stderr.write(f"{logs.redact(sentence)}\n")
    sys.stderr.flush()


async def _until_signalled(settings: Settings, began: float) -> Exit:
    """The first signal ends everything in order; the second one at once, like kill -9."""
    reloads = Reloads(settings)
    work = asyncio.create_task(_work(settings, reloads, began), name="contactpunt")
    loop = asyncio.get_running_loop()
    signalled = False

    def stop(number: int) -> None:
        nonlocal signalled
        if signalled:
            os._exit(128 + number)
        signalled = True
        log.info("stopping")
        late = threading.Timer(SHUT_DOWN_WITHIN, os._exit, [Exit.BROKEN])
        late.daemon = True
        late.start()
        work.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop, number)
    loop.add_signal_handler(signal.SIGHUP, reloads.ask)
    try:
        await work
    except asyncio.CancelledError:
        if not signalled:
            raise
    log.info("stopped")
    return Exit.FINE


async def _work(settings: Settings, reloads: "Reloads", began: float) -> None:
    """Everything, until cancelled.

    Raises:
        Stopped: a part cannot be opened, or one that should work for ever has ended.
        WrongConfiguration: zone, texts or content are wrong.
    """
    async with AsyncExitStack() as opened:
        # Also while another one owns the token: a successor must be at work within three seconds.
        loading = asyncio.create_task(in_thread(lambda: _prepared(settings)))
        opened.push_async_callback(_dropped, loading)
        with _storage_faults():
            ownership = await opened.enter_async_context(
                owned(settings.database_url, token_hash(settings.token), settings.data, _waiting)
            )
            opened.enter_context(reloading.running(settings.data))
            database = await opened.enter_async_context(_database(settings))
        loaded, wired = await loading
        with _storage_faults():
            parts = await opened.enter_async_context(wired(settings, database, loaded))
        reloads.begin(parts.adopt)
        gc.freeze()  # what was loaded stays: no collection has to walk through it
        gc.enable()
        took = round(time.monotonic() - began, 2)
        log.info("ready", seconds=took, unfilled=loaded.zone.unfilled)
        lost = asyncio.create_task(_lost(ownership), name="ownership")
        opened.push_async_callback(_dropped, lost)
        await _first_to_end([*parts.tasks, lost])


def _prepared(settings: Settings) -> "tuple[Loaded, Wire]":
    """What takes long and needs neither ownership nor the event loop."""
    loaded = load(settings)

    # Telegram's library is a third of the start: imported after what can be wrong without it.
    from bot.wiring import wired

    return loaded, wired


def _waiting() -> None:
    say("Another process works with this token; this one waits until it ends.")


@contextlib.contextmanager
def _storage_faults() -> Iterator[None]:
    try:
        yield
    except NewerDatabase as newer:
        raise Stopped(
            Exit.NEWER_DATABASE,
            f"The database was made by a newer version of Contactpunt: {newer}. Install that one.",
        ) from newer
    except StorageTrouble as trouble:
        raise Stopped(
            Exit.DATABASE_UNUSABLE, f"The database cannot be used now: {trouble}. Nothing is lost."
        ) from trouble


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    from bot.storage.backup import BackupTrouble, backup

    async def backup_first() -> None:
        log.info("backup before the database is changed")
        await backup(settings.database_url, settings.backups, settings.key_for_backups)

    try:
        if await upgrade(settings.database_url, backup_first):
            log.info("database brought up to date")
    except BackupTrouble as trouble:
        raise Stopped(
            Exit.DATABASE_UNUSABLE, f"No backup could be made, so nothing was changed: {trouble}."
        ) from trouble
    database = await Database.open(settings.database_url)
    try:
        yield database
    finally:
        await database.close()


class Reloads:
    """SIGHUP takes new content, or says what is wrong with it and goes on with the old.

    One at a time; a signal during a reload, or during the start, causes one more afterwards,
    because files may have changed.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._adopt: Callable[[Loaded], None] | None = None
        self._again = False
        self._task: asyncio.Task[None] | None = None

    def begin(self, adopt: Callable[[Loaded], None]) -> None:
        """From now on *adopt* takes what was loaded."""
        self._adopt = adopt
        if self._again:
            self.ask()

    def ask(self) -> None:
        self._again = True
        if self._task is None and self._adopt is not None:
            self._task = asyncio.create_task(self._run(), name="reload")

    async def _run(self) -> None:
        try:
            while self._again:
                self._again = False
                await self._reload()
        finally:
            self._task = None

    async def _reload(self) -> None:
        assert self._adopt is not None
        problems: list[str] = []
        try:
            self._adopt(await in_thread(lambda: load(self._settings)))
        except WrongConfiguration as wrong:
            problems = [str(problem) for problem in wrong.problems]
        except Exception as bug:
            problems = [f"reloading failed: {type(bug).__name__}"]
            log.exception("reload failed")
        if problems:
            log.error("reload refused, the old content stays", problems=problems)
        else:
            log.info("new content taken")
        await asyncio.to_thread(reloading.answer, self._settings.data, problems)


async def _first_to_end(tasks: list[asyncio.Task[Any]]) -> None:
    """None of *tasks* ends by itself unless something is broken.

    Raises:
        Stopped: always, unless cancelled.
    """
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    task = done.pop()
    fault = None if task.cancelled() else task.exception()
    if isinstance(fault, Stopped):
        raise fault
    if isinstance(fault, MessengerClosed):
        raise Stopped(Exit.TOKEN_REFUSED, str(fault))
    log.error("a part of Contactpunt ended", part=task.get_name(), fault=fault)
    raise Stopped(Exit.BROKEN, f"{task.get_name()} ended unexpectedly; a restart is needed.")


async def _lost(ownership: Ownership) -> None:
    """Somebody else may be at work already: finishing in order would be two of us at once."""
    await ownership.lost.wait()
    say("Another process may work with this token now; this one stops at once.")
    os._exit(Exit.BROKEN)


async def _dropped(task: "asyncio.Task[Any]") -> None:
    task.cancel()
    with contextlib.suppress(BaseException):
        await task


async def in_thread(work: Callable[[], T]) -> T:
    """Like asyncio.to_thread, in a thread that does not hold up the end of the process."""
    loop = asyncio.get_running_loop()
    result: asyncio.Future[T] = loop.create_future()

    def set_(value: T | None, fault: BaseException | None) -> None:
        if result.done():
            return
        if fault is not None:
            result.set_exception(fault)
        else:
            result.set_result(value)  # type: ignore[arg-type]

    def run() -> None:
        value, fault = None, None
        try:
            value = work()
        except BaseException as raised:
            fault = raised
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(set_, value, fault)

    threading.Thread(target=run, daemon=True, name="loading").start()
    return await result
