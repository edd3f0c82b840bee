"""S14, S17, R-16: groups by the clock, the lists of the evening before, whom nobody reminded."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import brussels
from bot.info_sessions.door import Door
from bot.info_sessions.model import InfoSessionId
from bot.info_sessions.plan import Group, Plan
from bot.info_sessions.planning import Planning
from bot.info_sessions.service import InfoSessions
from bot.info_sessions.tables import sign_ups, tour_groups
from bot.info_sessions.timers import InfoSessionTimers
from bot.notifications.delivery import Delivery
from bot.notifications.outbox import outbox
from bot.people.model import PersonId
from bot.people.store import people
from bot.staff import Role, Staff
from bot.storage.database import Database
from tests.bot.info_sessions.conftest import Chat, Hired
from tests.support.clock import FakeClock
from tests.support.info_sessions import STARTS, somebodies

EVENING = brussels(2026, 12, 11, 18)


@pytest.fixture
async def boss(hired: Hired) -> PersonId:
    return await hired(Role.COORDINATOR)


async def published(
    planning: Planning, boss: PersonId, *, starts_at: datetime = STARTS, **fields: Any
) -> InfoSessionId:
    plan = Plan(
        "Infosessie", starts_at, starts_at + timedelta(hours=2), "Markt 1, Aalst", 20, **fields
    )
    id_ = await planning.create(boss, plan)
    await planning.publish(boss, id_)
    return id_


async def lists(database: Database) -> list[tuple[PersonId, str]]:
    """Who was promised which document."""
    async with database.reading() as reader:
        rows = await reader.all(
            select(outbox.c.person_id, outbox.c.document)
            .where(outbox.c.document.is_not(None))
            .order_by(outbox.c.id)
        )
    return [(PersonId(row[0]), row[1]) for row in rows]


async def groups(database: Database, id_: InfoSessionId) -> list[int | None]:
    async with database.reading() as reader:
        rows = await reader.all(
            select(tour_groups.c.number)
            .select_from(sign_ups)
            .outerjoin(tour_groups, tour_groups.c.id == sign_ups.c.group_id)
            .where(sign_ups.c.info_session_id == id_, sign_ups.c.ended_at.is_(None))
            .order_by(sign_ups.c.id)
        )
    return [row[0] for row in rows]


# The lists.


async def test_s17_at_six_the_evening_before_who_leads_gets_both_lists_once(
    database: Database,
    planning: Planning,
    door: Door,
    timers: InfoSessionTimers,
    delivery: Delivery,
    chat: Chat,
    clock: FakeClock,
    hired: Hired,
    boss: PersonId,
) -> None:
    lead = await hired(Role.SESSION_LEAD)
    id_ = await published(planning, boss)
    await door.set_lead(boss, id_, lead, on=True)
    await door.register_by_name(boss, id_, "An")
    clock.set(EVENING - timedelta(seconds=1))
    await timers.tick()
    assert await lists(database) == []
    clock.set(EVENING)
    for _ in range(3):
        await timers.tick()
        clock.advance(timedelta(minutes=1))

    kinds = [f"info_sessions.list_pdf/{id_}", f"info_sessions.list_csv/{id_}"]
    assert await lists(database) == [(lead, kind) for kind in kinds]
    await delivery.deliver_due()
    assert sorted(file.name for file in chat.files.values()) == [
        "deelnemers-2026-12-12.csv",
        "deelnemers-2026-12-12.pdf",
    ]
    assert any(b"An" in file.content for file in chat.files.values())


@pytest.mark.parametrize(
    ("back_at", "comes"),
    [
        pytest.param(EVENING + timedelta(hours=6), True, id="in the night"),
        pytest.param(STARTS - timedelta(minutes=1), True, id="a minute before the start"),
        pytest.param(STARTS + timedelta(minutes=90), True, id="while it goes on"),
        pytest.param(STARTS + timedelta(hours=2), False, id="when it is over"),
    ],
)
async def test_s17_after_a_break_the_lists_come_late(
    database: Database,
    planning: Planning,
    timers: InfoSessionTimers,
    clock: FakeClock,
    boss: PersonId,
    back_at: datetime,
    comes: bool,
) -> None:
    id_ = await published(planning, boss)
    clock.set(back_at)
    await timers.evening.send_lists()
    await timers.evening.send_lists()

    kinds = [f"info_sessions.list_pdf/{id_}", f"info_sessions.list_csv/{id_}"]
    assert await lists(database) == [(boss, kind) for kind in kinds if comes]


async def test_s17_a_list_that_could_not_be_sent_before_the_end_is_not_sent(
    planning: Planning,
    timers: InfoSessionTimers,
    delivery: Delivery,
    chat: Chat,
    clock: FakeClock,
    boss: PersonId,
) -> None:
    await published(planning, boss)
    clock.set(EVENING)
    await timers.evening.send_lists()
    clock.set(STARTS + timedelta(hours=2, seconds=1))
    await delivery.deliver_due()

    assert chat.files == {}


async def test_s17_on_another_date_the_lists_come_again(
    database: Database,
    planning: Planning,
    timers: InfoSessionTimers,
    clock: FakeClock,
    boss: PersonId,
) -> None:
    id_ = await published(planning, boss)
    clock.set(EVENING)
    await timers.evening.send_lists()
    await planning.change(boss, id_, starts_at=STARTS + timedelta(days=7))
    await timers.evening.send_lists()
    assert len(await lists(database)) == 2
    clock.set(EVENING + timedelta(days=7))
    await timers.evening.send_lists()

    assert len(await lists(database)) == 4


async def test_s17_what_is_published_on_the_day_itself_has_its_list_when_signing_up_is_over(
    database: Database,
    planning: Planning,
    timers: InfoSessionTimers,
    clock: FakeClock,
    boss: PersonId,
) -> None:
    clock.set(STARTS - timedelta(hours=3))
    await published(planning, boss)
    await timers.evening.send_lists()
    assert await lists(database) == []
    clock.set(STARTS - timedelta(hours=1))
    await timers.evening.send_lists()

    assert len(await lists(database)) == 2


@pytest.mark.parametrize("day", [brussels(2027, 3, 28, 10), brussels(2027, 10, 31, 10)])
async def test_s17_six_o_clock_is_six_o_clock_before_the_nights_on_which_clocks_change(
    database: Database,
    planning: Planning,
    timers: InfoSessionTimers,
    clock: FakeClock,
    boss: PersonId,
    day: datetime,
) -> None:
    await published(planning, boss, starts_at=day)
    evening = brussels(day.year, day.month, day.day - 1, 18)
    clock.set(evening - timedelta(seconds=1))
    assert await timers.evening.send_lists() == 0
    clock.set(evening)

    assert await timers.evening.send_lists() == 2


async def test_t3_a_lead_who_is_away_is_left_alone(
    database: Database,
    planning: Planning,
    door: Door,
    desk: Staff,
    timers: InfoSessionTimers,
    clock: FakeClock,
    hired: Hired,
    boss: PersonId,
) -> None:
    lead = await hired(Role.SESSION_LEAD)
    id_ = await published(planning, boss)
    await door.set_lead(boss, id_, lead, on=True)
    await desk.absent(lead, EVENING.date(), STARTS.date())
    clock.set(EVENING)
    await timers.evening.send_lists()

    assert {person for person, _ in await lists(database)} == {boss}


async def test_s17_a_cancelled_one_has_no_list(
    database: Database,
    planning: Planning,
    timers: InfoSessionTimers,
    clock: FakeClock,
    boss: PersonId,
) -> None:
    id_ = await published(planning, boss)
    await planning.cancel(boss, id_)
    clock.set(EVENING)
    await timers.tick()

    assert await lists(database) == []


# Tour groups.


async def test_s14_groups_are_divided_when_signing_up_ends(
    database: Database,
    planning: Planning,
    door: Door,
    timers: InfoSessionTimers,
    clock: FakeClock,
    boss: PersonId,
) -> None:
    id_ = await published(
        planning,
        boss,
        groups=(Group(10, "Inkom"), Group(10, "Garage")),
        closes_at=STARTS - timedelta(days=3),
    )
    for name in ("An", "Bo", "Ça", "Di"):
        await door.register_by_name(boss, id_, name)
    assert await groups(database, id_) == [None] * 4
    clock.set(STARTS - timedelta(days=3))
    await timers.tick()
    divided = await groups(database, id_)
    clock.set(EVENING)
    await timers.tick()

    assert sorted(each or 0 for each in divided) == [1, 1, 2, 2]
    assert await groups(database, id_) == divided


async def test_s14_the_evening_before_newcomers_are_placed_and_nobody_is_moved(
    database: Database,
    planning: Planning,
    door: Door,
    timers: InfoSessionTimers,
    clock: FakeClock,
    boss: PersonId,
) -> None:
    id_ = await published(planning, boss, groups=(Group(10, "Inkom"), Group(10, "Garage")))
    for name in ("An", "Bo"):
        await door.register_by_name(boss, id_, name)
    await door.divide(boss, id_)
    before = await groups(database, id_)
    for name in ("Ça", "Di"):
        await door.register_by_name(boss, id_, name)
    clock.set(EVENING)
    await timers.tick()

    after = await groups(database, id_)
    assert after[:2] == before
    assert sorted(each or 0 for each in after) == [1, 1, 2, 2]


# Whom no reminder reached.


async def told(database: Database, person: PersonId) -> list[str]:
    async with database.reading() as reader:
        rows = await reader.all(
            select(outbox.c.text_key).where(outbox.c.person_id == person).order_by(outbox.c.id)
        )
    return [row[0] for row in rows]


@pytest.mark.parametrize(
    ("back_before", "is_listed"),
    [
        pytest.param(timedelta(hours=3), False, id="three hours before"),
        pytest.param(timedelta(minutes=30), False, id="half an hour before, just in time"),
        pytest.param(timedelta(minutes=29, seconds=59), True, id="a second too late"),
        pytest.param(-timedelta(hours=1), True, id="while it goes on"),
        pytest.param(-timedelta(hours=3), True, id="when it is over"),
    ],
)
async def test_r16_after_a_break_reminded_or_listed(
    database: Database,
    planning: Planning,
    info_sessions: InfoSessions,
    timers: InfoSessionTimers,
    delivery: Delivery,
    clock: FakeClock,
    boss: PersonId,
    back_before: timedelta,
    is_listed: bool,
) -> None:
    id_ = await published(planning, boss)
    an, bo = await somebodies(database, 2)
    for person in (an, bo):
        await info_sessions.sign_up(person, id_)
    clock.set(STARTS - back_before)
    for _ in range(3):
        await timers.tick()
        await delivery.deliver_due()

    if timedelta() < back_before and not is_listed:
        assert "info_sessions.reminder_morning" in await told(database, an)
    else:
        assert "info_sessions.reminder_morning" not in await told(database, an)
    clock.set(max(clock(), STARTS - timedelta(minutes=29)))
    await timers.tick()
    await timers.tick()
    assert (await told(database, boss)).count("papers.nobody_reminded") == is_listed


async def test_r16_promised_in_time_but_never_sent_is_listed_too(
    database: Database,
    planning: Planning,
    info_sessions: InfoSessions,
    timers: InfoSessionTimers,
    delivery: Delivery,
    chat: Chat,
    clock: FakeClock,
    boss: PersonId,
) -> None:
    """Telegram was away from seven in the morning until the start."""
    id_ = await published(planning, boss)
    (an,) = await somebodies(database, 1)
    await info_sessions.sign_up(an, id_)
    await delivery.deliver_due()
    clock.set(brussels(2026, 12, 12, 7))
    await timers.tick()
    clock.set(STARTS - timedelta(minutes=29))
    await timers.tick()
    await delivery.deliver_due()

    assert (await told(database, boss)).count("papers.nobody_reminded") == 1
    async with database.reading() as reader:
        account = await reader.scalar(select(people.c.account).where(people.c.id == an))
    assert [text for who, text in chat.said if who == account] == []


async def test_r16_a_reminder_never_comes_when_the_next_one_is_due(
    database: Database,
    planning: Planning,
    info_sessions: InfoSessions,
    timers: InfoSessionTimers,
    delivery: Delivery,
    chat: Chat,
    clock: FakeClock,
    boss: PersonId,
) -> None:
    """Promised a week before; Telegram comes back the evening before: only that one is said."""
    id_ = await published(planning, boss)
    (an,) = await somebodies(database, 1)
    await info_sessions.sign_up(an, id_)
    clock.set(brussels(2026, 12, 5, 10))
    await timers.tick()
    clock.set(EVENING + timedelta(minutes=1))
    await timers.tick()
    await delivery.deliver_due()

    async with database.reading() as reader:
        account = await reader.scalar(select(people.c.account).where(people.c.id == an))
    heard = [text for who, text in chat.said if who == account]
    assert len(heard) == 1
    assert "Morgen" in heard[0]


# Several processes at once.


async def test_s17_several_clocks_at_once_send_one_list(
    database: Database, planning: Planning, clock: FakeClock, boss: PersonId
) -> None:
    await published(planning, boss)
    clock.set(EVENING)
    clocks = [InfoSessionTimers(database, clock).evening for _ in range(6)]
    sent = await asyncio.gather(*(each.send_lists() for each in clocks))

    assert sorted(sent) == [0, 0, 0, 0, 0, 2]
    assert len(await lists(database)) == 2
