"""A1, A2, A4, A7, A8: what candidates do with free times."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import insert

from bot.appointments.model import (
    HELD_FOR,
    AboutTooLong,
    HaveOneAlready,
    Kind,
    NotAnAppointment,
    State,
    TimeTaken,
    Wanted,
    Why,
)
from bot.appointments.roster import Hours, Roster, Rules
from bot.appointments.service import Appointments
from bot.clock import brussels
from bot.people.model import PersonId
from bot.staff.tables import staff_absences
from bot.storage.database import Database
from tests.support.appointments import OFFICE, TALK, check_whole, contact_points, everything, told
from tests.support.clock import FakeClock
from tests.support.info_sessions import somebodies

MONDAY_NINE = brussels(2026, 11, 23, 9)
MONDAY_TEN = brussels(2026, 11, 23, 10)


async def test_a4_a_time_is_held_for_five_minutes_and_then_free_again(
    database: Database, booking: Appointments, clock: FakeClock
) -> None:
    an, bo = await somebodies(database, 2)
    (cem,) = await contact_points(database, 1)
    assert (await booking.offer(an, TALK))[0].starts_at == MONDAY_NINE
    held = await booking.hold(an, TALK, MONDAY_NINE)

    assert held.hold_until == clock() + HELD_FOR
    assert await booking.hold(an, TALK, MONDAY_NINE) == held
    assert (await booking.offer(bo, TALK))[0].starts_at > MONDAY_NINE
    assert (await booking.offer(an, TALK))[0].starts_at == MONDAY_NINE
    clock.advance(HELD_FOR)
    with pytest.raises(TimeTaken) as refusal:
        await booking.confirm(an, held.id)
    assert refusal.value.others[0].starts_at == MONDAY_NINE
    assert await booking.mine(an) == []
    taken = await booking.hold(bo, TALK, MONDAY_NINE)
    assert (await booking.confirm(bo, taken.id)).state is State.CONFIRMED
    assert await told(database, cem) == ["booked"]


async def test_a4_freed_by_release_and_by_choosing_another(
    database: Database, booking: Appointments
) -> None:
    an, bo = await somebodies(database, 2)
    await contact_points(database, 1)
    first = await booking.hold(an, TALK, MONDAY_NINE)
    second = await booking.hold(an, TALK, MONDAY_TEN)
    await booking.hold(bo, TALK, MONDAY_NINE)

    assert [each.id for each in await booking.mine(an)] == [second.id]
    assert not await booking.release(bo, second.id)
    assert not await booking.release(an, first.id)
    assert await booking.release(an, second.id)
    assert not await booking.release(an, second.id)
    await check_whole(database)


async def test_a1_who_is_too_late_sees_the_next_free_times(
    database: Database, booking: Appointments
) -> None:
    an, bo = await somebodies(database, 2)
    await contact_points(database, 1)
    held = await booking.hold(an, TALK, MONDAY_NINE)
    await booking.confirm(an, held.id)
    with pytest.raises(TimeTaken) as refusal:
        await booking.hold(bo, TALK, MONDAY_NINE)

    assert refusal.value.reason == "taken"
    assert [each.starts_at for each in refusal.value.others[:2]] == [
        MONDAY_NINE + timedelta(minutes=30),
        MONDAY_TEN,
    ]
    assert await booking.mine(bo) == []


async def test_a2_the_rules_are_checked_again_at_confirmation_and_at_reschedule(
    database: Database, booking: Appointments
) -> None:
    an, bo = await somebodies(database, 2)
    (cem,) = await contact_points(database, 1)
    kept = await booking.confirm(bo, (await booking.hold(bo, TALK, MONDAY_TEN)).id)
    held = await booking.hold(an, TALK, MONDAY_NINE)
    async with database.transaction() as tx:
        absence = {"person_id": cem, "from_on": date(2026, 11, 23), "until_on": date(2026, 11, 24)}
        await tx.run(insert(staff_absences).values(absence))

    with pytest.raises(TimeTaken) as refusal:
        await booking.confirm(an, held.id)
    assert refusal.value.reason == "away"
    assert refusal.value.others[0].starts_at == brussels(2026, 11, 25, 9)
    with pytest.raises(TimeTaken):
        await booking.reschedule(bo, kept.id, brussels(2026, 11, 24, 9))
    booking.rules = Rules(own_days=frozenset({date(2026, 11, 25)}))
    with pytest.raises(TimeTaken) as refusal:
        await booking.reschedule(bo, kept.id, brussels(2026, 11, 25, 9))
    assert refusal.value.reason == "closed"
    moved = await booking.reschedule(bo, kept.id, brussels(2026, 11, 26, 9))
    assert moved.starts_at == brussels(2026, 11, 26, 9)


async def test_a2_who_chose_in_time_may_take_five_minutes(
    database: Database, booking: Appointments, clock: FakeClock
) -> None:
    (an,) = await somebodies(database, 1)
    await contact_points(database, 1)
    clock.set(MONDAY_NINE - timedelta(hours=4))
    held = await booking.hold(an, TALK, MONDAY_NINE)
    clock.advance(timedelta(minutes=4))

    assert (await booking.confirm(an, held.id)).state is State.CONFIRMED


async def test_a7_rescheduling_keeps_colleague_and_entry(
    database: Database, booking: Appointments
) -> None:
    an, _ = await somebodies(database, 2)
    cem, dirk = await contact_points(database, 2)
    first = await booking.confirm(an, (await booking.hold(an, TALK, MONDAY_NINE)).id)
    moved = await booking.reschedule(an, first.id, MONDAY_TEN)
    again = await booking.reschedule(an, first.id, MONDAY_TEN)

    assert (moved.colleague_id, moved.uid, moved.sequence) == (cem, first.uid, 1)
    assert (moved.why, again) == (Why.SAME, moved)
    sooner = await booking.offer(an, TALK, moved=first.id, not_with=cem)
    assert {each.colleague_id for each in sooner} == {dirk}
    other = await booking.reschedule(an, first.id, sooner[0].starts_at, dirk)
    assert (other.colleague_id, other.sequence, other.why) == (dirk, 2, Why.CHOSEN)
    assert await told(database, cem) == ["booked", "moved", "gone"]
    assert await told(database, dirk) == ["booked"]
    held = {each["state"] for each in await everything(database)}
    assert held == {"confirmed"}


async def test_a8_cancelling_frees_the_time_at_once(
    database: Database, booking: Appointments, clock: FakeClock
) -> None:
    an, bo = await somebodies(database, 2)
    (cem,) = await contact_points(database, 1)
    mine = await booking.confirm(an, (await booking.hold(an, TALK, MONDAY_NINE)).id)
    with pytest.raises(NotAnAppointment):
        await booking.cancel(bo, mine.id)

    assert await booking.cancel(an, mine.id)
    assert not await booking.cancel(an, mine.id)
    theirs = await booking.confirm(bo, (await booking.hold(bo, TALK, MONDAY_NINE)).id)
    assert await told(database, cem) == ["booked", "gone", "booked"]
    clock.set(MONDAY_NINE)
    with pytest.raises(NotAnAppointment):
        await booking.cancel(bo, theirs.id)


async def test_a1_one_open_appointment_of_a_kind(
    database: Database, booking: Appointments, clock: FakeClock
) -> None:
    (an,) = await somebodies(database, 1)
    await contact_points(database, 1)
    first = await booking.confirm(an, (await booking.hold(an, TALK, MONDAY_NINE)).id)
    with pytest.raises(HaveOneAlready) as refusal:
        await booking.hold(an, TALK, MONDAY_TEN)
    assert refusal.value.parameters == {"appointment_id": first.id}
    by_phone = replace(TALK, kind=Kind.PHONE)
    await booking.confirm(an, (await booking.hold(an, by_phone, MONDAY_TEN)).id)
    with pytest.raises(TimeTaken) as taken:
        await booking.reschedule(an, first.id, MONDAY_TEN)
    assert taken.value.reason in ("taken", "own")
    clock.set(MONDAY_TEN + timedelta(hours=1))
    await booking.hold(an, TALK, brussels(2026, 11, 24, 9))
    booking.rules = Rules(one_of_a_kind=False)
    await booking.confirm(an, (await booking.hold(an, TALK, brussels(2026, 11, 25, 9))).id)
    await booking.confirm(an, (await booking.hold(an, TALK, brussels(2026, 11, 26, 9))).id)


async def test_a1_a_candidate_is_in_one_place_at_a_time(
    database: Database, booking: Appointments
) -> None:
    (an,) = await somebodies(database, 1)
    cem, dirk = await contact_points(database, 2)
    await booking.confirm(an, (await booking.hold(an, TALK, MONDAY_NINE, cem)).id)
    by_phone = replace(TALK, kind=Kind.PHONE)
    with pytest.raises(TimeTaken) as refusal:
        await booking.hold(an, by_phone, MONDAY_NINE, dirk)

    assert refusal.value.reason == "own"


async def test_a5_the_least_loaded_who_fits_is_chosen_and_nobody_absent(
    database: Database, booking: Appointments
) -> None:
    people = await somebodies(database, 4)
    cem, dirk = await contact_points(database, 2)
    found = []
    for person in people[:3]:
        held = await booking.hold(person, TALK, MONDAY_NINE + timedelta(hours=len(found)))
        found.append(((await booking.confirm(person, held.id)).colleague_id, held.why))
    assert found == [(cem, Why.FEWEST), (dirk, Why.FEWEST), (cem, Why.FEWEST)]
    async with database.transaction() as tx:
        absence = {"person_id": dirk, "from_on": date(2026, 11, 23), "until_on": date(2026, 11, 23)}
        await tx.run(insert(staff_absences).values(absence))
    held = await booking.hold(people[3], TALK, brussels(2026, 11, 23, 16))
    assert (held.colleague_id, held.why) == (cem, Why.ONLY_ONE)


async def test_a5_open_conversations_count(database: Database, clock: FakeClock) -> None:
    (an,) = await somebodies(database, 1)
    cem, dirk = await contact_points(database, 2)

    async def conversations(_: object) -> dict[PersonId, int]:
        return {cem: 6}

    booking = Appointments(database, now=clock, conversations=conversations)
    assert (await booking.offer(an, TALK))[0].colleague_id == dirk
    assert (await booking.hold(an, TALK, MONDAY_NINE)).colleague_id == dirk


async def test_a5_nobody_fits(database: Database, booking: Appointments) -> None:
    (an,) = await somebodies(database, 1)
    await contact_points(database, 1)
    german = Wanted(TALK.topic, TALK.track, "de")

    assert await booking.offer(an, german) == []
    with pytest.raises(TimeTaken) as refusal:
        await booking.hold(an, german, MONDAY_NINE)
    assert refusal.value.others == ()


async def test_a1_earlier_later_and_another_day(database: Database, booking: Appointments) -> None:
    (an,) = await somebodies(database, 1)
    await contact_points(database, 1)
    first = await booking.offer(an, TALK, most=4)
    later = await booking.offer(an, TALK, around=first[-1].starts_at + timedelta(minutes=1), most=4)
    back = await booking.offer(an, TALK, around=later[0].starts_at, earlier=True, most=4)
    thursday = await booking.offer(an, TALK, only_on=date(2026, 11, 26), most=50)

    assert later[0].starts_at == brussels(2026, 11, 23, 11)
    assert back == first
    assert len(thursday) == 14
    assert await booking.offer(an, TALK, only_on=date(2026, 11, 28)) == []


async def test_a11_on_request_the_colleague_is_asked(
    database: Database, booking: Appointments
) -> None:
    (an,) = await somebodies(database, 1)
    (cem,) = await contact_points(database, 1, replace(OFFICE, on_request=True))
    asked = await booking.confirm(an, (await booking.hold(an, TALK, MONDAY_NINE)).id)

    assert asked.state is State.REQUESTED
    assert await told(database, cem) == ["requested"]


async def test_a1_what_it_is_about_is_one_short_line(
    database: Database, booking: Appointments
) -> None:
    (an,) = await somebodies(database, 1)
    await contact_points(database, 1)
    held = await booking.hold(an, TALK, MONDAY_NINE)
    with pytest.raises(AboutTooLong):
        await booking.confirm(an, held.id, "x" * 121)
    await booking.confirm(an, held.id, "  over de\n proeven ")

    assert (await booking.get(an, held.id)).about == "over de proeven"


async def test_r18_old_and_foreign_numbers_open_nothing(
    database: Database, booking: Appointments
) -> None:
    an, bo = await somebodies(database, 2)
    await contact_points(database, 1)
    held = await booking.hold(an, TALK, MONDAY_NINE)
    before = await everything(database)
    for work in (
        booking.confirm(bo, held.id),
        booking.reschedule(bo, held.id, MONDAY_TEN),
        booking.cancel(bo, held.id),
        booking.agree(bo, held.id),
        booking.get(bo, held.id),
        booking.agree(an, held.id),
        booking.reschedule(an, held.id, MONDAY_TEN),
    ):
        with pytest.raises(NotAnAppointment):
            await work
    assert await everything(database) == before


async def test_a2_limits_of_day_and_week(database: Database, booking: Appointments) -> None:
    people = await somebodies(database, 4)
    few = Roster(weekly={0: (Hours(540, 720),), 1: (Hours(540, 720),)}, per_day=1, per_week=2)
    await contact_points(database, 1, few)
    days = []
    for person in people[:3]:
        soonest = (await booking.offer(person, TALK))[0].starts_at
        await booking.confirm(person, (await booking.hold(person, TALK, soonest)).id)
        days.append(soonest.date())

    assert days == [date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 30)]
    with pytest.raises(TimeTaken) as refusal:
        await booking.hold(people[3], TALK, MONDAY_TEN)
    assert refusal.value.reason == "day_full"
