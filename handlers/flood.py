"""Too many messages from one person: a short patience, then silence with one notice a minute.

Kept in memory on purpose: it protects this process, and after a restart everybody starts anew.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

MOST: Final = 20
WITHIN: Final = timedelta(seconds=10)
NOTICE_EVERY: Final = timedelta(minutes=1)
REMEMBERED: Final = 5_000
"""People; who wrote longest ago is forgotten first, so memory stays bounded."""


class Admission(Enum):
    WELCOME = auto()
    TOLD = auto()
    """Too many: say so, once a minute."""
    SILENT = auto()
    """Too many, and told so already."""


@dataclass
class _Bucket:
    admitted: deque[datetime]
    last: int | None = None
    """The update that was admitted last."""
    told_at: datetime | None = None


class Flood:
    """At most *most* updates of one person in any 10 seconds."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._buckets: OrderedDict[int, _Bucket] = OrderedDict()

    def admission(self, account: int, now: datetime, update: int | None = None) -> Admission:
        """Whether *update* is taken. One that is tried again was taken before, and is not counted:
        what it did is done, and its answer must still come."""
        bucket = self._buckets.setdefault(account, _Bucket(deque(maxlen=self._most)))
        self._buckets.move_to_end(account)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        if update is not None and update == bucket.last:
            return Admission.WELCOME
        if len(bucket.admitted) < self._most or now - bucket.admitted[0] >= WITHIN:
            bucket.admitted.append(now)
            bucket.last = update
            return Admission.WELCOME
        if bucket.told_at is not None and now - bucket.told_at < NOTICE_EVERY:
            return Admission.SILENT
        bucket.told_at = now
        return Admission.TOLD
