"""Not faster than the messenger allows; and silent when it asks for silence."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

OVERALL: Final = 25
"""Messages in any second. Source: about 30 in bulk, https://core.telegram.org/bots/faq
(«broadcasting to users»), with room for answers."""

CHAT_EVERY: Final = 1.0
"""Seconds between messages to one chat, after a burst of CHAT_BURST. Same source."""
CHAT_BURST: Final = 3

GROUP_PER_MINUTE: Final = 18
"""Messages to one group in any minute; the source says 20."""

_REMEMBERED_CHATS: Final = 4096


def growing(first: float, attempt: int, longest: float) -> float:
    """Seconds to wait before attempt number *attempt* + 2: doubling, and never in step with
    others who wait for the same thing."""
    pause = min(first * 2.0 ** min(attempt, 30), longest)
    return pause * random.uniform(0.75, 1.25)  # noqa: S311  not a secret


class Pacer:
    """The budget of one bot token: everybody who sends for it shares one Pacer."""

    def __init__(
        self,
        *,
        overall: int = OVERALL,
        chat_burst: int = CHAT_BURST,
        group_per_minute: int = GROUP_PER_MINUTE,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._monotonic = monotonic
        self._sleep = sleep
        self._silent_until = float("-inf")
        self._recent: deque[float] = deque(maxlen=overall)
        self._group_recent: dict[int, deque[float]] = {}
        self._group_per_minute = group_per_minute
        self._chat_burst = chat_burst
        self._chat_free_at: dict[int, float] = {}
        """When the messages counted so far would have been due at one every CHAT_EVERY."""

    async def turn(self, chat: int) -> None:
        """Wait until a message to *chat* fits every limit, and count it."""
        while (wait := self.wait_for(chat)) > 0:
            await self._sleep(wait)
        self._count(chat)

    async def answer(self, chat: int) -> None:
        """Count an answer to somebody who is waiting for it; it waits for silence only."""
        while (wait := self._silent_until - self._monotonic()) > 0:
            await self._sleep(wait)
        self._count(chat)

    def stop_for(self, span: timedelta) -> None:
        """Send nothing at all for *span*; a shorter one never ends a longer one."""
        self._silent_until = max(self._silent_until, self._monotonic() + span.total_seconds())

    @property
    def stopped(self) -> bool:
        return self._silent_until > self._monotonic()

    def wait_for(self, chat: int) -> float:
        """How many seconds *chat* has to wait for its turn; 0 or less is now."""
        now = self._monotonic()
        due = self._silent_until
        if len(self._recent) == self._recent.maxlen:
            due = max(due, self._recent[0] + 1.0)
        free_at = self._chat_free_at.get(chat)
        if free_at is not None:
            due = max(due, free_at - (self._chat_burst - 1) * CHAT_EVERY)
        group = self._group_recent.get(chat)
        if group is not None and len(group) == group.maxlen:
            due = max(due, group[0] + 60.0)
        return due - now

    def _count(self, chat: int) -> None:
        now = self._monotonic()
        self._recent.append(now)
        if len(self._chat_free_at) > _REMEMBERED_CHATS:
            self._chat_free_at = {
                each: free_at for each, free_at in self._chat_free_at.items() if free_at > now
            }
        free_at = max(now, self._chat_free_at.get(chat, now)) + CHAT_EVERY
        # Answers do not wait; what is for this chat afterwards need not pay for more than a burst.
        self._chat_free_at[chat] = min(free_at, now + self._chat_burst * CHAT_EVERY)
        if chat < 0:
            group = self._group_recent.setdefault(chat, deque(maxlen=self._group_per_minute))
            group.append(now)
