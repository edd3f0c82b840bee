"""Works through the inbox: each person's updates one after the other, people side by side.

An update is finished when its handler is: by then its direct answer was accepted. What fails is
tried again, at most three times, and then parked so that the person's next update goes on; only
the database and Telegram themselves being in trouble is waited for without counting.
"""

from __future__ import annotations

import asyncio
import json
import traceback
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from typing import Any, Final, Protocol

import structlog
from telegram import Bot, Update

from bot.errors import MaybeSent, StorageTrouble, TryLater, Undeliverable
from bot.health import Health
from bot.inbox import Arrival, Inbox
from bot.notifications.errors import MessengerClosed
from bot.notifications.pacing import growing
from handlers.notices import Notices
from handlers.raw import Sender, sender_of

log = structlog.get_logger(__name__)

AT_ONCE: Final = 128
"""People served at the same moment."""

CAPACITY: Final = 2000
"""Updates held in memory; beyond it we ask Telegram for no more."""

FIRST_RETRY: Final = 0.5
LONGEST_RETRY: Final = 8.0
"""Seconds. R-21 wants recovery within ten seconds after a fault ends."""

GRACE: Final = timedelta(seconds=7)
"""How long `stop` lets handlers finish; the whole process has ten seconds (R-24)."""


class Application(Protocol):
    """The part of PTB's Application we use. `process_update` must raise what a handler raises."""

    @property
    def bot(self) -> Any: ...
    async def process_update(self, update: object) -> None: ...


class Processor:
    """Give it what the inbox accepted (`submit`); `run` does the work until `stop`."""

    def __init__(
        self,
        application: Application,
        inbox: Inbox,
        *,
        notices: Notices | None = None,
        unreachable: Callable[[int], Awaitable[None]] | None = None,
        health: Health | None = None,
        at_once: int = AT_ONCE,
        capacity: int = CAPACITY,
        first_retry: float = FIRST_RETRY,
    ) -> None:
        self._application = application
        self._inbox = inbox
        self._notices = notices
        self._unreachable = unreachable
        self._health = health or Health()
        self._at_once = at_once
        self._capacity = capacity
        self._first_retry = first_retry
        self._lanes: dict[int, deque[Arrival]] = {}
        """Per order key what is to be done; the first of a lane is being done, or waits."""
        self._ready: asyncio.Queue[int] = asyncio.Queue()
        """The lanes somebody may take up: never one that is being worked on."""
        self._attempts: dict[int, int] = {}
        self._retries: set[asyncio.TimerHandle] = set()
        self._pending = 0
        self._room = asyncio.Event()
        self._room.set()
        self._busy = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._stopping = False
        self._workers: list[asyncio.Task[None]] = []

    @property
    def pending(self) -> int:
        """How many updates are waiting or being handled."""
        return self._pending

    def submit(self, arrivals: Iterable[Arrival]) -> None:
        """Take over what the inbox has stored."""
        for arrival in arrivals:
            self._pending += 1
            lane = self._lanes.get(arrival.order_key)
            if lane is None:
                self._lanes[arrival.order_key] = deque((arrival,))
                self._ready.put_nowait(arrival.order_key)
            else:
                lane.append(arrival)
        if self._pending >= self._capacity:
            self._room.clear()

    async def room(self) -> None:
        """Wait until there is room for more; call it before asking for more."""
        await self._room.wait()

    async def run(self) -> None:
        """Work until `stop`. Raises what must end the process."""
        try:
            async with asyncio.TaskGroup() as group:
                self._workers = [
                    group.create_task(self._work(), name="processor") for _ in range(self._at_once)
                ]
        except* Exception as failures:
            raise failures.exceptions[0] from None

    async def stop(self, grace: timedelta = GRACE) -> None:
        """Take up nothing more, let what is being handled finish; the rest stays in the inbox."""
        self._stopping = True
        for retry in self._retries:
            retry.cancel()
        try:
            async with asyncio.timeout(grace.total_seconds()):
                await self._idle.wait()
        except TimeoutError:
            log.warning("stopped while updates were being handled", updates=self._busy)
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        try:
            await self._inbox.flush()
        except StorageTrouble:
            log.warning("what was answered last may be answered again after the restart")

    async def _work(self) -> None:
        while True:
            key = await self._ready.get()
            if self._stopping:
                continue
            self._busy += 1
            self._idle.clear()
            try:
                delay = await self._handle(self._lanes[key][0])
            finally:
                self._busy -= 1
                if not self._busy:
                    self._idle.set()
            if delay is None:
                self._next(key)
            else:
                self._again(key, delay)

    def _next(self, key: int) -> None:
        lane = self._lanes[key]
        lane.popleft()
        self._attempts.pop(key, None)
        self._pending -= 1
        if self._pending < self._capacity:
            self._room.set()
        if lane:
            self._ready.put_nowait(key)
        else:
            del self._lanes[key]

    def _again(self, key: int, delay: float) -> None:
        self._health.count("updates_retried")

        def due() -> None:
            self._retries.discard(timer)
            self._ready.put_nowait(key)

        timer = asyncio.get_running_loop().call_later(delay, due)
        self._retries.add(timer)

    async def _handle(self, arrival: Arrival) -> float | None:
        """Seconds after which to try this one again; None when we are through with it."""
        try:
            await self._application.process_update(_read(arrival, self._application.bot))
        except MessengerClosed:
            raise
        except StorageTrouble as trouble:
            return self._storage_trouble(arrival, trouble)
        except TryLater as patience:
            return self._pause(arrival, patience.after)
        except (MaybeSent, Undeliverable) as fault:
            return await self._unanswered(arrival, fault)
        except Exception as bug:
            return await self._failed(arrival, bug)
        self._inbox.finished(arrival.update_id)
        return None

    async def _unanswered(self, arrival: Arrival, fault: MaybeSent | Undeliverable) -> float | None:
        try:
            if isinstance(fault, MaybeSent):
                if await self._inbox.maybe_answered(arrival.update_id):
                    return self._pause(arrival)
                log.warning("answer unsure twice, left at that", update_id=arrival.update_id)
            elif self._unreachable is not None:
                await self._unreachable(arrival.order_key)
        except StorageTrouble as trouble:
            return self._storage_trouble(arrival, trouble)
        self._inbox.finished(arrival.update_id)
        return None

    async def _failed(self, arrival: Arrival, bug: Exception) -> float | None:
        reason = _where(bug)
        log.error("handling failed", update_id=arrival.update_id, reason=reason)
        try:
            parked = await self._inbox.failed(arrival.update_id, reason)
        except StorageTrouble as trouble:
            return self._storage_trouble(arrival, trouble)
        if not parked:
            return self._pause(arrival)
        if self._notices is not None:
            self._notices.apologise(_sender(arrival))
        return None

    def _storage_trouble(self, arrival: Arrival, trouble: StorageTrouble) -> float:
        self._health.storage_failed(str(trouble))
        if self._notices is not None:
            self._notices.try_again([_sender(arrival)])
        return self._pause(arrival)

    def _pause(self, arrival: Arrival, asked_for: timedelta | None = None) -> float:
        attempt = self._attempts.get(arrival.order_key, 0)
        self._attempts[arrival.order_key] = attempt + 1
        if asked_for is not None:
            return asked_for.total_seconds()
        return growing(self._first_retry, attempt, LONGEST_RETRY)


def _read(arrival: Arrival, bot: Bot) -> Update:
    return Update.de_json(json.loads(arrival.body), bot)


def _sender(arrival: Arrival) -> Sender | None:
    return sender_of(json.loads(arrival.body))


def _where(bug: BaseException) -> str:
    """The kind of fault and the way to it; not its message, which may quote what was written."""
    frames = traceback.extract_tb(bug.__traceback__)[-4:]
    way = " > ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames)
    return f"{type(bug).__name__} at {way}"
