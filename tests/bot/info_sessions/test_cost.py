"""What a sign-up costs does not grow with how many people are there before (S1)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update

from bot.info_sessions.model import InfoSessionId, Status
from bot.info_sessions.service import InfoSessions
from bot.info_sessions.tables import info_session_pools, sign_ups
from bot.info_sessions.tables import info_sessions as sessions_table
from bot.people.model import PersonId
from bot.storage.database import Database
from tests.support.clock import FakeClock
from tests.support.info_sessions import an_info_session, check_whole, somebodies

SIZES = (10, 1_000, 10_000)


async def filled(database: Database, people: list[PersonId], *, seats: int) -> InfoSessionId:
    """An info session with these people: the first in seats, the rest waiting."""
    id_ = await an_info_session(database, seats)
    async with database.transaction() as tx:
        pool = await tx.scalar(
            select(info_session_pools.c.id).where(info_session_pools.c.info_session_id == id_)
        )
        rows = [
            {
                "info_session_id": id_,
                "person_id": person,
                "status": (Status.CONFIRMED if index < seats else Status.WAITING).value,
                "party": 1,
                "pool_id": pool if index < seats else None,
                "wish": "general",
                "place": None if index < seats else index,
                "signed_up_at": FakeClock()(),
            }
            for index, person in enumerate(people)
        ]
        await tx.run_many(insert(sign_ups), rows)
        taken = min(seats, len(people))
        await tx.run(
            update(info_session_pools).where(info_session_pools.c.id == pool).values(taken=taken)
        )
        await tx.run(
            update(sessions_table)
            .where(sessions_table.c.id == id_)
            .values(waiting=len(people) - taken, last_place=len(people))
        )
    return id_


class Statements:
    """Every statement that is run, with its values."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, dialect: str) -> None:
        self.sql: list[tuple[str, Any]] = []
        from bot.storage import postgres, sqlite

        kind: Any = sqlite._Session if dialect == "sqlite" else postgres._Session
        for name in ("fetch", "execute", "execute_many"):
            monkeypatch.setattr(kind, name, self._noting(getattr(kind, name)))

    def _noting(self, original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def noted(session: Any, sql: str, values: Any) -> Any:
            self.sql.append((sql, values))
            return await original(session, sql, values)

        return noted

    async def of(self, work: Awaitable[object]) -> int:
        self.sql.clear()
        await work
        return len(self.sql)


async def test_s1_a_sign_up_costs_the_same_with_ten_and_with_ten_thousand_people(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = await somebodies(database, max(SIZES) + 2)
    *crowd, an, bo = crowd
    service = InfoSessions(database, clock)
    counter = Statements(monkeypatch, database.dialect)
    costs = []
    for size in SIZES:
        full = await filled(database, crowd[:size], seats=5)
        roomy = await filled(database, crowd[:size], seats=size + 5)
        costs.append(
            (
                await counter.of(service.sign_up(an, roomy)),
                await counter.of(service.sign_up(bo, full)),
                await counter.of(service.withdraw(bo, full)),
                await counter.of(service.withdraw(crowd[0], full)),
                await counter.of(service.leave_waiting(crowd[8], full)),
                await counter.of(service.withdraw(an, roomy)),
            )
        )
        await check_whole(database)
        async with database.transaction() as tx:
            await tx.run(text("DELETE FROM sign_ups"))
            await tx.run(text("UPDATE info_session_pools SET taken = 0"))
            await tx.run(text("UPDATE info_sessions SET waiting = 0"))

    assert len(set(costs)) == 1, costs
    assert costs[0][:2] == (7, 7)
    assert max(costs[0]) <= 12


async def test_s1_no_statement_of_a_sign_up_reads_a_whole_table(
    sqlite_database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = await somebodies(sqlite_database, 40)
    service = InfoSessions(sqlite_database, clock)
    id_ = await filled(sqlite_database, crowd[:30], seats=5)
    counter = Statements(monkeypatch, "sqlite")
    await counter.of(service.sign_up(crowd[35], id_))
    seen = list(counter.sql)
    await counter.of(service.withdraw(crowd[0], id_))
    seen += counter.sql
    monkeypatch.undo()

    engine: Any = sqlite_database._engine
    whole = [
        (plan[3], sql)
        for sql, values in seen
        for plan in engine._writer.raw.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
        if plan[3].startswith("SCAN")
    ]
    assert whole == []
