"""Migrations: whole or not at all, rows kept, newer databases refused, tables as declared."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import pytest
from sqlalchemy import text

from bot.errors import StorageTrouble
from bot.storage import migrate
from bot.storage.database import Database
from bot.storage.migrate import NewerDatabase, current_version, known_versions, upgrade
from tests.support.databases import DATABASES, Templates, empty_postgres

FIRST = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0001", None

def upgrade():
    op.create_table(
        "parents",
        sa.Column("id", sa.Integer, sa.Identity(), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("old", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_parents"),
    )
    op.create_table(
        "children",
        sa.Column("id", sa.Integer, sa.Identity(), nullable=False),
        sa.Column("parent_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_children"),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["parents.id"], name="fk_children_parent_id", ondelete="CASCADE"
        ),
    )
"""

SECOND = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"

def upgrade():
    with op.batch_alter_table("parents", recreate="auto") as batch:
        batch.drop_column("old")
        batch.create_unique_constraint("uq_parents_name", ["name"])
"""

BROKEN = (
    SECOND
    + """
    op.execute("DELETE FROM nowhere")
"""
)


@pytest.fixture(params=DATABASES)
async def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'fresh' / 'contactpunt.db'}"
    else:
        async with empty_postgres() as url:
            yield url


def versions(folder: Path, **files: str) -> Path:
    (folder / "versions").mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / "versions" / f"{name.removeprefix('v')}.py").write_text(content)
    return folder / "versions"


async def run(url: str, *statements: str) -> None:
    database = await Database.open(url)
    async with database.transaction() as tx:
        for statement in statements:
            await tx.run(text(statement))
    await database.close()


async def rows(url: str, statement: str) -> list[Any]:
    database = await Database.open(url)
    async with database.reading() as reader:
        found: list[Any] = [tuple(row) for row in await reader.all(text(statement))]
    await database.close()
    return found


async def test_r26_an_existing_database_is_backed_up_first_and_twice_is_once(
    empty_url: str, tmp_path: Path
) -> None:
    saved: list[str | None] = []

    async def backup_first() -> None:
        saved.append(await current_version(empty_url))

    first = await upgrade(empty_url, backup_first, versions(tmp_path, v0001_a=FIRST))
    both = versions(tmp_path, v0001_a=FIRST, v0002_b=SECOND)
    second = await upgrade(empty_url, backup_first, both)
    third = await upgrade(empty_url, backup_first, both)

    assert (first, second, third) == (True, True, False)
    assert saved == ["0001"]
    assert await current_version(empty_url) == "0002"


async def test_r26_rows_are_kept_when_a_table_is_rebuilt(empty_url: str, tmp_path: Path) -> None:
    """The child rows would go with the dropped old table if foreign keys were on meanwhile."""
    await upgrade(empty_url, folder=versions(tmp_path, v0001_a=FIRST))
    await run(
        empty_url,
        "INSERT INTO parents (id, name, old) VALUES (1, 'An', 'x'), (2, 'Bo', 'y')",
        "INSERT INTO children (id, parent_id) VALUES (10, 1), (11, 2), (12, 2)",
    )
    await upgrade(empty_url, folder=versions(tmp_path, v0001_a=FIRST, v0002_b=SECOND))

    assert await rows(empty_url, "SELECT * FROM parents ORDER BY id") == [(1, "An"), (2, "Bo")]
    assert await rows(empty_url, "SELECT id, parent_id FROM children ORDER BY id") == [
        (10, 1),
        (11, 2),
        (12, 2),
    ]


async def test_r26_a_failing_migration_changes_nothing(empty_url: str, tmp_path: Path) -> None:
    await upgrade(empty_url, folder=versions(tmp_path, v0001_a=FIRST))
    await run(empty_url, "INSERT INTO parents (id, name, old) VALUES (1, 'An', 'x')")
    broken = versions(tmp_path, v0001_a=FIRST, v0002_b=BROKEN)

    with pytest.raises(Exception, match="nowhere"):
        await upgrade(empty_url, folder=broken)

    assert await current_version(empty_url) == "0001"
    assert await rows(empty_url, "SELECT * FROM parents") == [(1, "An", "x")]


async def test_r26_a_failing_backup_stops_the_migration(empty_url: str, tmp_path: Path) -> None:
    await upgrade(empty_url, folder=versions(tmp_path, v0001_a=FIRST))

    async def no_room() -> None:
        raise OSError("no room")

    both = versions(tmp_path, v0001_a=FIRST, v0002_b=SECOND)
    with pytest.raises(OSError, match="no room"):
        await upgrade(empty_url, no_room, both)

    assert await current_version(empty_url) == "0001"


async def test_r26_a_newer_database_is_refused(empty_url: str) -> None:
    await upgrade(empty_url)
    await run(empty_url, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(NewerDatabase, match="9999"):
        await upgrade(empty_url)

    assert await current_version(empty_url) == "9999"


@pytest.mark.parametrize("empty_url", ["postgresql"], indirect=True)
async def test_replicas_that_start_together_migrate_once(empty_url: str) -> None:
    await asyncio.gather(*(upgrade(empty_url) for _ in range(3)))

    assert await current_version(empty_url) == known_versions()[-1]


async def test_r21_trouble_while_migrating_is_told_as_such(tmp_path: Path) -> None:
    rubbish = tmp_path / "rubbish.db"
    rubbish.write_bytes(b"not a database, " * 100)
    locked = tmp_path / "locked.db"
    thief = sqlite3.connect(locked, isolation_level=None)
    thief.execute("BEGIN EXCLUSIVE")

    for url in (
        f"sqlite:///{rubbish}",
        f"sqlite:///{locked}",
        "postgresql://nobody@127.0.0.1:1/nothing",
    ):
        with pytest.raises(StorageTrouble):
            await upgrade(url)
    thief.close()


def test_versions_are_numbered_one_by_one() -> None:
    known = known_versions()

    assert known == [f"{number:04}" for number in range(1, len(known) + 1)]


async def test_a_database_that_is_up_to_date_does_not_load_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'contactpunt.db'}"
    await upgrade(url)
    code = (
        "import asyncio, sys; from bot.storage.migrate import upgrade\n"
        f"assert asyncio.run(upgrade({url!r})) is False\n"
        "print('alembic' in sys.modules)"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        code,
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(migrate.__file__).parents[2],
    )
    printed, _ = await process.communicate()

    assert printed.decode().strip() == "False"


async def test_migrated_and_created_tables_are_equal_on_sqlite(
    tmp_path: Path, templates: Templates
) -> None:
    migrated = tmp_path / "migrated.db"
    await upgrade(f"sqlite:///{migrated}")
    created = tmp_path / "created.db"
    templates.sqlite(created)

    assert _sqlite_shape(migrated) == _sqlite_shape(created)


async def test_migrated_and_created_tables_are_equal_on_postgresql(templates: Templates) -> None:
    async with empty_postgres() as migrated, templates.postgresql() as created:
        await upgrade(migrated)

        assert await _postgres_shape(migrated) == await _postgres_shape(created)


def _sqlite_shape(path: Path) -> dict[str, list[str]]:
    connection = sqlite3.connect(path)
    found = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"
        " AND name NOT IN ('alembic_version', 'sqlite_sequence')"
    ).fetchall()
    connection.close()
    return {name: _parts(sql) for name, sql in found}


def _parts(sql: str) -> list[str]:
    """Columns in their order, then constraints, whose order means nothing."""
    parts, depth, part = [], 0, ""
    for sign in " ".join(sql.split()):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 1:
            parts.append(part.strip())
            part = ""
        else:
            part += sign
    parts.append(part.strip().removesuffix(")").strip())
    return sorted(parts, key=lambda part: part if part.startswith("CONSTRAINT") else "")


async def _postgres_shape(url: str) -> dict[str, list[tuple[Any, ...]]]:
    connection = await asyncpg.connect(url)
    queries = {
        "columns": """
            SELECT table_name, column_name, ordinal_position, data_type, is_nullable,
                   column_default, character_maximum_length
            FROM information_schema.columns
            WHERE table_schema = 'public' AND table_name <> 'alembic_version' ORDER BY 1, 3""",
        "constraints": """
            SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
            FROM pg_constraint WHERE connamespace = 'public'::regnamespace
            AND conrelid::regclass::text <> 'alembic_version' ORDER BY 1, 2""",
        "indexes": """
            SELECT tablename, indexname, indexdef FROM pg_indexes
            WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1, 2""",
        "triggers": """
            SELECT pg_get_triggerdef(oid), pg_get_functiondef(tgfoid) FROM pg_trigger
            WHERE NOT tgisinternal ORDER BY 1""",
    }
    shape = {
        name: [tuple(row) for row in await connection.fetch(query)]
        for name, query in queries.items()
    }
    await connection.close()
    return shape
