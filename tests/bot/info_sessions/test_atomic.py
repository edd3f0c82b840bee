"""R-05: a fault at any statement of any use case leaves what was before, or what comes after.

The use cases are listed by themselves: one without a scenario here fails the test.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.errors import StorageTrouble
from bot.info_sessions.door import Door
from bot.info_sessions.model import InfoSessionId, Mark, PoolKind, QuestionId, SignUpId, Track
from bot.info_sessions.planning import Planning
from bot.info_sessions.service import InfoSessions
from bot.info_sessions.tables import check_ins, info_session_questions, info_sessions, sign_ups
from bot.info_sessions.timers import InfoSessionTimers
from bot.people.model import PersonId
from bot.people.service import People
from bot.people.store import people
from bot.staff import Role, Staff
from bot.storage.database import Database, Transaction
from bot.storage.inventory import inventoried
from tests.bot.info_sessions.test_planning import RICH
from tests.support.clock import FakeClock
from tests.support.info_sessions import STARTS, an_info_session, somebodies, wrong_with

LOOKING = {
    *("coming", "get", "details", "mine", "card", "questions", "interests_of"),
    *("plan_of", "overview", "interest"),
    *("look", "day", "duty", "waits", "groups", "hosts"),
}
"""Use cases that change nothing."""

IN_A_USE_CASE = {"left"}
"""Runs in the transaction of somebody else's."""


@dataclass
class Scene:
    """The seat of `one` is An's, Bo and Cy wait; `other` has room beside Ge and a friend; Di has an
    offer for the seat of `third`, Cy waits there too."""

    database: Database
    clock: FakeClock
    service: InfoSessions
    timers: InfoSessionTimers
    one: InfoSessionId
    other: InfoSessionId
    third: InfoSessionId
    people: list[PersonId]
    of: dict[PersonId, SignUpId]
    planning: Planning
    door: Door
    boss: PersonId
    draft: InfoSessionId
    by_name: dict[str, SignUpId]
    asked: QuestionId


async def scene(database: Database, clock: FakeClock) -> Scene:
    service = InfoSessions(database, clock)
    one = await an_info_session(database, 1)
    other = await an_info_session(database, 6)
    third = await an_info_session(
        database, 1, pools={PoolKind.SCHOOL: 2}, release_at=STARTS - timedelta(days=5)
    )
    crowd = await somebodies(database, 7)
    an, bo, cy, di, ed, _, ge = crowd
    of = {}
    for person in (an, bo, cy):
        of[person] = (await service.sign_up(person, one)).sign_up.id
    for person in (ed, di, cy):
        of.setdefault(person, (await service.sign_up(person, third)).sign_up.id)
    await service.withdraw(ed, third)
    await service.sign_up(ge, other, party=2)
    await service.interested(an, Track.UNIFORM, "nl")
    desk = Staff(database, clock)
    boss = (await People(database, clock).arrived(1, "nl")).id
    invited = await desk.invite(None, Role.COORDINATOR, name="Baas", ends_on=None)
    await desk.redeem(boss, invited.code)
    planning, door = Planning(database, desk, clock), Door(database, desk, clock)
    draft = await planning.create(boss, RICH)
    async with database.transaction() as tx:
        values = {"text": "Rolstoel?", "purpose": "De zaal", "delete_on": STARTS.date()}
        asked = await tx.one(
            insert(info_session_questions)
            .values(info_session_id=one, **values)
            .returning(info_session_questions.c.id)
        )
    fifth = await an_info_session(database, 1)
    by_name = {}
    for name in ("first", "second"):
        place = await door.register_by_name(boss, fifth, name)
        by_name[name] = place.sign_up.id
    await door.withdraw_for(boss, by_name["first"])
    return Scene(
        database,
        clock,
        service,
        InfoSessionTimers(database, clock),
        one,
        other,
        third,
        crowd,
        of,
        planning,
        door,
        boss,
        draft,
        by_name,
        QuestionId(asked.id),
    )


Act = Callable[[Scene], Awaitable[object]]
AN, BO, CY, DI, ED, FE, GE = range(7)


def at(moment: timedelta, act: Act) -> Act:
    """*act*, when the clock stands so long after the start (before it: less than 0)."""

    async def later(scene: Scene) -> object:
        scene.clock.set(STARTS + moment)
        return await act(scene)

    return later


async def _forget(scene: Scene) -> None:
    async with scene.database.transaction() as tx:
        await scene.service.forget(tx, scene.people[AN], scene.service.now())


USE_CASES: dict[str, Act] = {
    "sign_up": lambda s: s.service.sign_up(s.people[FE], s.other, party=2, name="Fe"),
    "withdraw": lambda s: s.service.withdraw(s.people[AN], s.one),
    "leave_waiting": lambda s: s.service.leave_waiting(s.people[DI], s.third),
    "move": lambda s: s.service.move(s.people[AN], s.one, s.other),
    "change_party": lambda s: s.service.change_party(s.people[GE], s.other, 1),
    "accept": lambda s: s.service.accept(s.people[DI], s.of[s.people[DI]]),
    "refuse": lambda s: s.service.refuse(s.people[DI], s.of[s.people[DI]]),
    "let_pass": lambda s: s.service.let_pass(s.people[DI], s.of[s.people[DI]]),
    "still_coming": lambda s: s.service.still_coming(s.people[AN], s.of[s.people[AN]], False),
    "interested": lambda s: s.service.interested(s.people[BO], Track.CIVILIAN, "fr"),
    "interested_in": lambda s: s.service.interested_in(s.people[AN], [(Track.CIVILIAN, "fr")]),
    "call_me": lambda s: s.service.call_me(s.people[GE], s.other, "Ge"),
    "not_interested": lambda s: s.service.not_interested(s.people[AN]),
    "feedback": at(
        timedelta(hours=3), lambda s: s.service.feedback(s.people[GE], s.other, Mark.GOOD)
    ),
    "answer": lambda s: s.service.answer(s.people[AN], s.of[s.people[AN]], s.asked, "ja"),
    "forget": _forget,
}
TWO = [(STARTS + timedelta(hours=at), STARTS + timedelta(hours=at + 2)) for at in (0, 4)]
PLANS: dict[str, Act] = {
    "create": lambda s: s.planning.create(s.boss, RICH),
    "edit": lambda s: s.planning.edit(s.boss, s.draft, replace(RICH, title="Anders")),
    "create_day": lambda s: s.planning.create_day(s.boss, RICH, TWO),
    "amend": lambda s: s.planning.amend(s.boss, s.draft, lambda plan: replace(plan, title="Nieuw")),
    "discard": lambda s: s.planning.discard(s.boss, s.draft),
    "copy_day": lambda s: s.planning.copy_day(s.boss, s.draft, date(2027, 1, 16)),
    "publish": lambda s: s.planning.publish(s.boss, s.draft),
    "copy": lambda s: s.planning.copy(s.boss, s.draft, STARTS + timedelta(days=30)),
    "change": lambda s: s.planning.change(s.boss, s.third, starts_at=STARTS - timedelta(days=1)),
    "seats": lambda s: s.planning.seats(s.boss, s.one, PoolKind.GENERAL, 2),
    "close": lambda s: s.planning.close(s.boss, s.third),
    "cancel": lambda s: s.planning.cancel(s.boss, s.third),
    "lead": lambda s: s.planning.lead(s.boss, s.one, [s.boss]),
}


async def _scanned(scene: Scene) -> object:
    (place,) = await scene.service.mine(scene.people[GE])
    return await scene.door.scanned(scene.boss, place.sign_up.code or "")


async def _with_fewer(scene: Scene) -> object:
    (place,) = await scene.service.mine(scene.people[GE])
    return await scene.door.party_for(scene.boss, place.sign_up.id, 1)


AT_THE_DOOR: dict[str, Act] = {
    "register_by_name": lambda s: s.door.register_by_name(s.boss, s.one, "Iemand"),
    "walk_in": at(timedelta(), lambda s: s.door.walk_in(s.boss, s.other, "Iemand")),
    "withdraw_for": lambda s: s.door.withdraw_for(s.boss, s.of[s.people[AN]]),
    "answer_for": lambda s: s.door.answer_for(s.boss, s.by_name["second"], True),
    "answers": lambda s: s.door.answers(s.boss, s.one),
    "participants": lambda s: s.door.participants(s.boss, s.one),
    "scanned": _scanned,
    "undo_check_in": lambda s: s.door.undo_check_in(s.boss, s.of[s.people[AN]]),
    "check_in": at(timedelta(), lambda s: s.door.check_in(s.boss, s.of[s.people[AN]])),
    "line": lambda s: s.door.line(s.boss, s.of[s.people[AN]]),
    "party_for": _with_fewer,
    "departed": lambda s: s.door.departed(s.boss, s.third),
    "find": lambda s: s.door.find(s.boss, s.one, "an"),
    "answered": lambda s: s.door.answered(s.boss, s.one),
    "unreminded": lambda s: s.door.unreminded(s.boss, s.one),
    "set_lead": lambda s: s.door.set_lead(s.boss, s.one, s.boss, True),
    "set_guide": lambda s: s.door.set_guide(s.boss, s.draft, 1, s.boss),
    "divide": lambda s: s.door.divide(s.boss, s.one),
    "into_group": lambda s: s.door.into_group(s.boss, s.of[s.people[AN]], None),
}
"""What reads about people writes too: a line in the audit trail."""
WAITING_TO_SIGN_UP: Act = lambda s: s.service.sign_up(s.people[FE], s.one)  # noqa: E731
THE_CLOCK: dict[str, Act] = {
    "expire_offers": at(-timedelta(days=10), lambda s: s.timers.expire_offers()),
    "offer_freed": lambda s: s.timers.offer_freed(),
    "free_the_seats_of_the_erased": lambda s: s.timers.free_the_seats_of_the_erased(),
    "release_pools": at(-timedelta(days=5), lambda s: s.timers.release_pools()),
    "free_unconfirmed": at(-timedelta(hours=20), lambda s: s.timers.free_unconfirmed()),
    "close": at(-timedelta(hours=1), lambda s: s.timers.close()),
    "remind": at(-timedelta(days=6), lambda s: s.timers.remind()),
    "hold": at(timedelta(hours=2), lambda s: s.timers.hold()),
    "thank": at(timedelta(days=2), lambda s: s.timers.thank()),
    "ask_the_interested": at(timedelta(days=160), lambda s: s.timers.ask_the_interested()),
    "anonymise": at(timedelta(days=40), lambda s: s.timers.anonymise()),
}


async def prepared_for(name: str, scene: Scene) -> None:
    """What some of the clock's work needs: one thing to do, and no more."""
    an, bo = scene.people[AN], scene.people[BO]
    if name == "offer_freed":  # nobody could be written to when it came free
        await reach(scene, False)
        await scene.service.withdraw(an, scene.one)
        await reach(scene, True)
        async with scene.database.transaction() as tx:
            await tx.run(
                update(info_sessions).where(info_sessions.c.id != scene.one).values(state="draft")
            )
    if name == "free_the_seats_of_the_erased":
        async with scene.database.transaction() as tx:
            await tx.run(update(sign_ups).where(sign_ups.c.person_id == an).values(person_id=None))
    if name == "expire_offers":
        async with scene.database.transaction() as tx:
            other = sign_ups.c.id == scene.by_name["second"]
            await tx.run(update(sign_ups).where(other).values(offer_until=STARTS))
    if name == "undo_check_in, at the door":
        async with scene.database.transaction() as tx:
            row = {"sign_up_id": scene.of[an], "at": scene.clock(), "by_id": bo}
            await tx.run(insert(check_ins).values(row))
    if name == "free_unconfirmed":
        async with scene.database.transaction() as tx:
            await tx.run(update(sign_ups).values(reminded=1))
            only = info_sessions.c.id == scene.one
            await tx.run(update(info_sessions).where(only).values(must_confirm=True))
    if name in ("remind", "close", "hold", "thank", "anonymise"):
        state = {"remind": "closed", "close": "published", "hold": "closed"}.get(name, "held")
        async with scene.database.transaction() as tx:
            await tx.run(update(info_sessions).values(state="draft"))
            await tx.run(
                update(info_sessions).where(info_sessions.c.id == scene.one).values(state=state)
            )
            if name == "thank":
                row = {"sign_up_id": scene.of[an], "at": scene.clock(), "by_id": bo}
                await tx.run(insert(check_ins).values(row))


async def reach(scene: Scene, can: bool) -> None:
    async with scene.database.transaction() as tx:
        await tx.run(update(people).values(reachable=can))


def writing(kind: type) -> set[str]:
    return {
        name
        for name, method in inspect.getmembers(kind, inspect.iscoroutinefunction)
        if not name.startswith("_")
    }


def test_r05_every_use_case_has_its_scenario() -> None:
    assert writing(InfoSessions) - LOOKING == set(USE_CASES)
    assert writing(InfoSessionTimers) - {"tick"} == set(THE_CLOCK)
    assert writing(Planning) - LOOKING - IN_A_USE_CASE == set(PLANS)
    assert writing(Door) - LOOKING == set(AT_THE_DOOR)


class Faults:
    """Lets a statement fail: the one with the number *at*, counted from 1."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = 0
        self.seen = 0
        for name in ("run", "run_many", "_fetch"):
            original = getattr(Transaction, name)
            monkeypatch.setattr(Transaction, name, self._failing(original))

    def _failing(self, original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def statement(tx: Transaction, *given: Any, **values: Any) -> Any:
            self.seen += 1
            if self.seen == self.at:
                tx._failed = True
                raise StorageTrouble("planted")
            return await original(tx, *given, **values)

        return statement

    def at_statement(self, number: int) -> None:
        self.at, self.seen = number, 0


async def everything(database: Database) -> list[list[str]]:
    async with database.reading() as reader:
        return [
            sorted(
                str({name: value for name, value in zip(names, row, strict=True) if name != "code"})
                for row in await reader.all(select(table))
            )
            for table, _ in inventoried()
            for names in [[column.name for column in table.columns]]
        ]


SCENARIOS = {
    **USE_CASES,
    **THE_CLOCK,
    **{f"{name}, planning": act for name, act in PLANS.items()},
    **{f"{name}, at the door": act for name, act in AT_THE_DOOR.items()},
    "sign_up, to wait": WAITING_TO_SIGN_UP,
    "move, to wait": lambda s: s.service.move(s.people[AN], s.one, s.third),
    "change_party, more": lambda s: s.service.change_party(s.people[GE], s.other, 3),
}


@pytest.mark.parametrize("name", SCENARIOS)
async def test_r05_before_or_after_and_nothing_between(
    name: str, database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails at each statement in turn; each time all is as before. Then it is done after all."""
    stage = await scene(database, clock)
    await prepared_for(name, stage)
    before = await everything(database)
    faults = Faults(monkeypatch)
    number = 1
    while True:
        faults.at_statement(number)
        try:
            await SCENARIOS[name](stage)
        except StorageTrouble:
            assert await everything(database) == before, f"statement {number}"
            number += 1
            continue
        break
    after = await everything(database)
    faults.at_statement(0)

    assert number > 1
    assert after != before
    async with database.reading() as reader:
        assert await wrong_with(reader) == []
