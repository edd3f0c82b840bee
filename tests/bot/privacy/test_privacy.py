"""Export, erasure and retention, driven by the inventory: no column is forgotten."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Date, Integer, String, Table, Text, func, insert, select, update

from bot.errors import StorageTrouble
from bot.inbox import inbox
from bot.notifications.outbox import outbox
from bot.people.model import Person
from bot.people.service import People
from bot.people.store import people
from bot.privacy import Privacy
from bot.questions.store import dialogues
from bot.storage.columns import JsonText, Moment
from bot.storage.database import Database
from bot.storage.inventory import about_of, entry_of, inventoried
from bot.storage.ledger import Ledger
from tests.support.clock import FakeClock

MARK = "PLANTED"

TAKEN = {
    ("outbox", "state"): "pending",
    ("staff_roles", "role"): "editor",
    ("staff_invitations", "role"): "editor",
    ("staff_invitations", "stage"): "redeemed",
    ("info_sessions", "state"): "published",
    ("info_sessions", "track"): "both",
    ("info_sessions", "language"): "nl",
    ("info_sessions", "seats_shown"): "exact",
    ("info_sessions", "ends_at"): timedelta(hours=2),
    ("info_sessions", "latitude"): None,
    ("info_sessions", "longitude"): None,
    ("info_sessions", "party_max"): 5,
    ("info_sessions", "kept_days"): 30,
    ("info_session_pools", "kind"): "school",
    ("sign_ups", "status"): "waiting",
    ("sign_ups", "party"): 1,
    ("sign_ups", "pool_id"): None,
    ("sign_ups", "wish"): "general",
    ("sign_ups", "offer_until"): None,
    ("sign_ups", "ended_at"): None,
    ("sign_ups", "ended_how"): None,
    ("interests", "track"): "both",
    ("appointments", "state"): "confirmed",
    ("appointments", "kind"): "place",
    ("appointments", "track"): "uniform",
    ("appointments", "starts_at"): timedelta(minutes=-30),
    ("appointments", "busy_from"): timedelta(minutes=-30),
    ("appointments", "hold_until"): None,
    ("appointments", "why"): "fewest",
    ("appointments", "outcome"): "came",
    ("appointments", "ended_at"): None,
    ("appointments", "ended_how"): None,
}
"""Columns whose constraint takes no marker; a span is counted from now."""

REFERRED_TO = {
    key.column.table.name
    for table, _ in inventoried()
    for column in table.columns
    for key in column.foreign_keys
} - {"people"}
"""Tables whose rows get a number of our choosing, so that others can refer to them."""


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger")


@pytest.fixture
def privacy(database: Database, ledger: Ledger, clock: FakeClock) -> Privacy:
    return Privacy(database, ledger, clock)


class Planted:
    """One row about a person in every table that has any, a marker in every text column."""

    def __init__(self, person: Person, number: int, now: datetime) -> None:
        self.person, self.number, self.now = person, number, now
        self.markers: dict[tuple[str, str], str] = {}

    def row(self, table: Table) -> dict[str, Any]:
        about = about_of(table)
        return {
            column.name: self._value(table, column, about.person, about.account)
            for column in table.columns
            if column.name != "id" or table is people or table.name in REFERRED_TO
        }

    def _value(self, table: Table, column: Any, person: str | None, account: str | None) -> Any:
        if column.name == person:
            return self.person.id
        if column.name == account:
            return self.person.account
        if (table.name, column.name) in TAKEN:
            taken = TAKEN[table.name, column.name]
            return self.now + taken if isinstance(taken, timedelta) else taken
        if any(key.column is people.c.id for key in column.foreign_keys):
            return self.person.id
        kind = column.type
        if isinstance(kind, Moment):
            return self.now
        if isinstance(kind, Date):
            return self.now.date()
        if isinstance(kind, Boolean):
            return False
        if isinstance(kind, (String, Text, JsonText)):
            length = getattr(kind, "length", None)
            marker = f"{MARK}.{self.number}.{table.name}.{column.name}"
            if length is not None and len(marker) > length:
                marker = f"P{self.number}{column.name[:3]}"[:length]
            if entry_of(column).personal:
                self.markers[table.name, column.name] = marker
            return {"text": marker} if isinstance(kind, JsonText) else marker
        if isinstance(kind, Integer):
            return self.number
        raise AssertionError(f"no marker for {table.name}.{column.name}")


async def plant(database: Database, person: Person, number: int, now: datetime) -> Planted:
    planted = Planted(person, number, now)
    async with database.transaction() as tx:
        for table, about in inventoried():
            if not (about.person or about.account) and table.name not in REFERRED_TO:
                continue
            row = planted.row(table)
            if table is people:
                row.pop("id")
                row["account"] = person.account
                await tx.run(update(people).where(people.c.id == person.id).values(row))
            else:
                await tx.run(insert(table), **row)
    return planted


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for each in value.values():
            yield from leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)
    else:
        yield value


async def counts(database: Database) -> dict[str, int]:
    async with database.reading() as reader:
        return {
            table.name: await reader.scalar(select(func.count()).select_from(table))
            for table, _ in inventoried()
        }


async def everything(database: Database) -> str:
    """All cells of all tables, as text."""
    async with database.reading() as reader:
        found = [repr(await reader.all(select(table))) for table, _ in inventoried()]
    return "\n".join(found)


async def two_people(database: Database, clock: FakeClock) -> tuple[Planted, Planted]:
    service = People(database, clock)
    an, bo = await service.arrived(880_011, "nl"), await service.arrived(880_022, "fr")
    return await plant(database, an, 71, clock()), await plant(database, bo, 72, clock())


async def test_p10_the_export_has_every_column_of_mine_and_nothing_of_others(
    privacy: Privacy, database: Database, clock: FakeClock
) -> None:
    an, bo = await two_people(database, clock)
    exported = await privacy.export(an.person)
    said = json.dumps(exported)
    cells = set(map(str, leaves(exported)))

    expected = {
        marker
        for (table, column), marker in an.markers.items()
        if entry_of(people.metadata.tables[table].c[column]).export
    }
    assert expected
    assert expected <= cells
    assert "880011" in cells
    assert not any(marker in cells for marker in bo.markers.values())
    assert "880022" not in said


async def test_p10_somebody_we_know_nothing_more_of(
    privacy: Privacy, database: Database, clock: FakeClock
) -> None:
    person = await People(database, clock).arrived(1, "nl")
    exported = await privacy.export(person)

    assert list(exported["data"]) == ["people"]
    assert exported["data"]["people"]["rows"][0]["account"] == 1


async def test_p12_nothing_of_them_is_left_and_nothing_of_others_is_lost(
    privacy: Privacy, database: Database, clock: FakeClock
) -> None:
    an, bo = await two_people(database, clock)
    before = await everything(database)
    forgotten = await privacy.forget(an.person)
    after = await everything(database)

    assert all(marker in before for marker in an.markers.values())
    assert [marker for marker in an.markers.values() if marker in after] == []
    assert "880011" not in after
    assert [marker for marker in bo.markers.values() if marker not in after] == []
    tables = {table.name for table, about in inventoried() if about.person or about.account}
    assert set(forgotten.rows) == tables


async def test_p12_nothing_is_left_in_the_files_either(
    sqlite_database: Database, ledger: Ledger, clock: FakeClock
) -> None:
    """Freed pages are overwritten (secure_delete) and the write-ahead log is emptied."""
    privacy = Privacy(sqlite_database, ledger, clock)
    an, bo = await two_people(sqlite_database, clock)
    folder = sqlite_database.location.path.parent

    def on_disk() -> bytes:
        return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))

    before = on_disk()
    await privacy.forget(an.person)
    after = on_disk()

    assert all(marker.encode() in before for marker in an.markers.values())
    assert [marker for marker in an.markers.values() if marker.encode() in after] == []
    assert all(marker.encode() in after for marker in bo.markers.values())


async def test_p12_without_secure_delete_it_would_still_be_there(
    sqlite_database: Database, clock: FakeClock
) -> None:
    """The control: the test above can fail."""
    an, _ = await two_people(sqlite_database, clock)
    engine: Any = sqlite_database._engine
    engine._writer.raw.execute("PRAGMA secure_delete=OFF")
    await sqlite_database.forget_traces()
    async with sqlite_database.transaction() as tx:
        for table, about in reversed(list(inventoried())):
            if about.person:
                column = table.c[about.person]
                await tx.run(table.delete().where(column == an.person.id))
    await sqlite_database.forget_traces()
    left = sqlite_database.location.path.read_bytes()

    assert any(marker.encode() in left for marker in an.markers.values())


async def test_p12_twice_is_once_and_they_may_come_back(
    privacy: Privacy, database: Database, clock: FakeClock
) -> None:
    service = People(database, clock)
    person = await service.arrived(1, "nl")
    await privacy.forget(person)
    again = await privacy.forget(person)
    back = await service.arrived(1, "nl")

    assert again.rows == {}
    assert back.source is None


async def test_p16_no_erasure_without_the_ledger(
    database: Database, tmp_path: Path, clock: FakeClock
) -> None:
    (tmp_path / "ledger").write_text("a file where the folder should be")
    person = await People(database, clock).arrived(1, "nl")

    with pytest.raises(StorageTrouble):
        await Privacy(database, Ledger(tmp_path / "ledger"), clock).forget(person)
    assert (await counts(database))["people"] == 1


WITH_A_TERM = [
    table.name for table, about in inventoried() if about.keep is not None and table is not people
]


@pytest.mark.parametrize("name", WITH_A_TERM)
async def test_p14_everything_goes_after_its_term_and_not_before(
    name: str, privacy: Privacy, database: Database, clock: FakeClock
) -> None:
    await two_people(database, clock)
    table = people.metadata.tables[name]
    about = about_of(table)
    if not (about.person or about.account):
        row = Planted(Person(*[None] * 11), 1, clock()).row(table)  # type: ignore[arg-type]
        async with database.transaction() as tx:
            await tx.run(insert(table), **row)
    assert about.keep is not None
    counts_days = isinstance(table.c[about.started_by[0]].type, Date)
    slack = timedelta(days=1) if counts_days else timedelta(minutes=1)

    clock.advance(about.keep - slack)
    early = (await privacy.purge())[name]
    before = (await counts(database))[name]
    clock.advance(2 * slack)
    removed = (await privacy.purge())[name]
    after = (await counts(database))[name]

    assert early == 0
    assert before > 0
    assert (removed, after) == (before, 0)


async def test_p14_in_batches_and_all_of_it(
    privacy: Privacy, database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.privacy.BATCH", 7)
    async with database.transaction() as tx:
        rows = [
            {"update_id": number, "received_at": clock(), "finished_at": clock()}
            for number in range(1, 31)
        ]
        await tx.run_many(insert(inbox), rows)
    clock.advance(timedelta(days=10))

    assert (await privacy.purge())["inbox"] == 30


async def test_p14_the_inactive_are_told_and_a_month_later_forgotten(
    privacy: Privacy, database: Database, ledger: Ledger, clock: FakeClock
) -> None:
    service = People(database, clock)
    quiet = await service.arrived(1, "nl")
    await plant(database, quiet, 5, clock())
    async with database.transaction() as tx:
        await tx.run(outbox.delete())
        await tx.run(
            update(people).values(reminded_on=None, paused_at=None, stopped_at=None, reachable=True)
        )
    seen = []
    for days in (300, 34, 2, 28, 2):
        clock.advance(timedelta(days=days))
        done = await privacy.purge()
        seen.append((done["people reminded"], done["people"]))

    assert seen == [(0, 0), (0, 0), (1, 0), (0, 0), (0, 1)]
    assert (await counts(database))["people"] == 0
    assert ledger.erased_at(1) is not None


async def test_p14_who_writes_again_is_not_forgotten(
    privacy: Privacy, database: Database, clock: FakeClock
) -> None:
    service = People(database, clock)
    person = await service.arrived(1, "nl")
    clock.advance(timedelta(days=340))
    told = (await privacy.purge())["people reminded"]
    clock.advance(timedelta(days=20))
    await service.arrived(1, "nl")
    clock.advance(timedelta(days=20))
    await privacy.purge()

    assert told == 1
    assert (await service.get(person.id)).id == person.id


async def test_p14_who_cannot_be_told_is_forgotten_without_it(
    privacy: Privacy, database: Database, clock: FakeClock
) -> None:
    service = People(database, clock)
    await service.arrived(1, "nl")
    await service.unreachable(1)
    clock.advance(timedelta(days=366))
    done = await privacy.purge()

    assert (done["people reminded"], done["people"]) == (0, 1)


async def test_p14_a_long_break_still_gives_a_month_of_notice(
    privacy: Privacy, database: Database, clock: FakeClock
) -> None:
    """The bot itself was off for two years: the reminder comes first all the same."""
    await People(database, clock).arrived(1, "nl")
    clock.advance(timedelta(days=730))
    first = await privacy.purge()
    clock.advance(timedelta(days=29))
    second = await privacy.purge()
    clock.advance(timedelta(days=2))
    third = await privacy.purge()

    told = [(each["people reminded"], each["people"]) for each in (first, second, third)]
    assert told == [(1, 0), (0, 0), (0, 1)]


async def test_p14_time_travel_keeps_nothing_overdue(
    privacy: Privacy, database: Database, clock: FakeClock
) -> None:
    """Four hundred days in steps, a question a week: on no day is a row past its term."""
    service = People(database, clock)
    for step in range(0, 400, 10):
        person = await service.arrived(1000 + step, "nl")
        async with database.transaction() as tx:
            await tx.run(insert(dialogues), **Planted(person, step, clock()).row(dialogues))
            await tx.run(
                insert(inbox), update_id=step + 1, received_at=clock(), finished_at=clock()
            )
        clock.advance(timedelta(days=10))
        await privacy.purge()
        async with database.reading() as reader:
            for table in (dialogues, inbox):
                about = about_of(table)
                assert about.keep is not None
                started = table.c[about.started_by[0]]
                oldest = await reader.scalar(select(func.min(started)))

                assert oldest is None or oldest >= clock() - about.keep
        assert isinstance(person.last_seen_on, date)
