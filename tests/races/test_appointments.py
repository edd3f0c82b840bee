"""R-02: many want one time of one colleague, at once and in every way: one has it, the others see
free times, and nothing else happens."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import delete, text

from bot.appointments import slots, store
from bot.appointments.book import Book
from bot.appointments.desk import AppointmentDesk
from bot.appointments.model import Appointment, NotAnAppointment, State, TimeTaken
from bot.appointments.service import Appointments
from bot.appointments.tables import appointments, rosters
from bot.clock import brussels
from bot.errors import StorageTrouble
from bot.people.model import PersonId
from bot.staff import Staff
from bot.storage.database import Database
from tests.support.appointments import (
    OFFICE,
    TALK,
    check_whole,
    contact_points,
    everything,
    wrong_with,
)
from tests.support.clock import FakeClock
from tests.support.figures import figure
from tests.support.info_sessions import somebodies
from tests.support.no_turns import without_turns

AT_ONCE = 20
ROUNDS = figure(1_000, 2)
NINE = brussels(2026, 11, 23, 9)

Found = TypeVar("Found")


async def persistently(work: Callable[[], Awaitable[Found]]) -> Found | TimeTaken:
    """As the inbox does: when the database is too busy nothing was changed; tried again."""
    while True:
        try:
            return await work()
        except StorageTrouble:
            continue
        except TimeTaken as refusal:
            return refusal


async def all_at_once(works: Sequence[Callable[[], Awaitable[Appointment]]]) -> list[Any]:
    return await asyncio.gather(*(persistently(work) for work in works))


async def judged(database: Database, found: list[Any], wanted: PersonId) -> None:
    """One has nine o'clock with *wanted*; everybody else was shown what is still free."""
    got = [each for each in found if isinstance(each, Appointment)]
    refused = [each for each in found if isinstance(each, TimeTaken)]
    assert (len(got), len(refused)) == (1, AT_ONCE - 1), Counter(map(type, found))
    for each in refused:
        assert each.others
        assert all((at.starts_at, at.colleague_id) != (NINE, wanted) for at in each.others)
    await check_whole(database)


async def start_anew(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.run(delete(appointments))


async def test_r02_hold(database_url: str, clock: FakeClock) -> None:
    """Two `Database`s know nothing of each other, as two processes do."""
    one, other = await Database.open(database_url), await Database.open(database_url)
    people = await somebodies(one, AT_ONCE)
    (cem,) = await contact_points(one, 1)
    services = [Appointments(one, now=clock), Appointments(other, now=clock)]
    for _ in range(ROUNDS):
        found = await all_at_once(
            [
                lambda person=person, at=services[number % 2]: at.hold(person, TALK, NINE, cem)  # type: ignore[misc]
                for number, person in enumerate(people)
            ]
        )
        await judged(one, found, cem)
        await start_anew(one)
    await one.close()
    await other.close()


async def test_r02_hold_with_whoever_is_free(database: Database, clock: FakeClock) -> None:
    """Three colleagues, twenty people: three have it."""
    people = await somebodies(database, AT_ONCE)
    await contact_points(database, 3)
    service = Appointments(database, now=clock)
    for _ in range(ROUNDS):
        found = await all_at_once(
            [lambda person=person: service.hold(person, TALK, NINE) for person in people]  # type: ignore[misc]
        )
        got = [each for each in found if isinstance(each, Appointment)]
        assert len({each.colleague_id for each in got}) == len(got) == 3
        await check_whole(database)
        await start_anew(database)


async def test_r02_confirm(database: Database, clock: FakeClock) -> None:
    """Each held the time in turn and let it run out, the last one still has it: all say yes."""
    people = await somebodies(database, AT_ONCE)
    (cem,) = await contact_points(database, 1)
    service = Appointments(database, now=clock)
    for _ in range(ROUNDS):
        held = []
        for person in people:
            held.append(await service.hold(person, TALK, NINE, cem))
            clock.advance(timedelta(minutes=5 if person != people[-1] else 1))
        found = await all_at_once(
            [
                lambda person=person, id_=each.id: service.confirm(person, id_)  # type: ignore[misc]
                for person, each in zip(people, held, strict=True)
            ]
        )
        await judged(database, found, cem)
        await start_anew(database)
        clock.set(FakeClock()())


async def test_r10_twenty_taps_confirm_once(database: Database, clock: FakeClock) -> None:
    (an,) = await somebodies(database, 1)
    (cem,) = await contact_points(database, 1)
    service = Appointments(database, now=clock)
    for _ in range(ROUNDS):
        held = await all_at_once([lambda: service.hold(an, TALK, NINE, cem)] * AT_ONCE)
        assert len({each.id for each in held}) == 1
        found = await all_at_once([lambda: service.confirm(an, held[0].id)] * AT_ONCE)  # noqa: B023
        assert {each.state for each in found} == {State.CONFIRMED}
        assert len(await everything(database)) == 1
        await start_anew(database)


async def test_r02_reschedule(database: Database, clock: FakeClock) -> None:
    """Twenty people with a time each want the same other one."""
    people = await somebodies(database, AT_ONCE)
    (cem,) = await contact_points(database, 1)
    service = Appointments(database, now=clock)
    for _ in range(ROUNDS):
        mine = await spread(service, people, cem)
        found = await all_at_once(
            [
                lambda person=person, id_=each.id: service.reschedule(person, id_, NINE)  # type: ignore[misc]
                for person, each in zip(people, mine, strict=True)
            ]
        )
        await judged(database, found, cem)
        assert len({each["starts_at"] for each in await everything(database)}) == AT_ONCE
        await start_anew(database)


async def spread(
    service: Appointments, people: Sequence[PersonId], cem: PersonId
) -> list[Appointment]:
    """A time of its own for each, from Tuesday on."""
    free = await service.offer(
        people[0], TALK, around=brussels(2026, 11, 24), colleague=cem, most=len(people)
    )
    return [
        await service.confirm(person, (await service.hold(person, TALK, each.starts_at, cem)).id)
        for person, each in zip(people, free, strict=True)
    ]


async def test_r02_a_request_is_passed_on_proposed_and_accepted_once(
    database: Database, clock: FakeClock
) -> None:
    """Twenty requests for one time, of twenty colleagues, who all pass it on to the same one."""
    people = await somebodies(database, AT_ONCE)
    asked_first = await contact_points(database, AT_ONCE, replace(OFFICE, on_request=True))
    (cem,) = await contact_points(database, 1, first=100)
    service = Appointments(database, now=clock)
    desk = AppointmentDesk(Staff(database, clock), database, now=clock)
    for _ in range(ROUNDS):
        requests = []
        for person, colleague in zip(people, asked_first, strict=True):
            held = await service.hold(person, TALK, NINE, colleague)
            requests.append(await service.confirm(person, held.id))
        found = await all_at_once(
            [
                lambda by=each.colleague_id, id_=each.id: desk.pass_on(by, id_, cem)  # type: ignore[misc]
                for each in requests
            ]
        )
        await judged(database, found, cem)
        left = [each for each in requests if each.id not in {one.id for one in got(found)}]
        answers = await asyncio.gather(
            *(one_yes(desk, each) for each in left for _ in range(3)),
        )
        assert set(answers) == {State.CONFIRMED}
        await check_whole(database)
        await start_anew(database)


def got(found: Sequence[Any]) -> list[Appointment]:
    return [each for each in found if isinstance(each, Appointment)]


async def one_yes(desk: AppointmentDesk, each: Appointment) -> State:
    accepted = await persistently(lambda: desk.accept(each.colleague_id, each.id))
    assert isinstance(accepted, Appointment)
    return accepted.state


async def test_r02_propose(database: Database, clock: FakeClock) -> None:
    """The colleague proposes the same time to twenty people at once."""
    people = await somebodies(database, AT_ONCE)
    (cem,) = await contact_points(database, 1, replace(OFFICE, on_request=True))
    service = Appointments(database, now=clock)
    desk = AppointmentDesk(Staff(database, clock), database, now=clock)
    for _ in range(ROUNDS):
        requests = await spread(service, people, cem)
        found = await all_at_once(
            [lambda id_=each.id: desk.propose(cem, id_, NINE) for each in requests]  # type: ignore[misc]
        )
        await judged(database, found, cem)
        (proposed,) = got(found)
        taps = [lambda: service.agree(proposed.person_id, proposed.id)] * 3  # noqa: B023
        assert {each.state for each in await all_at_once(taps)} == {State.CONFIRMED}
        await start_anew(database)


async def test_r02_staff_books_while_candidates_hold(database: Database, clock: FakeClock) -> None:
    people = await somebodies(database, AT_ONCE)
    (cem,) = await contact_points(database, 1)
    service = Appointments(database, now=clock)
    desk = AppointmentDesk(Staff(database, clock), database, now=clock)
    for _ in range(ROUNDS):
        found = await all_at_once(
            [
                (lambda person=person: desk.book_for(cem, person, TALK, NINE))  # type: ignore[misc]
                if number % 2
                else (lambda person=person: service.hold(person, TALK, NINE, cem))  # type: ignore[misc]
                for number, person in enumerate(people)
            ]
        )
        await judged(database, found, cem)
        await start_anew(database)


async def test_a8_cancelled_or_accepted_never_both(database: Database, clock: FakeClock) -> None:
    (an,) = await somebodies(database, 1)
    (cem,) = await contact_points(database, 1, replace(OFFICE, on_request=True))
    service = Appointments(database, now=clock)
    desk = AppointmentDesk(Staff(database, clock), database, now=clock)
    for _ in range(figure(200, 4)):
        asked = await service.confirm(an, (await service.hold(an, TALK, NINE, cem)).id)
        accepted, cancelled = await asyncio.gather(
            persistently(lambda: desk.accept(cem, asked.id)),  # noqa: B023
            persistently(lambda: service.cancel(an, asked.id)),  # noqa: B023
            return_exceptions=True,
        )
        assert cancelled is True
        assert isinstance(accepted, (Appointment, NotAnAppointment))
        assert (await everything(database))[0]["state"] == "ended"
        await start_anew(database)


async def test_r02_nobody_waits_in_a_circle(database: Database, clock: FakeClock) -> None:
    """Two people change colleagues crosswise, and again: a deadlock would be trouble."""
    an, bo = await somebodies(database, 2)
    cem, dirk = await contact_points(database, 2)
    service = Appointments(database, now=clock)
    ten = NINE + timedelta(hours=1)
    one = await service.confirm(an, (await service.hold(an, TALK, NINE, cem)).id)
    other = await service.confirm(bo, (await service.hold(bo, TALK, NINE, dirk)).id)
    for number in range(figure(100, 6)):
        to = [cem, dirk] if number % 2 else [dirk, cem]
        at = NINE if number % 2 else ten
        await asyncio.gather(
            service.reschedule(an, one.id, at, to[0]), service.reschedule(bo, other.id, at, to[1])
        )
        await check_whole(database)


async def without_the_guard_in_the_table(database: Database) -> None:
    names = (
        ["appointments_once ON appointments"]
        if database.dialect == "postgresql"
        else ["appointments_once_added", "appointments_once_changed"]
    )
    async with database.transaction() as tx:
        for name in names:
            await tx.run(text(f"DROP TRIGGER {name}"))


def without_the_lock(dialect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody decides on what they happened to see."""

    async def nobody_waits(*_: object) -> bool:
        return True

    monkeypatch.setattr(store, "lock_people", nobody_waits)
    if dialect == "sqlite":
        without_turns(monkeypatch)
    else:
        why_not, all_looked, looked = Book.why_not, asyncio.Event(), 0

        async def look(book: Book, *args: Any, **options: Any) -> slots.Reason | None:
            nonlocal looked
            seen = await why_not(book, *args, **options)
            looked += 1
            if looked >= 5:
                all_looked.set()
            await asyncio.wait_for(all_looked.wait(), timeout=10)
            return seen

        monkeypatch.setattr(Book, "why_not", look)


async def rivals(database: Database, clock: FakeClock) -> list[Any]:
    people = await somebodies(database, AT_ONCE)
    (cem,) = await contact_points(database, 1)
    service = Appointments(database, now=clock)
    return await asyncio.gather(
        *(service.hold(person, TALK, NINE, cem) for person in people), return_exceptions=True
    )


async def test_r02_negative_control_without_lock_and_constraint_it_double_books(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await without_the_guard_in_the_table(database)
    without_the_lock(database.dialect, monkeypatch)
    await rivals(database, clock)
    monkeypatch.undo()

    async with database.reading() as reader:
        assert await wrong_with(reader) != []


async def test_r02_without_the_lock_the_database_still_refuses(
    postgres_database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_the_lock("postgresql", monkeypatch)
    found = await rivals(postgres_database, clock)
    monkeypatch.undo()

    assert len(got(found)) == 1
    await check_whole(postgres_database)


async def test_a14_hours_that_change_while_somebody_books(
    database: Database, clock: FakeClock
) -> None:
    """Either it was booked before the hours ended, or it is refused; never half."""
    people = await somebodies(database, 3)
    (cem,) = await contact_points(database, 1)
    service = Appointments(database, now=clock)

    async def no_hours() -> None:
        async with database.transaction() as tx:
            await Book.opened(tx, {cem}, service.rules, clock())
            await tx.run(delete(rosters))

    found = await asyncio.gather(
        *(
            persistently(lambda person=person: service.hold(person, TALK, NINE))
            for person in people
        ),  # type: ignore[misc]
        no_hours(),
    )
    assert len(got(found)) <= 1
    await check_whole(database)
