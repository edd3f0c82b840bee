"""Test databases: a real file, or a database of its own on the PostgreSQL of the tests.

The tables are made once; each test gets a copy.
"""

import asyncio
import importlib
import os
import shutil
import sqlite3
import threading
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg  # type: ignore[import-untyped]
import pytest
from sqlalchemy import MetaData
from sqlalchemy.engine import make_url
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

from bot.storage.columns import metadata
from bot.storage.statements import DIALECTS
from bot.storage.triggers import triggers_of

POSTGRES_VARIABLE = "CONTACTPUNT_TEST_POSTGRES"
DATABASES = ("sqlite", "postgresql")

TABLE_MODULES = (
    "bot.people.store",
    "bot.audit.tables",
    "bot.inbox",
    "bot.notifications.outbox",
    "bot.presses",
    "bot.staff.tables",
    "bot.appointments.tables",
    "bot.info_sessions.tables",
    "bot.questions.store",
)


def import_tables() -> None:
    """Let every module that declares tables declare them."""
    for name in TABLE_MODULES:
        importlib.import_module(name)


def ddl(dialect: str, tables: MetaData = metadata) -> list[str]:
    """The statements that create all tables, and then their triggers, as they are declared."""
    items: list[ExecutableDDLElement] = []
    for table in tables.sorted_tables:
        items.append(CreateTable(table))
        items += [CreateIndex(index) for index in sorted(table.indexes, key=lambda i: str(i.name))]
    created = [str(item.compile(dialect=DIALECTS[dialect])).strip() for item in items]
    return created + [
        trigger for table in tables.sorted_tables for trigger in triggers_of(table, dialect)
    ]


def postgres_url() -> str:
    """The admin address of the PostgreSQL of the tests; skips without, fails in CI."""
    url = os.environ.get(POSTGRES_VARIABLE)
    if url:
        return url
    if os.environ.get("CI") == "true":
        pytest.fail(f"{POSTGRES_VARIABLE} is not set, and in CI nothing is skipped")
    pytest.skip(f"PostgreSQL: set {POSTGRES_VARIABLE} to the address of a server for tests")


class Templates:
    """One empty database of each kind per test run, with all tables in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sqlite: Path | None = None
        self._postgres: str | None = None

    def sqlite(self, path: Path) -> str:
        """Put an empty database at *path*; return its address."""
        if self._sqlite is None:
            import_tables()
            self._sqlite = self._folder / "template.db"
            with sqlite3.connect(self._sqlite) as connection:
                connection.executescript(";\n".join(ddl("sqlite")) + ";")
            connection.close()
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self._sqlite, path)
        return f"sqlite:///{path}"

    @asynccontextmanager
    async def postgresql(self) -> AsyncIterator[str]:
        """Make an empty database for one test; its address."""
        admin = postgres_url()
        if self._postgres is None:
            import_tables()
            self._postgres = f"contactpunt_template_{uuid4().hex[:12]}"
            await on_server(admin, f"CREATE DATABASE {self._postgres}")
            connection = await asyncpg.connect(database_on(admin, self._postgres))
            await connection.execute(";\n".join(ddl("postgresql")) or "SELECT 1")
            await connection.close()
        async with empty_postgres(template=self._postgres) as url:
            yield url

    def drop(self) -> None:
        if self._postgres is not None:
            statement = f"DROP DATABASE IF EXISTS {self._postgres} WITH (FORCE)"
            apart(on_server(postgres_url(), statement))


@asynccontextmanager
async def empty_postgres(template: str = "template1") -> AsyncIterator[str]:
    """A database of its own on the PostgreSQL of the tests, gone afterwards; its address."""
    admin = postgres_url()
    name = f"contactpunt_test_{uuid4().hex[:12]}"
    await on_server(admin, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    try:
        yield database_on(admin, name)
    finally:
        await on_server(admin, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def database_on(admin: str, name: str) -> str:
    return make_url(admin).set(database=name).render_as_string(hide_password=False)


async def on_server(admin: str, statement: str) -> None:
    connection = await asyncpg.connect(admin)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def apart(work: Coroutine[Any, Any, None]) -> None:
    """Run *work* in a loop of its own, outside that of the tests."""
    thread = threading.Thread(target=asyncio.run, args=(work,))
    thread.start()
    thread.join()
