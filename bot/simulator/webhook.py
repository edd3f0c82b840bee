"""Push updates to the bot: in order per lane, with retries, as Telegram does it."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import aiohttp

from bot.simulator.updates import UpdateQueue, Waiting

ANSWER_WITHIN = 60.0
LONGEST_WAIT = 60.0
OBEYED_RETRY_AFTER = 3600.0
GONE_FOR_GOOD = 23 * 3600.0


class Webhook:
    def __init__(self, updates: UpdateQueue, retry_scale: float = 1.0) -> None:
        self.updates = updates
        self.retry_scale = retry_scale
        self.secret = ""
        self.connections = 40
        self.last_error: tuple[float, str] | None = None
        self.gone_since: float | None = None
        self._task: asyncio.Task[None] | None = None

    async def set(self, url: str, secret: str, connections: int) -> None:
        """Push to *url* from now on; empty: stop pushing, getUpdates works again."""
        await self.close()
        self.updates.webhook_url = url
        self.secret, self.connections = secret, connections
        self.last_error = self.gone_since = None
        if url:
            self.updates.terminate_poll("terminated by setWebhook request")
            self._task = asyncio.create_task(self._push())

    async def close(self) -> None:
        task, self._task = self._task, None
        if task is not None and task is not asyncio.current_task():
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def info(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "url": self.updates.webhook_url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.updates.pending()),
        }
        if self.updates.webhook_url:
            found["max_connections"] = self.connections
            found["ip_address"] = "127.0.0.1"
        if self.last_error is not None:
            found["last_error_date"] = int(self.last_error[0])
            found["last_error_message"] = self.last_error[1]
        if self.updates.allowed is not None:
            found["allowed_updates"] = sorted(self.updates.allowed)
        return found

    async def _push(self) -> None:
        """Start a lane's delivery as soon as it has work, at most `connections` at a time."""
        busy: dict[Any, asyncio.Task[None]] = {}
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self.connections),
            timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN),
        ) as session:
            try:
                while True:
                    change = self.updates.changed.next()
                    for update in self.updates.pending():
                        if update.lane not in busy and len(busy) < self.connections:
                            busy[update.lane] = asyncio.create_task(self._lane(session, update))
                    done, _ = await asyncio.wait(
                        {change, *busy.values()}, return_when=asyncio.FIRST_COMPLETED
                    )
                    for lane in [lane for lane, task in busy.items() if task in done]:
                        busy.pop(lane).result()
            finally:
                for task in busy.values():
                    task.cancel()
                await asyncio.gather(*busy.values(), return_exceptions=True)

    async def _lane(self, session: aiohttp.ClientSession, update: Waiting) -> None:
        """Bring one update over; whatever follows in its lane waits for it."""
        attempt = 0
        while update in self.updates.pending():
            wait = await self._attempt(session, update)
            if wait is None:
                self.updates.remove(update)
                return
            # The first repeat comes at once, the next after 2, 4, 8 … seconds.
            growing = min(2.0**attempt, LONGEST_WAIT) if attempt else 0.0
            await asyncio.sleep(max(wait, growing * self.retry_scale))
            attempt += 1

    async def _attempt(self, session: aiohttp.ClientSession, update: Waiting) -> float | None:
        """None when the bot took it; else the seconds it asked us to wait (mostly 0)."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        update.handed_out = True
        try:
            async with session.post(
                self.updates.webhook_url, json=update.body, headers=headers, allow_redirects=False
            ) as response:
                await response.read()
                if 200 <= response.status < 300:
                    self.gone_since = None
                    return None
                reason = response.reason or ""
                self._failed(f"Wrong response from the webhook: {response.status} {reason}".strip())
                self._check_gone(response.status)
                return self._retry_after(response.headers.get("Retry-After", ""))
        except TimeoutError:
            self._failed("Read timeout expired")
        except aiohttp.ClientError:
            self._failed("Connection refused or broken off")
        return 0.0

    def _failed(self, reason: str) -> None:
        self.last_error = (self.updates.now(), reason)

    def _check_gone(self, status: int) -> None:
        """410 for 23 hours takes the webhook away."""
        if status != 410:
            self.gone_since = None
        elif self.gone_since is None:
            self.gone_since = self.updates.now()
        elif self.updates.now() - self.gone_since > GONE_FOR_GOOD:
            self.updates.webhook_url = ""
            if self._task is not None:
                self._task.cancel()
                self._task = None

    def _retry_after(self, header: str) -> float:
        return min(float(header), OBEYED_RETRY_AFTER) if header.isdigit() else 0.0
