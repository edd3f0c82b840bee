"""Flood limits: how fast a bot may send before it is told to wait.

Telegram publishes no precise figures; these are the ones it names in its FAQ for bots.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from bot.simulator.refusals import too_many_requests

OVERALL = (30.0, 30)
PER_CHAT = (1.0, 5)
PER_GROUP = (20 / 60, 20)
"""Sends a second, and how many may come at once."""


@dataclass
class _Bucket:
    rate: float
    size: int
    left: float
    at: float
    closed_until: float = 0.0

    def missing(self, now: float) -> float:
        """Seconds until one more send fits; 0 when it fits now."""
        self.left = min(self.size, self.left + (now - self.at) * self.rate)
        self.at = now
        return max(0.0, (1 - self.left) / self.rate, self.closed_until - now)


class Flood:
    def __init__(self, now: Callable[[], float], *, enforce: bool = True) -> None:
        self.now = now
        self.enforce = enforce
        self.clear()

    def clear(self) -> None:
        self._buckets: dict[int, _Bucket] = {}
        self._pause_until = 0.0
        self.refused = 0
        self.hammered = 0

    def check(self, chat_id: int) -> None:
        """Count one send to *chat_id*; raises 429 with the whole seconds to wait.

        Whoever keeps sending during a pause is refused again; `hammered` counts these.
        """
        if not self.enforce:
            return
        now = self.now()
        buckets = [
            self._bucket(0, OVERALL, now),
            self._bucket(chat_id, PER_GROUP if chat_id < 0 else PER_CHAT, now),
        ]
        wait = max(bucket.missing(now) for bucket in buckets)
        if wait <= 1e-9:
            for bucket in buckets:
                bucket.left -= 1
            return
        self.refused += 1
        if now < self._pause_until:
            self.hammered += 1
        seconds = math.ceil(wait)
        self._pause_until = max(self._pause_until, now + seconds)
        for bucket in buckets:
            if bucket.missing(now) > 1e-9:
                bucket.closed_until = max(bucket.closed_until, now + seconds)
        raise too_many_requests(seconds)

    def _bucket(self, key: int, limit: tuple[float, int], now: float) -> _Bucket:
        if key not in self._buckets:
            rate, size = limit
            self._buckets[key] = _Bucket(rate, size, size, now)
        return self._buckets[key]
