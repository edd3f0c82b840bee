"""Keeping the audit trail: sealing, purging, and finding out whether anybody touched it."""

import asyncio
import hmac
from collections.abc import Callable
from datetime import datetime
from itertools import takewhile
from pathlib import Path

from bot.audit import store, trail
from bot.audit.model import COMMAND_LINE, KEPT, Broken, Checkpoint, Entry
from bot.clock import Now, utc_now
from bot.errors import StorageTrouble
from bot.storage.database import Database, Transaction
from bot.storage.keys import key_at

BATCH = 200
"""Entries a purge removes in one go: the write lock is never held for long."""


class Audit:
    """*folder* holds the key that signs checkpoints: the data folder, not the database."""

    def __init__(self, database: Database, folder: Path, now: Now = utc_now) -> None:
        self.database = database
        self.now = now
        self._key = folder / "audit.key"

    async def verify(self) -> Broken | None:
        """Read the whole trail; None when it is what was written."""
        is_ours = await self._judge()
        async with self.database.reading() as reader:
            return await trail.verify(reader, is_ours)

    async def at_the_command_line(self, most: int) -> list[Entry]:
        """The newest entries first; that they were read stands in the trail from then on."""
        async with self.database.transaction() as tx:
            found = await trail.entries(tx, most=most)
            await trail.record(
                tx, actor=None, role=COMMAND_LINE, action="audit.read", now=self.now()
            )
        return found

    async def nightly(self) -> int:
        """Seal what was added today and purge what is past its term; how many entries went."""
        await self.seal()
        return await self.purge(self.now() - KEPT)

    async def seal(self) -> None:
        """Sign the chain as it is now. Twice is the same as once."""
        key = await self._secret()
        async with self.database.transaction() as tx:
            last, hash_ = await store.locked_head(tx)
            if last == 0 or await store.is_sealed(tx, last):
                return
            mark = Checkpoint(last, hash_, False, self.now())
            await store.add_checkpoint(tx, mark, mark.signature(key))

    async def purge(self, before: datetime) -> int:
        """Remove the entries from before that moment; a signed checkpoint takes their place.

        Each batch is whole: stopped anywhere, the chain holds and the next run goes on.
        """
        key = await self._secret()
        removed = 0
        while True:
            async with self.database.transaction() as tx:
                batch = await self._purge_batch(tx, before, key)
            removed += batch
            if batch < BATCH:
                return removed

    async def _purge_batch(self, tx: Transaction, before: datetime, key: bytes) -> int:
        await store.locked_head(tx)
        oldest = await store.oldest(tx, BATCH)
        due = list(takewhile(lambda entry: entry[1] < before, oldest))
        if not due:
            return 0
        last, _, hash_ = due[-1]
        mark = Checkpoint(last, hash_, True, self.now())
        await store.add_checkpoint(tx, mark, mark.signature(key))
        removed = await store.remove(tx, last)
        await store.remove_checkpoints(tx, last)
        return removed

    async def _judge(self) -> Callable[[Checkpoint, str], bool]:
        key = await self._secret()
        return lambda mark, signature: hmac.compare_digest(mark.signature(key), signature)

    async def _secret(self) -> bytes:
        try:
            return await asyncio.to_thread(key_at, self._key)
        except OSError as error:
            raise StorageTrouble(f"the key of the audit trail: {error.strerror}") from error
