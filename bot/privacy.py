"""A person's rights over their data, and the terms after which data goes by itself.

Everything here is driven by the inventory (`bot.storage.inventory`): a table that is declared is
exported, erased and purged. This module imports all of them, so that none is forgotten.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, Table, delete, func, null, select, tuple_, update

from bot import audit, inbox, presses
from bot.appointments import tables as appointments_tables
from bot.audit import tables as audit_tables
from bot.clock import BRUSSELS, Now, utc_now
from bot.info_sessions import tables as info_sessions_tables
from bot.notifications import outbox
from bot.people import store
from bot.people.model import INACTIVE_AFTER, REMINDED_BEFORE, Person, PersonId
from bot.questions import store as questions_store
from bot.staff import tables as staff_tables
from bot.staff.model import UNDECIDED, Stage
from bot.storage import erasure
from bot.storage.database import Database, Transaction
from bot.storage.inventory import About, entry_of, inventoried
from bot.storage.ledger import Ledger

DECLARES_TABLES = (
    store,
    audit_tables,
    inbox,
    outbox,
    presses,
    staff_tables,
    appointments_tables,
    info_sessions_tables,
    questions_store,
)
"""Every module with tables; a test looks for others."""

Leaving = Callable[[Transaction, PersonId, datetime], Awaitable[None]]

BATCH = 200
"""Rows a purge removes in one go: the write lock is never held for long."""


@dataclass(frozen=True)
class Forgotten:
    rows: dict[str, int]
    """How many rows of which table went or were emptied."""


@dataclass(frozen=True)
class InventoryLine:
    """One column in the register of the data protection officer."""

    table: str
    column: str
    personal: bool
    why: str
    exported: bool
    purpose: str
    kept: str
    on_erasure: str


class Privacy:
    def __init__(self, database: Database, ledger: Ledger, now: Now = utc_now) -> None:
        self.database = database
        self.ledger = ledger
        self.now = now
        self.before_erasure: list[Leaving] = []
        """What must happen to somebody's affairs while they are still known: a seat goes to the
        next, open work to a colleague. In the transaction of the erasure, before it."""

    async def export(self, person: Person) -> dict[str, Any]:
        """Everything we have about *person*, ready for JSON, with why we have it."""
        async with self.database.reading() as reader:
            found = await erasure.about_person(reader, person.id, person.account)
            # The trail holds no number of a person, so it is not found like the rest.
            trail = await audit.of_person(reader, person.id)
            if trail:
                found[audit_tables.audit.name] = trail
        tables = {table.name: (table, about) for table, about in inventoried()}
        return {
            "made_at": self.now().isoformat(),
            "data": {
                name: {
                    "purpose": tables[name][1].purpose,
                    "kept": _kept(tables[name][1]),
                    "rows": [
                        {column: _plain(value) for column, value in row.items()} for row in rows
                    ],
                }
                for name, rows in found.items()
            },
        }

    async def forget(self, person: Person) -> Forgotten:
        """Erase everything about *person*, now. Twice is the same as once.

        Their keyed hash goes into the ledger first, so that no backup brings them back.

        Raises:
            StorageTrouble: nothing was erased; they should try again.
        """
        async with self.database.transaction() as tx:
            await self._leave(tx, person)
            rows = await erasure.erase(tx, person.id, person.account)
            await asyncio.to_thread(self.ledger.record, person.account, self.now())
        await self.database.forget_traces()
        return Forgotten(rows)

    async def purge(self, now: datetime | None = None) -> dict[str, int]:
        """Remove what is past its term; run it every night. Returns the counts by table.

        Somebody we have not heard from for long is told first, and forgotten a month later.
        Stopped in the middle, the next run goes on.
        """
        moment = now or self.now()
        counts = {}
        for table, about in reversed(list(inventoried())):
            if table is store.people or about.keep is None:
                continue
            counts[table.name] = await self._purge_table(table, about, moment)
        counts["people reminded"] = await self._remind(moment)
        counts["people"] = await self._forget_inactive(moment)
        await asyncio.to_thread(self.ledger.drop_old, moment)
        await self.database.forget_traces()
        return counts

    @staticmethod
    def inventory() -> Iterator[InventoryLine]:
        """The register: every column of every table."""
        for table, about in inventoried():
            for column in table.columns:
                entry = entry_of(column)
                yield InventoryLine(
                    table=table.name,
                    column=column.name,
                    personal=entry.personal,
                    why=entry.why,
                    exported=entry.personal and entry.export,
                    purpose=about.purpose,
                    kept=_kept(about),
                    on_erasure=about.on_erasure.value if entry.personal else "",
                )

    async def _purge_table(self, table: Table, about: About, now: datetime) -> int:
        assert about.keep is not None
        started_by = [table.c[name] for name in about.started_by]
        started = started_by[0] if len(started_by) == 1 else func.coalesce(*started_by)
        limit: date = now - about.keep
        if isinstance(started_by[0].type, Date):
            limit = (now - about.keep).astimezone(BRUSSELS).date()
        key = tuple_(*table.primary_key.columns)
        past = select(*table.primary_key.columns).where(started < limit).limit(BATCH)
        statement = delete(table).where(key.in_(past))
        removed = 0
        while True:
            async with self.database.transaction() as tx:
                batch = await tx.run(statement)
            removed += batch
            if batch < BATCH:
                return removed

    async def _remind(self, now: datetime) -> int:
        today = now.astimezone(BRUSSELS).date()
        until = today - INACTIVE_AFTER + REMINDED_BEFORE
        reminded = 0
        while True:
            async with self.database.transaction() as tx:
                people = await store.to_remind(tx, until, BATCH)
                for person in people:
                    await outbox.promise(tx, _reminder(person, today))
                    await store.reminded(tx, person.id, today)
            reminded += len(people)
            if len(people) < BATCH:
                return reminded

    async def _forget_inactive(self, now: datetime) -> int:
        today = now.astimezone(BRUSSELS).date()
        forgotten = 0
        while True:
            async with self.database.reading() as reader:
                people = await store.to_forget(
                    reader, today - INACTIVE_AFTER, today - REMINDED_BEFORE, BATCH
                )
            for person in people:
                if await self._forget_unless_back(person):
                    forgotten += 1
            if len(people) < BATCH:
                return forgotten

    async def _forget_unless_back(self, person: Person) -> bool:
        """They may have written to us since we made the list."""
        async with self.database.transaction() as tx:
            if not await store.not_seen_since(tx, person.id, person.last_seen_on):
                return False
            await self._leave(tx, person)
            await erasure.erase(tx, person.id, person.account)
            await asyncio.to_thread(self.ledger.record, person.account, self.now())
        return True

    async def _leave(self, tx: Transaction, person: Person) -> None:
        for hook in self.before_erasure:
            await hook(tx, person.id, self.now())


def after_restore(ledger: Ledger, now: Now = utc_now) -> Callable[[Database], Awaitable[None]]:
    """What a restored database needs before it is used; give it to `bot.storage.backup.restore`.

    Who was forgotten since the backup is forgotten again (whoever came back after that stays).
    What was still to be answered or sent on the day of the backup has been by now, as far as
    anybody knows: nothing is sent twice. An invitation of that day may have been used since, so
    its code works no more.
    """

    async def mend(database: Database) -> None:
        erased = await asyncio.to_thread(ledger.all)
        async with database.transaction() as tx:
            for person in await store.everybody(tx):
                at = erased.at(person.account)
                if at is not None and at >= person.created_at:
                    await erasure.erase(tx, person.id, person.account)
            for account in await erasure.loose_accounts(tx):
                if erased.at(account) is not None:
                    await erasure.erase(tx, None, account)
            await tx.run(
                update(outbox.outbox)
                .where(outbox.outbox.c.state.in_(outbox.OPEN))
                .values(state=outbox.State.DROPPED, reason="restored from a backup", ended_at=now())
            )
            await tx.run(
                update(inbox.inbox)
                .where(inbox.inbox.c.finished_at.is_(None))
                .values(finished_at=now(), body=null(), order_key=null())
            )
            invitations = staff_tables.staff_invitations
            await tx.run(
                update(invitations)
                .where(invitations.c.stage.in_(UNDECIDED))
                .values(stage=Stage.WITHDRAWN)
            )
            await audit.record(
                tx, actor=None, role=audit.COMMAND_LINE, action="backup.restored", now=now()
            )
        await database.forget_traces()

    return mend


def _reminder(person: Person, today: date) -> outbox.Promise:
    return outbox.Promise(
        key=f"privacy.inactive:{person.id}:{person.last_seen_on.isoformat()}",
        person=person.id,
        text_key="privacy.inactive",
        parameters={"day": today + REMINDED_BEFORE},
    )


def _kept(about: About) -> str:
    if about.keep is None:
        return about.kept_because or ""
    days, rest = divmod(about.keep, timedelta(days=1))
    term = f"{days} days" if not rest else str(about.keep)
    return f"{term} from {' or '.join(about.started_by)}"


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else value
