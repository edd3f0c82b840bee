"""An audit trail with something in it, and somebody who has the database to themselves."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from bot import audit
from bot.audit import Audit
from bot.people.model import PersonId
from bot.people.service import People
from bot.storage.database import Database
from tests.support.clock import FakeClock

Noted = Callable[..., Awaitable[None]]


@pytest.fixture
def trail(database: Database, tmp_path: Path, clock: FakeClock) -> Audit:
    return Audit(database, tmp_path / "data", clock)


@pytest.fixture
async def sofie(database: Database, clock: FakeClock) -> PersonId:
    return (await People(database, clock).arrived(770_001, "nl")).id


@pytest.fixture
async def an(database: Database, clock: FakeClock) -> PersonId:
    return (await People(database, clock).arrived(770_002, "nl")).id


@pytest.fixture
def noted(database: Database, clock: FakeClock, sofie: PersonId, an: PersonId) -> Noted:
    """Adds entries, each in a transaction of its own: Sofie reads about An."""

    async def note(entries: int = 1) -> None:
        for number in range(entries):
            async with database.transaction() as tx:
                await audit.record(
                    tx,
                    actor=sofie,
                    role="session_lead",
                    action="info_sessions.read",
                    about=an,
                    object=f"sign_ups:{number}",
                    now=clock(),
                )

    return note


async def tamper(database: Database, *statements: str) -> None:
    """As somebody with all rights over the database, who takes the triggers away first."""
    tables = ("audit", "audit_checkpoints")
    if database.dialect == "sqlite":
        async with database.reading() as reader:
            rows = await reader.all(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        away = [f"DROP TRIGGER {row[0]}" for row in rows]
    else:
        away = [f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in tables]
    async with database.transaction() as tx:
        for statement in (*away, *statements):
            await tx.run(text(statement))
