"""Takes out of the chats again what was only to stand there for a while: lists with names."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, Protocol

import structlog

from bot import audit
from bot.clock import Now, utc_now
from bot.errors import MaybeSent, TryLater, Undeliverable
from bot.notifications import store
from bot.notifications.errors import Rejected
from bot.people.model import PersonId
from bot.storage.database import Database, Row

log = structlog.get_logger(__name__)

BATCH: Final = 100

POSSIBLE_FOR: Final = timedelta(hours=48)
"""Source: https://core.telegram.org/bots/api#deletemessage."""


class Remover(Protocol):
    """Whoever takes a message out of a chat; the messenger.

    Raises what `delivery.Transport` raises; Rejected: it is not there (any more).
    """

    async def remove(self, account: int, message_id: int) -> None: ...


class Removal:
    def __init__(self, database: Database, remover: Remover, now: Now = utc_now) -> None:
        self._database = database
        self._remover = remover
        self._now = now

    async def remove_due(self) -> int:
        """Remove what is due; what the messenger cannot do now is tried again at the next call.

        Repeated or interrupted it is done all the same: a message that is gone counts as removed.
        """
        async with self._database.reading() as reader:
            due = await store.to_remove(reader, self._now(), BATCH)
        removed = 0
        for row in due:
            try:
                removed += await self._remove(row)
            except TryLater:
                break  # nothing goes at the moment; the next call begins with the same one
        return removed

    async def _remove(self, row: Row) -> int:
        """Raises: TryLater."""
        action = "notifications.file_removed"
        try:
            await self._remover.remove(row.account, row.message_id)
        except (Undeliverable, Rejected):
            action = "notifications.file_gone"
        except (TryLater, MaybeSent) as trouble:
            if self._now() - row.ended_at < POSSIBLE_FOR:
                if isinstance(trouble, TryLater):
                    raise
                return 0
            log.error("a file stays in a chat: it could not be removed in time", outbox_id=row.id)
            action = "notifications.file_stays"
        async with self._database.transaction() as tx:
            now = self._now()
            if await store.removed(tx, row.id, now):
                await audit.record(
                    tx,
                    actor=None,
                    role=audit.CLOCK,
                    action=action,
                    about=PersonId(row.person_id),
                    object=f"outbox:{row.id}",
                    now=now,
                )
        return 1
