"""S17, T-16 with the real process: lists come, also after kill -9, and go again by themselves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bot import audit
from bot.clock import utc_now
from bot.info_sessions.door import Door
from bot.info_sessions.plan import Plan
from bot.info_sessions.planning import Planning
from bot.info_sessions.tables import info_sessions
from bot.notifications.outbox import outbox
from bot.people.service import People
from bot.staff import Role, Staff
from bot.staff.model import OPENING
from bot.storage.database import Database
from tests.support.assistant import Talk, running_assistant, talk


def files_of(sofie: Talk) -> dict[str, str]:
    """Name and number of the files in her chat."""
    return {
        message["document"]["file_name"]: message["document"]["file_id"]
        for message in sofie.person.messages.values()
        if message["document"]
    }


async def has(sofie: Talk, files: int) -> None:
    """Wait until so many files stand in her chat."""
    until = asyncio.get_running_loop().time() + 30
    while len(files_of(sofie)) != files:
        assert asyncio.get_running_loop().time() < until, files_of(sofie)
        await sofie.person.look(wait=5)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = await Database.open(url, pool=1)
    try:
        yield database
    finally:
        await database.close()


async def changed(database: Database, statement: Any) -> None:
    async with database.transaction() as tx:
        await tx.run(statement)


@pytest.mark.parametrize("storage", ["sqlite", "postgresql"])
async def test_s17_t16_lists_come_and_go(tmp_path: Path, storage: str) -> None:
    async with (
        running_assistant(tmp_path, storage=storage) as assistant,
        opened(assistant.database_url) as database,
    ):
        staff = Staff(database)
        invited = await staff.invite(None, Role.COORDINATOR, name="Sofie")
        sofie = await talk(assistant, "Sofie")
        await sofie.types(f"/start {OPENING}{invited.code}", "uitnodiging")
        await sofie.taps("Ja, dat ben ik", "Welkom!")
        person = await People(database).of_account(sofie.id)
        assert person is not None
        planning, now = Planning(database, staff), utc_now()
        starts_at = now + timedelta(hours=2)
        plan = Plan("Werken", starts_at, starts_at + timedelta(hours=2), "Markt 1", 20)
        id_ = await planning.create(person.id, plan)
        await planning.publish(person.id, id_)
        await Door(database, staff).register_by_name(person.id, id_, "Uniekenaam Đặng")
        await assistant.finished()
        await assistant.bot.kill()

        await changed(database, update(info_sessions).values(opens_at=now, closes_at=now))
        since = await assistant.last_call()
        await assistant.bot.start()
        await assistant.ready(since)
        await has(sofie, 2)
        names = sorted(name.rpartition(".")[2] for name in files_of(sofie))
        assert names == ["csv", "pdf"]
        (csv,) = [number for name, number in files_of(sofie).items() if name.endswith("csv")]
        address = f"{assistant.simulator.address}/sim/files/{csv}"
        async with assistant.simulator.session.get(address) as response:
            assert "Uniekenaam Đặng" in (await response.read()).decode("utf-8-sig")

        is_list = outbox.c.document.is_not(None)
        rows = await assistant.rows(select(outbox).where(is_list))
        while any(row.state != "sent" for row in rows):
            rows = await assistant.rows(select(outbox).where(is_list))
        assert "Uniekenaam" not in str([tuple(row) for row in rows])
        assert all(timedelta(hours=39) < row.remove_at - utc_now() for row in rows)

        await assistant.bot.kill()
        await changed(database, update(outbox).where(is_list).values(remove_at=utc_now()))
        since = await assistant.last_call()
        await assistant.bot.start()
        await assistant.ready(since)
        await has(sofie, 0)
        async with database.reading() as reader:
            trail = [entry.action for entry in await audit.entries(reader, most=20)]
        assert trail.count("info_sessions.lists_sent") == 1
        assert trail.count("info_sessions.list_made") == 2
