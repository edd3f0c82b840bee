"""Wake everybody who waits for something to change."""

from __future__ import annotations

import asyncio


class Signal:
    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def notify(self) -> None:
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)
        self._waiting.clear()

    def next(self) -> asyncio.Future[None]:
        """Done at the next change; ask for it before looking, so that no change is missed."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        waiter.add_done_callback(self._waiting.discard)
        return waiter
