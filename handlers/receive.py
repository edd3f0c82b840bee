"""Updates come in: into the inbox first, then they are confirmed to Telegram, then handled.

`Reception` is that order; `Poller` asks Telegram for updates, `handlers.webhook` is told them.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final
from urllib.parse import urlencode

import structlog
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.request import BaseRequest

from bot.errors import StorageTrouble
from bot.health import Health
from bot.inbox import Inbox
from bot.notifications.pacing import growing
from handlers.notices import Notices
from handlers.processor import Processor
from handlers.raw import KINDS, arrival_of, sender_of
from handlers.transport import TokenRefused

log = structlog.get_logger(__name__)

LONG_POLL: Final = 25
"""Seconds Telegram may hold an empty answer back; the health check wants one within 50."""

BATCH: Final = 100

LONGEST_PAUSE: Final = 15.0
CONFLICT_PAUSE: Final = 2.0
"""Seconds."""

OFFSET_FORGOTTEN_AFTER: Final = 24 * 3600.0
"""Seconds without updates. After a quiet week Telegram numbers anew from anywhere, perhaps from
below our offset; nothing waits longer than a day. Source: https://core.telegram.org/bots/api#update
"""


class Reception:
    """Stores updates, then has them handled."""

    def __init__(self, inbox: Inbox, processor: Processor, notices: Notices | None = None) -> None:
        self._inbox = inbox
        self._processor = processor
        self._notices = notices

    async def resume(self) -> int:
        """Hand on what an earlier run left unfinished; call it once, before anything comes in."""
        left = await self._inbox.unfinished()
        self._processor.submit(left)
        return len(left)

    async def take(self, updates: Sequence[object]) -> None:
        """When this returns, *updates* are safe and may be confirmed.

        Raises:
            StorageTrouble: none of them is; whoever wrote them has been told to try again.
        """
        senders = [sender_of(update) for update in updates]
        try:
            self._processor.submit(
                await self._inbox.accept([arrival_of(update) for update in updates])
            )
        except StorageTrouble:
            if self._notices is not None:
                self._notices.try_again(senders)
            raise

    async def room(self) -> None:
        """Wait until there is room for more updates."""
        await self._processor.room()


class Poller:
    """Our own getUpdates loop: nothing in an update can stop it, and only storing confirms."""

    def __init__(
        self,
        request: BaseRequest,
        base_url: str,
        reception: Reception,
        *,
        health: Health | None = None,
        long_poll: int = LONG_POLL,
        first_pause: float = 0.5,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """*base_url* is a bot's: with the token in it, so keep it out of logs."""
        self._request = request
        self._base_url = base_url
        self._reception = reception
        self._health = health or Health()
        self._long_poll = long_poll
        self._first_pause = first_pause
        self._monotonic = monotonic
        self._sleep = sleep
        self._offset: int | None = None
        self._last_update_at = monotonic()
        self._failures = 0

    async def run(self) -> None:
        """Poll for ever; cancel to stop, nothing is lost by it.

        Raises:
            TokenRefused: Telegram does not know the token.
        """
        while True:
            await self._reception.room()
            pause = await self.poll()
            if pause:
                await self._sleep(pause)

    async def poll(self) -> float:
        """One request; returns the seconds to wait before the next."""
        try:
            updates = await self._ask()
        except InvalidToken:
            raise TokenRefused from None
        except Conflict:
            self._health.conflict()
            log.error("another poller or a webhook holds this token")
            return self._failed(CONFLICT_PAUSE)
        except RetryAfter as flood:
            return flood._retry_after.total_seconds()
        except (TelegramError, LookupError, TypeError) as fault:
            reason = type(fault).__name__
            self._health.poll_failed(reason)
            log.warning("could not ask for updates", fault=reason, failures=self._failures + 1)
            return self._failed(self._first_pause)
        self._health.polled()
        try:
            await self._reception.take(updates)
        except StorageTrouble:
            # The offset stays where it is: Telegram gives us the same again.
            log.error("updates not stored, not confirmed", updates=len(updates))
            return self._failed(self._first_pause)
        self._confirm(updates)
        return 0.0

    async def _ask(self) -> list[object]:
        parameters: dict[str, Any] = {
            "timeout": self._long_poll,
            "limit": BATCH,
            # Always: without it the server goes by what somebody asked for earlier.
            "allowed_updates": json.dumps(KINDS),
        }
        if self._offset is not None:
            parameters["offset"] = self._offset
        answer: Any = await self._request.post(
            f"{self._base_url}/getUpdates?{urlencode(parameters)}",
            read_timeout=self._long_poll + 10.0,
        )
        if not isinstance(answer, list):
            raise TypeError("getUpdates did not return a list")
        return answer

    def _confirm(self, updates: Sequence[object]) -> None:
        self._failures = 0
        numbers = [
            update["update_id"]
            for update in updates
            if isinstance(update, dict) and type(update.get("update_id")) is int
        ]
        now = self._monotonic()
        if numbers:
            self._offset = max(numbers) + 1
            self._last_update_at = now
        elif now - self._last_update_at > OFFSET_FORGOTTEN_AFTER:
            self._offset = None

    def _failed(self, first: float) -> float:
        self._failures += 1
        return growing(first, self._failures - 1, LONGEST_PAUSE)


async def announce_polling(request: BaseRequest, base_url: str) -> None:
    """Remove a webhook that is set, because it excludes polling. What waits stays waiting.

    Raises what PTB raises; TokenRefused for a token Telegram does not know.
    """
    try:
        await request.post(f"{base_url}/deleteWebhook")
    except InvalidToken:
        raise TokenRefused from None


async def announce_webhook(
    request: BaseRequest, base_url: str, address: str, secret: str, connections: int = 100
) -> None:
    """Have Telegram bring updates to *address*, with *secret* in a header. As above."""
    parameters = {
        "url": address,
        "secret_token": secret,
        "allowed_updates": json.dumps(KINDS),
        "max_connections": connections,
    }
    try:
        await request.post(f"{base_url}/setWebhook?{urlencode(parameters)}")
    except InvalidToken:
        raise TokenRefused from None
