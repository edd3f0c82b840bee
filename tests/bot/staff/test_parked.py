"""B-07: whoever looks after the server hears of an update that was given up, not what it held."""

from datetime import timedelta

from sqlalchemy import select

from bot.inbox import TOLD_AT_MOST, TOLD_WITHIN, TRIES, Arrival, Inbox
from bot.notifications.outbox import outbox
from bot.people.model import PersonId
from bot.staff import Role, Staff
from bot.storage.database import Database
from tests.bot.staff.conftest import Hired
from tests.support.clock import FakeClock


async def told(database: Database) -> list[tuple[PersonId, dict[str, object]]]:
    async with database.reading() as reader:
        rows = await reader.all(
            select(outbox.c.person_id, outbox.c.parameters)
            .where(outbox.c.text_key == "staff.parked")
            .order_by(outbox.c.id)
        )
    return [(row[0], row[1]) for row in rows]


async def give_up(box: Inbox, update_id: int) -> None:
    await box.accept([Arrival(update_id, 7, '{"text": "mijn geheim"}')])
    for _ in range(TRIES):
        await box.failed(update_id, "KeyError at a.py:1")


async def test_b07_technical_colleagues_hear_of_it_once_and_without_content(
    staff: Staff, database: Database, hired: Hired, clock: FakeClock
) -> None:
    await hired(Role.COORDINATOR)
    first, second = await hired(Role.TECHNICAL), await hired(Role.TECHNICAL, Role.EDITOR)
    gone = await hired(Role.TECHNICAL)
    await staff.revoke(None, gone)
    box = Inbox(database, now=clock, on_parked=staff.parked)
    await give_up(box, 1)
    await box.failed(1, "KeyError at a.py:1")  # once more, after a crash

    said = {"number": 1, "at": {"moment": clock().isoformat()}}
    assert await told(database) == [(first, said), (second, said)]


async def test_b07_also_of_what_was_no_update_at_all(
    staff: Staff, database: Database, hired: Hired, clock: FakeClock
) -> None:
    tim = await hired(Role.TECHNICAL)
    box = Inbox(database, now=clock, on_parked=staff.parked)
    for _ in range(2):
        await box.accept([Arrival(-5, -5, '"<html>"', unusable="not an update")])

    assert [person for person, _ in await told(database)] == [tim]


async def test_b07_a_storm_does_not_fill_their_phone(
    staff: Staff, database: Database, hired: Hired, clock: FakeClock
) -> None:
    await hired(Role.TECHNICAL)
    box = Inbox(database, now=clock, on_parked=staff.parked)
    for number in range(TOLD_AT_MOST + 3):
        await give_up(box, number)
    storm = len(await told(database))
    clock.advance(TOLD_WITHIN + timedelta(seconds=1))
    await give_up(box, 100)

    assert (storm, len(await told(database))) == (TOLD_AT_MOST, TOLD_AT_MOST + 1)


async def test_b07_with_nobody_to_tell_it_is_parked_all_the_same(
    staff: Staff, database: Database, hired: Hired, clock: FakeClock
) -> None:
    await hired(Role.COORDINATOR)
    box = Inbox(database, now=clock, on_parked=staff.parked)
    await give_up(box, 1)

    assert await told(database) == []
    assert await box.unfinished() == []
