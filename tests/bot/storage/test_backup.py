"""R-22, T-25, P-16: backups that restore, unreadable without the key, the erased stay erased."""

import asyncio
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text

from bot.inbox import inbox
from bot.notifications.outbox import Promise, outbox, promise
from bot.people.model import Person
from bot.people.service import People
from bot.people.store import people
from bot.privacy import Privacy, after_restore
from bot.storage.backup import BackupTrouble, backup, drop_old, restore
from bot.storage.database import Database
from bot.storage.ledger import Ledger
from bot.storage.migrate import known_versions, upgrade
from tests.support.clock import FakeClock

KEY = "a pass phrase kept elsewhere"


@pytest.fixture
async def url(database_url: str) -> str:
    """As an installation has it: with the number of the migration in it."""
    database = await Database.open(database_url)
    async with database.transaction() as tx:
        await tx.run(text("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)"))
        await tx.run(text(f"INSERT INTO alembic_version VALUES ('{known_versions()[-1]}')"))
    await database.close()
    assert await upgrade(database_url) is False
    return database_url


async def fill(url: str, clock: FakeClock, accounts: range) -> list[Person]:
    database = await Database.open(url)
    service = People(database, clock)
    made = [await service.arrived(account, "nl") for account in accounts]
    await database.close()
    return made


async def accounts_in(url: str) -> list[int]:
    database = await Database.open(url)
    async with database.reading() as reader:
        rows = await reader.all(select(people.c.account).order_by(people.c.account))
    await database.close()
    return [row.account for row in rows]


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "sealed"])
async def test_r22_all_rows_up_to_the_backup_come_back(
    url: str, key: str | None, tmp_path: Path, clock: FakeClock
) -> None:
    await fill(url, clock, range(1, 201))
    file = await backup(url, tmp_path / "backups", key, clock)
    await fill(url, clock, range(201, 251))
    await restore(file, url, key)

    assert await accounts_in(url) == list(range(1, 201))
    assert await accounts_in(url) == [
        made.account for made in await fill(url, clock, range(1, 201))
    ]


async def test_r22_a_backup_is_made_while_others_write(
    url: str, tmp_path: Path, clock: FakeClock
) -> None:
    """Not a copy of the file: that loses what is still in the write-ahead log (M-16)."""
    database = await Database.open(url)
    service = People(database, clock)
    for account in range(1, 101):
        await service.arrived(account, "nl")
    writing = asyncio.gather(*(service.arrived(account, "nl") for account in range(101, 201)))
    file = await backup(url, tmp_path / "backups", None, clock)
    await writing
    await database.close()
    await restore(file, url, None)

    found = await accounts_in(url)
    assert found[:100] == list(range(1, 101))


async def test_t25_a_sealed_backup_tells_nothing_without_its_key(
    url: str, tmp_path: Path, clock: FakeClock
) -> None:
    await fill(url, clock, range(1, 3))
    file = await backup(url, tmp_path / "backups", KEY, clock)
    content = file.read_bytes()
    await fill(url, clock, range(3, 5))

    with pytest.raises(BackupTrouble, match="key"):
        await restore(file, url, None)
    with pytest.raises(BackupTrouble, match="key"):
        await restore(file, url, "another")
    assert b"SQLite format" not in content
    assert b"PGDMP" not in content
    assert b"people" not in content
    assert await accounts_in(url) == [1, 2, 3, 4]


async def test_t25_backups_are_for_us_alone(url: str, tmp_path: Path, clock: FakeClock) -> None:
    file = await backup(url, tmp_path / "backups", None, clock)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [each.name for each in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize("damage", ["cut", "flipped", "rubbish"])
async def test_r22_a_damaged_backup_changes_nothing(
    url: str, damage: str, tmp_path: Path, clock: FakeClock
) -> None:
    await fill(url, clock, range(1, 5))
    file = await backup(url, tmp_path / "backups", KEY, clock)
    content = bytearray(file.read_bytes())
    if damage == "cut":
        content = content[:-100]
    elif damage == "flipped":
        content[len(content) // 2] ^= 1
    else:
        content = bytearray(b"rubbish" * 100)
    file.write_bytes(content)

    with pytest.raises(BackupTrouble):
        await restore(file, url, KEY)
    assert await accounts_in(url) == [1, 2, 3, 4]


async def test_p16_the_erased_stay_erased(url: str, tmp_path: Path, clock: FakeClock) -> None:
    ledger = Ledger(tmp_path / "ledger")
    an, bo, cy = await fill(url, clock, range(1, 4))
    file = await backup(url, tmp_path / "backups", None, clock)
    clock.advance(timedelta(hours=1))
    database = await Database.open(url)
    await Privacy(database, ledger, clock).forget(an)
    await database.close()
    await restore(file, url, None, afterwards=after_restore(ledger, clock))

    assert await accounts_in(url) == [bo.account, cy.account]


async def test_p16_who_came_back_before_the_backup_stays(
    url: str, tmp_path: Path, clock: FakeClock
) -> None:
    ledger = Ledger(tmp_path / "ledger")
    (an,) = await fill(url, clock, range(1, 2))
    database = await Database.open(url)
    await Privacy(database, ledger, clock).forget(an)
    await database.close()
    clock.advance(timedelta(days=1))
    await fill(url, clock, range(1, 2))
    file = await backup(url, tmp_path / "backups", None, clock)
    await restore(file, url, None, afterwards=after_restore(ledger, clock))

    assert await accounts_in(url) == [1]


async def test_p16_without_the_ledger_they_would_be_back(
    url: str, tmp_path: Path, clock: FakeClock
) -> None:
    """The control: the tests above can fail."""
    (an,) = await fill(url, clock, range(1, 2))
    file = await backup(url, tmp_path / "backups", None, clock)
    database = await Database.open(url)
    await Privacy(database, Ledger(tmp_path / "ledger"), clock).forget(an)
    await database.close()
    other = Ledger(tmp_path / "another ledger")
    await restore(file, url, None, afterwards=after_restore(other, clock))

    assert await accounts_in(url) == [1]


async def test_r22_nothing_is_sent_or_answered_twice_after_a_restore(
    url: str, tmp_path: Path, clock: FakeClock
) -> None:
    (an,) = await fill(url, clock, range(1, 2))
    database = await Database.open(url)
    async with database.transaction() as tx:
        await promise(tx, Promise(key="k:1", person=an.id, text_key="privacy.inactive"))
        await tx.run(
            insert(inbox), update_id=1, order_key=an.account, body="{}", received_at=clock()
        )
    await database.close()
    file = await backup(url, tmp_path / "backups", None, clock)
    ledger = Ledger(tmp_path / "ledger")
    await restore(file, url, None, afterwards=after_restore(ledger, clock))

    database = await Database.open(url)
    async with database.reading() as reader:
        states = [row.state for row in await reader.all(select(outbox.c.state))]
        unfinished = await reader.scalar(
            select(func.count()).select_from(inbox).where(inbox.c.finished_at.is_(None))
        )
    await database.close()
    assert (states, unfinished) == (["dropped"], 0)


def test_p14_old_backups_go(tmp_path: Path) -> None:
    for day in (1, 20, 21):
        (tmp_path / f"contactpunt-202611{day:02}T090000000000Z.db.sealed").touch()
    (tmp_path / "something else").touch()
    removed = drop_old(tmp_path, datetime(2026, 12, 20, 10, tzinfo=UTC))

    assert removed == 2
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "contactpunt-20261121T090000000000Z.db.sealed",
        "something else",
    ]


def test_p16_the_ledger_names_nobody_and_is_for_us_alone(tmp_path: Path, clock: FakeClock) -> None:
    ledger = Ledger(tmp_path)
    ledger.record(123456789, clock())
    files = {each.name: each for each in tmp_path.iterdir()}

    assert {stat.S_IMODE(each.stat().st_mode) for each in files.values()} == {0o600}
    assert b"123456789" not in files["erasures.ledger"].read_bytes()
    assert Ledger(tmp_path).erased_at(123456789) == clock()
    assert Ledger(tmp_path).erased_at(987654321) is None


def test_p16_a_line_cut_short_does_not_spoil_the_ledger(tmp_path: Path, clock: FakeClock) -> None:
    ledger = Ledger(tmp_path)
    ledger.record(1, clock())
    with (tmp_path / "erasures.ledger").open("a") as file:
        file.write("deadbeef 2026-")

    assert ledger.erased_at(1) == clock()


def test_p14_the_ledger_forgets_after_the_last_backup(tmp_path: Path, clock: FakeClock) -> None:
    ledger = Ledger(tmp_path)
    ledger.record(1, clock())
    clock.advance(timedelta(days=300))
    ledger.record(2, clock())
    dropped = ledger.drop_old(clock.advance(timedelta(days=101)))

    assert dropped == 1
    assert ledger.erased_at(1) is None
    assert ledger.erased_at(2) is not None
