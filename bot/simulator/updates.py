"""Updates that wait for the bot, and the rules of getUpdates."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.simulator.refusals import conflict
from bot.simulator.signal import Signal
from bot.simulator.state import Json

KEPT = 24 * 3600.0
KEPT_TAP = 150.0
KEPT_INLINE_QUERY = 30.0
MAX_BATCH = 100
MAX_LONG_POLL = 50.0

ONLY_WHEN_ASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass
class Waiting:
    update_id: int
    kind: str
    body: Json
    queued_at: float
    injected: bool
    handed_out: bool = False

    @property
    def lane(self) -> tuple[str, str]:
        """Order is kept per chat for messages and per user for taps, not between the two."""
        content = self.body.get(self.kind)
        content = content if isinstance(content, dict) else {}
        owner = content.get("from" if self.kind == "callback_query" else "chat")
        # An update put in by a test may have anything where its number should be.
        number = repr(owner.get("id") if isinstance(owner, dict) else None)
        return "tap" if self.kind == "callback_query" else "chat", number

    def expired(self, now: float) -> bool:
        kept = {"callback_query": KEPT_TAP, "inline_query": KEPT_INLINE_QUERY}.get(self.kind, KEPT)
        return now - self.queued_at > kept


class UpdateQueue:
    """Confirmed is deleted. An update that was put in with an id of its own is confirmed only
    after it was handed out once: tests repeat and shuffle ids, and nothing may get lost here."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.changed = Signal()
        self.waiting: list[Waiting] = []
        # The bot remembers what it has seen; after a restart of ours no number comes again.
        self.last_id = int(now())
        self.allowed: frozenset[str] | None = None
        self.webhook_url = ""
        self._poll: asyncio.Future[str] | None = None

    def clear(self) -> None:
        self.terminate_poll("terminated by a reset of the simulator")
        self.waiting.clear()
        self.allowed = None
        self.webhook_url = ""

    def add(self, kind: str, content: Json) -> int | None:
        """Queue a new update; None when the bot did not ask for this kind."""
        if not self._wanted(kind):
            return None
        self.last_id += 1
        self._append(self.last_id, kind, {"update_id": self.last_id, kind: content}, False)
        return self.last_id

    def inject(self, body: Json) -> int:
        """Queue a raw update as it is; it gets an id when it has none."""
        given = body.get("update_id")
        injected = isinstance(given, int) and not isinstance(given, bool)
        if not injected:
            self.last_id += 1
        update_id = given if isinstance(given, int) and injected else self.last_id
        self.last_id = max(self.last_id, update_id)
        kind = next((name for name in body if name != "update_id"), "")
        self._append(update_id, kind, {**body, "update_id": update_id}, injected)
        return update_id

    def _append(self, update_id: int, kind: str, body: Json, injected: bool) -> None:
        self.waiting.append(Waiting(update_id, kind, body, self.now(), injected))
        self.changed.notify()

    def _wanted(self, kind: str) -> bool:
        return kind not in ONLY_WHEN_ASKED if self.allowed is None else kind in self.allowed

    def allow(self, kinds: Any) -> None:
        """Remember allowed_updates; not passing it keeps the old value, [] is the default."""
        if isinstance(kinds, list):
            self.allowed = frozenset(str(kind) for kind in kinds) or None

    def pending(self) -> list[Waiting]:
        now = self.now()
        self.waiting[:] = [update for update in self.waiting if not update.expired(now)]
        return self.waiting

    def confirm(self, offset: int) -> None:
        if offset < 0:
            offset = min((update.update_id for update in self.pending()[offset:]), default=0)
        self.waiting[:] = [
            update
            for update in self.waiting
            if update.update_id >= offset or (update.injected and not update.handed_out)
        ]

    def remove(self, update: Waiting) -> None:
        if update in self.waiting:
            self.waiting.remove(update)

    def terminate_poll(self, reason: str) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(reason)
        self._poll = None

    async def poll(
        self, offset: int, limit: int, timeout: float, gone: asyncio.Future[Any]
    ) -> list[Json]:
        """One getUpdates. *gone* is done when the caller has hung up.

        Raises:
            Refused: 409, a webhook is set or another poller took over.
        """
        if self.webhook_url:
            raise conflict(
                "can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )
        self.terminate_poll(
            "terminated by other getUpdates request; "
            "make sure that only one bot instance is running"
        )
        mine: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._poll = mine
        try:
            if offset:
                self.confirm(offset)
            limit = limit if 1 <= limit <= MAX_BATCH else MAX_BATCH
            until = asyncio.get_running_loop().time() + min(max(timeout, 0.0), MAX_LONG_POLL)
            while not self.pending() and not mine.done() and not gone.done():
                left = until - asyncio.get_running_loop().time()
                if left <= 0:
                    break
                reasons: set[asyncio.Future[Any]] = {self.changed.next(), mine, gone}
                await asyncio.wait(
                    reasons,
                    timeout=left,
                    return_when=asyncio.FIRST_COMPLETED,
                )
            if mine.done():
                raise conflict(mine.result())
            batch = self.pending()[:limit]
            for update in batch:
                update.handed_out = True
            return [update.body for update in batch]
        finally:
            if self._poll is mine:
                self._poll = None
