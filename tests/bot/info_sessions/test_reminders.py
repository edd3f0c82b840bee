"""R-15, R-16: every reminder at its Brussels wall time, through both nights and after a break.

What is right is worked out here once more, from the time zone's own table.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, text

from bot.info_sessions.model import InfoSessionId, Status
from bot.info_sessions.tables import info_session_pools, sign_ups
from bot.info_sessions.timers import InfoSessionTimers
from bot.notifications.outbox import outbox
from bot.people.model import PersonId
from bot.storage.database import Database
from tests.support.clock import FakeClock
from tests.support.figures import PROOF, figure
from tests.support.info_sessions import an_info_session, somebodies

WALL = ZoneInfo("Europe/Brussels")
NIGHTS = (date(2027, 3, 28), date(2027, 10, 31), date(2028, 3, 26), date(2028, 10, 29))
"""In these the clocks are changed."""

START_TIMES = (time(9, 30), time(14), time(19))
STAGES = ("reminder_week", "reminder_day", "reminder_morning")
Heard = list[tuple[str, datetime]]


def on_the_wall(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=WALL).astimezone(UTC)


def due(day: date) -> Heard:
    """When the reminders of an info session on *day* are due."""
    return [
        ("reminder_week", on_the_wall(day - timedelta(days=7), time(10))),
        ("reminder_day", on_the_wall(day - timedelta(days=1), time(18))),
        ("reminder_morning", on_the_wall(day, time(7))),
    ]


@asynccontextmanager
async def expected(
    database: Database, person: PersonId, starts_at: datetime
) -> AsyncIterator[InfoSessionId]:
    """Inside the block *person* has a seat in an info session, and nothing else is planned."""
    id_ = await an_info_session(database, starts_at=starts_at)
    async with database.transaction() as tx:
        pool = await tx.scalar(
            select(info_session_pools.c.id).where(info_session_pools.c.info_session_id == id_)
        )
        seat = {"status": Status.CONFIRMED.value, "party": 1, "pool_id": pool, "wish": "general"}
        signed_up = {"signed_up_at": starts_at - timedelta(days=60)}
        row = {"info_session_id": id_, "person_id": person, **seat, **signed_up}
        await tx.run(insert(sign_ups).values(row))
        await tx.run(text("UPDATE info_session_pools SET taken = 1"))
    yield id_
    async with database.transaction() as tx:
        for table in ("outbox", "sign_ups", "info_session_pools", "info_sessions"):
            await tx.run(text(f"DELETE FROM {table}"))


async def heard(database: Database) -> Heard:
    async with database.reading() as reader:
        rows = await reader.all(
            select(outbox.c.text_key, outbox.c.created_at, outbox.c.due_at).order_by(outbox.c.id)
        )
    assert all(row.created_at == row.due_at for row in rows), "a reminder goes out at once"
    return [(row.text_key.removeprefix("info_sessions."), row.created_at) for row in rows]


def days() -> Iterator[tuple[date, time]]:
    """Every day of two years; every day around the nights, and some others."""
    for number in range(731):
        day = date(2027, 1, 1) + timedelta(days=number)
        near = any(timedelta(0) <= day - night <= timedelta(days=7) for night in NIGHTS)
        if PROOF or near or number % 30 == 0:
            yield day, START_TIMES[number % 3]


async def test_r15_every_reminder_of_two_years_to_the_second(
    sqlite_database: Database, clock: FakeClock
) -> None:
    (an,) = await somebodies(sqlite_database, 1)
    timers = InfoSessionTimers(sqlite_database, clock)
    seen = 0
    for day, at in days():
        async with expected(sqlite_database, an, on_the_wall(day, at)):
            for _, moment in due(day):
                clock.set(moment - timedelta(seconds=1))
                await timers.remind()
                clock.set(moment)
                await timers.remind()
                await timers.remind()

            assert await heard(sqlite_database) == due(day)
            seen += 3

    assert seen >= figure(3 * 731, 3 * 50)


@pytest.mark.parametrize("night", NIGHTS, ids=str)
@pytest.mark.parametrize("days_after", [0, 1, 7])
async def test_r15_step_by_step_through_the_night(
    sqlite_database: Database, clock: FakeClock, night: date, days_after: int
) -> None:
    """The missing hour loses none, the double hour doubles none."""
    (an,) = await somebodies(sqlite_database, 1)
    timers = InfoSessionTimers(sqlite_database, clock)
    day = night + timedelta(days=days_after)
    step = timedelta(minutes=figure(1, 30))
    async with expected(sqlite_database, an, on_the_wall(day, time(14))):
        clock.set(on_the_wall(day - timedelta(days=9), time(0)))
        while clock() < on_the_wall(day, time(15)):
            await timers.remind()
            clock.advance(step)

        assert await heard(sqlite_database) == due(day)


DOWN_FOR = (
    timedelta(seconds=1),
    timedelta(seconds=2),
    timedelta(minutes=1),
    timedelta(minutes=20),
    timedelta(minutes=45),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=3),
    timedelta(hours=6),
)
BEFORE_START: tuple[time, ...] = (time(7, 45), time(8, 30), time(10), time(14), time(20))


def after_a_break(day: date, starts_at: datetime, back_at: datetime, stage: int) -> Heard:
    """What is heard when the process comes back at *back_at*, down since before that stage."""
    whole = due(day)
    if back_at <= whole[stage][1]:
        return whole
    local = back_at.astimezone(WALL).time()
    if not time(7) <= local < time(21):
        return whole[:stage] + whole[stage + 1 :]  # at night nobody is woken: the next one comes
    if starts_at - back_at < timedelta(minutes=30):
        return whole[:stage]
    return [*whole[:stage], (whole[stage][0], back_at), *whole[stage + 1 :]]


@pytest.mark.parametrize("stage", range(3), ids=STAGES)
async def test_r16_down_across_the_due_time(
    sqlite_database: Database, clock: FakeClock, stage: int
) -> None:
    """From a second to six hours: late where it still helps, and nothing is said twice."""
    (an,) = await somebodies(sqlite_database, 1)
    timers = InfoSessionTimers(sqlite_database, clock)
    day = date(2027, 6, 3)
    for at in BEFORE_START:
        starts_at = on_the_wall(day, at)
        for down_for in DOWN_FOR:
            async with expected(sqlite_database, an, starts_at):
                down_at = due(day)[stage][1] - timedelta(seconds=1)
                for _, moment in due(day)[:stage]:
                    clock.set(moment)
                    await timers.remind()
                back_at = clock.set(down_at + down_for)
                moments = [moment for _, moment in due(day) if moment > back_at]
                for moment in (back_at, *moments, starts_at):
                    clock.set(moment)
                    await timers.remind()

                found = await heard(sqlite_database)
                assert found == after_a_break(day, starts_at, back_at, stage), (at, down_for)


async def test_r16_negative_control_a_scheduler_that_forgets_is_noticed(
    sqlite_database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As schedulers do that skip what is late: the comparison above would fail."""
    from bot.info_sessions import timers as module

    def punctual(now: datetime, starts_at: datetime) -> module.Reminder | None:
        found = module.reminder_due_at
        return next((which for which in module.Reminder if found(which, starts_at) == now), None)

    monkeypatch.setattr(module, "reminder_now", punctual)
    (an,) = await somebodies(sqlite_database, 1)
    timers = InfoSessionTimers(sqlite_database, clock)
    day = date(2027, 6, 3)
    async with expected(sqlite_database, an, on_the_wall(day, time(14))):
        for _, moment in due(day):
            clock.set(moment + timedelta(seconds=1))
            await timers.remind()

        assert await heard(sqlite_database) == []
