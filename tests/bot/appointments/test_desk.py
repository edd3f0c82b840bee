"""A10 to A12, A14: what colleagues do, and who may."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot import audit
from bot.appointments.colleagues import OwnHours
from bot.appointments.desk import AppointmentDesk
from bot.appointments.model import (
    HaveOneAlready,
    Kind,
    NotAnAppointment,
    NothingToUndo,
    NotYet,
    Outcome,
    RosterImpossible,
    State,
    TimeTaken,
    Why,
)
from bot.appointments.roster import Hours, Roster
from bot.appointments.service import Appointments
from bot.clock import brussels
from bot.people.model import Person, PersonId
from bot.people.store import get as person_of
from bot.privacy import Privacy
from bot.staff import Staff
from bot.staff.model import NotAllowed
from bot.storage.database import Database
from bot.storage.ledger import Ledger
from tests.support.appointments import (
    OFFICE,
    TALK,
    a_coordinator,
    check_whole,
    contact_points,
    everything,
    told,
)
from tests.support.clock import FakeClock
from tests.support.info_sessions import somebodies

NINE = brussels(2026, 11, 23, 9)
TEN = brussels(2026, 11, 23, 10)
ASKING = replace(OFFICE, on_request=True)


async def test_a11_accept_propose_agree(
    database: Database, booking: Appointments, desk: AppointmentDesk, clock: FakeClock
) -> None:
    (an,) = await somebodies(database, 1)
    (cem,) = await contact_points(database, 1, ASKING)
    asked = await booking.confirm(an, (await booking.hold(an, TALK, NINE)).id)
    other = await desk.propose(cem, asked.id, TEN)
    assert (other.state, other.sequence, other.starts_at) == (State.PROPOSED, 1, TEN)
    with pytest.raises(NotAnAppointment):
        await desk.accept(cem, asked.id)
    agreed = await booking.agree(an, asked.id)
    assert (agreed.state, await booking.agree(an, asked.id)) == (State.CONFIRMED, agreed)
    moved = await booking.reschedule(an, asked.id, NINE)
    assert moved.state is State.REQUESTED
    assert (await desk.accept(cem, asked.id)).state is State.CONFIRMED
    assert (await desk.accept(cem, asked.id)).state is State.CONFIRMED

    assert await told(database, an) == ["proposed", "accepted"]
    assert await told(database, cem) == ["requested", "booked", "requested"]
    async with database.reading() as reader:
        assert [each.action for each in await audit.entries(reader)] == [
            "appointments.accepted",
            "appointments.proposed",
        ]


async def test_a11_a_proposal_nobody_answers_ends(
    database: Database, booking: Appointments, desk: AppointmentDesk, clock: FakeClock
) -> None:
    an, bo = await somebodies(database, 2)
    (cem,) = await contact_points(database, 1, ASKING)
    asked = await booking.confirm(an, (await booking.hold(an, TALK, NINE)).id)
    await desk.propose(cem, asked.id, TEN)
    clock.advance(timedelta(hours=24))
    with pytest.raises(NotAnAppointment):
        await booking.agree(an, asked.id)
    await booking.hold(bo, TALK, TEN)

    assert await told(database, an) == ["proposed", "proposal_over"]
    assert await told(database, cem) == ["requested", "gone"]


async def test_a11_passed_on_to_whoever_is_free(
    database: Database, booking: Appointments, desk: AppointmentDesk
) -> None:
    an, bo = await somebodies(database, 2)
    cem, dirk = await contact_points(database, 2)
    mine = await booking.confirm(an, (await booking.hold(an, TALK, NINE, cem)).id)
    moved = await desk.pass_on(cem, mine.id)
    assert (moved.colleague_id, moved.why, moved.uid) == (dirk, Why.TAKEN_OVER, mine.uid)
    with pytest.raises(NotAnAppointment):
        await desk.pass_on(cem, mine.id)
    await booking.confirm(bo, (await booking.hold(bo, TALK, NINE, cem)).id)
    with pytest.raises(TimeTaken) as refusal:
        await desk.pass_on(dirk, mine.id)

    assert refusal.value.others[0].colleague_id == cem
    assert await told(database, an) == ["taken_over"]
    assert await told(database, cem) == ["booked", "gone", "booked"]
    assert await told(database, dirk) == ["booked"]


async def test_r02_staff_books_for_a_candidate_by_the_same_rules(
    database: Database, booking: Appointments, desk: AppointmentDesk
) -> None:
    an, bo = await somebodies(database, 2)
    (cem,) = await contact_points(database, 1)
    made = await desk.book_for(cem, an, TALK, NINE)
    again = await desk.book_for(cem, an, TALK, NINE)
    assert (again.id, made.state, made.why) == (made.id, State.CONFIRMED, Why.CHOSEN)
    with pytest.raises(HaveOneAlready):
        await desk.book_for(cem, an, TALK, TEN)
    for wrong in (NINE, brussels(2026, 11, 22, 9), brussels(2027, 6, 1, 9)):
        with pytest.raises(TimeTaken):
            await desk.book_for(cem, bo, TALK, wrong)

    assert await told(database, an) == ["booked_for"]
    assert [each.id for each in await booking.mine(an)] == [made.id]
    assert [each.id for each in await desk.agenda(cem)] == [made.id]


async def test_a8_cancelled_by_a_colleague_the_candidate_is_told(
    database: Database, booking: Appointments, desk: AppointmentDesk
) -> None:
    an, bo = await somebodies(database, 2)
    (cem,) = await contact_points(database, 1)
    mine = await booking.confirm(an, (await booking.hold(an, TALK, NINE)).id)

    assert await desk.cancel(cem, mine.id)
    assert not await desk.cancel(cem, mine.id)
    assert await told(database, an) == ["cancelled_by_us"]
    await booking.hold(bo, TALK, NINE)


async def test_a12_outcome_after_the_start_only_by_staff_only(
    database: Database, booking: Appointments, desk: AppointmentDesk, clock: FakeClock
) -> None:
    (an,) = await somebodies(database, 1)
    (cem,) = await contact_points(database, 1)
    mine = await booking.confirm(an, (await booking.hold(an, TALK, NINE)).id)
    with pytest.raises(NotYet):
        await desk.outcome(cem, mine.id, Outcome.CAME)
    clock.set(NINE)
    with pytest.raises(NotAllowed):
        await desk.outcome(an, mine.id, Outcome.CAME)
    await desk.outcome(cem, mine.id, Outcome.DID_NOT_COME)
    await desk.outcome(cem, mine.id, Outcome.WE_WERE_ABSENT)

    assert (await everything(database))[0]["outcome"] == "we_were_absent"
    assert await told(database, an) == ["missed"]


async def test_a12_what_was_cancelled_has_no_outcome(
    database: Database, booking: Appointments, desk: AppointmentDesk, clock: FakeClock
) -> None:
    (an,) = await somebodies(database, 1)
    (cem,) = await contact_points(database, 1)
    mine = await booking.confirm(an, (await booking.hold(an, TALK, NINE)).id)
    await booking.cancel(an, mine.id)
    clock.set(NINE)
    with pytest.raises(NotAnAppointment):
        await desk.outcome(cem, mine.id, Outcome.CAME)


async def test_a10_an_absence_moves_or_cancels_with_one_decision(
    database: Database, booking: Appointments, desk: AppointmentDesk, staff: Staff
) -> None:
    an, bo, cas = await somebodies(database, 3)
    cem, dirk = await contact_points(database, 2)
    first = await desk.book_for(cem, an, TALK, NINE)
    second = await desk.book_for(cem, bo, TALK, TEN)
    await desk.book_for(dirk, cas, TALK, TEN)
    await staff.absent(cem, date(2026, 11, 23), date(2026, 11, 24))
    assert [each.id for each in await desk.affected(cem)] == [first.id, second.id]
    done = await desk.rearrange(cem)

    assert [each.id for each in done.taken_over] == [first.id]
    assert [each.id for each in done.cancelled] == [second.id]
    assert await told(database, an) == ["booked_for", "taken_over"]
    assert await told(database, bo) == ["booked_for", "cancelled_by_us"]
    assert (await desk.rearrange(cem)).taken_over == ()
    await check_whole(database)


async def test_a10_all_of_it_is_cancelled_when_that_is_the_decision(
    database: Database, desk: AppointmentDesk, staff: Staff
) -> None:
    (an,) = await somebodies(database, 1)
    cem, _ = await contact_points(database, 2)
    mine = await desk.book_for(cem, an, TALK, NINE)
    await staff.absent(cem, date(2026, 11, 23), date(2026, 11, 24))
    done = await desk.rearrange(cem, move=False)

    assert [each.id for each in done.cancelled] == [mine.id]


async def test_a10_who_leaves_is_taken_over_at_once(
    database: Database, booking: Appointments, desk: AppointmentDesk, staff: Staff
) -> None:
    (an,) = await somebodies(database, 1)
    cem, dirk = await contact_points(database, 2)
    mine = await desk.book_for(cem, an, TALK, NINE)
    await staff.revoke(None, cem)

    (now,) = await booking.mine(an)
    assert (now.id, now.colleague_id) == (mine.id, dirk)
    assert {each.colleague_id for each in await booking.offer(an, TALK, most=20)} == {dirk}
    with pytest.raises(NotAllowed):
        await desk.agenda(cem)


async def test_a10_an_absence_of_today_hands_over_by_itself(
    database: Database, booking: Appointments, desk: AppointmentDesk, staff: Staff, clock: FakeClock
) -> None:
    (an,) = await somebodies(database, 1)
    cem, dirk = await contact_points(database, 2)
    await desk.book_for(cem, an, TALK, TEN)
    clock.set(brussels(2026, 11, 23, 7))
    await staff.absent(cem, date(2026, 11, 23), date(2026, 11, 23))

    assert [each.colleague_id for each in await booking.mine(an)] == [dirk]


async def erased(database: Database, privacy: Privacy, id_: PersonId) -> None:
    async with database.reading() as reader:
        person = await person_of(reader, id_)
    assert isinstance(person, Person)
    await privacy.forget(person)


async def test_p14_whoever_is_erased_leaves_nobody_waiting(
    database: Database,
    booking: Appointments,
    desk: AppointmentDesk,
    staff: Staff,
    clock: FakeClock,
    tmp_path: object,
) -> None:
    an, bo = await somebodies(database, 2)
    cem, dirk = await contact_points(database, 2)
    await desk.book_for(cem, an, TALK, NINE)
    theirs = await desk.book_for(cem, bo, TALK, TEN)
    privacy = Privacy(database, Ledger(tmp_path), clock)  # type: ignore[arg-type]
    privacy.before_erasure += [desk.forget, booking.forget]
    await erased(database, privacy, an)
    assert "gone" in await told(database, cem)
    await erased(database, privacy, cem)

    (left,) = await everything(database)
    assert (left["id"], left["colleague_id"]) == (theirs.id, dirk)


async def test_t6_only_ones_own_and_a_coordinator_everybodys(
    database: Database, desk: AppointmentDesk, own_hours: OwnHours
) -> None:
    (an,) = await somebodies(database, 1)
    cem, dirk = await contact_points(database, 2)
    coordinator = await a_coordinator(database)
    mine = await desk.book_for(cem, an, TALK, NINE)
    before = await everything(database)
    for work in (
        desk.accept(dirk, mine.id),
        desk.propose(dirk, mine.id, TEN),
        desk.pass_on(dirk, mine.id),
        desk.cancel(dirk, mine.id),
        desk.outcome(dirk, mine.id, Outcome.CAME),
    ):
        with pytest.raises(NotAnAppointment):
            await work
    for refused in (
        desk.agenda(dirk, cem),
        desk.rearrange(dirk, cem),
        desk.affected(an, cem),
        desk.book_for(an, an, TALK, TEN, cem),
        desk.agenda(an),
        own_hours.set_hours(dirk, OFFICE, cem),
        own_hours.hours(an),
        own_hours.preview(an, OFFICE),
        own_hours.undo(dirk, cem),
    ):
        with pytest.raises(NotAllowed):
            await refused
    assert await everything(database) == before
    assert len(await desk.agenda(coordinator, cem)) == 1
    assert await desk.cancel(coordinator, mine.id)


async def test_a14_two_weeks_are_seen_before_they_are_kept_and_undone_for_a_day(
    database: Database, own_hours: OwnHours, booking: Appointments, clock: FakeClock
) -> None:
    (an,) = await somebodies(database, 1)
    (cem,) = await contact_points(database, 1)
    mornings = Roster(
        weekly={0: (Hours(540, 720),)},
        other={date(2026, 11, 25): (Hours(780, 900),), date(2026, 11, 1): ()},
    )
    seen = await own_hours.preview(cem, mornings, Kind.PHONE)
    assert len(seen) == 14
    assert [(day.on.day, len(day.begins)) for day in seen if day.begins] == [
        (23, 6),
        (25, 4),
        (30, 6),
    ]
    assert await own_hours.hours(cem) == OFFICE
    await own_hours.set_hours(cem, mornings)
    kept = await own_hours.hours(cem)
    assert kept is not None
    assert date(2026, 11, 1) not in kept.other
    assert (await booking.offer(an, TALK, only_on=date(2026, 11, 24))) == []
    clock.advance(timedelta(hours=23))
    assert await own_hours.undo(cem) == OFFICE
    assert len(await booking.offer(an, TALK, only_on=date(2026, 11, 24))) == 6
    with pytest.raises(NothingToUndo):
        await own_hours.undo(cem)
    await own_hours.set_hours(cem, mornings)
    clock.advance(timedelta(hours=24))
    with pytest.raises(NothingToUndo):
        await own_hours.undo(cem)


async def test_a14_changing_hours_tells_which_appointments_are_outside(
    database: Database, own_hours: OwnHours, desk: AppointmentDesk
) -> None:
    (an,) = await somebodies(database, 1)
    (cem,) = await contact_points(database, 1)
    mine = await desk.book_for(cem, an, TALK, NINE)

    assert await own_hours.set_hours(cem, OFFICE) == []
    tuesdays = Roster(weekly={1: (Hours(540, 720),)})
    assert [each.id for each in await own_hours.set_hours(cem, tuesdays)] == [mine.id]
    with pytest.raises(RosterImpossible):
        await own_hours.set_hours(cem, Roster(step=0))
    async with database.reading() as reader:
        assert [each.action for each in await audit.entries(reader)] == [
            "appointments.hours_set",
            "appointments.booked",
        ]
