"""A9, R-15, R-16: reminders at the right moment, once, or in a list; holds and words that end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.appointments.desk import AppointmentDesk
from bot.appointments.model import HELD_FOR
from bot.appointments.service import Appointments
from bot.appointments.tables import appointments
from bot.appointments.timers import AppointmentTimers
from bot.appointments.times import (
    Reminder,
    reminder_due_at,
    reminder_now,
    reminder_until,
    stage_at,
)
from bot.clock import BRUSSELS, brussels
from bot.notifications.outbox import outbox
from bot.storage.database import Database
from tests.support.appointments import TALK, contact_points, everything, told
from tests.support.clock import FakeClock
from tests.support.figures import figure
from tests.support.info_sessions import somebodies

TUESDAY_TEN = brussels(2026, 11, 24, 10)


@pytest.mark.parametrize("year", [2027, 2028])
def test_r15_each_talk_of_the_year_is_reminded_of_by_the_clock(year: int) -> None:
    day = date(year, 1, 1)
    while day.year == year:
        for hour in range(8, 21, figure(1, 4)):
            starts_at = brussels(day.year, day.month, day.day, hour)
            before = reminder_due_at(Reminder.DAY, starts_at).astimezone(BRUSSELS)
            assert (before.hour, before.date()) == (hour, day - timedelta(days=1))
            soon = reminder_due_at(Reminder.HOURS, starts_at)
            assert soon == max(
                starts_at - timedelta(hours=2), brussels(day.year, day.month, day.day, 7)
            )
        day += timedelta(days=1)


@pytest.mark.parametrize(
    "starts_at",
    [
        brussels(2027, 3, 28, 10),
        brussels(2027, 10, 31, 10),
        brussels(2028, 3, 26, 10),
        brussels(2028, 10, 29, 10),
        brussels(2027, 3, 28, 8),
    ],
)
def test_r15_minute_by_minute_each_once_in_the_nights_of_the_clock(starts_at: datetime) -> None:
    moment, stage, sent = starts_at - timedelta(hours=30), 0, []
    while moment < starts_at:
        which = reminder_now(moment, starts_at)
        if which is not None and which > stage:
            stage = which
            sent.append((which, moment))
        moment += timedelta(minutes=1)

    assert sent == [(which, reminder_due_at(which, starts_at)) for which in Reminder]
    assert stage_at(starts_at, starts_at) == Reminder.HOURS


async def booked(database: Database, booking: Appointments) -> tuple[int, int]:
    (an,) = await somebodies(database, 1)
    (cem,) = await contact_points(database, 1)
    held = await booking.hold(an, TALK, TUESDAY_TEN)
    await booking.confirm(an, held.id, "over de proeven")
    return an, cem


async def test_a9_reminded_the_day_before_and_two_hours_before(
    database: Database, booking: Appointments, timers: AppointmentTimers, clock: FakeClock
) -> None:
    (an,) = await somebodies(database, 1)
    await contact_points(database, 1)
    mine = await booking.confirm(an, (await booking.hold(an, TALK, TUESDAY_TEN)).id)
    for moment in (
        brussels(2026, 11, 23, 9, 59),
        brussels(2026, 11, 23, 10),
        brussels(2026, 11, 23, 10, 5),
        brussels(2026, 11, 24, 8),
        brussels(2026, 11, 24, 8, 5),
        brussels(2026, 11, 24, 9, 45),
    ):
        clock.set(moment)
        await timers.tick()
        await timers.tick()

    assert await told(database, an) == ["reminder_day", "reminder_hours"]
    async with database.reading() as reader:
        rows = await reader.all(select(outbox.c.key, outbox.c.expires_at).order_by(outbox.c.id))
    reminders = [row for row in rows if row.key.startswith("appointments.reminder")]
    assert [row.expires_at for row in reminders] == [
        reminder_until(which, mine.starts_at) for which in Reminder
    ]


@pytest.mark.parametrize("down", [1, 60, 30 * 60, 3600, 5400, 5401, 6600, 6 * 3600])
async def test_r16_after_downtime_late_or_in_the_list(
    sqlite_database: Database, clock: FakeClock, down: int
) -> None:
    """Seconds after the moment of the last reminder."""
    from bot.staff import Staff

    database = sqlite_database
    booking, timers = Appointments(database, now=clock), AppointmentTimers(database, clock)
    desk = AppointmentDesk(Staff(database, clock), database, now=clock)
    (an,) = await somebodies(database, 1)
    (cem,) = await contact_points(database, 1)
    await booking.confirm(an, (await booking.hold(an, TALK, TUESDAY_TEN)).id)
    clock.set(TUESDAY_TEN - timedelta(hours=2) + timedelta(seconds=down))
    await timers.tick()

    in_time = down <= 5400
    assert await told(database, an) == (["reminder_hours"] if in_time else [])
    listed = [each.starts_at for each in await desk.not_reminded(cem)]
    over = clock() >= TUESDAY_TEN + timedelta(minutes=30)
    assert listed == ([] if in_time or over else [TUESDAY_TEN])


async def test_a9_who_books_late_gets_what_is_still_to_come(
    database: Database, booking: Appointments, timers: AppointmentTimers, clock: FakeClock
) -> None:
    (an,) = await somebodies(database, 1)
    await contact_points(database, 1)
    clock.set(brussels(2026, 11, 23, 20))
    await booking.confirm(an, (await booking.hold(an, TALK, TUESDAY_TEN)).id)
    await timers.tick()
    assert await told(database, an) == []
    clock.set(brussels(2026, 11, 24, 8))
    await timers.tick()
    assert await told(database, an) == ["reminder_hours"]


async def test_a9_no_reminder_of_what_was_moved_or_cancelled(
    database: Database, booking: Appointments, timers: AppointmentTimers, clock: FakeClock
) -> None:
    (an,) = await somebodies(database, 1)
    await contact_points(database, 1)
    mine = await booking.confirm(an, (await booking.hold(an, TALK, TUESDAY_TEN)).id)
    clock.set(brussels(2026, 11, 23, 10))
    await timers.tick()
    await booking.reschedule(an, mine.id, brussels(2026, 11, 26, 10))
    clock.set(brussels(2026, 11, 25, 10))
    await timers.tick()
    await booking.cancel(an, mine.id)
    clock.set(brussels(2026, 11, 26, 8))
    await timers.tick()

    async with database.reading() as reader:
        rows = await reader.all(
            select(outbox.c.state).where(outbox.c.person_id == an).order_by(outbox.c.id)
        )
    assert [row.state for row in rows] == ["dropped", "dropped"]
    assert await told(database, an) == ["reminder_day", "reminder_day"]


async def test_a4_holds_expire_and_are_forgotten(
    database: Database, booking: Appointments, timers: AppointmentTimers, clock: FakeClock
) -> None:
    (an,) = await somebodies(database, 1)
    await contact_points(database, 1)
    await booking.hold(an, TALK, TUESDAY_TEN)
    assert await timers.expire() == 0
    clock.advance(HELD_FOR)
    assert (await timers.expire(), await timers.expire()) == (1, 0)
    assert [each["ended_how"] for each in await everything(database)] == ["expired"]
    clock.advance(timedelta(days=1, minutes=1))
    await timers.forget()
    assert await everything(database) == []


async def test_p14_what_it_was_about_goes_after_a_week(
    database: Database, booking: Appointments, timers: AppointmentTimers, clock: FakeClock
) -> None:
    await booked(database, booking)
    clock.set(TUESDAY_TEN + timedelta(days=7))
    await timers.forget()
    assert [each["about"] for each in await everything(database)] == ["over de proeven"]
    clock.advance(timedelta(hours=1))
    await timers.forget()
    assert [each["about"] for each in await everything(database)] == [None]


async def test_r16_a_reminder_that_could_not_be_sent_is_listed(
    database: Database,
    booking: Appointments,
    desk: AppointmentDesk,
    timers: AppointmentTimers,
    clock: FakeClock,
) -> None:
    an, cem = await booked(database, booking)
    clock.set(brussels(2026, 11, 24, 8))
    await timers.tick()
    async with database.transaction() as tx:
        late = {"state": "dropped", "reason": "too late", "ended_at": clock()}
        await tx.run(update(outbox).where(outbox.c.person_id == an).values(late))
        found = await tx.scalar(select(appointments.c.reminded))
    clock.set(datetime(2026, 11, 24, 8, 45, tzinfo=UTC))

    assert found == Reminder.HOURS
    assert len(await desk.not_reminded(cem)) == 1  # type: ignore[arg-type]
