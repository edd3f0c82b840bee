"""R-06, R-26: kill -9 loses nothing that was acknowledged and leaves nothing half done."""

import asyncio
import random
import signal
import sqlite3
import sys
from pathlib import Path

import pytest

from bot.storage.migrate import current_version, upgrade
from tests.bot.storage.test_migrate import FIRST, rows, run, versions

ROOT = Path(__file__).parents[3]

WRITER = """
import asyncio, sys
from sqlalchemy import text
from bot.storage.database import Database

async def main():
    database = await Database.open(sys.argv[1])
    async def write(worker):
        n = 0
        while True:
            n += 1
            async with database.transaction() as tx:
                for half in ("first", "second"):
                    await tx.run(text("INSERT INTO pairs VALUES (:name, :half)").bindparams(
                        name=f"{sys.argv[2]}.{worker}.{n}", half=half))
            print(f"{sys.argv[2]}.{worker}.{n}", flush=True)
    await asyncio.gather(*(write(worker) for worker in range(8)))

asyncio.run(main())
"""

SLOW = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"

def upgrade():
    with op.batch_alter_table("parents", recreate="auto") as batch:
        batch.drop_column("old")
    print("half way", flush=True)
    op.execute("SELECT 1")
    import time; time.sleep(60)
    op.add_column("parents", sa.Column("new", sa.Text))
"""

MIGRATOR = """
import asyncio, sys
from pathlib import Path
from bot.storage.migrate import upgrade
asyncio.run(upgrade(sys.argv[1], folder=Path(sys.argv[2])))
"""


async def start(code: str, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, *arguments, stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )


async def test_r06_kill_9_loses_nothing_acknowledged(database_url: str) -> None:
    """Two rows per transaction, eight writers, killed at a moment of its own, four times."""
    await run(database_url, "CREATE TABLE pairs (name TEXT NOT NULL, half TEXT NOT NULL)")
    chance = random.Random(6)
    acknowledged: set[str] = set()
    for life in range(4):
        writer = await start(WRITER, database_url, str(life))
        assert writer.stdout is not None
        for _ in range(chance.randint(20, 200)):
            acknowledged.add((await writer.stdout.readline()).decode().strip())
        writer.send_signal(signal.SIGKILL)
        rest, _ = await writer.communicate()
        lines = rest.decode().splitlines(keepends=True)
        acknowledged.update(line.strip() for line in lines if line.endswith("\n"))

    found = await rows(database_url, "SELECT name, count(*) FROM pairs GROUP BY name")
    assert len(acknowledged) > 80
    assert {count for _, count in found} == {2}
    assert acknowledged <= {name for name, _ in found}
    if database_url.startswith("sqlite"):
        connection = sqlite3.connect(database_url.removeprefix("sqlite:///"))
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
async def test_r26_kill_9_in_a_migration_leaves_the_old_tables(
    database_url: str, tmp_path: Path
) -> None:
    await run(database_url, "SELECT 1")
    await upgrade(database_url, folder=versions(tmp_path, v0001_a=FIRST))
    await run(database_url, "INSERT INTO parents (id, name, old) VALUES (1, 'An', 'x')")
    folder = versions(tmp_path, v0001_a=FIRST, v0002_b=SLOW)
    migrator = await start(MIGRATOR, database_url, str(folder))
    assert migrator.stdout is not None
    assert await asyncio.wait_for(migrator.stdout.readline(), 20) == b"half way\n"
    migrator.send_signal(signal.SIGKILL)
    await migrator.communicate()

    assert await current_version(database_url) == "0001"
    assert await rows(database_url, "SELECT id, name, old FROM parents") == [(1, "An", "x")]
