"""P-14: entries go after twelve months; a signed checkpoint takes their place."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot import audit
from bot.audit import Audit, Broken, Fault, service, store
from bot.audit.model import KEPT
from bot.errors import Conflict
from bot.storage.backup import backup, restore
from bot.storage.database import Database, Transaction
from bot.storage.migrate import known_versions
from tests.bot.audit.conftest import Noted, tamper
from tests.support.clock import FakeClock


async def numbers(database: Database) -> list[int]:
    async with database.reading() as reader:
        return [entry.number for entry in reversed(await audit.entries(reader, most=1000))]


async def marks(database: Database) -> list[tuple[int, bool]]:
    async with database.reading() as reader:
        return [(mark.last, mark.purged) for mark, _ in await store.checkpoints(reader)]


async def test_p14_entries_go_after_twelve_months_and_not_before(
    trail: Audit, database: Database, noted: Noted, clock: FakeClock
) -> None:
    await noted(3)
    clock.advance(timedelta(days=10))
    await noted(2)
    clock.advance(KEPT - timedelta(days=10))
    early = await trail.purge(clock() - KEPT)
    clock.advance(timedelta(seconds=1))
    due = await trail.purge(clock() - KEPT)
    again = await trail.purge(clock() - KEPT)
    await noted(1)

    assert (early, due, again) == (0, 3, 0)
    assert await numbers(database) == [4, 5, 6]
    assert await marks(database) == [(3, True)]
    assert await trail.verify() is None


async def test_p14_the_whole_trail_may_go_and_the_chain_goes_on(
    trail: Audit, database: Database, noted: Noted, clock: FakeClock
) -> None:
    await noted(3)
    clock.advance(2 * KEPT)
    removed = await trail.nightly()
    empty = await trail.verify()
    await noted(1)

    assert (removed, empty) == (3, None)
    assert await numbers(database) == [4]
    assert await trail.verify() is None


async def test_p14_a_year_of_nights_keeps_one_checkpoint_of_a_purge(
    trail: Audit, database: Database, noted: Noted, clock: FakeClock
) -> None:
    for _ in range(30):
        await noted(1)
        clock.advance(timedelta(days=30))
        await trail.nightly()
        async with database.reading() as reader:
            oldest = (await audit.entries(reader, most=1000))[-1]
        assert oldest.at >= clock() - KEPT
    kept = await marks(database)

    assert [purged for _, purged in kept].count(True) == 1
    assert await trail.verify() is None


async def test_p14_stopped_in_the_middle_the_next_night_goes_on(
    trail: Audit,
    database: Database,
    noted: Noted,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(service, "BATCH", 4)
    await noted(14)
    clock.advance(2 * KEPT)
    real, batches = store.remove, []

    async def breaks(tx: Transaction, last: int) -> int:
        batches.append(last)
        removed = await real(tx, last)
        if len(batches) == 3:
            raise RuntimeError("the machine stopped")
        return removed

    monkeypatch.setattr(store, "remove", breaks)
    with pytest.raises(RuntimeError):
        await trail.nightly()
    between = await numbers(database), await trail.verify()
    removed = await trail.nightly()

    assert between == ([9, 10, 11, 12, 13, 14], None)
    assert removed == 6
    assert await numbers(database) == []
    assert await trail.verify() is None


async def test_t26_a_purge_opens_no_way_to_remove_more(
    trail: Audit, database: Database, noted: Noted, clock: FakeClock
) -> None:
    await noted(3)
    clock.advance(2 * KEPT)
    await noted(2)
    await trail.nightly()

    for statement in ("DELETE FROM audit", "DELETE FROM audit_checkpoints"):
        with pytest.raises(Conflict, match="append-only"):
            async with database.transaction() as tx:
                await tx.run(text(statement))
    assert await numbers(database) == [4, 5]


async def test_t26_a_made_up_purge_is_found(
    trail: Audit, database: Database, noted: Noted, clock: FakeClock
) -> None:
    """The triggers let it pass; the signature does not."""
    await noted(3)
    async with database.reading() as reader:
        hash_ = (await store.oldest(reader, 2))[-1][2]
    made_up = store.Checkpoint(2, hash_, True, clock())
    async with database.transaction() as tx:
        await store.add_checkpoint(tx, made_up, made_up.signature(b"guessed"))
        await store.remove(tx, 2)

    assert await trail.verify() == Broken(2, Fault.FORGED)


async def test_t26_an_entry_put_back_below_a_purge_is_found(
    trail: Audit, database: Database, noted: Noted, clock: FakeClock
) -> None:
    await noted(3)
    clock.advance(2 * KEPT)
    await trail.nightly()
    await noted(1)
    await tamper(
        database,
        "INSERT INTO audit (id, at, role, action, object, hash) "
        "SELECT 2, at, role, action, object, hash FROM audit WHERE id = 4",
    )

    assert await trail.verify() == Broken(2, Fault.INSERTED)


async def test_t26_a_set_back_clock_removes_nothing_too_early(
    trail: Audit, database: Database, noted: Noted, clock: FakeClock
) -> None:
    """Only what stands before the first entry that is kept goes: the chain has no gap."""
    await noted(1)
    clock.advance(timedelta(days=2))
    await noted(1)
    clock.advance(-timedelta(days=2))
    await noted(1)
    clock.advance(KEPT + timedelta(days=1))

    assert await trail.nightly() == 1
    assert await numbers(database) == [2, 3]
    assert await trail.verify() is None


async def test_r22_a_restored_trail_is_whole_and_still_guarded(
    database_url: str,
    database: Database,
    trail: Audit,
    noted: Noted,
    tmp_path: Path,
    clock: FakeClock,
) -> None:
    async with database.transaction() as tx:
        await tx.run(text("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)"))
        await tx.run(text(f"INSERT INTO alembic_version VALUES ('{known_versions()[-1]}')"))
    await noted(3)
    await trail.seal()
    file = await backup(database_url, tmp_path / "backups", None, clock)
    await noted(2)
    await database.close()
    await restore(file, database_url, None)
    restored: Any = await Database.open(database_url)
    try:
        again = Audit(restored, tmp_path / "data", clock)

        assert await numbers(restored) == [1, 2, 3]
        assert await again.verify() is None
        with pytest.raises(Conflict, match="append-only"):
            async with restored.transaction() as tx:
                await tx.run(text("DELETE FROM audit"))
    finally:
        await restored.close()
