"""R-03: whatever people do, in whatever order, it is what the reference says, after every step.

Restarting the process and repeating an update are steps like the others.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from bot.errors import Refusal
from bot.info_sessions import occupancy, store
from bot.info_sessions.door import Door
from bot.info_sessions.model import PoolKind, SignUpId
from bot.info_sessions.planning import Planning
from bot.info_sessions.service import InfoSessions
from bot.info_sessions.tables import sign_ups
from bot.info_sessions.timers import InfoSessionTimers
from bot.people.model import PersonId
from bot.people.service import People
from bot.staff import Role, Staff
from bot.storage.database import Database
from tests.bot.info_sessions.reference import Reference
from tests.support.clock import FakeClock
from tests.support.databases import Templates
from tests.support.figures import PROOF, figure
from tests.support.info_sessions import STARTS, an_info_session, somebodies

PEOPLE = 8
someone = st.integers(0, PEOPLE - 1)
parties = st.sampled_from([1, 1, 1, 2, 3])


class AnInfoSession(RuleBasedStateMachine):
    templates: ClassVar[Templates]
    folder: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = FakeClock()
        self.url = self.templates.sqlite(self.folder / f"{uuid4().hex}.db")
        self.eye = sqlite3.connect(self.url.removeprefix("sqlite:///"))
        self.eye.row_factory = sqlite3.Row
        self.run(self._open())
        self.people = self.run(somebodies(self.database, PEOPLE))
        self.boss = self.run(self._a_coordinator())
        self.id = self.run(an_info_session(self.database, 3))
        self.reference = Reference(
            3, STARTS - timedelta(hours=1), STARTS, STARTS + timedelta(hours=2)
        )
        self.last: Callable[[], Awaitable[object]] | None = None

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    async def _open(self) -> None:
        self.database = await Database.open(self.url, pool=1)
        engine: Any = self.database._engine
        engine._writer.raw.execute("PRAGMA synchronous=OFF")  # nobody pulls the plug here
        self.service = InfoSessions(self.database, self.clock)
        self.timers = InfoSessionTimers(self.database, self.clock)
        self.desk = Staff(self.database, self.clock)
        self.planning = Planning(self.database, self.desk, self.clock)
        self.door = Door(self.database, self.desk, self.clock)

    def teardown(self) -> None:
        self.run(self.database.close())
        self.loop.close()
        self.eye.close()
        Path(self.url.removeprefix("sqlite:///")).unlink()

    def does(self, work: Callable[[], Awaitable[object]], allowed: bool | None) -> None:
        """Do it in the real thing; None: whether it is allowed does not show."""
        self.last = work
        try:
            self.run(work())
        except Refusal:
            assert allowed is not True
        else:
            assert allowed is not False

    @rule(who=someone, party=parties)
    def join(self, who: int, party: int) -> None:
        allowed = self.reference.join(who, party, self.clock())
        person = self.people[who]
        self.does(lambda: self.service.sign_up(person, self.id, party), allowed)

    @rule(who=someone)
    def leave(self, who: int) -> None:
        self.reference.leave(who, self.clock())
        person = self.people[who]
        self.does(lambda: self.service.withdraw(person, self.id), None)

    @rule(who=someone)
    def accept(self, who: int) -> None:
        allowed = self.reference.accept(who)
        self._answers("accept", who, allowed)

    @rule(who=someone)
    def refuse(self, who: int) -> None:
        allowed = who in self.reference.offered
        if allowed:
            self.reference.leave(who, self.clock())
        self._answers("refuse", who, allowed)

    @rule(who=someone)
    def let_pass(self, who: int) -> None:
        allowed = self.reference.let_pass(who, self.clock())
        self._answers("let_pass", who, allowed)

    @rule(who=someone, party=st.integers(0, 4))
    def change_party(self, who: int, party: int) -> None:
        allowed = self.reference.change_party(who, party, self.clock())
        person = self.people[who]
        self.does(lambda: self.service.change_party(person, self.id, party), allowed)

    @rule(seats=st.integers(0, 6))
    def resize(self, seats: int) -> None:
        allowed = self.reference.resize(seats, self.clock())
        self.does(lambda: self.planning.seats(self.boss, self.id, PoolKind.GENERAL, seats), allowed)

    @rule(who=someone)
    def a_colleague_removes(self, who: int) -> None:
        self.reference.remove(who, self.clock())
        number = self.run(self._number_of(who))
        self.does(lambda: self.door.withdraw_for(self.boss, number), None)

    @precondition(lambda self: len(self.reference.queue) > 2)
    @rule()
    def cancel(self) -> None:
        """At most once in a game, so it is not to come too early."""
        self.reference.cancel()
        self.does(lambda: self.planning.cancel(self.boss, self.id), True)

    @rule(hours=st.integers(1, 40))
    def wait(self, hours: int) -> None:
        self.clock.advance(timedelta(hours=hours))
        self.reference.expire(self.clock())
        self.does(self._clock_works, None)

    @rule()
    def restart(self) -> None:
        self.run(self.database.close())
        self.run(self._open())

    @rule()
    def the_last_update_comes_again(self) -> None:
        """It may be refused now, or be answered as before: it changes nothing."""
        if self.last is not None:
            self.does(self.last, None)

    @invariant()
    def it_is_as_the_reference_says(self) -> None:
        found = self._look("SELECT * FROM sign_ups WHERE ended_at IS NULL ORDER BY place, id")
        everybody = [(self.people.index(row["person_id"]), row) for row in found]
        confirmed = {who: row["party"] for who, row in everybody if row["status"] == "confirmed"}
        offered = {
            who: (row["party"], datetime.fromisoformat(row["offer_until"]))
            for who, row in everybody
            if row["status"] == "offered"
        }
        queue = [(who, row["party"]) for who, row in everybody if row["status"] == "waiting"]

        assert confirmed == self.reference.confirmed
        assert offered == self.reference.offered
        assert queue == [(each.person, each.party) for each in self.reference.queue]
        (pool,) = self._look("SELECT seats, taken FROM info_session_pools")
        (counted,) = self._look("SELECT waiting FROM info_sessions")
        taken = self.reference.seats - self.reference.free()
        assert (pool["seats"], pool["taken"]) == (self.reference.seats, taken)
        assert counted["waiting"] == len(queue)

    def _look(self, question: str) -> list[sqlite3.Row]:
        """From outside the process, so to say."""
        return self.eye.execute(question).fetchall()

    def _answers(self, answer: str, who: int, allowed: bool) -> None:
        number = self.run(self._number_of(who))
        person = self.people[who]
        self.does(
            lambda: getattr(self.service, answer)(person, number), None if number == 0 else allowed
        )

    async def _a_coordinator(self) -> PersonId:
        boss = (await People(self.database, self.clock).arrived(1, "nl")).id
        invited = await self.desk.invite(None, Role.COORDINATOR, name="Baas", ends_on=None)
        await self.desk.redeem(boss, invited.code)
        return boss

    async def _number_of(self, who: int) -> SignUpId:
        async with self.database.reading() as reader:
            found = await reader.scalar(
                select(sign_ups.c.id)
                .where(sign_ups.c.person_id == self.people[who])
                .order_by(sign_ups.c.id.desc())
                .limit(1)
            )
        return SignUpId(found or 0)

    async def _clock_works(self) -> None:
        await self.timers.expire_offers()
        await self.timers.offer_freed()


def play(runs: int, steps: int, *phases: Phase) -> None:
    run_state_machine_as_test(
        AnInfoSession,
        settings=settings(
            max_examples=runs,
            stateful_step_count=steps,
            deadline=None,
            derandomize=not PROOF,
            database=None,
            phases=phases or tuple(Phase),
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, templates: Templates) -> None:
    AnInfoSession.templates, AnInfoSession.folder = templates, tmp_path


def test_r03_fair_and_never_oversold_whatever_happens() -> None:
    play(figure(2000, 200), figure(100, 50))


@pytest.mark.parametrize(
    "planted",
    [
        pytest.param("a newcomer passes one who waits", id="one in the queue is overlooked"),
        pytest.param("offers go to the second", id="the first in the queue is overlooked"),
        pytest.param("a deadline is missed by one", id="an offer ends one moment too late"),
    ],
)
def test_r03_a_planted_off_by_one_is_found(planted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the game above would notice."""
    original = occupancy._turns
    if planted == "a newcomer passes one who waits":
        monkeypatch.setattr(
            occupancy.Occupancy,
            "seat_for_newcomer",
            lambda self, wish, party: next(
                (
                    pool
                    for waiter, pool in original(
                        self.pools,
                        [*self.waiters[1:], occupancy.Waiter(SignUpId(0), 0, wish, party)],
                    )
                    if waiter.id == 0
                ),
                None,
            ),
        )
    elif planted == "offers go to the second":
        monkeypatch.setattr(
            occupancy.Occupancy,
            "next_offers",
            lambda self: original(self.pools, [*self.waiters[1:], *self.waiters[:1]]),
        )
    else:
        real = store.offer

        async def later(tx: Any, id_: Any, pool: Any, until: Any) -> None:
            await real(tx, id_, pool, until + timedelta(hours=1))

        monkeypatch.setattr(store, "offer", later)

    with pytest.raises(AssertionError):
        play(200, 50, Phase.generate)
