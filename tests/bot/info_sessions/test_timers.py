"""S8, S11, R-16: reminders, closing, thanks, forgetting; also after a break and done twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, update

from bot.clock import brussels
from bot.info_sessions.model import InfoSessionId, PoolKind, State, Status, Track
from bot.info_sessions.service import InfoSessions
from bot.info_sessions.tables import (
    check_ins,
    head_starts,
    info_session_counts,
    info_sessions,
    sign_ups,
)
from bot.info_sessions.timers import InfoSessionTimers
from bot.notifications.outbox import outbox
from bot.people.model import PersonId
from bot.people.store import people
from bot.privacy import Privacy
from bot.storage.database import Database
from bot.storage.ledger import Ledger
from tests.support.clock import FakeClock
from tests.support.info_sessions import STARTS, an_info_session, check_whole, holders, somebodies

HELD_AT = STARTS + timedelta(hours=2)


@pytest.fixture
def service(database: Database, clock: FakeClock) -> InfoSessions:
    return InfoSessions(database, clock)


async def told(database: Database, person: PersonId) -> list[str]:
    async with database.reading() as reader:
        rows = await reader.all(
            select(outbox.c.text_key).where(outbox.c.person_id == person).order_by(outbox.c.id)
        )
    return [row[0].removeprefix("info_sessions.") for row in rows]


async def state_of(database: Database, id_: InfoSessionId) -> str:
    async with database.reading() as reader:
        found: str = await reader.scalar(
            select(info_sessions.c.state).where(info_sessions.c.id == id_)
        )
    return found


async def test_s8_each_reminder_once_through_three_weeks(
    service: InfoSessions, timers: InfoSessionTimers, database: Database, clock: FakeClock
) -> None:
    id_ = await an_info_session(database)
    an, late = await somebodies(database, 2)
    await service.sign_up(an, id_)
    seen = []
    while clock() < HELD_AT:
        if clock() == brussels(2026, 12, 11, 19):
            await service.sign_up(late, id_)
        await timers.tick()
        await timers.tick()
        heard = len(await told(database, an))
        if heard > len(seen):
            seen.append(clock())
        clock.advance(timedelta(hours=1))

    assert await told(database, an) == ["reminder_week", "reminder_day", "reminder_morning"]
    assert seen == [
        brussels(2026, 12, 5, 10),
        brussels(2026, 12, 11, 18),
        brussels(2026, 12, 12, 7),
    ]
    assert await told(database, late) == ["reminder_morning"]


@pytest.mark.parametrize(
    ("back_before", "heard"),
    [
        pytest.param(timedelta(hours=14), ["reminder_day"], id="late, the evening before"),
        pytest.param(timedelta(hours=2), ["reminder_morning"], id="one of three, the last"),
        pytest.param(timedelta(minutes=30), ["reminder_morning"], id="half an hour is enough"),
        pytest.param(timedelta(minutes=29), [], id="too late to help"),
    ],
)
async def test_r16_after_a_break_one_reminder_that_still_helps(
    service: InfoSessions,
    timers: InfoSessionTimers,
    database: Database,
    clock: FakeClock,
    back_before: timedelta,
    heard: list[str],
) -> None:
    id_ = await an_info_session(database)
    (an,) = await somebodies(database, 1)
    await service.sign_up(an, id_)
    clock.set(STARTS - back_before)
    await timers.remind()
    await timers.remind()

    assert await told(database, an) == heard


@pytest.mark.parametrize(
    ("back_at", "heard"),
    [
        pytest.param(brussels(2026, 12, 11, 20, 59), ["reminder_day"], id="in the evening"),
        pytest.param(brussels(2026, 12, 11, 21), [], id="too late in the evening"),
        pytest.param(brussels(2026, 12, 12, 3), [], id="at night"),
        pytest.param(brussels(2026, 12, 12, 7), ["reminder_morning"], id="at seven"),
    ],
)
async def test_r16_what_was_missed_in_the_evening_wakes_nobody(
    service: InfoSessions,
    timers: InfoSessionTimers,
    database: Database,
    clock: FakeClock,
    back_at: datetime,
    heard: list[str],
) -> None:
    id_ = await an_info_session(database)
    (an,) = await somebodies(database, 1)
    await service.sign_up(an, id_)
    clock.set(back_at)
    await timers.remind()

    assert await told(database, an) == heard


async def test_s8_who_withdrew_or_waits_is_not_reminded(
    service: InfoSessions, timers: InfoSessionTimers, database: Database, clock: FakeClock
) -> None:
    id_ = await an_info_session(database, 2)
    an, bo, cy = await somebodies(database, 3)
    for person in (an, bo, cy):
        await service.sign_up(person, id_)
    await service.withdraw(an, id_)
    clock.set(brussels(2026, 12, 5, 10))
    await timers.remind()

    assert [await told(database, person) for person in (an, bo, cy)] == [
        [],
        ["reminder_week"],
        ["offered"],
    ]


async def test_the_life_of_an_info_session(
    service: InfoSessions, timers: InfoSessionTimers, database: Database, clock: FakeClock
) -> None:
    id_ = await an_info_session(database, 1)
    an, bo = await somebodies(database, 2)
    for person in (an, bo):
        await service.sign_up(person, id_)
    states = []
    for moment in (
        STARTS - timedelta(hours=2),
        STARTS - timedelta(hours=1),
        HELD_AT,
        HELD_AT + timedelta(days=30),
    ):
        clock.set(moment)
        await timers.tick()
        await timers.tick()
        states.append(await state_of(database, id_))

    assert states == ["published", "closed", "held", "anonymised"]
    assert await told(database, bo) == ["no_seat"]
    await check_whole(database)


async def test_s8_thanks_go_to_those_who_came(
    service: InfoSessions, timers: InfoSessionTimers, database: Database, clock: FakeClock
) -> None:
    id_ = await an_info_session(database)
    an, bo = await somebodies(database, 2)
    number = (await service.sign_up(an, id_)).sign_up.id
    await service.sign_up(bo, id_)
    async with database.transaction() as tx:
        await tx.run(insert(check_ins).values(sign_up_id=number, at=STARTS, by_id=None))
    clock.set(HELD_AT)
    await timers.tick()
    before = await told(database, an)
    clock.set(brussels(2026, 12, 13, 10))
    await timers.tick()
    await timers.tick()

    assert before == []
    assert [await told(database, person) for person in (an, bo)] == [["thanks"], []]


async def test_s11_names_go_and_counts_by_track_language_and_source_stay(
    service: InfoSessions, timers: InfoSessionTimers, database: Database, clock: FakeClock
) -> None:
    id_ = await an_info_session(database, 4, kept_days=10, track="civilian")
    an, bo, cy, di, ed = await somebodies(database, 5)
    async with database.transaction() as tx:
        await tx.run(update(people).where(people.c.id == bo).values(language="fr", source="tram"))
        row = {"info_session_id": id_, "person_id": an, "from_at": clock()}
        await tx.run(insert(head_starts).values(row))
    first = (await service.sign_up(an, id_, party=2, name="An Peeters")).sign_up.id
    await service.sign_up(bo, id_)
    await service.sign_up(cy, id_)
    await service.sign_up(di, id_)
    await service.sign_up(ed, id_)
    await service.withdraw(ed, id_)
    async with database.transaction() as tx:
        await tx.run(insert(check_ins).values(sign_up_id=first, at=STARTS, by_id=cy))
    clock.set(HELD_AT)
    await timers.tick()
    clock.set(HELD_AT + timedelta(days=10) - timedelta(seconds=1))
    assert await timers.anonymise() == 0
    clock.advance(timedelta(seconds=1))
    assert (await timers.anonymise(), await timers.anonymise()) == (1, 0)

    async with database.reading() as reader:
        left = [
            await reader.scalar(select(func.count()).select_from(table))
            for table in (sign_ups, check_ins, head_starts)
        ]
        counted = {
            (row.what, row.track, row.language, row.source): row.people
            for row in await reader.all(select(info_session_counts))
        }
    assert left == [0, 0, 0]
    assert counted == {
        ("came", "civilian", "nl", ""): 2,
        ("absent", "civilian", "fr", "tram"): 1,
        ("absent", "civilian", "nl", ""): 1,
        ("waiting", "civilian", "nl", ""): 1,
        ("withdrawn", "civilian", "nl", ""): 1,
    }
    await check_whole(database)


async def test_s11_a_cancelled_one_is_forgotten_too(
    timers: InfoSessionTimers, service: InfoSessions, database: Database, clock: FakeClock
) -> None:
    id_ = await an_info_session(database)
    (an,) = await somebodies(database, 1)
    await service.sign_up(an, id_)
    async with database.transaction() as tx:
        await tx.run(
            update(info_sessions).where(info_sessions.c.id == id_).values(state=State.CANCELLED)
        )
    clock.set(HELD_AT + timedelta(days=30))
    await timers.tick()

    async with database.reading() as reader:
        statement = select(func.count()).where(sign_ups.c.status == Status.CONFIRMED.value)
        assert await reader.scalar(statement) == 0
    assert await state_of(database, id_) == "anonymised"


async def test_s6_after_half_a_year_they_are_asked_once_and_no_answer_ends_it(
    service: InfoSessions,
    timers: InfoSessionTimers,
    database: Database,
    clock: FakeClock,
    tmp_path: Path,
) -> None:
    an, bo = await somebodies(database, 2)
    for person in (an, bo):
        await service.interested(person, Track.UNIFORM, "nl")
    privacy = Privacy(database, Ledger(tmp_path), clock)
    clock.advance(timedelta(days=168))
    early = await timers.ask_the_interested()
    clock.advance(timedelta(days=1))
    asked = [await timers.ask_the_interested() for _ in range(2)]
    await service.interested(an, Track.UNIFORM, "nl")
    clock.advance(timedelta(days=15))
    await privacy.purge()

    assert (early, asked) == (0, [2, 0])
    assert await told(database, bo) == ["still_interested"]
    left = [await service.interests_of(person) for person in (an, bo)]
    assert left == [[(Track.UNIFORM, "nl")], []]


async def test_t21_who_hoards_seats_and_does_not_confirm_loses_them_to_who_waits(
    service: InfoSessions, timers: InfoSessionTimers, database: Database, clock: FakeClock
) -> None:
    """Twenty accounts take all seats and say nothing; An says yes; five people wait."""
    id_ = await an_info_session(database, 21, must_confirm=True)
    an, *crowd = await somebodies(database, 26)
    hoarders, others = crowd[:20], crowd[20:]
    number = (await service.sign_up(an, id_)).sign_up.id
    for person in (*hoarders, *others):
        await service.sign_up(person, id_)
    clock.set(brussels(2026, 12, 5, 10))
    await timers.tick()
    await service.still_coming(an, number, True)
    clock.set(STARTS - timedelta(hours=24, seconds=1))
    early = await timers.free_unconfirmed()
    clock.advance(timedelta(seconds=1))
    freed = [await timers.free_unconfirmed() for _ in range(2)]

    assert (early, freed) == (0, [5, 0])
    assert await told(database, an) == ["reminder_confirm"]
    assert await told(database, hoarders[-1]) == ["reminder_confirm", "not_confirmed"]
    assert [await told(database, person) for person in others] == [["offered"]] * 5
    assert await holders(database, id_, Status.CONFIRMED) == [an, *hoarders[:15]]
    await check_whole(database)


async def asked_and_silent(timers: InfoSessionTimers, clock: FakeClock) -> None:
    """They were asked a week before; now it is the day before."""
    clock.set(brussels(2026, 12, 5, 10))
    await timers.tick()
    clock.set(STARTS - timedelta(hours=24))


async def test_t21_seats_nobody_waits_for_are_left_alone(
    service: InfoSessions, timers: InfoSessionTimers, database: Database, clock: FakeClock
) -> None:
    """Who waits cannot sit on the seats of a school; the school's silence costs nothing."""
    pools = {PoolKind.SCHOOL: 2}
    id_ = await an_info_session(database, 1, must_confirm=True, pools=pools)
    an, bo, cy, di = await somebodies(database, 4)
    for person in (an, di):
        await service.sign_up(person, id_)
    for person in (bo, cy):
        await service.sign_up(person, id_, wish=PoolKind.SCHOOL)
    await asked_and_silent(timers, clock)

    assert await timers.free_unconfirmed() == 1
    assert await holders(database, id_, Status.CONFIRMED) == [bo, cy]
    assert await holders(database, id_, Status.OFFERED) == [di]
    await check_whole(database)


@pytest.mark.parametrize(
    ("party", "freed"),
    [
        pytest.param(2, 2, id="as many as the party needs"),
        pytest.param(3, 0, id="none, when they are not enough for the party"),
    ],
)
async def test_t21_nobody_loses_a_seat_that_nobody_gets(
    service: InfoSessions,
    timers: InfoSessionTimers,
    database: Database,
    clock: FakeClock,
    party: int,
    freed: int,
) -> None:
    id_ = await an_info_session(database, 3, must_confirm=True)
    an, bo, cy, di = await somebodies(database, 4)
    number = (await service.sign_up(an, id_)).sign_up.id
    await service.sign_up(bo, id_)
    await service.sign_up(cy, id_)
    await service.sign_up(di, id_, party=party)
    await service.still_coming(an, number, True)
    await asked_and_silent(timers, clock)

    assert await timers.free_unconfirmed() == freed
    assert len(await holders(database, id_, Status.CONFIRMED)) == 3 - freed
    await check_whole(database)


async def test_t21_without_that_rule_silence_costs_nothing(
    service: InfoSessions, timers: InfoSessionTimers, database: Database, clock: FakeClock
) -> None:
    id_ = await an_info_session(database, 1)
    an, bo = await somebodies(database, 2)
    for person in (an, bo):
        await service.sign_up(person, id_)
    clock.set(brussels(2026, 12, 5, 10))
    await timers.tick()
    clock.set(STARTS - timedelta(hours=20))

    assert await timers.free_unconfirmed() == 0
    assert await holders(database, id_, Status.CONFIRMED) == [an]
