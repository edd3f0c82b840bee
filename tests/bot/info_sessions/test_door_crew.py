"""S9, S13, S14, T-05, T-08: least rights at the door, groups that stay, requests made twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot import audit
from bot.info_sessions import registering
from bot.info_sessions.door import Channel, Door, NoSeatAtTheDoor, NotTheDay
from bot.info_sessions.door_views import Need
from bot.info_sessions.lookups import MOST_FOUND, matches
from bot.info_sessions.model import (
    InfoSessionClosed,
    InfoSessionId,
    NoRoom,
    NoSuchSignUp,
    PartyTooBig,
    SignUpId,
    Status,
)
from bot.info_sessions.plan import BadPlan, Group
from bot.info_sessions.planning import Planning
from bot.info_sessions.service import InfoSessions
from bot.info_sessions.tables import check_ins, sign_ups
from bot.info_sessions.tour import divide
from bot.notifications.outbox import outbox
from bot.people.model import PersonId
from bot.staff import Role, Staff
from bot.staff.model import NotAllowed
from bot.storage.database import Database
from tests.bot.info_sessions.conftest import Hired
from tests.bot.info_sessions.test_planning import PLAN, published
from tests.support.clock import FakeClock
from tests.support.info_sessions import STARTS, an_info_session, check_whole, somebodies

TOUR = (Group(2, "Onthaal"), Group(2, "Parking"))


@pytest.fixture
async def boss(hired: Hired) -> PersonId:
    return await hired(Role.COORDINATOR)


# Who may what, where.

Attempt = Callable[[Door, PersonId, InfoSessionId, SignUpId], Awaitable[object]]

LEADS: dict[str, Attempt] = {
    "departed": lambda door, by, id_, _: door.departed(by, id_),
    "unreminded": lambda door, by, id_, _: door.unreminded(by, id_),
    "divide": lambda door, by, id_, _: door.divide(by, id_),
    "into_group": lambda door, by, _, number: door.into_group(by, number, 1),
}
RECEIVES: dict[str, Attempt] = {
    "participants": lambda door, by, id_, _: door.participants(by, id_),
    "answers": lambda door, by, id_, _: door.answers(by, id_),
    "answered": lambda door, by, id_, _: door.answered(by, id_),
    "groups": lambda door, by, id_, _: door.groups(by, id_),
    "walk_in": lambda door, by, id_, _: door.walk_in(by, id_, "Iemand"),
    "check_in": lambda door, by, _, number: door.check_in(by, number),
    "undo_check_in": lambda door, by, _, number: door.undo_check_in(by, number),
}
REGISTERS: dict[str, Attempt] = {
    "register_by_name": lambda door, by, id_, _: door.register_by_name(by, id_, "Iemand"),
    "party_for": lambda door, by, _, number: door.party_for(by, number, 1),
    "withdraw_for": lambda door, by, _, number: door.withdraw_for(by, number),
}
LOOKS: dict[str, Attempt] = {
    "duty": lambda door, by, id_, _: door.duty(by, id_),
    "find": lambda door, by, id_, _: door.find(by, id_, "an"),
    "line": lambda door, by, _, number: door.line(by, number),
}
COORDINATES: dict[str, Attempt] = {
    "hosts": lambda door, by, id_, _: door.hosts(by, id_),
    "set_lead": lambda door, by, id_, _: door.set_lead(by, id_, by, True),
    "set_guide": lambda door, by, id_, _: door.set_guide(by, id_, 1, by),
}
EVERYTHING = {**LEADS, **RECEIVES, **REGISTERS, **LOOKS, **COORDINATES}
MAY = {
    "lead": {**LEADS, **RECEIVES, **REGISTERS, **LOOKS},
    "guide": {**RECEIVES, **LOOKS},
    "contact point": {**REGISTERS, **LOOKS},
    "coordinator": EVERYTHING,
    "lead elsewhere": {},
    "ambassador": {},
    "editor": {},
    "dpo": {},
    "candidate": {},
}


@pytest.mark.parametrize("who", MAY)
async def test_t05_each_may_what_their_work_needs_and_no_more(
    who: str,
    door: Door,
    planning: Planning,
    info_sessions: InfoSessions,
    database: Database,
    clock: FakeClock,
    boss: PersonId,
    hired: Hired,
) -> None:
    id_ = await published(planning, boss, replace(PLAN, groups=TOUR))
    an, candidate = await somebodies(database, 2)
    number = (await info_sessions.sign_up(an, id_, name="An")).sign_up.id
    await door.divide(boss, id_)
    lead, guide = await hired(Role.SESSION_LEAD), await hired(Role.AMBASSADOR)
    await door.set_lead(boss, id_, lead, True)
    await door.set_guide(boss, id_, 1, guide)
    by = {
        "lead": lead,
        "guide": guide,
        "coordinator": boss,
        "candidate": candidate,
    }.get(who)
    roles = {
        "contact point": Role.CONTACT_POINT,
        "lead elsewhere": Role.SESSION_LEAD,
        "ambassador": Role.AMBASSADOR,
        "editor": Role.EDITOR,
        "dpo": Role.DPO,
    }
    by = by if by is not None else await hired(roles[who])

    allowed = set()
    for name, attempt in EVERYTHING.items():
        clock.set(STARTS - timedelta(hours=2))
        try:
            await attempt(door, by, id_, number)
        except NotAllowed:
            continue
        except (InfoSessionClosed, NoSuchSignUp):
            pass
        allowed.add(name)

    assert allowed == set(MAY[who])
    await check_whole(database)


async def test_t05_only_who_meets_candidates_leads_or_guides(
    door: Door, planning: Planning, database: Database, boss: PersonId, hired: Hired
) -> None:
    id_ = await published(planning, boss, replace(PLAN, groups=TOUR))
    (candidate,) = await somebodies(database, 1)
    for whom in (candidate, await hired(Role.EDITOR), await hired(Role.DPO)):
        with pytest.raises(NotAllowed):
            await door.set_lead(boss, id_, whom, True)
        with pytest.raises(NotAllowed):
            await door.set_guide(boss, id_, 1, whom)
        with pytest.raises(BadPlan):
            await planning.lead(boss, id_, [whom])

    assert [leads for _, leads in await door.hosts(boss, id_)] == [False]


async def test_t08_who_keeps_another_role_leads_no_more(
    door: Door, desk: Staff, planning: Planning, boss: PersonId, hired: Hired, database: Database
) -> None:
    id_ = await published(planning, boss)
    lead = await hired(Role.SESSION_LEAD)
    invited = await desk.invite(None, Role.EDITOR, name="Lena")
    await desk.redeem(lead, invited.code)
    await door.set_lead(boss, id_, lead, True)
    desk.on_leaving.append(planning.left)
    await desk.revoke(boss, lead, Role.SESSION_LEAD)

    with pytest.raises(NotAllowed):
        await door.participants(lead, id_)
    assert [leads for _, leads in await door.hosts(boss, id_)] == [False]


async def test_a_colleague_hears_once_that_they_lead_or_guide(
    door: Door, planning: Planning, database: Database, boss: PersonId, hired: Hired
) -> None:
    id_ = await published(planning, boss, replace(PLAN, groups=TOUR))
    lena, gus = await hired(Role.SESSION_LEAD), await hired(Role.AMBASSADOR)
    done = [await door.set_lead(boss, id_, lena, True) for _ in range(2)]
    for _ in range(2):
        await door.set_guide(boss, id_, 2, gus)
    await door.set_lead(boss, id_, boss, True)

    assert done == [True, False]
    async with database.reading() as reader:
        promised = await reader.all(
            select(outbox.c.person_id, outbox.c.text_key).order_by(outbox.c.id)
        )
    assert [tuple(row) for row in promised] == [(lena, "door.you_lead"), (gus, "door.you_guide")]
    with pytest.raises(InfoSessionClosed):
        await door.set_guide(boss, id_, 9, gus)


async def test_the_scan_of_a_candidate_is_no_attempt_and_leaves_no_trace(
    door: Door, info_sessions: InfoSessions, database: Database
) -> None:
    id_ = await an_info_session(database)
    (an,) = await somebodies(database, 1)
    code = (await info_sessions.sign_up(an, id_)).sign_up.code
    assert code is not None
    with pytest.raises(NoSuchSignUp):
        await door.scanned(an, code)
    async with database.reading() as reader:
        assert await audit.entries(reader, most=5) == []


# Searching.


@pytest.mark.parametrize(
    ("name", "typed", "found"),
    [
        ("Émile Peeters", "emi", True),
        ("Émile Peeters", "PEET", True),
        ("Émile Peeters", "pe ém", True),
        ("Jan-Willem De Smet", "wil", True),
        ("D'Hondt", "hondt", True),
        ("Émile Peeters", "ters", False),
        ("Émile Peeters", "emile claes", False),
        ("Émile", "", False),
        ("Émile", "%", False),
        (None, "a", False),
        ("Łukasz", "luk", True),
    ],
)
def test_s9_letters_find_a_name(name: str | None, typed: str, found: bool) -> None:
    assert matches(name, typed) is found


async def test_a_contact_point_finds_few(
    door: Door, database: Database, boss: PersonId, hired: Hired
) -> None:
    id_ = await an_info_session(database, 30)
    for number in range(10):
        await door.register_by_name(boss, id_, f"De Wit {number}")
    bram = await hired(Role.CONTACT_POINT)

    assert len(await door.find(boss, id_, "d")) == 10
    assert await door.find(bram, id_, "d") == []
    assert len(await door.find(bram, id_, "de")) == MOST_FOUND


# The same request twice, at once, and for the last seat.


async def rows(database: Database) -> int:
    async with database.reading() as reader:
        found: int = await reader.scalar(select(func.count()).select_from(sign_ups))
    return found


async def test_r06_the_same_request_twice_is_one_person(
    door: Door, database: Database, clock: FakeClock, boss: PersonId
) -> None:
    id_ = await an_info_session(database, 5)
    clock.set(STARTS - timedelta(hours=2))
    at_once = await asyncio.gather(
        *(door.register_by_name(boss, id_, "Karel", once=7) for _ in range(4)),
        *(door.walk_in(boss, id_, "Fatima", once=8) for _ in range(4)),
    )

    assert len({place.sign_up.id for place in at_once}) == 2
    assert sum(place.new for place in at_once) == 2
    assert await rows(database) == 2
    await check_whole(database)


async def test_r06_control_without_the_number_twice_is_two(
    door: Door, database: Database, boss: PersonId, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = await an_info_session(database, 5)
    monkeypatch.setattr(registering, "_code_of", lambda by, once: None)
    await asyncio.gather(*(door.register_by_name(boss, id_, "Karel", once=7) for _ in range(4)))

    assert await rows(database) == 4


async def test_s9_two_colleagues_at_once_check_in_once(
    door: Door,
    info_sessions: InfoSessions,
    database: Database,
    clock: FakeClock,
    boss: PersonId,
    hired: Hired,
) -> None:
    id_ = await an_info_session(database, 5)
    (an,) = await somebodies(database, 1)
    number = (await info_sessions.sign_up(an, id_)).sign_up.id
    others = [await hired(Role.SESSION_LEAD) for _ in range(3)]
    for other in others:
        await door.set_lead(boss, id_, other, True)
    clock.set(STARTS)
    found = await asyncio.gather(*(door.check_in(by, number) for by in (boss, *others)))

    assert [each.again for each in found].count(False) == 1
    assert len({(each.checked_in_at, each.checked_in_by) for each in found}) == 1
    async with database.reading() as reader:
        assert await reader.scalar(select(func.count()).select_from(check_ins)) == 1
        noted = [entry.action for entry in await audit.entries(reader, most=9)]
    assert noted.count("info_sessions.checked_in") == 1


async def test_r01_walk_ins_at_once_for_the_last_seats(
    door: Door, database: Database, clock: FakeClock, boss: PersonId
) -> None:
    id_ = await an_info_session(database, 3)
    clock.set(STARTS)

    async def one(number: int) -> bool:
        try:
            await door.walk_in(boss, id_, f"Iemand {number}")
        except NoSeatAtTheDoor:
            return False
        return True

    got = await asyncio.gather(*(one(number) for number in range(12)))

    assert sum(got) == 3
    await check_whole(database)


async def test_s11_how_somebody_reached_us_is_their_source(
    door: Door, database: Database, clock: FakeClock, boss: PersonId
) -> None:
    id_ = await an_info_session(database, 5)
    await door.register_by_name(boss, id_, "Een", channel=Channel.MAIL)
    await door.register_by_name(boss, id_, "Twee")
    clock.set(STARTS)
    await door.walk_in(boss, id_, "Drie")

    async with database.reading() as reader:
        found = await reader.all(select(sign_ups.c.source).order_by(sign_ups.c.id))
    assert [row[0] for row in found] == ["mail", "phone", "door"]


async def test_s9_not_the_day_says_when_it_is(
    door: Door, database: Database, boss: PersonId
) -> None:
    id_ = await an_info_session(database, 5)
    with pytest.raises(NotTheDay) as refusal:
        await door.walk_in(boss, id_, "Iemand")

    assert refusal.value.parameters == {"starts": STARTS}


async def test_s13_with_more_only_beside_seats_that_nobody_waits_for(
    door: Door, info_sessions: InfoSessions, database: Database, boss: PersonId
) -> None:
    id_ = await an_info_session(database, 4, party_max=3)
    an, bo = await somebodies(database, 2)
    number = (await info_sessions.sign_up(an, id_)).sign_up.id
    await info_sessions.sign_up(bo, id_)

    assert (await door.party_for(boss, number, 3)).sign_up.party == 3
    with pytest.raises(PartyTooBig):
        await door.party_for(boss, number, 4)
    other = (await info_sessions.look(bo, id_)).place
    assert other is not None
    with pytest.raises(NoRoom):
        await door.party_for(boss, other.sign_up.id, 2)
    with pytest.raises(NoSuchSignUp):
        await door.party_for(boss, SignUpId(999), 2)
    await check_whole(database)


# What stands on the screens.


async def test_how_an_info_session_stands_is_counted_in_people(
    door: Door,
    planning: Planning,
    info_sessions: InfoSessions,
    database: Database,
    clock: FakeClock,
    boss: PersonId,
) -> None:
    id_ = await published(planning, boss, replace(PLAN, seats=4, party_max=3, groups=TOUR))
    an, bo, cy, di = await somebodies(database, 4)
    first = (await info_sessions.sign_up(an, id_, 3)).sign_up.id
    await info_sessions.sign_up(bo, id_)
    await info_sessions.sign_up(cy, id_, 2)
    await info_sessions.sign_up(di, id_)
    clock.set(STARTS - timedelta(hours=2))
    await door.check_in(boss, first)
    duty = await door.duty(boss, id_)

    assert (duty.seats, duty.expected, duty.inside, duty.waiting) == (4, 4, 3, 3)
    assert (duty.groups, duty.questions, duty.offers, duty.free) == (2, 0, 0, 0)
    assert [each.info_session.id for each in await door.day(boss)] == [id_]


async def test_what_waits_is_for_who_can_do_it(
    door: Door,
    info_sessions: InfoSessions,
    database: Database,
    clock: FakeClock,
    boss: PersonId,
    hired: Hired,
) -> None:
    id_ = await an_info_session(database, 1, waiting_list=True)
    lead, bram = await hired(Role.SESSION_LEAD), await hired(Role.CONTACT_POINT)
    elsewhere = await hired(Role.SESSION_LEAD)
    clock.set(STARTS - timedelta(hours=15))
    alone = [each.need for each in await door.waits(boss)]
    await door.set_lead(boss, id_, lead, True)
    (an,) = await somebodies(database, 1)
    await info_sessions.sign_up(an, id_)
    await door.register_by_name(boss, id_, "Karel")
    await info_sessions.withdraw(an, id_)
    needs = {
        name: [each.need for each in await door.waits(person)]
        for name, person in (
            ("boss", boss),
            ("lead", lead),
            ("bram", bram),
            ("elsewhere", elsewhere),
        )
    }
    clock.set(STARTS)

    assert alone == []
    assert needs == {"boss": [Need.CALL], "lead": [Need.CALL], "bram": [Need.CALL], "elsewhere": []}
    assert [each.need for each in await door.waits(lead)] == [Need.RECEIVE]
    assert await door.waits(boss) == []  # somebody leads it
    await door.set_lead(boss, id_, lead, False)
    assert [each.need for each in await door.waits(boss)] == [Need.RECEIVE]


# Groups.


async def test_s14_who_has_a_group_keeps_it(
    door: Door,
    planning: Planning,
    info_sessions: InfoSessions,
    database: Database,
    boss: PersonId,
) -> None:
    id_ = await published(planning, boss, replace(PLAN, groups=TOUR, party_max=2))
    people = await somebodies(database, 4)
    number = (await info_sessions.sign_up(people[0], id_)).sign_up.id
    assert await door.divide(boss, id_) == 1
    await door.into_group(boss, number, 2)
    for person in people[1:]:
        await info_sessions.sign_up(person, id_)
    assert await door.divide(boss, id_) == 3
    assert await door.divide(boss, id_) == 0

    mine = (await info_sessions.look(people[0], id_)).group
    assert mine is not None
    assert mine.number == 2
    assert [each.people for each in await door.groups(boss, id_)] == [2, 2]
    with pytest.raises(NoSuchSignUp):
        await door.into_group(boss, number, 7)
    await door.into_group(boss, number, None)
    assert (await info_sessions.look(people[0], id_)).group is None


async def test_s14_a_guide_sees_the_own_group_in_every_list(
    door: Door,
    planning: Planning,
    info_sessions: InfoSessions,
    database: Database,
    boss: PersonId,
    hired: Hired,
) -> None:
    id_ = await published(planning, boss, replace(PLAN, groups=TOUR))
    gus = await hired(Role.AMBASSADOR)
    await door.set_guide(boss, id_, 1, gus)
    for number, person in enumerate(await somebodies(database, 4)):
        await info_sessions.sign_up(person, id_, name=f"Gast {number}")
    await door.divide(boss, id_)
    everybody = await door.participants(boss, id_)
    mine = {each.sign_up_id for each in everybody if each.group == 1}

    assert len(everybody) == 4
    assert {each.sign_up_id for each in await door.participants(gus, id_)} == mine
    assert {each.sign_up_id for each in await door.find(gus, id_, "gast")} == mine
    assert len(mine) == 2


async def test_s14_a_guide_sees_of_another_group_only_whom_they_checked_in(
    door: Door,
    planning: Planning,
    info_sessions: InfoSessions,
    database: Database,
    clock: FakeClock,
    boss: PersonId,
    hired: Hired,
) -> None:
    """At the door they scan whoever comes; the numbers of others tell them nothing."""
    id_ = await published(planning, boss, replace(PLAN, groups=TOUR))
    gus = await hired(Role.AMBASSADOR)
    (an,) = await somebodies(database, 1)
    sign_up = (await info_sessions.sign_up(an, id_, name="An")).sign_up
    await door.divide(boss, id_)
    await door.set_guide(boss, id_, 2, gus)
    clock.set(STARTS)
    for attempt in (door.line, door.undo_check_in):
        with pytest.raises(NotAllowed):
            await attempt(gus, sign_up.id)
    assert sign_up.code is not None
    await door.scanned(gus, sign_up.code)
    await door.check_in(gus, sign_up.id)

    assert (await door.line(gus, sign_up.id)).sign_up.name == "An"
    assert (await door.undo_check_in(gus, sign_up.id)).checked_in_at is None
    with pytest.raises(NotAllowed):
        await door.line(gus, sign_up.id)


async def test_s14_who_walks_in_has_a_group_at_once(
    door: Door, planning: Planning, clock: FakeClock, boss: PersonId
) -> None:
    id_ = await published(planning, boss, replace(PLAN, groups=TOUR))
    clock.set(STARTS - timedelta(hours=1))
    place = await door.walk_in(boss, id_, "Fatima")

    group = (await door.line(boss, place.sign_up.id)).group
    assert group is not None
    assert group.meeting_point == "Onthaal"


@given(
    parties=st.lists(st.integers(1, 5), max_size=30),
    sizes=st.lists(st.integers(1, 12), min_size=1, max_size=6),
    kept=st.data(),
)
def test_s14_dividing_again_moves_nobody_and_leaves_nobody_out(
    parties: list[int], sizes: list[int], kept: st.DataObject
) -> None:
    groups = list(enumerate(sizes))
    everybody = list(enumerate(parties))
    before = {
        party: kept.draw(st.integers(0, len(sizes)))  # the last is a group that is gone
        for party, _ in everybody
        if kept.draw(st.booleans())
    }
    found = divide(everybody, groups, before)
    again = divide(everybody, groups, found)

    assert set(found) == {party for party, _ in everybody}
    assert all(found[party] == group for party, group in before.items() if group < len(sizes))
    assert again == found


async def test_status_is_asked_under_the_lock(
    door: Door, info_sessions: InfoSessions, database: Database, clock: FakeClock, boss: PersonId
) -> None:
    """Withdrawn a moment before the tap: not checked in."""
    id_ = await an_info_session(database, 5)
    (an,) = await somebodies(database, 1)
    number = (await info_sessions.sign_up(an, id_)).sign_up.id
    clock.set(STARTS - timedelta(hours=2))
    await info_sessions.withdraw(an, id_)

    with pytest.raises(NoSuchSignUp):
        await door.check_in(boss, number)
    assert (await door.line(boss, number)).sign_up.status is Status.ENDED
    assert [each.sign_up_id for each in await door.departed(boss, id_)] == [number]
