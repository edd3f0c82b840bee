"""S1, S3, S7: everything that touches seats, at the same moment, from two processes' worth of
connections. Nothing breaks, nothing is oversold, and no seat stays free that somebody waits for.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from bot.errors import Refusal
from bot.info_sessions.door import Door
from bot.info_sessions.hall import Hall
from bot.info_sessions.model import InfoSessionId, PoolKind, SignUpId, Status
from bot.info_sessions.planning import Planning
from bot.info_sessions.service import InfoSessions
from bot.info_sessions.tables import sign_ups
from bot.info_sessions.timers import InfoSessionTimers
from bot.notifications.outbox import outbox
from bot.people.model import PersonId
from bot.people.service import People
from bot.staff import Role, Staff
from bot.storage.database import Database
from tests.races.test_info_sessions import persistently
from tests.support.clock import FakeClock
from tests.support.figures import figure
from tests.support.info_sessions import an_info_session, check_whole, somebodies

PEOPLE = 16
AT_ONCE = 40
GAMES = figure(100, 3)
WAVES = 20


class Stage:
    """One of the processes."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self.desk = Staff(database, clock)
        self.service = InfoSessions(database, clock)
        self.planning = Planning(database, self.desk, clock)
        self.door = Door(database, self.desk, clock)
        self.timers = InfoSessionTimers(database, clock)


@dataclass
class Cast:
    chance: random.Random
    people: list[PersonId]
    boss: PersonId
    sessions: list[InfoSessionId]
    numbers: dict[PersonId, list[SignUpId]] = field(default_factory=dict)
    """What everybody has at the beginning of a wave."""

    def anybody(self) -> PersonId:
        return self.chance.choice(self.people)

    def one(self) -> InfoSessionId:
        return self.chance.choice(self.sessions)

    def some(self, *counts: int) -> int:
        return self.chance.choice(counts)

    def theirs(self) -> tuple[PersonId, SignUpId]:
        person = self.anybody()
        return person, self.chance.choice(self.numbers.get(person) or [SignUpId(0)])


Work = Callable[[], Awaitable[object]]
Act = Callable[[Stage, Cast], Work]
"""Chooses who and what, and returns what is to be done (again, where the storage was busy)."""


def signs_up(stage: Stage, cast: Cast) -> Work:
    wish = cast.chance.choice([PoolKind.GENERAL, PoolKind.SCHOOL])
    party = cast.some(1, 1, 1, 2, 3)
    return partial(stage.service.sign_up, cast.anybody(), cast.one(), party, wish)


def moves(stage: Stage, cast: Cast) -> Work:
    return partial(stage.service.move, cast.anybody(), *cast.chance.sample(cast.sessions, 2))


def registers(stage: Stage, cast: Cast) -> Work:
    party = cast.some(1, 2)
    return partial(stage.door.register_by_name, cast.boss, cast.one(), "Iemand", party)


def general_seats(stage: Stage, cast: Cast) -> Work:
    seats = cast.some(2, 3, 4, 6, 7)
    return partial(stage.planning.seats, cast.boss, cast.one(), PoolKind.GENERAL, seats)


def school_seats(stage: Stage, cast: Cast) -> Work:
    seats, school = cast.some(1, 3), cast.sessions[0]
    return partial(stage.planning.seats, cast.boss, school, PoolKind.SCHOOL, seats)


ACTS: list[tuple[int, Act]] = [
    (8, signs_up),
    (4, lambda s, c: partial(s.service.withdraw, c.anybody(), c.one())),
    (2, lambda s, c: partial(s.service.leave_waiting, c.anybody(), c.one())),
    (3, moves),
    (3, lambda s, c: partial(s.service.change_party, c.anybody(), c.one(), c.some(1, 2, 3))),
    (6, lambda s, c: partial(s.service.accept, *c.theirs())),
    (2, lambda s, c: partial(s.service.refuse, *c.theirs())),
    (2, lambda s, c: partial(s.service.let_pass, *c.theirs())),
    (1, lambda s, c: partial(s.service.still_coming, *c.theirs(), False)),
    (1, lambda s, c: partial(s.door.withdraw_for, c.boss, c.theirs()[1])),
    (1, registers),
    (2, general_seats),
    (1, school_seats),
    (2, lambda s, c: s.timers.expire_offers),
    (2, lambda s, c: s.timers.offer_freed),
    (1, lambda s, c: s.timers.remind),
    (1, lambda s, c: s.timers.release_pools),
]


async def a_day_of_three(database: Database, clock: FakeClock) -> list[InfoSessionId]:
    starts_at = clock() + timedelta(days=21)
    day = {"starts_at": starts_at, "series": f"{starts_at:%d %B}"}
    pools, release_at = {PoolKind.SCHOOL: 3}, starts_at - timedelta(days=10)
    return [
        await an_info_session(database, 4, pools=pools, release_at=release_at, **day),
        await an_info_session(database, 3, **day),
        await an_info_session(database, 3, **day),
    ]


async def a_coordinator(database: Database, clock: FakeClock) -> PersonId:
    boss = (await People(database, clock).arrived(1, "nl")).id
    desk = Staff(database, clock)
    invited = await desk.invite(None, Role.COORDINATOR, name="Baas", ends_on=None)
    await desk.redeem(boss, invited.code)
    return boss


async def wave(stages: Sequence[Stage], cast: Cast) -> Counter[str]:
    """A lot at once: what came of it, by kind of refusal. Any other fault is raised."""

    async def once(work: Work) -> str:
        try:
            await persistently(work)
        except Refusal as refused:
            return type(refused).__name__
        return "done"

    weights, acts = [weight for weight, _ in ACTS], [act for _, act in ACTS]
    chosen = cast.chance.choices(acts, weights, k=AT_ONCE)
    works = [act(stages[number % len(stages)], cast) for number, act in enumerate(chosen)]
    return Counter(await asyncio.gather(*map(once, works)))


async def wrong_after(database: Database, cast: Cast, clock: FakeClock) -> list[str]:
    """What must not be when it is quiet again, beside the counters; looks who has what, too."""
    async with database.reading() as reader:
        rows = await reader.all(select(sign_ups).where(sign_ups.c.ended_at.is_(None)))
        letters = await reader.all(
            select(outbox.c.key).where(
                outbox.c.text_key == "info_sessions.offered", outbox.c.ended_at.is_(None)
            )
        )
    cast.numbers = {}
    for row in rows:
        cast.numbers.setdefault(row.person_id, []).append(row.id)
    offered = {
        f"info_sessions.offered:{row.id}:{row.place}"
        for row in rows
        if row.status == Status.OFFERED.value and row.person_id is not None
    }
    told = {letter.key for letter in letters}
    wrong = [f"offered, but will not hear it: {key}" for key in offered - told]
    wrong += [f"will hear of an offer that is gone: {key}" for key in told - offered]
    seated = Counter(
        (row.person_id, row.series)
        for row in rows
        if row.status == Status.CONFIRMED.value and row.person_id is not None
    )
    wrong += [f"two seats on one day: {who}" for who, count in seated.items() if count > 1]
    for id_ in cast.sessions:
        async with database.transaction() as tx:
            hall = await Hall.locked(tx, id_, clock())
            left = (await hall.occupancy()).next_offers()
        wrong += [f"free, waited for and not offered, in {id_}: {each}" for each in left]
    return wrong


async def test_s3_s7_anything_at_once_leaves_no_seat_lost_or_sold_twice(
    database_url: str, clock: FakeClock
) -> None:
    one, other = await Database.open(database_url), await Database.open(database_url)
    stages = [Stage(one, clock), Stage(other, clock)]
    boss, people = await a_coordinator(one, clock), await somebodies(one, PEOPLE)
    seen: Counter[str] = Counter()
    for game in range(GAMES):
        cast = Cast(random.Random(game), people, boss, await a_day_of_three(one, clock))
        for number in range(WAVES):
            seen += await wave(stages, cast)

            await check_whole(one)
            assert await wrong_after(other, cast, clock) == [], (game, number)
            clock.advance(timedelta(hours=cast.some(0, 0, 3, 9, 30)))
        for id_ in cast.sessions:
            await stages[0].planning.cancel(boss, id_)
    await one.close()
    await other.close()

    assert seen["done"] > GAMES * WAVES * AT_ONCE / 4
    assert len(seen) > 4, seen


async def test_s3_negative_control_a_seat_that_is_not_offered_on_is_found(
    sqlite_database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Hall, "settle", Hall.keep_count)
    stage = Stage(sqlite_database, clock)
    an, bo = await somebodies(sqlite_database, 2)
    id_ = await an_info_session(sqlite_database, 1)
    for person in (an, bo):
        await stage.service.sign_up(person, id_)
    await stage.service.withdraw(an, id_)
    cast = Cast(random.Random(), [an, bo], an, [id_])

    (found,) = await wrong_after(sqlite_database, cast, clock)
    assert found.startswith("free, waited for and not offered")
