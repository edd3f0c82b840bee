"""T-26: what was done stays written, in order, and names nobody who left."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text

from bot import audit
from bot.audit import Audit, Broken, Entry, Fault, store
from bot.audit.tables import audit as entries_table
from bot.audit.tables import audit_head, audit_keys
from bot.errors import Conflict
from bot.people.model import PersonId
from bot.people.service import People
from bot.people.store import people as people_table
from bot.privacy import Privacy
from bot.storage.database import Database, Transaction
from bot.storage.ledger import Ledger
from tests.bot.audit.conftest import Noted, tamper
from tests.support.clock import FakeClock


async def test_t26_what_was_noted_can_be_read(
    trail: Audit, database: Database, noted: Noted, clock: FakeClock, sofie: PersonId
) -> None:
    await noted(3)
    async with database.reading() as reader:
        page = await audit.entries(reader, most=2)
        rest = await audit.entries(reader, before=page[-1].number)
        hers = await audit.entries(reader, person=sofie)
        nobodys = await audit.entries(reader, person=PersonId(999))

    assert [entry.object for entry in (*page, *rest)] == ["sign_ups:2", "sign_ups:1", "sign_ups:0"]
    assert (page[0].role, page[0].action, page[0].at) == (
        "session_lead",
        "info_sessions.read",
        clock(),
    )
    assert (len(hers), nobodys) == (3, [])
    assert await trail.verify() is None


async def test_t26_people_are_named_by_keyed_hashes(
    database: Database, noted: Noted, sofie: PersonId, an: PersonId
) -> None:
    await noted(2)
    async with database.reading() as reader:
        rows = await reader.all(select(entries_table.c.actor, entries_table.c.about))
        names = [await store.name_of(reader, person) for person in (sofie, an)]

    assert [tuple(row) for row in rows] == [tuple(names)] * 2
    assert len({*names}) == 2
    assert all(name is not None and len(name) == 32 for name in names)


async def test_t26_erasure_destroys_the_key_and_leaves_the_entry(
    trail: Audit,
    database: Database,
    noted: Noted,
    clock: FakeClock,
    sofie: PersonId,
    an: PersonId,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    await noted(1)
    people = People(database, clock)
    ledger = Ledger(tmp_path_factory.mktemp("ledger"))
    await Privacy(database, ledger, clock).forget(await people.get(an))
    back = (await people.arrived(770_002, "nl")).id
    async with database.reading() as reader:
        left = await audit.entries(reader)
        of_an = [await store.name_of(reader, person) for person in (an, back)]

    assert len(left) == 1
    assert of_an == [None, None]
    assert await trail.verify() is None


async def test_p10_everybody_gets_what_is_written_about_them(
    database: Database,
    noted: Noted,
    clock: FakeClock,
    sofie: PersonId,
    an: PersonId,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    await noted(2)
    people = People(database, clock)
    privacy = Privacy(database, Ledger(tmp_path_factory.mktemp("ledger")), clock)
    async with database.reading() as reader:
        names = [await store.name_of(reader, person) for person in (sofie, an)]
    exported = await privacy.export(await people.get(an))
    by_sofie = await privacy.export(await people.get(sofie))
    rows = exported["data"]["audit"]["rows"]

    assert [(row["action"], row["about_you"], row["done_by_you"]) for row in rows] == [
        ("info_sessions.read", True, False)
    ] * 2
    assert [row["done_by_you"] for row in by_sofie["data"]["audit"]["rows"]] == [True, True]
    assert not any(str(name) in repr(exported) for name in names)


async def test_p12_who_goes_in_the_same_transaction_has_no_name(
    trail: Audit, database: Database, clock: FakeClock, sofie: PersonId, an: PersonId
) -> None:
    """Also when the trail never named them before."""
    async with database.transaction() as tx:
        await audit.record(tx, actor=an, role="none", action="people.erased", about=an, now=clock())
        await tx.run(people_table.delete().where(people_table.c.id == an))
    async with database.reading() as reader:
        (left,) = await audit.entries(reader)
        keys = await reader.all(select(audit_keys))

    assert (left.actor is not None, keys) == (True, [])
    assert await trail.verify() is None


@pytest.mark.parametrize(
    ("action", "thing"),
    [
        pytest.param("An wants to work here", "", id="a sentence as action"),
        pytest.param("read", "", id="no feature"),
        pytest.param("info_sessions.read", "An Peeters", id="a name"),
        pytest.param("info_sessions.read", "sign_ups:An Peeters", id="a name behind a colon"),
        pytest.param("info_sessions.read", "x:" + "1" * 32, id="too long"),
    ],
)
async def test_t26_there_is_no_room_for_what_somebody_wrote(
    database: Database, clock: FakeClock, action: str, thing: str
) -> None:
    with pytest.raises(ValueError, match="not "):
        async with database.transaction() as tx:
            await audit.record(
                tx, actor=None, role=audit.CLOCK, action=action, object=thing, now=clock()
            )


async def test_r05_an_entry_is_kept_with_its_transaction_or_not_at_all(
    trail: Audit, database: Database, noted: Noted, clock: FakeClock, sofie: PersonId
) -> None:
    async def interrupted() -> None:
        async with database.transaction() as tx:
            await audit.record(tx, actor=sofie, role="editor", action="faq.changed", now=clock())
            raise RuntimeError

    await noted(1)
    with pytest.raises(RuntimeError):
        await interrupted()
    await noted(1)
    async with database.reading() as reader:
        kept = await audit.entries(reader)

    assert [entry.number for entry in kept] == [2, 1]
    assert [entry.action for entry in kept] == ["info_sessions.read"] * 2
    assert await trail.verify() is None


async def note_by_the_clock(database: Database, times: int) -> None:
    for _ in range(times):
        async with database.transaction() as tx:
            await audit.record(
                tx,
                actor=None,
                role=audit.CLOCK,
                action="info_sessions.closed",
                now=datetime(2026, 11, 21, tzinfo=UTC),
            )


async def test_t26_many_at_once_make_one_chain(
    database_url: str, trail: Audit, database: Database
) -> None:
    """Two `Database`s know nothing of each other, as two processes do."""
    other = await Database.open(database_url)
    try:
        await asyncio.gather(
            *(note_by_the_clock(each, 5) for each in (database, other) for _ in range(5))
        )
    finally:
        await other.close()
    async with database.reading() as reader:
        numbers = [entry.number for entry in await audit.entries(reader, most=100)]

    assert numbers == list(range(50, 0, -1))
    assert await trail.verify() is None


async def test_t26_without_the_lock_the_chain_forks(
    postgres_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: two entries with one place in the chain, which the primary key refuses."""
    await note_by_the_clock(postgres_database, 1)

    async def unlocked(tx: Transaction) -> tuple[int, str]:
        found = await store.head(tx)
        await asyncio.sleep(0.02)
        return found

    monkeypatch.setattr(store, "locked_head", unlocked)
    outcomes = await asyncio.gather(
        *(note_by_the_clock(postgres_database, 1) for _ in range(5)), return_exceptions=True
    )

    assert any(isinstance(outcome, Conflict) for outcome in outcomes)


CHANGES = {
    "at": "'2020-01-01T00:00:00.000000+00:00'",
    "actor": "'nobody'",
    "role": "'editor'",
    "action": "'faq.read'",
    "about": "NULL",
    "object": "'sign_ups:99'",
    "hash": "'0'",
}


@pytest.mark.parametrize("column", CHANGES)
async def test_t26_a_changed_entry_is_found(
    trail: Audit, database: Database, noted: Noted, column: str
) -> None:
    await noted(5)
    await tamper(database, f"UPDATE audit SET {column} = {CHANGES[column]} WHERE id = 3")

    assert await trail.verify() == Broken(3, Fault.CHANGED)


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        pytest.param("id = 1", Broken(1, Fault.MISSING), id="the first"),
        pytest.param("id = 3", Broken(3, Fault.MISSING), id="in the middle"),
        pytest.param("id = 5", Broken(5, Fault.MISSING), id="the last"),
        pytest.param("id > 2", Broken(3, Fault.MISSING), id="the end"),
        pytest.param("id < 9", Broken(1, Fault.MISSING), id="everything"),
    ],
)
async def test_t26_a_missing_entry_is_found(
    trail: Audit, database: Database, noted: Noted, statement: str, broken: Broken
) -> None:
    await noted(5)
    await tamper(database, f"DELETE FROM audit WHERE {statement}")

    assert await trail.verify() == broken


@pytest.mark.parametrize(
    ("number", "broken"),
    [
        pytest.param(0, Broken(0, Fault.INSERTED), id="before the first"),
        pytest.param(6, Broken(6, Fault.CHANGED), id="after the last"),
    ],
)
async def test_t26_an_inserted_entry_is_found(
    trail: Audit, database: Database, noted: Noted, number: int, broken: Broken
) -> None:
    await noted(5)
    await tamper(
        database,
        "INSERT INTO audit (id, at, role, action, object, hash) "
        f"SELECT {number}, at, role, action, object, hash FROM audit WHERE id = 1",
    )

    assert await trail.verify() == broken


async def test_t26_a_well_made_entry_behind_the_last_is_found(
    trail: Audit, database: Database, noted: Noted, clock: FakeClock
) -> None:
    """The hash fits, but nobody moved the end of the chain: it was not added by us."""
    await noted(2)
    async with database.reading() as reader:
        _, previous = await store.head(reader)
        newest = (await audit.entries(reader))[0]
    forged = Entry(3, clock(), newest.actor, "editor", "faq.changed", None, "")
    await tamper(
        database,
        "INSERT INTO audit (id, at, actor, role, action, object, hash) SELECT "
        f"3, at, actor, 'editor', 'faq.changed', '', '{forged.hash_after(previous)}' "
        "FROM audit WHERE id = 1",
    )

    assert await trail.verify() == Broken(3, Fault.INSERTED)


async def test_t26_swapped_entries_are_found(
    trail: Audit, database: Database, noted: Noted
) -> None:
    await noted(5)
    await tamper(
        database,
        "UPDATE audit SET id = 99 WHERE id = 2",
        "UPDATE audit SET id = 2 WHERE id = 3",
        "UPDATE audit SET id = 3 WHERE id = 99",
    )

    assert await trail.verify() == Broken(2, Fault.CHANGED)


async def rewrite(database: Database, number: int) -> None:
    """Change one entry and make every hash after it fit: what only a signature can show."""
    async with database.reading() as reader:
        chain = [each async for each in store.chain(reader)]
    statements, previous = [], "0" * 64
    for entry, hash_ in chain:
        changed = entry
        if entry.number == number:
            changed = Entry(entry.number, entry.at, entry.actor, "editor", "faq.read", None, "")
            statements.append(
                "UPDATE audit SET role = 'editor', action = 'faq.read', about = NULL, object = ''"
                f" WHERE id = {number}"
            )
        fresh = changed.hash_after(previous)
        if fresh != hash_:
            statements.append(f"UPDATE audit SET hash = '{fresh}' WHERE id = {entry.number}")
        previous = fresh
    statements.append(f"UPDATE audit_head SET last_hash = '{previous}'")
    await tamper(database, *statements)


async def test_t26_a_chain_written_anew_is_found_by_the_seal(
    trail: Audit, database: Database, noted: Noted
) -> None:
    await noted(3)
    await trail.nightly()
    await noted(2)
    await rewrite(database, 2)

    assert await trail.verify() == Broken(3, Fault.REWRITTEN)


async def test_t26_without_the_seal_it_would_not_be_found(
    trail: Audit, database: Database, noted: Noted
) -> None:
    """The control, and the reason to seal every night."""
    await noted(5)
    await rewrite(database, 2)

    assert await trail.verify() is None


async def test_t26_a_seal_by_somebody_else_is_found(
    trail: Audit, database: Database, noted: Noted, tmp_path_factory: pytest.TempPathFactory
) -> None:
    await noted(3)
    await Audit(database, tmp_path_factory.mktemp("another"), trail.now).seal()

    assert await trail.verify() == Broken(3, Fault.FORGED)


async def test_t26_sealing_twice_is_once_and_an_empty_trail_is_whole(
    trail: Audit, database: Database, noted: Noted
) -> None:
    empty = await trail.verify()
    await trail.seal()
    await noted(1)
    await trail.seal()
    await trail.seal()
    async with database.reading() as reader:
        seals = await store.checkpoints(reader)

    assert empty is None
    assert [mark.last for mark, _ in seals] == [1]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET role = 'editor' WHERE id = 1",
        "UPDATE audit SET hash = hash",
        "DELETE FROM audit WHERE id = 2",
        "DELETE FROM audit",
        "UPDATE audit_checkpoints SET purged = true",
        "DELETE FROM audit_checkpoints",
    ],
)
async def test_t26_the_database_refuses_to_change_the_trail(
    trail: Audit, database: Database, noted: Noted, statement: str
) -> None:
    await noted(2)
    await trail.seal()

    with pytest.raises(Conflict, match="append-only"):
        async with database.transaction() as tx:
            await tx.run(text(statement))
    assert await trail.verify() is None


@pytest.mark.parametrize("table", ["audit", "audit_checkpoints"])
async def test_t26_nor_can_it_be_emptied_at_once(postgres_database: Database, table: str) -> None:
    with pytest.raises(Conflict, match="append-only"):
        async with postgres_database.transaction() as tx:
            await tx.run(text(f"TRUNCATE {table}"))


async def test_t26_the_head_is_one_row(database: Database, noted: Noted) -> None:
    await noted(1)

    with pytest.raises(Conflict):
        async with database.transaction() as tx:
            await tx.run(audit_head.insert().values(id=2, last_id=0, last_hash=""))


async def test_t26_reading_at_the_command_line_is_noted(
    trail: Audit, database: Database, noted: Noted
) -> None:
    await noted(1)
    shown = await trail.at_the_command_line(10)
    async with database.reading() as reader:
        newest = (await audit.entries(reader))[0]

    assert [entry.number for entry in shown] == [1]
    assert (newest.action, newest.role, newest.actor) == ("audit.read", "command_line", None)
