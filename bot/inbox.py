"""What arrived and is not finished: stored before the messenger is told that we have it.

A row is written once per update and kept for a while after it is finished, so that a repeat is
recognised by its number. Numbers may start anew anywhere: never compare them, look them up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    Text,
    and_,
    bindparam,
    case,
    false,
    func,
    null,
    select,
    true,
    update,
)

from bot.clock import Now, utc_now
from bot.errors import StorageTrouble
from bot.health import Health
from bot.storage.columns import Moment, RowId, upsert
from bot.storage.database import Database, Transaction
from bot.storage.inventory import CLEAR, About, impersonal, personal, table
from bot.storage.statements import prepared

log = structlog.get_logger(__name__)

TRIES: Final = 3
"""How often an update may fail before it is parked."""

LINGER: Final = 0.003
"""Seconds that finished updates wait for company; one commit serves them all."""

RETRY_AFTER: Final = 0.5

KEPT: Final = timedelta(hours=48)
"""The messenger repeats an update for 24 hours at most."""

TOLD_AT_MOST: Final = 5
TOLD_WITHIN: Final = timedelta(hours=1)
"""Of so many parked updates in this span somebody is told; of more they would only hear more."""

Parked = Callable[[Transaction, int, datetime], Awaitable[None]]
"""Promises to tell somebody that the update with this number was given up."""

inbox = table(
    "inbox",
    Column(
        "update_id",
        RowId,
        primary_key=True,
        autoincrement=False,
        info=impersonal("the messenger's number of the update: a repeat is recognised by it"),
    ),
    Column(
        "order_key",
        BigInteger,
        info=personal("the account whose updates are handled in order; gone once finished"),
    ),
    Column(
        "body",
        Text,
        info=personal("what was written or tapped, as it came; gone once finished"),
    ),
    Column("received_at", Moment, nullable=False, info=impersonal("starts the term")),
    Column("finished_at", Moment, info=impersonal("when its answer was accepted")),
    Column(
        "tries",
        Integer,
        nullable=False,
        server_default="0",
        info=impersonal("how often handling it failed"),
    ),
    Column(
        "maybe_answered",
        Boolean,
        nullable=False,
        server_default=false(),
        info=impersonal("an answer went out and nobody knows whether it arrived"),
    ),
    Column("parked_at", Moment, info=impersonal("when it was given up")),
    Column("reason", Text, info=impersonal("the kind of fault and where, never what was written")),
    about=About(
        purpose="answering every message once, also after a crash",
        account="order_key",
        keep=KEPT,
        counted_from="received_at",
        # The number stays: an update that comes again must not be answered again.
        on_erasure=CLEAR,
    ),
)
_open = and_(
    inbox.c.finished_at.is_(None),
    inbox.c.parked_at.is_(None),
    inbox.c.order_key.is_not(None),  # erased meanwhile: nobody is left to answer
)
Index("ix_inbox_open", inbox.c.received_at, sqlite_where=_open, postgresql_where=_open)

_KNOWN = prepared(
    select(inbox.c.update_id).where(inbox.c.update_id.in_(bindparam("ids", expanding=True)))
)
_STORE = prepared(
    upsert(inbox)
    .values(
        update_id=bindparam("id"),
        order_key=bindparam("key"),
        body=bindparam("body"),
        received_at=bindparam("at"),
        parked_at=bindparam("parked"),
        reason=bindparam("reason"),
    )
    .on_conflict_do_nothing(index_elements=["update_id"])
)
_FINISH = prepared(
    update(inbox)
    .where(inbox.c.update_id == bindparam("id"))
    .values(finished_at=bindparam("at"), body=null(), order_key=null())
)
_FAIL = prepared(
    update(inbox)
    .where(inbox.c.update_id == bindparam("id"))
    .values(
        tries=inbox.c.tries + 1,
        reason=bindparam("reason"),
        parked_at=case((inbox.c.tries + 1 >= TRIES, bindparam("at", type_=Moment)), else_=null()),
    )
)
_PARKED = prepared(select(inbox.c.parked_at).where(inbox.c.update_id == bindparam("id")))
_PARKED_LATELY = prepared(
    select(func.count()).select_from(inbox).where(inbox.c.parked_at > bindparam("since"))
)
_UNSURE = prepared(
    update(inbox)
    .where(inbox.c.update_id == bindparam("id"), ~inbox.c.maybe_answered)
    .values(maybe_answered=true())
)
_UNFINISHED = prepared(
    select(inbox.c.update_id, inbox.c.order_key, inbox.c.body)
    .where(_open)
    .order_by(inbox.c.received_at, inbox.c.update_id)
)
_OLDEST = prepared(select(func.min(inbox.c.received_at).label("oldest")).where(_open))


@dataclass(frozen=True, slots=True)
class Arrival:
    """An update as it came; *body* may be stored as it is."""

    update_id: int
    order_key: int
    body: str
    unusable: str | None = None
    """Why it can never be handled; it is then kept, parked, and not handed out."""


class Inbox:
    """Accepts, finishes and parks; everything that happens at the same time is one commit."""

    def __init__(
        self,
        database: Database,
        *,
        now: Now = utc_now,
        health: Health | None = None,
        on_parked: Parked | None = None,
    ) -> None:
        self._database = database
        self._on_parked = on_parked
        self._now = now
        self._health = health or Health()
        self._waiting: list[tuple[Sequence[Arrival], asyncio.Future[list[Arrival]]]] = []
        self._finished: list[int] = []
        self._writer: asyncio.Task[None] | None = None
        self._alarm: asyncio.TimerHandle | None = None

    async def accept(self, arrivals: Sequence[Arrival]) -> list[Arrival]:
        """Store what is new and return it, in order; when this returns it is on the disk.

        Raises:
            StorageTrouble: nothing was stored; do not confirm.
        """
        if not arrivals:
            return []
        answer: asyncio.Future[list[Arrival]] = asyncio.get_running_loop().create_future()
        self._waiting.append((arrivals, answer))
        self._write_now()
        return await answer

    async def unfinished(self) -> list[Arrival]:
        """What an earlier run left, oldest first."""
        async with self._database.reading() as reader:
            rows = await reader.all(_UNFINISHED)
        return [Arrival(row.update_id, row.order_key, row.body) for row in rows]

    def finished(self, update_id: int) -> None:
        """Its answer was accepted. Written soon, together with others; `flush` to be sure."""
        self._finished.append(update_id)
        if self._writer is None and self._alarm is None:
            self._write_after(LINGER)

    async def failed(self, update_id: int, reason: str) -> bool:
        """Count a failure; True when it was the last one and the update is now parked.

        *reason* must not hold anything the person wrote.
        """
        async with self._database.transaction() as tx:
            now = self._now()
            await tx.run(_FAIL, id=update_id, reason=reason, at=now)
            parked = await tx.scalar(_PARKED, id=update_id) is not None
            if parked:
                await self._tell(tx, update_id, now)
        if parked:
            log.error("update parked", update_id=update_id, reason=reason)
            self._health.parked()
        return parked

    async def maybe_answered(self, update_id: int) -> bool:
        """Note that an answer may or may not have arrived; True the first time.

        A second answer may follow the first time only, so that nobody reads one thrice.
        """
        async with self._database.transaction() as tx:
            return await tx.run(_UNSURE, id=update_id) == 1

    async def flush(self) -> None:
        """Write what was reported as finished.

        Raises:
            StorageTrouble: not now; it is kept for the next time.
        """
        while self._finished or self._writer is not None:
            if self._writer is not None:
                await asyncio.shield(self._writer)
                continue
            await self._write([])
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    async def waiting_for(self) -> timedelta | None:
        """How long the oldest update waits for its answer; None when none does."""
        async with self._database.reading() as reader:
            oldest: datetime | None = await reader.scalar(_OLDEST)
        return None if oldest is None else self._now() - oldest

    def _write_now(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_all(), name="inbox writer")

    def _write_after(self, seconds: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = asyncio.get_running_loop().call_later(seconds, self._write_now)

    async def _write_all(self) -> None:
        """Write until nobody waits: while one commit is under way the next one fills up."""
        pause = LINGER
        try:
            while True:
                waiting, self._waiting = self._waiting, []
                try:
                    fresh = await self._write([arrivals for arrivals, _ in waiting])
                except Exception as trouble:
                    pause = RETRY_AFTER
                    _answer_all(waiting, trouble)
                else:
                    pause = LINGER
                    for (_, answer), new in zip(waiting, fresh, strict=True):
                        if not answer.done():
                            answer.set_result(new)
                if not self._waiting:
                    return
        finally:
            self._writer = None
            if self._finished:
                self._write_after(pause)

    async def _write(self, batches: Sequence[Sequence[Arrival]]) -> list[list[Arrival]]:
        """One commit; returns what was new of each batch."""
        finished, self._finished = self._finished, []
        now = self._now()
        try:
            async with self._database.transaction() as tx:
                new = await self._store(tx, batches, now)
                if finished:
                    await tx.run_many(_FINISH, [{"id": id_, "at": now} for id_ in finished])
        except BaseException as trouble:
            self._finished = finished + self._finished
            if isinstance(trouble, StorageTrouble):
                self._health.storage_failed(str(trouble))
            raise
        self._health.storage_ok()
        self._health.finished(len(finished))
        self._report(batches, new)
        return [[each for each in batch if each.unusable is None] for batch in new]

    async def _store(
        self, tx: Transaction, batches: Sequence[Sequence[Arrival]], now: datetime
    ) -> list[list[Arrival]]:
        ids = [arrival.update_id for batch in batches for arrival in batch]
        if not ids:
            return [[] for _ in batches]
        seen = {row.update_id for row in await tx.all(_KNOWN, ids=ids)}
        new: list[list[Arrival]] = []
        for batch in batches:
            new.append([])
            for arrival in batch:
                if arrival.update_id not in seen:
                    seen.add(arrival.update_id)
                    new[-1].append(arrival)
        rows = [_row(arrival, now) for batch in new for arrival in batch]
        if rows:
            await tx.run_many(_STORE, rows)
        for arrival in (arrival for batch in new for arrival in batch if arrival.unusable):
            await self._tell(tx, arrival.update_id, now)
        return new

    async def _tell(self, tx: Transaction, update_id: int, now: datetime) -> None:
        """Somebody hears of it in the commit that parks it; of what was in it, nobody."""
        if self._on_parked is None:
            return
        if int(await tx.scalar(_PARKED_LATELY, since=now - TOLD_WITHIN)) <= TOLD_AT_MOST:
            await self._on_parked(tx, update_id, now)

    def _report(self, batches: Sequence[Sequence[Arrival]], new: list[list[Arrival]]) -> None:
        arrived, fresh = sum(map(len, batches)), sum(map(len, new))
        if arrived:
            self._health.received(fresh, arrived - fresh)
        for arrival in (arrival for batch in new for arrival in batch if arrival.unusable):
            log.error("update parked", update_id=arrival.update_id, reason=arrival.unusable)
            self._health.parked()


def _row(arrival: Arrival, now: datetime) -> dict[str, object]:
    return {
        "id": arrival.update_id,
        "key": arrival.order_key,
        "body": arrival.body,
        "at": now,
        "parked": None if arrival.unusable is None else now,
        "reason": arrival.unusable,
    }


def _answer_all(
    waiting: Sequence[tuple[Sequence[Arrival], asyncio.Future[list[Arrival]]]], trouble: Exception
) -> None:
    for _, answer in waiting:
        if not answer.done():
            answer.set_exception(trouble)
