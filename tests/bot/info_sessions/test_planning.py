"""S6, S10, S12, S14, S15, S18, T2: what coordinators do, and that nobody else can."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot import audit
from bot.clock import brussels
from bot.info_sessions.door import Door
from bot.info_sessions.model import (
    InfoSessionClosed,
    InfoSessionId,
    NoSuchSignUp,
    NotAnAnswer,
    NotOpenYet,
    PoolKind,
    SeatElsewhere,
    SeatsTaken,
    State,
    Status,
    Track,
)
from bot.info_sessions.plan import BadPlan, Group, Part, Plan, PlannedPool, Question
from bot.info_sessions.planning import Planning
from bot.info_sessions.service import InfoSessions
from bot.info_sessions.tables import info_sessions as sessions_table
from bot.info_sessions.tables import sign_ups
from bot.info_sessions.timers import InfoSessionTimers
from bot.info_sessions.tour import divide
from bot.notifications.outbox import outbox
from bot.people.model import PersonId
from bot.privacy import Privacy
from bot.staff import Role
from bot.staff.model import NotAllowed
from bot.storage.database import Database
from bot.storage.ledger import Ledger
from tests.bot.info_sessions.conftest import Hired
from tests.support.clock import FakeClock
from tests.support.info_sessions import check_whole, holders, somebodies

STARTS = brussels(2026, 12, 12, 10)
PLAN = Plan(
    title="Infosessie",
    starts_at=STARTS,
    ends_at=STARTS + timedelta(hours=2),
    place="Politiehuis Aalst",
    seats=20,
)
RICH = replace(
    PLAN,
    track=Track.UNIFORM,
    series="12 december",
    party_max=3,
    room="Zaal 1",
    latitude=50.94,
    longitude=4.04,
    bring="Niets",
    accessibility="Lift aanwezig",
    house_rules="Geen foto's",
    closes_at=STARTS - timedelta(days=1),
    pools=(PlannedPool(PoolKind.SCHOOL, 10, STARTS - timedelta(days=7)),),
    parts=(Part("Voorwaarden", 40), Part("Vragen", 20)),
    stops=(Part("Schietstand", 15), Part("Hondenbrigade", 15)),
    groups=(Group(10, "Onthaal"), Group(10, "Parking")),
    questions=(Question("Rolstoel?", "De zaal klaarzetten", date(2026, 12, 14), ("ja", "nee")),),
)


@pytest.fixture
async def boss(hired: Hired) -> PersonId:
    return await hired(Role.COORDINATOR)


async def published(planning: Planning, boss: PersonId, plan: Plan = PLAN) -> InfoSessionId:
    id_ = await planning.create(boss, plan)
    await planning.publish(boss, id_)
    return id_


async def told(database: Database) -> list[tuple[PersonId, str]]:
    async with database.reading() as reader:
        rows = await reader.all(
            select(outbox.c.person_id, outbox.c.text_key)
            .where(outbox.c.state == "pending", outbox.c.text_key.like("info_sessions.%"))
            .order_by(outbox.c.id)
        )
    return [(PersonId(row[0]), row[1].removeprefix("info_sessions.")) for row in rows]


async def test_a_plan_comes_back_as_it_was_written(planning: Planning, boss: PersonId) -> None:
    id_ = await planning.create(boss, RICH)
    state, plan = await planning.plan_of(boss, id_)

    assert state is State.DRAFT
    assert replace(plan, opens_at=None) == RICH


async def test_a_draft_can_be_rewritten_and_nothing_else_can(
    planning: Planning, boss: PersonId
) -> None:
    id_ = await planning.create(boss, RICH)
    await planning.edit(boss, id_, replace(PLAN, title="Anders"))
    _, plan = await planning.plan_of(boss, id_)
    await planning.publish(boss, id_)

    assert (plan.title, plan.pools, plan.stops) == ("Anders", (), ())
    with pytest.raises(InfoSessionClosed):
        await planning.edit(boss, id_, PLAN)


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        pytest.param({"title": "  "}, "title", id="no title"),
        pytest.param({"starts_at": brussels(2026, 11, 1)}, "starts_at", id="in the past"),
        pytest.param({"ends_at": STARTS}, "ends_at", id="ends when it starts"),
        pytest.param({"closes_at": STARTS + timedelta(1)}, "closes_at", id="closes after it began"),
        pytest.param({"opens_at": STARTS}, "opens_at", id="opens after the close"),
        pytest.param({"seats": 0}, "seats", id="no seats"),
        pytest.param({"party_max": 31}, "party_max", id="a busload"),
        pytest.param({"seats": 2001}, "seats", id="a stadium"),
        pytest.param(
            {"starts_at": brussels(9999, 12, 31), "ends_at": brussels(9999, 12, 31, 2)},
            "starts_at",
            id="in another age",
        ),
        pytest.param({"room": " "}, "room", id="a room without a name"),
        pytest.param({"bring": "x" * 501}, "bring", id="a book to bring"),
        pytest.param({"latitude": 50.9}, "pin", id="half a pin"),
        pytest.param({"latitude": 91.0, "longitude": 4.0}, "pin", id="a pin off the globe"),
        pytest.param({"stops": (Part("x", 601),)}, "stops", id="a stop of a day"),
        pytest.param({"parts": (Part("x", 1),) * 13}, "parts", id="thirteen parts"),
        pytest.param({"groups": (Group(0, "Onthaal"),)}, "groups", id="a group of nobody"),
        pytest.param({"kept_days": 31}, "kept_days", id="names kept too long"),
        pytest.param({"pools": (PlannedPool(PoolKind.GENERAL, 2),)}, "pools", id="general twice"),
        pytest.param({"parts": (Part("x", 0),)}, "parts", id="takes no time"),
        pytest.param(
            {"questions": (Question("Leeftijd?", " ", date(2026, 12, 14)),)},
            "questions",
            id="S15: a question without a purpose",
        ),
        pytest.param(
            {"questions": (Question("Leeftijd?", "Zo maar", date(2027, 1, 12)),)},
            "questions",
            id="S15: answers kept longer than names",
        ),
        pytest.param(
            {"questions": (Question("Taal?", "Groepen", date(2026, 12, 11)),)},
            "questions",
            id="S15: answers gone before the day",
        ),
    ],
)
async def test_what_cannot_be_is_not_planned(
    planning: Planning, boss: PersonId, wrong: dict[str, Any], what: str
) -> None:
    with pytest.raises(BadPlan) as refusal:
        await planning.create(boss, replace(PLAN, **wrong))

    assert refusal.value.parameters == {"what": what}


async def test_s6_publishing_tells_the_interest_list_in_order_and_lets_it_in_first(
    planning: Planning,
    info_sessions: InfoSessions,
    database: Database,
    clock: FakeClock,
    boss: PersonId,
) -> None:
    an, bo, cy, di, ed = await somebodies(database, 5)
    for person, track, language in (
        (bo, Track.UNIFORM, "nl"),
        (an, Track.BOTH, "nl"),
        (cy, Track.CIVILIAN, "nl"),
        (di, Track.UNIFORM, "fr"),
        (bo, Track.BOTH, "nl"),
    ):
        await info_sessions.interested(person, track, language)
    id_ = await planning.create(boss, replace(PLAN, track=Track.UNIFORM))
    assert (await planning.publish(boss, id_), await planning.publish(boss, id_)) == (2, 0)

    assert await told(database) == [(bo, "let_in"), (an, "let_in")]
    await info_sessions.sign_up(an, id_)
    for person in (cy, di, ed):
        with pytest.raises(NotOpenYet) as refusal:
            await info_sessions.sign_up(person, id_)
        assert refusal.value.parameters == {"opens_at": clock() + timedelta(hours=48)}
    clock.advance(timedelta(hours=48))
    await info_sessions.sign_up(ed, id_)


async def test_without_an_interest_list_it_opens_to_all_at_once(
    planning: Planning, info_sessions: InfoSessions, database: Database, boss: PersonId
) -> None:
    id_ = await published(planning, boss)
    (an,) = await somebodies(database, 1)

    assert (await info_sessions.sign_up(an, id_)).sign_up.status is Status.CONFIRMED


async def test_s18_the_same_again(planning: Planning, boss: PersonId) -> None:
    id_ = await planning.create(boss, RICH)
    later = STARTS + timedelta(days=91)
    copied = await planning.copy(boss, id_, later)
    state, plan = await planning.plan_of(boss, copied)

    assert state is State.DRAFT
    assert replace(plan, opens_at=None) == replace(RICH.at(later), series=None)
    assert plan.pools[0].release_at == later - timedelta(days=7)
    assert plan.questions[0].delete_on == date(2027, 3, 15)


async def test_s10_a_change_informs_and_asks_and_a_no_frees_the_seat(
    planning: Planning, info_sessions: InfoSessions, database: Database, boss: PersonId
) -> None:
    id_ = await published(planning, boss, replace(PLAN, seats=1))
    an, bo = await somebodies(database, 2)
    number = (await info_sessions.sign_up(an, id_)).sign_up.id
    await info_sessions.sign_up(bo, id_)
    assert await planning.change(boss, id_, room="Zaal 2") == 2
    assert await planning.change(boss, id_, room="Zaal 2") == 0
    assert await planning.change(boss, id_, starts_at=STARTS + timedelta(days=1)) == 2

    async with database.reading() as reader:
        row = await reader.one(select(sessions_table).where(sessions_table.c.id == id_))
    assert (row.sequence, row.starts_at, row.ends_at, row.closes_at) == (
        2,
        STARTS + timedelta(days=1),
        PLAN.ends_at + timedelta(days=1),
        STARTS + timedelta(hours=23),
    )
    assert await told(database) == [(an, "changed"), (bo, "changed")] * 2
    await info_sessions.still_coming(an, number, False)
    assert await holders(database, id_, Status.OFFERED) == [bo]


async def test_s10_a_whole_day_moves_and_is_called_off_together(
    planning: Planning, info_sessions: InfoSessions, database: Database, boss: PersonId
) -> None:
    made = await planning.create_day(boss, PLAN, THREE)
    await planning.publish(boss, made[0], together=True)
    an, bo = await somebodies(database, 2)
    await info_sessions.sign_up(an, made[0])
    await info_sessions.sign_up(bo, made[2])
    seen = await planning.look(boss, made[0])
    assert (seen.told, seen.told_together) == (1, 2)
    day = date(2026, 12, 19)
    assert await planning.change(boss, made[0], day=day, together=True) == 2
    assert await planning.change(boss, made[0], day=day, together=True) == 0
    await planning.amend(boss, made[0], lambda plan: replace(plan, bring="Niets"), together=True)
    plans = [(await planning.plan_of(boss, each))[1] for each in made]
    assert await planning.change(boss, made[1], place="Stadhuis") == 0
    assert await planning.cancel(boss, made[1], together=True) == 2
    assert await planning.cancel(boss, made[1], together=True) == 0

    assert [plan.starts_at for plan in plans] == [
        start + timedelta(days=7) for start, _ in sorted(THREE)
    ]
    assert {plan.bring for plan in plans} == {"Niets"}
    assert await told(database) == [
        *((an, "changed"), (bo, "changed")),
        *((an, "cancelled"), (bo, "cancelled")),
    ]
    assert {(await planning.plan_of(boss, each))[0] for each in made} == {State.CANCELLED}


async def test_s12_seats_set_apart_are_released_as_long_before_the_new_start(
    planning: Planning, timers: InfoSessionTimers, clock: FakeClock, boss: PersonId
) -> None:
    """Also when the day comes nearer, and answers would then be kept longer than they may."""
    questions = (Question("Taal?", "Groepen", date(2027, 1, 10)),)
    id_ = await published(planning, boss, replace(RICH, questions=questions))
    await planning.change(boss, id_, starts_at=STARTS - timedelta(days=4))
    _, plan = await planning.plan_of(boss, id_)
    clock.set(STARTS - timedelta(days=11))
    await timers.tick()
    pools = (await planning.look(boss, id_)).pools

    assert plan.pools[0].release_at == STARTS - timedelta(days=11)
    assert {pool.kind: pool.seats for pool in pools} == {PoolKind.GENERAL: 30, PoolKind.SCHOOL: 0}


async def test_s10_an_earlier_start_shortens_offers_under_way(
    planning: Planning, info_sessions: InfoSessions, database: Database, boss: PersonId
) -> None:
    id_ = await published(planning, boss, replace(PLAN, seats=1))
    an, bo = await somebodies(database, 2)
    for person in (an, bo):
        await info_sessions.sign_up(person, id_)
    await info_sessions.withdraw(an, id_)
    earlier = brussels(2026, 11, 22, 10)
    await planning.change(boss, id_, starts_at=earlier)

    (place,) = await info_sessions.mine(bo)
    assert place.sign_up.offer_until == earlier - timedelta(hours=1)


async def test_s10_cancelling_tells_everybody_once(
    planning: Planning, info_sessions: InfoSessions, database: Database, boss: PersonId
) -> None:
    id_ = await published(planning, boss, replace(PLAN, seats=2))
    an, bo, cy = await somebodies(database, 3)
    for person in (an, bo, cy):
        await info_sessions.sign_up(person, id_)
    await info_sessions.withdraw(an, id_)
    assert (await planning.cancel(boss, id_), await planning.cancel(boss, id_)) == (2, 0)

    assert await told(database) == [(bo, "cancelled"), (cy, "cancelled")]
    assert await info_sessions.mine(bo) == []
    await check_whole(database)


async def test_s10_who_was_registered_by_name_is_called_by_a_colleague(
    planning: Planning,
    door: Door,
    info_sessions: InfoSessions,
    database: Database,
    boss: PersonId,
) -> None:
    id_ = await published(planning, boss, replace(PLAN, seats=2))
    quiet = await published(planning, boss, replace(PLAN, seats=2))
    (an,) = await somebodies(database, 1)
    await info_sessions.sign_up(an, id_)
    await door.register_by_name(boss, id_, "Mevrouw Voorbeeld")
    await planning.change(boss, id_, room="Zaal 2")
    await planning.cancel(boss, id_)
    await planning.cancel(boss, id_)
    await planning.cancel(boss, quiet)

    assert await told(database) == [
        *((an, "changed"), (boss, "to_call_changed")),
        *((an, "cancelled"), (boss, "to_call_cancelled")),
    ]


async def test_s3_added_seats_are_offered_at_once(
    planning: Planning, info_sessions: InfoSessions, database: Database, boss: PersonId
) -> None:
    id_ = await published(planning, boss, replace(PLAN, seats=1))
    an, bo, cy, di = await somebodies(database, 4)
    for person in (an, bo, cy, di):
        await info_sessions.sign_up(person, id_)

    assert await planning.seats(boss, id_, PoolKind.GENERAL, 3) == 2
    assert await told(database) == [(bo, "offered"), (cy, "offered")]
    with pytest.raises(SeatsTaken):
        await planning.seats(boss, id_, PoolKind.GENERAL, 2)
    with pytest.raises(BadPlan):
        await planning.seats(boss, id_, PoolKind.SCHOOL, 2)
    await check_whole(database)


async def test_closing_by_hand_ends_offers_and_tells_who_waits(
    planning: Planning,
    info_sessions: InfoSessions,
    timers: InfoSessionTimers,
    database: Database,
    boss: PersonId,
) -> None:
    id_ = await published(planning, boss, replace(PLAN, seats=1))
    an, bo, cy = await somebodies(database, 3)
    for person in (an, bo, cy):
        await info_sessions.sign_up(person, id_)
    await info_sessions.withdraw(an, id_)
    await planning.close(boss, id_)
    await timers.tick()

    assert await told(database) == [(bo, "expired"), (cy, "no_seat")]
    with pytest.raises(InfoSessionClosed):
        await info_sessions.sign_up(an, id_)


async def test_s14_parties_stay_together_on_the_tour(
    planning: Planning, door: Door, info_sessions: InfoSessions, database: Database, boss: PersonId
) -> None:
    groups = (Group(3, "Onthaal"), Group(3, "Parking"))
    id_ = await published(planning, boss, replace(PLAN, groups=groups, party_max=3))
    an, bo, cy = await somebodies(database, 3)
    for person, party in ((an, 1), (bo, 3), (cy, 2)):
        await info_sessions.sign_up(person, id_, party)
    await door.divide(boss, id_)

    async with database.reading() as reader:
        rows = await reader.all(
            select(sign_ups.c.group_id, func.sum(sign_ups.c.party))
            .group_by(sign_ups.c.group_id)
            .order_by(sign_ups.c.group_id)
        )
    assert [row[1] for row in rows] == [3, 3]


@pytest.mark.parametrize(
    ("parties", "groups", "found"),
    [
        pytest.param([("a", 1)], [], {}, id="no tour"),
        pytest.param([("a", 2), ("b", 2)], [(1, 2), (2, 2)], {"a": 1, "b": 2}, id="one each"),
        pytest.param(
            [("a", 1), ("b", 3)], [(1, 3), (2, 1)], {"b": 1, "a": 2}, id="the large one first"
        ),
        pytest.param([("a", 4)], [(1, 2), (2, 3)], {"a": 2}, id="too large: where most room is"),
    ],
)
def test_s14_who_goes_with_which_group(
    parties: list[tuple[str, int]], groups: list[tuple[int, int]], found: dict[str, int]
) -> None:
    assert divide(parties, groups) == found


async def test_s14_everybody_sees_their_group_and_where_it_meets(
    planning: Planning, door: Door, info_sessions: InfoSessions, database: Database, boss: PersonId
) -> None:
    groups = (Group(3, "Onthaal", boss),)
    id_ = await published(planning, boss, replace(PLAN, groups=groups))
    an, bo = await somebodies(database, 2)
    await info_sessions.sign_up(an, id_)
    await door.divide(boss, id_)

    group = (await info_sessions.look(an, id_)).group
    assert group is not None
    assert (group.number, group.meeting_point, group.guide) == (1, "Onthaal", boss)
    assert (await info_sessions.look(bo, id_)).group is None


async def test_candidates_see_the_plan_once_it_is_published(
    planning: Planning, info_sessions: InfoSessions, database: Database, boss: PersonId
) -> None:
    id_ = await planning.create(boss, RICH)
    (an,) = await somebodies(database, 1)
    with pytest.raises(InfoSessionClosed):
        await info_sessions.look(an, id_)
    await planning.publish(boss, id_)
    before = (await info_sessions.look(an, id_)).details
    await planning.change(boss, id_, room="Zaal 9")
    after = (await info_sessions.look(an, id_)).details

    assert replace(before.plan, opens_at=None) == RICH
    assert (after.plan.room, after.uid == before.uid) == ("Zaal 9", True)
    assert (before.sequence, after.sequence) == (0, 1)


async def test_s15_answers_are_kept_until_their_day_and_no_longer(
    planning: Planning,
    door: Door,
    info_sessions: InfoSessions,
    database: Database,
    clock: FakeClock,
    boss: PersonId,
    tmp_path: Path,
) -> None:
    id_ = await published(planning, boss, RICH)
    an, bo = await somebodies(database, 2)
    number = (await info_sessions.sign_up(an, id_)).sign_up.id
    (asked,) = (await info_sessions.look(an, id_)).unanswered
    for text in ("misschien", "", "x" * 301):
        with pytest.raises(NotAnAnswer):
            await info_sessions.answer(an, number, asked.id, text)
    with pytest.raises(NoSuchSignUp):
        await info_sessions.answer(bo, number, asked.id, "ja")
    await info_sessions.answer(an, number, asked.id, "nee")
    await info_sessions.answer(an, number, asked.id, " ja ")
    privacy = Privacy(database, Ledger(tmp_path), clock)
    found = []
    for day in (14, 15, 16):
        clock.set(brussels(2026, 12, day, 12))
        await privacy.purge()
        found.append(await door.answers(boss, id_))

    assert asked.purpose == "De zaal klaarzetten"
    assert found == [{number: {asked.id: "ja"}}, {}, {}]


THREE = (
    (STARTS, STARTS + timedelta(hours=2)),
    (STARTS + timedelta(hours=6), STARTS + timedelta(hours=8)),
    (STARTS + timedelta(hours=3), STARTS + timedelta(hours=5)),
)


async def test_a_day_with_three_sessions_in_one_go(
    planning: Planning, info_sessions: InfoSessions, database: Database, boss: PersonId
) -> None:
    made = await planning.create_day(boss, PLAN, THREE)
    plans = [(await planning.plan_of(boss, each))[1] for each in made]
    await planning.publish(boss, made[0], together=True)
    (an,) = await somebodies(database, 1)
    await info_sessions.sign_up(an, made[0])

    assert [(plan.starts_at, plan.ends_at) for plan in plans] == sorted(THREE)
    assert len({plan.series for plan in plans}) == 1
    assert [plan.closing_at for plan in plans] == [
        plan.starts_at - timedelta(hours=1) for plan in plans
    ]
    with pytest.raises(SeatElsewhere):
        await info_sessions.sign_up(an, made[1])


@pytest.mark.parametrize(
    "spans",
    [
        pytest.param((), id="none"),
        pytest.param((THREE[0], THREE[0]), id="at the same time"),
        pytest.param(
            (THREE[0], (STARTS + timedelta(hours=1), STARTS + timedelta(hours=3))), id="overlap"
        ),
        pytest.param(
            tuple((STARTS + timedelta(hours=n), STARTS + timedelta(hours=n + 1)) for n in range(7)),
            id="seven",
        ),
    ],
)
async def test_a_day_that_cannot_be(
    planning: Planning, boss: PersonId, spans: tuple[tuple[datetime, datetime], ...]
) -> None:
    with pytest.raises(BadPlan):
        await planning.create_day(boss, PLAN, spans)

    assert await planning.overview(boss) == []


async def test_s6_a_day_is_announced_to_the_interest_list_in_one_message(
    planning: Planning, info_sessions: InfoSessions, database: Database, boss: PersonId
) -> None:
    an, bo = await somebodies(database, 2)
    for person in (an, bo):
        await info_sessions.interested(person, Track.BOTH, "nl")
    made = await planning.create_day(boss, PLAN, THREE)
    assert (await planning.look(boss, made[0])).members == 2
    assert await planning.interest(boss) == [(Track.BOTH, "nl", 2)]
    assert await planning.publish(boss, made[1], together=True) == 2
    assert await planning.publish(boss, made[1], together=True) == 0

    assert await told_whatever(database) == [
        (an, "planning.let_in_day"),
        (bo, "planning.let_in_day"),
    ]
    for id_ in made:
        assert (await info_sessions.look(an, id_)).opens_at < (
            await info_sessions.get(id_)
        ).info_session.opens_at


async def test_s6_of_a_day_in_two_languages_each_hears_of_what_they_asked_for(
    planning: Planning, info_sessions: InfoSessions, database: Database, boss: PersonId
) -> None:
    an, bo = await somebodies(database, 2)
    await info_sessions.interested(an, Track.BOTH, "nl")
    await info_sessions.interested(bo, Track.BOTH, "fr")
    made = await planning.create_day(boss, PLAN, THREE)
    await planning.amend(boss, made[2], lambda plan: replace(plan, language="fr"))
    seen = await planning.look(boss, made[0])
    await planning.publish(boss, made[0], together=True)

    assert (seen.members, seen.members_together) == (1, 2)
    assert await told_whatever(database) == [
        (an, "planning.let_in_day"),
        (bo, "info_sessions.let_in"),
    ]


async def told_whatever(database: Database) -> list[tuple[PersonId, str]]:
    async with database.reading() as reader:
        rows = await reader.all(
            select(outbox.c.person_id, outbox.c.text_key)
            .where(outbox.c.state == "pending", outbox.c.text_key.not_like("staff.%"))
            .order_by(outbox.c.id)
        )
    return [(PersonId(row[0]), row[1]) for row in rows]


async def test_one_thing_of_a_draft_changes_or_of_all_drafts_of_its_day(
    planning: Planning, boss: PersonId
) -> None:
    made = await planning.create_day(boss, RICH, THREE)
    await planning.amend(boss, made[0], lambda plan: replace(plan, seats=7), together=True)
    await planning.amend(boss, made[0], lambda plan: replace(plan, room="Zaal 3"))
    plans = [(await planning.plan_of(boss, each))[1] for each in made]

    assert [plan.seats for plan in plans] == [7, 7, 7]
    assert [plan.room for plan in plans] == ["Zaal 3", "Zaal 1", "Zaal 1"]
    assert plans[1].questions == RICH.questions


async def test_two_coordinators_change_different_things_of_one_draft(
    planning: Planning, database: Database, boss: PersonId
) -> None:
    id_ = await planning.create(boss, PLAN)
    changes: tuple[dict[str, Any], ...] = ({"title": "Nieuw"}, {"seats": 3}, {"room": "Zaal 2"})
    await asyncio.gather(
        *(
            planning.amend(boss, id_, lambda plan, new=each: replace(plan, **new))  # type: ignore[misc]
            for each in changes
        )
    )
    _, plan = await planning.plan_of(boss, id_)

    assert (plan.title, plan.seats, plan.room) == ("Nieuw", 3, "Zaal 2")


async def test_control_who_rewrites_a_whole_draft_undoes_what_others_changed(
    planning: Planning, boss: PersonId
) -> None:
    """What `amend` is for: without it, of two changes one is lost."""
    id_ = await planning.create(boss, PLAN)
    await asyncio.gather(
        planning.edit(boss, id_, replace(PLAN, title="Nieuw")),
        planning.edit(boss, id_, replace(PLAN, seats=3)),
    )
    _, plan = await planning.plan_of(boss, id_)

    assert (plan.title, plan.seats) != ("Nieuw", 3)


async def test_a_draft_whose_day_has_passed_can_still_be_put_right(
    planning: Planning, clock: FakeClock, boss: PersonId
) -> None:
    id_ = await planning.create(boss, PLAN)
    clock.set(STARTS + timedelta(days=1))
    await planning.amend(boss, id_, lambda plan: replace(plan, title="Later"))
    with pytest.raises(BadPlan) as refusal:
        await planning.publish(boss, id_)
    await planning.amend(boss, id_, lambda plan: plan.moved(STARTS + timedelta(days=7)))
    await planning.publish(boss, id_)

    assert refusal.value.parameters == {"what": "starts_at"}
    assert (await planning.plan_of(boss, id_))[0] is State.PUBLISHED


async def test_what_is_published_changes_in_its_words_only(
    planning: Planning, info_sessions: InfoSessions, database: Database, boss: PersonId
) -> None:
    id_ = await published(planning, boss, RICH)
    (an,) = await somebodies(database, 1)
    await info_sessions.sign_up(an, id_)
    stops = (Part("Meldkamer", 20),)
    await planning.amend(boss, id_, lambda plan: replace(plan, title="Anders", stops=stops))
    for loud in ({"seats": 3}, {"starts_at": STARTS + timedelta(hours=1)}, {"place": "Gent"}):
        with pytest.raises(BadPlan):
            await planning.amend(boss, id_, lambda plan, new=loud: replace(plan, **new))  # type: ignore[misc]
    _, plan = await planning.plan_of(boss, id_)

    assert replace(plan, opens_at=None) == replace(RICH, title="Anders", stops=stops)
    assert await told(database) == []
    await check_whole(database)


async def test_a_draft_can_be_thrown_away_and_nothing_else_can(
    planning: Planning, boss: PersonId
) -> None:
    made = await planning.create_day(boss, RICH, THREE)
    alone = await published(planning, boss)
    await planning.discard(boss, made[0])
    await planning.discard(boss, made[1], together=True)

    assert [each.info_session.id for each in await planning.overview(boss)] == [alone]
    with pytest.raises(InfoSessionClosed):
        await planning.discard(boss, alone)
    with pytest.raises(InfoSessionClosed):
        await planning.discard(boss, made[0])


async def test_s18_a_day_again_keeps_the_hours_on_the_clock_and_is_a_series_of_its_own(
    planning: Planning, boss: PersonId
) -> None:
    made = await planning.create_day(boss, RICH, THREE)
    await planning.publish(boss, made[0], together=True)
    await planning.cancel(boss, made[1])
    copied = await planning.copy_day(boss, made[0], date(2027, 4, 10))
    plans = [(await planning.plan_of(boss, each))[1] for each in copied]
    (alone,) = await planning.copy_day(boss, made[0], date(2027, 4, 17), alone=True)

    assert [plan.starts_at for plan in plans] == [
        brussels(2027, 4, 10, 10),
        brussels(2027, 4, 10, 16),
    ]
    assert plans[0].series == plans[1].series != RICH.series
    assert (await planning.plan_of(boss, alone))[1].series is None


async def test_another_place_takes_its_pin_and_its_room_away(
    planning: Planning, boss: PersonId
) -> None:
    id_ = await published(planning, boss, RICH)
    await planning.change(boss, id_, place="Stadhuis Aalst")
    _, plan = await planning.plan_of(boss, id_)

    assert (plan.place, plan.room, plan.latitude, plan.longitude) == (
        "Stadhuis Aalst",
        None,
        None,
        None,
    )


Attempt = Callable[[Planning, PersonId, InfoSessionId], Awaitable[object]]
ATTEMPTS: dict[str, Attempt] = {
    "create": lambda planning, by, _: planning.create(by, PLAN),
    "edit": lambda planning, by, id_: planning.edit(by, id_, PLAN),
    "create_day": lambda planning, by, _: planning.create_day(by, PLAN, THREE),
    "amend": lambda planning, by, id_: planning.amend(by, id_, lambda plan: plan.at(THREE[1][0])),
    "discard": lambda planning, by, id_: planning.discard(by, id_),
    "copy_day": lambda planning, by, id_: planning.copy_day(by, id_, date(2027, 1, 16)),
    "look": lambda planning, by, id_: planning.look(by, id_),
    "interest": lambda planning, by, _: planning.interest(by),
    "plan_of": lambda planning, by, id_: planning.plan_of(by, id_),
    "overview": lambda planning, by, _: planning.overview(by),
    "publish": lambda planning, by, id_: planning.publish(by, id_),
    "copy": lambda planning, by, id_: planning.copy(by, id_, STARTS),
    "change": lambda planning, by, id_: planning.change(by, id_, room="Kelder"),
    "seats": lambda planning, by, id_: planning.seats(by, id_, PoolKind.GENERAL, 99),
    "close": lambda planning, by, id_: planning.close(by, id_),
    "cancel": lambda planning, by, id_: planning.cancel(by, id_),
    "lead": lambda planning, by, id_: planning.lead(by, id_, [by]),
}


@pytest.mark.parametrize("name", ATTEMPTS)
async def test_t2_only_who_has_the_role(
    name: str, planning: Planning, database: Database, hired: Hired, boss: PersonId
) -> None:
    """A candidate, and a colleague with another role (who may look, where looking is for all)."""
    id_ = await planning.create(boss, RICH)
    (candidate,) = await somebodies(database, 1)
    editor = await hired(Role.EDITOR)
    before = await planning.plan_of(boss, id_)

    with pytest.raises(NotAllowed):
        await ATTEMPTS[name](planning, candidate, id_)
    if name not in ("plan_of", "overview"):
        with pytest.raises(NotAllowed):
            await ATTEMPTS[name](planning, editor, id_)
    assert await planning.plan_of(boss, id_) == before


async def test_t4_every_act_stands_in_the_audit_trail(
    planning: Planning, database: Database, boss: PersonId
) -> None:
    id_ = await published(planning, boss)
    await planning.lead(boss, id_, [boss])
    await planning.cancel(boss, id_)

    async with database.reading() as reader:
        found = [entry.action for entry in await audit.entries(reader, most=4)]
        assert await audit.verify(reader) is None
    assert found == [
        "info_sessions.cancelled",
        "info_sessions.leads",
        "info_sessions.published",
        "info_sessions.created",
    ]
