"""T-08: who may do what is looked through each quarter, and whenever a coordinator wants to."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import BRUSSELS, brussels
from bot.notifications.outbox import outbox
from bot.people.model import PersonId
from bot.staff import NotAllowed, Role, Staff
from bot.staff.model import Access, quarter_of, review_begins_on
from bot.storage.database import Database
from tests.bot.staff.conftest import Hired
from tests.support.clock import FakeClock

COORDINATOR, EDITOR, CONTACT_POINT = Role.COORDINATOR, Role.EDITOR, Role.CONTACT_POINT

JANUARY = brussels(2027, 1, 4, 9)
"""The first Monday of the quarter; the fake clock begins in November."""


async def asked(database: Database) -> list[tuple[PersonId, datetime, Any]]:
    async with database.reading() as reader:
        rows = await reader.all(
            select(outbox.c.person_id, outbox.c.due_at, outbox.c.parameters)
            .where(outbox.c.text_key == "staff.review_due")
            .order_by(outbox.c.id)
        )
    return [(row[0], row[1], row[2]) for row in rows]


def roles_of(accesses: list[Access]) -> list[tuple[PersonId, Role, bool]]:
    return [(each.person, each.term.role, each.is_due) for each in accesses]


@pytest.mark.parametrize(
    ("day", "begin", "monday"),
    [
        (date(2026, 11, 21), date(2026, 10, 1), date(2026, 10, 5)),
        (date(2027, 1, 1), date(2027, 1, 1), date(2027, 1, 4)),
        (date(2027, 3, 31), date(2027, 1, 1), date(2027, 1, 4)),
        (date(2027, 12, 31), date(2027, 10, 1), date(2027, 10, 4)),
        (date(2028, 5, 1), date(2028, 4, 1), date(2028, 4, 3)),
    ],
)
def test_t08_a_quarter_begins_on_a_first_and_its_review_on_a_monday(
    day: date, begin: date, monday: date
) -> None:
    assert (quarter_of(day), review_begins_on(day)) == (begin, monday)
    assert monday.weekday() == 0


async def test_t08_the_list_says_who_has_what_since_when_and_when_they_last_acted(
    staff: Staff, hired: Hired, clock: FakeClock
) -> None:
    sofie = await hired(COORDINATOR)
    bram = await hired(CONTACT_POINT, EDITOR, ends_on=date(2027, 7, 1))
    gone = await hired(EDITOR)
    await staff.revoke(None, gone)
    clock.advance(timedelta(days=2))
    await staff.absent(bram, date(2026, 12, 1), date(2026, 12, 2))
    acted = clock()
    clock.advance(timedelta(days=2))
    found = await staff.review(sofie)

    assert roles_of(found) == [
        (sofie, COORDINATOR, False),
        (bram, CONTACT_POINT, False),
        (bram, EDITOR, False),
    ]
    of_bram = found[1]
    assert of_bram.term.starts_on == date(2026, 11, 21)
    assert of_bram.term.ends_on == date(2027, 7, 1)
    assert of_bram.last_acted_at == acted


async def test_t08_each_quarter_what_is_older_waits_and_what_is_kept_does_not(
    staff: Staff, hired: Hired, clock: FakeClock
) -> None:
    sofie, bram = await hired(COORDINATOR), await hired(EDITOR)
    counts = [await staff.to_review(sofie)]
    clock.set(JANUARY - timedelta(days=1))
    counts.append(await staff.to_review(sofie))
    clock.set(JANUARY)
    await hired(CONTACT_POINT)  # new this quarter
    counts.append(await staff.to_review(sofie))
    first = roles_of(await staff.review(sofie))
    await staff.keep(sofie, sofie, COORDINATOR)
    counts.append(await staff.to_review(sofie))
    await staff.revoke(sofie, bram)
    counts.append(await staff.to_review(sofie))
    clock.set(brussels(2027, 4, 5, 9))
    counts.append(await staff.to_review(sofie))

    assert counts == [0, 0, 2, 1, 0, 2]
    assert [(person, due) for person, _, due in first][:2] == [(sofie, True), (bram, True)]


async def test_t08_coordinators_are_asked_on_the_first_monday_and_monthly_until_it_is_done(
    staff: Staff, database: Database, hired: Hired, clock: FakeClock
) -> None:
    sofie, els, bram = await hired(COORDINATOR), await hired(COORDINATOR), await hired(EDITOR)
    clock.set(brussels(2027, 1, 1, 12))
    await staff.tidy()
    too_early = await asked(database)
    clock.set(brussels(2027, 1, 4, 0, 5))
    for _ in range(3):
        await staff.tidy()
    clock.set(brussels(2027, 1, 20, 12))
    await staff.tidy()
    january = await asked(database)
    await staff.keep(sofie, bram, EDITOR)
    clock.set(brussels(2027, 2, 1, 22))
    await staff.tidy()
    february = (await asked(database))[len(january) :]
    for person in (sofie, els):
        await staff.keep(els, person, COORDINATOR)
    clock.set(brussels(2027, 3, 1, 12))
    await staff.tidy()

    assert too_early == []
    assert january == [(each, JANUARY, {"count": 3}) for each in (sofie, els)]
    morning = brussels(2027, 2, 2, 9)
    assert february == [(each, morning, {"count": 2}) for each in (sofie, els)]
    assert len(await asked(database)) == 4


async def test_t08_after_downtime_it_is_asked_at_once(
    staff: Staff, database: Database, hired: Hired, clock: FakeClock
) -> None:
    sofie = await hired(COORDINATOR)
    clock.set(brussels(2027, 2, 17, 14, 30))
    await staff.tidy()

    assert [(person, at.astimezone(BRUSSELS).hour) for person, at, _ in await asked(database)] == [
        (sofie, 14)
    ]


async def test_t08_only_a_coordinator_looks_and_only_at_what_is_there(
    staff: Staff, hired: Hired
) -> None:
    sofie, bram, dpo = await hired(COORDINATOR), await hired(EDITOR), await hired(Role.DPO)
    for attempt in (
        staff.review(bram),
        staff.review(dpo),
        staff.to_review(bram),
        staff.keep(bram, bram, EDITOR),
        staff.keep(dpo, bram, EDITOR),
        staff.keep(sofie, bram, CONTACT_POINT),
    ):
        with pytest.raises(NotAllowed):
            await attempt
