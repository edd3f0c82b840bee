"""What the clock does with appointments: expire, remind, forget.

Each step looks first and then works in small transactions that look again under the lock, so a
step that is repeated, interrupted or done by two processes at once has its effect once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.appointments import promises, store
from bot.appointments.book import Book
from bot.appointments.model import ABOUT_KEPT
from bot.appointments.roster import Rules
from bot.appointments.times import REMINDED_WITHIN, reminder_now
from bot.clock import Now, utc_now
from bot.notifications import outbox
from bot.storage.database import Database

BATCH: Final = 200

HOLDS_KEPT: Final = timedelta(days=1)
"""How long it is known that somebody held a time: the old button still finds other times."""


class AppointmentTimers:
    """Call `tick` every half minute or so, and `forget` each night."""

    def __init__(self, database: Database, now: Now = utc_now) -> None:
        self.database = database
        self.now = now

    async def tick(self) -> None:
        await self.expire()
        await self.remind()

    async def expire(self) -> int:
        """Holds and proposals that nobody answered: their times are free again."""
        async with self.database.reading() as reader:
            due = await store.overdue(reader, self.now(), BATCH)
        expired = 0
        for each in due:
            async with self.database.transaction() as tx:
                now = self.now()
                found = await store.lock(tx, each.id)
                if found is not None and found.is_overdue(now):
                    expired += await Book(tx, Rules(), now).expire(found)
        return expired

    async def remind(self) -> int:
        """The day before and two hours before; after a break only the latest of them."""
        now = self.now()
        async with self.database.reading() as reader:
            coming = await store.to_remind(reader, now, now + REMINDED_WITHIN)
        sent = 0
        for each, stage in coming:
            which = reminder_now(now, each.starts_at)
            if which is None or which <= stage:
                continue
            async with self.database.transaction() as tx:
                found = await store.lock(tx, each.id)
                if found is None or found.starts_at != each.starts_at:
                    continue
                if await store.reminded(tx, each.id, which):
                    told = promises.reminder(found, which)
                    sent += await outbox.promise(tx, told, now=self.now())
        return sent

    async def forget(self) -> int:
        """What talks were about, a week after; holds, a day after. The rest goes in the nightly
        purge."""
        async with self.database.transaction() as tx:
            now = self.now()
            cleared = await store.clear_about(tx, now - ABOUT_KEPT)
            return cleared + await store.drop_holds(tx, now - HOLDS_KEPT)
