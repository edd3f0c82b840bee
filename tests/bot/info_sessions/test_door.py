"""S9, T2, T-05: registering by name, the list at the door, checking in, walk-ins."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.info_sessions.door import Door
from bot.info_sessions.model import (
    Full,
    InfoSessionClosed,
    InfoSessionId,
    Mark,
    NoSuchSignUp,
    OfferGone,
    SignUpId,
    Status,
)
from bot.info_sessions.planning import Planning
from bot.info_sessions.records import counts
from bot.info_sessions.service import InfoSessions
from bot.people.model import PersonId
from bot.staff import Role, Staff
from bot.staff.model import NameMissing, NotAllowed
from bot.storage.database import Database
from tests.bot.info_sessions.conftest import Hired
from tests.bot.info_sessions.test_planning import told
from tests.support.clock import FakeClock
from tests.support.info_sessions import STARTS, an_info_session, check_whole, holders, somebodies

CONFIRMED, WAITING = Status.CONFIRMED, Status.WAITING


@pytest.fixture
async def boss(hired: Hired) -> PersonId:
    return await hired(Role.COORDINATOR)


async def code_of(info_sessions: InfoSessions, person: PersonId) -> str:
    (place,) = await info_sessions.mine(person)
    assert place.sign_up.code is not None
    return place.sign_up.code


async def test_by_name_on_the_same_seats_and_in_the_same_queue(
    door: Door, info_sessions: InfoSessions, database: Database, boss: PersonId
) -> None:
    id_ = await an_info_session(database, 1)
    (an,) = await somebodies(database, 1)
    first = await door.register_by_name(boss, id_, "Mevr. Janssens")
    second = await info_sessions.sign_up(an, id_)
    third = await door.register_by_name(boss, id_, "Dhr. Claes", party=1)

    assert [place.sign_up.status for place in (first, second, third)] == [
        CONFIRMED,
        WAITING,
        WAITING,
    ]
    assert (second.position, third.position) == (1, 2)
    assert (await door.withdraw_for(boss, first.sign_up.id)) is True
    assert (await door.withdraw_for(boss, first.sign_up.id)) is False
    assert await told(database) == [(an, "offered")]
    with pytest.raises(NameMissing):
        await door.register_by_name(boss, id_, " \u202e ")
    await check_whole(database)


async def test_an_offer_to_somebody_by_name_is_answered_by_a_colleague(
    door: Door, planning: Planning, database: Database, boss: PersonId, hired: Hired
) -> None:
    id_ = await an_info_session(database, 1)
    lead = await hired(Role.SESSION_LEAD)
    await planning.lead(boss, id_, [lead])
    first = await door.register_by_name(boss, id_, "Een")
    waits = await door.register_by_name(boss, id_, "Twee")
    await door.withdraw_for(boss, first.sign_up.id)
    assert await told(database) == [(lead, "call")]

    answered = await door.answer_for(lead, waits.sign_up.id, yes=True)
    assert answered.sign_up.status is CONFIRMED
    with pytest.raises(OfferGone):
        await door.answer_for(lead, waits.sign_up.id, yes=False)
    await check_whole(database)


async def test_a_colleague_does_not_answer_for_somebody_who_can_themselves(
    door: Door, info_sessions: InfoSessions, database: Database, boss: PersonId
) -> None:
    id_ = await an_info_session(database, 1)
    an, bo = await somebodies(database, 2)
    for person in (an, bo):
        await info_sessions.sign_up(person, id_)
    await info_sessions.withdraw(an, id_)
    (place,) = await info_sessions.mine(bo)

    with pytest.raises(OfferGone):
        await door.answer_for(boss, place.sign_up.id, yes=True)


async def test_withdrawn_by_a_colleague_is_told(
    door: Door, info_sessions: InfoSessions, database: Database, boss: PersonId
) -> None:
    id_ = await an_info_session(database, 1)
    (an,) = await somebodies(database, 1)
    number = (await info_sessions.sign_up(an, id_)).sign_up.id
    await door.withdraw_for(boss, number)

    assert await told(database) == [(an, "removed")]


async def test_s9_scan_then_tap_then_scan_again_then_undo(
    door: Door,
    planning: Planning,
    info_sessions: InfoSessions,
    database: Database,
    clock: FakeClock,
    boss: PersonId,
    hired: Hired,
) -> None:
    id_ = await an_info_session(database, 5)
    lead = await hired(Role.SESSION_LEAD)
    await planning.lead(boss, id_, [lead])
    (an,) = await somebodies(database, 1)
    await info_sessions.sign_up(an, id_, party=2, name="An")
    clock.set(STARTS - timedelta(minutes=20))
    code = await code_of(info_sessions, an)

    first = await door.scanned(lead, code)
    assert (first.sign_up.name, first.sign_up.party, first.checked_in_at, first.is_expected) == (
        "An",
        2,
        None,
        True,
    )
    done = await door.check_in(lead, first.sign_up.id)
    at = clock()
    clock.advance(timedelta(minutes=5))
    again = await door.check_in(boss, first.sign_up.id)
    scanned = await door.scanned(boss, code)
    assert (done.checked_in_at, done.again) == (at, False)
    assert (again.checked_in_at, again.checked_in_by, again.again) == (at, lead, True)
    assert (scanned.checked_in_at, scanned.checked_in_by) == (at, lead)
    (line,) = await door.participants(lead, id_)
    assert (line.name, line.checked_in_at) == ("An", at)
    undone = [await door.undo_check_in(lead, first.sign_up.id) for _ in range(2)]
    assert [each.again for each in undone] == [False, True]
    assert (await door.scanned(lead, code)).checked_in_at is None


async def test_s9_an_outsiders_scan_reveals_nothing(
    door: Door, info_sessions: InfoSessions, database: Database, clock: FakeClock, hired: Hired
) -> None:
    """A candidate, a colleague who has nothing to do there, a wrong code: all the same."""
    id_ = await an_info_session(database, 5)
    an, bo = await somebodies(database, 2)
    number = (await info_sessions.sign_up(an, id_)).sign_up.id
    elsewhere = await hired(Role.SESSION_LEAD)
    clock.set(STARTS)
    code = await code_of(info_sessions, an)

    for person in (an, bo, elsewhere):
        for tried in (code, "x" * 22):
            with pytest.raises(NoSuchSignUp) as refusal:
                await door.scanned(person, tried)
            assert refusal.value.parameters == {}
        for attempt in (
            door.check_in(person, number),
            door.undo_check_in(person, number),
            door.participants(person, id_),
            door.walk_in(person, id_, "Iemand"),
        ):
            with pytest.raises(NotAllowed):
                await attempt


@pytest.mark.parametrize("when", [-timedelta(hours=4), timedelta(hours=6)])
async def test_s9_only_on_the_day_and_only_with_a_seat(
    door: Door,
    info_sessions: InfoSessions,
    database: Database,
    clock: FakeClock,
    boss: PersonId,
    when: timedelta,
) -> None:
    id_ = await an_info_session(database, 1)
    an, bo = await somebodies(database, 2)
    seated = (await info_sessions.sign_up(an, id_)).sign_up.id
    waits = (await info_sessions.sign_up(bo, id_)).sign_up.id
    clock.set(STARTS + when)
    with pytest.raises(InfoSessionClosed):
        await door.check_in(boss, seated)
    clock.set(STARTS)

    for number in (waits, SignUpId(999)):
        with pytest.raises(NoSuchSignUp):
            await door.check_in(boss, number)


async def test_walk_ins_while_seats_are_left(
    door: Door, info_sessions: InfoSessions, database: Database, clock: FakeClock, boss: PersonId
) -> None:
    id_ = await an_info_session(database, 2)
    (an,) = await somebodies(database, 1)
    await info_sessions.sign_up(an, id_)
    clock.set(STARTS - timedelta(minutes=10))
    came = await door.walk_in(boss, id_, "Iemand")

    lines = [
        (line.name, line.checked_in_at is not None) for line in await door.participants(boss, id_)
    ]
    assert came.sign_up.status is CONFIRMED
    assert sorted(lines, key=str) == [("Iemand", True), (None, False)]
    with pytest.raises(Full):
        await door.walk_in(boss, id_, "Nog iemand")
    await check_whole(database)


async def test_t08_a_lead_who_leaves_leads_nothing(
    door: Door,
    desk: Staff,
    planning: Planning,
    database: Database,
    clock: FakeClock,
    boss: PersonId,
    hired: Hired,
) -> None:
    id_: InfoSessionId = await an_info_session(database, 5)
    lead = await hired(Role.SESSION_LEAD)
    await planning.lead(boss, id_, [lead])
    desk.on_leaving.append(planning.left)
    await door.participants(lead, id_)
    await desk.revoke(boss, lead, Role.SESSION_LEAD)

    with pytest.raises(NotAllowed):
        await door.participants(lead, id_)
    async with database.reading() as reader:
        from bot.info_sessions import store

        assert await store.leads(reader, id_) == []


async def test_s8_one_tap_of_feedback_counted_without_a_name(
    info_sessions: InfoSessions, database: Database, clock: FakeClock
) -> None:
    id_ = await an_info_session(database, 5)
    an, bo, cy = await somebodies(database, 3)
    for person in (an, bo):
        await info_sessions.sign_up(person, id_)
    early = await info_sessions.feedback(an, id_, Mark.GOOD)
    clock.set(STARTS + timedelta(hours=3))
    given = [
        await info_sessions.feedback(person, id_, mark)
        for person, mark in ((an, Mark.GOOD), (an, Mark.POOR), (bo, Mark.GOOD), (cy, Mark.POOR))
    ]

    async with database.reading() as reader:
        found = await counts(reader, id_)
    assert (early, given) == (False, [True, False, True, False])
    assert found == {("feedback_good", "both", "", ""): 2}
    assert await holders(database, id_, CONFIRMED) == [an, bo]
