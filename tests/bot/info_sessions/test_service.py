"""Signing up, waiting, offers, moving, parties: each use case on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from bot.clock import brussels
from bot.errors import Conflict, Refusal
from bot.info_sessions.model import (
    Full,
    InfoSessionClosed,
    InfoSessionId,
    NoRoom,
    NoSuchSignUp,
    NotOpenYet,
    OfferGone,
    PartyTooBig,
    Place,
    PoolKind,
    SeatElsewhere,
    SeatsShown,
    SignUpId,
    State,
    Status,
    TooManySignUps,
    Track,
)
from bot.info_sessions.service import InfoSessions
from bot.info_sessions.tables import head_starts, info_session_pools
from bot.info_sessions.tables import info_sessions as sessions_table
from bot.info_sessions.timers import InfoSessionTimers
from bot.notifications.outbox import outbox
from bot.people.model import PersonId
from bot.people.store import people
from bot.storage.database import Database
from tests.support.clock import FakeClock
from tests.support.info_sessions import STARTS, an_info_session, check_whole, holders, somebodies

CONFIRMED, OFFERED, WAITING = Status.CONFIRMED, Status.OFFERED, Status.WAITING


@pytest.fixture(autouse=True)
async def _whole(database: Database) -> AsyncIterator[None]:
    """After every test the counters equal the rows and nothing is oversold."""
    yield
    await check_whole(database)


def had(place: Place) -> tuple[Status, int | None, bool]:
    return place.sign_up.status, place.position, place.new


async def letters(database: Database) -> list[tuple[PersonId, str]]:
    async with database.reading() as reader:
        rows = await reader.all(
            select(outbox.c.person_id, outbox.c.text_key)
            .where(outbox.c.state == "pending")
            .order_by(outbox.c.id)
        )
    return [(PersonId(row[0]), row[1].removeprefix("info_sessions.")) for row in rows]


async def offer_of(info_sessions: InfoSessions, person: PersonId) -> SignUpId:
    (place,) = [each for each in await info_sessions.mine(person) if each.sign_up.status is OFFERED]
    return place.sign_up.id


async def test_s1_seats_while_there_are_then_a_place_in_the_queue(
    info_sessions: InfoSessions, database: Database
) -> None:
    id_ = await an_info_session(database, 1)
    an, bo, cy = await somebodies(database, 3)

    got = [had(await info_sessions.sign_up(person, id_)) for person in (an, bo, cy)]

    assert got == [(CONFIRMED, None, True), (WAITING, 1, True), (WAITING, 2, True)]
    assert await letters(database) == []


async def test_twice_is_the_same_as_once(info_sessions: InfoSessions, database: Database) -> None:
    id_ = await an_info_session(database, 1)
    an, bo = await somebodies(database, 2)
    for person in (an, bo):
        await info_sessions.sign_up(person, id_)

    assert had(await info_sessions.sign_up(an, id_)) == (CONFIRMED, None, False)
    assert had(await info_sessions.sign_up(bo, id_, party=3)) == (WAITING, 1, False)
    assert [await info_sessions.withdraw(an, id_) for _ in range(2)] == [True, False]


async def test_s3_a_freed_seat_is_offered_at_once_and_accepted(
    info_sessions: InfoSessions, database: Database
) -> None:
    id_ = await an_info_session(database, 1)
    an, bo, cy = await somebodies(database, 3)
    for person in (an, bo, cy):
        await info_sessions.sign_up(person, id_)
    await info_sessions.withdraw(an, id_)

    assert await letters(database) == [(bo, "offered")]
    offer = await offer_of(info_sessions, bo)
    assert had(await info_sessions.accept(bo, offer)) == (CONFIRMED, None, True)
    assert had(await info_sessions.accept(bo, offer)) == (CONFIRMED, None, False)
    assert await holders(database, id_, WAITING) == [cy]
    assert await letters(database) == []  # an answered offer is not announced any more


async def test_s3_refusing_and_expiring_pass_it_on(
    info_sessions: InfoSessions, timers: InfoSessionTimers, database: Database, clock: FakeClock
) -> None:
    id_ = await an_info_session(database, 1)
    an, bo, cy, di = await somebodies(database, 4)
    for person in (an, bo, cy, di):
        await info_sessions.sign_up(person, id_)
    await info_sessions.withdraw(an, id_)
    await info_sessions.refuse(bo, await offer_of(info_sessions, bo))
    first = await holders(database, id_, OFFERED)
    clock.advance(timedelta(hours=47))
    before = await timers.expire_offers()
    clock.advance(timedelta(hours=1))
    expired = await timers.expire_offers()

    assert (first, before, expired) == ([cy], 0, 1)
    assert await holders(database, id_, OFFERED) == [di]
    assert await letters(database) == [(cy, "expired"), (di, "offered")]
    assert await timers.expire_offers() == 0


async def test_s3_an_offer_cannot_be_answered_after_its_end(
    info_sessions: InfoSessions, database: Database, clock: FakeClock
) -> None:
    """Also when the clock's work did not come round yet."""
    id_ = await an_info_session(database, 1)
    an, bo = await somebodies(database, 2)
    for person in (an, bo):
        await info_sessions.sign_up(person, id_)
    await info_sessions.withdraw(an, id_)
    offer = await offer_of(info_sessions, bo)
    clock.advance(timedelta(hours=48))

    for answer in (info_sessions.accept, info_sessions.refuse, info_sessions.let_pass):
        with pytest.raises(OfferGone):
            await answer(bo, offer)


async def test_s3_at_night_it_is_sent_at_eight_and_counts_from_then(
    info_sessions: InfoSessions, database: Database, clock: FakeClock
) -> None:
    id_ = await an_info_session(database, 1)
    an, bo = await somebodies(database, 2)
    for person in (an, bo):
        await info_sessions.sign_up(person, id_)
    clock.set(brussels(2026, 11, 25, 23, 30))
    await info_sessions.withdraw(an, id_)

    async with database.reading() as reader:
        due = await reader.scalar(select(outbox.c.due_at).where(outbox.c.person_id == bo))
    (place,) = await info_sessions.mine(bo)
    assert due == brussels(2026, 11, 26, 8)
    assert place.sign_up.offer_until == brussels(2026, 11, 28, 8)


async def test_s4_no_second_turn_before_the_others(
    info_sessions: InfoSessions, database: Database
) -> None:
    """Accept, cancel, sign up again: behind everybody who waits."""
    id_ = await an_info_session(database, 1)
    an, bo, cy = await somebodies(database, 3)
    for person in (an, bo, cy):
        await info_sessions.sign_up(person, id_)
    await info_sessions.withdraw(an, id_)
    await info_sessions.accept(bo, await offer_of(info_sessions, bo))
    await info_sessions.withdraw(bo, id_)
    again = had(await info_sessions.sign_up(bo, id_))

    assert again == (WAITING, 1, True)
    assert await holders(database, id_, OFFERED) == [cy]
    await info_sessions.withdraw(cy, id_)
    assert await holders(database, id_, OFFERED) == [bo]


async def test_s4_who_lets_it_pass_waits_behind_everybody_and_is_asked_for_the_next_one(
    info_sessions: InfoSessions, database: Database
) -> None:
    id_ = await an_info_session(database, 2)
    an, bo, cy, di = await somebodies(database, 4)
    for person in (an, bo, cy, di):
        await info_sessions.sign_up(person, id_)
    await info_sessions.withdraw(an, id_)
    passed = had(await info_sessions.let_pass(cy, await offer_of(info_sessions, cy)))
    assert passed == (WAITING, 1, True)
    assert await holders(database, id_, OFFERED) == [di]

    await info_sessions.refuse(di, await offer_of(info_sessions, di))
    assert await holders(database, id_, OFFERED) == []  # not the very seat they let pass
    await info_sessions.withdraw(bo, id_)
    assert await holders(database, id_, OFFERED) == [cy]


async def test_s4_a_seat_somebody_let_pass_is_there_for_a_newcomer(
    info_sessions: InfoSessions, database: Database
) -> None:
    id_ = await an_info_session(database, 1)
    an, bo, cy = await somebodies(database, 3)
    for person in (an, bo):
        await info_sessions.sign_up(person, id_)
    await info_sessions.withdraw(an, id_)
    await info_sessions.let_pass(bo, await offer_of(info_sessions, bo))

    assert had(await info_sessions.sign_up(cy, id_)) == (CONFIRMED, None, True)


async def test_s5_leaving_is_one_tap_and_an_old_button_takes_no_seat(
    info_sessions: InfoSessions, database: Database
) -> None:
    id_ = await an_info_session(database, 1)
    an, bo, cy = await somebodies(database, 3)
    for person in (an, bo, cy):
        await info_sessions.sign_up(person, id_)

    assert await info_sessions.leave_waiting(bo, id_) is True
    assert await info_sessions.leave_waiting(an, id_) is False
    assert await holders(database, id_, CONFIRMED) == [an]
    assert [place.position for place in await info_sessions.mine(cy)] == [1]


async def test_s5_leaving_while_offered_passes_it_on(
    info_sessions: InfoSessions, database: Database
) -> None:
    id_ = await an_info_session(database, 1)
    an, bo, cy = await somebodies(database, 3)
    for person in (an, bo, cy):
        await info_sessions.sign_up(person, id_)
    await info_sessions.withdraw(an, id_)
    await info_sessions.leave_waiting(bo, id_)

    assert await letters(database) == [(cy, "offered")]


async def test_s13_a_party_sits_or_waits_together(
    info_sessions: InfoSessions, database: Database
) -> None:
    id_ = await an_info_session(database, 3)
    an, bo, cy = await somebodies(database, 3)

    got = [
        had(await info_sessions.sign_up(person, id_, party=party))
        for person, party in ((an, 2), (bo, 2), (cy, 1))
    ]

    assert got == [(CONFIRMED, None, True), (WAITING, 1, True), (WAITING, 2, True)]
    await info_sessions.change_party(an, id_, 1)
    assert await holders(database, id_, OFFERED) == [bo]


async def test_s13_changing_the_party(info_sessions: InfoSessions, database: Database) -> None:
    id_ = await an_info_session(database, 3)
    an, bo, cy = await somebodies(database, 3)
    await info_sessions.sign_up(an, id_)
    grown = await info_sessions.change_party(an, id_, 3)
    assert (grown.sign_up.party, had(grown)) == (3, (CONFIRMED, None, True))

    for person in (bo, cy):
        await info_sessions.sign_up(person, id_)
    bigger = await info_sessions.change_party(bo, id_, 2)
    assert had(bigger) == (WAITING, 2, True)  # asking for more is asking anew
    smaller = await info_sessions.change_party(bo, id_, 1)
    assert had(smaller) == (WAITING, 2, True)
    for party, why in ((5, PartyTooBig), (0, PartyTooBig)):
        with pytest.raises(why):
            await info_sessions.change_party(an, id_, party)
    await info_sessions.change_party(an, id_, 2)
    assert await holders(database, id_, OFFERED) == [cy]
    with pytest.raises(NoRoom):
        await info_sessions.change_party(an, id_, 3)
    with pytest.raises(NoRoom):
        await info_sessions.change_party(cy, id_, 2)


async def test_s12_the_own_sub_pool_then_the_general_seats_and_release(
    info_sessions: InfoSessions, timers: InfoSessionTimers, database: Database, clock: FakeClock
) -> None:
    id_ = await an_info_session(
        database, 1, pools={PoolKind.UNIFORM: 2}, release_at=STARTS - timedelta(days=7)
    )
    an, bo, cy, di = await somebodies(database, 4)
    uniform, general = PoolKind.UNIFORM, PoolKind.GENERAL
    got = [
        had(await info_sessions.sign_up(person, id_, wish=wish))
        for person, wish in ((an, uniform), (bo, general), (cy, general), (di, general))
    ]
    assert [status for status, _, _ in got] == [CONFIRMED, CONFIRMED, WAITING, WAITING]

    assert await timers.release_pools() == 0
    clock.set(STARTS - timedelta(days=7))
    assert (await timers.release_pools(), await timers.release_pools()) == (2, 0)
    assert await holders(database, id_, OFFERED) == [cy]
    await info_sessions.withdraw(an, id_)
    assert await holders(database, id_, OFFERED) == [cy, di]


async def test_s7_moving_takes_the_new_seat_and_frees_the_old(
    info_sessions: InfoSessions, database: Database
) -> None:
    one, other = await an_info_session(database, 1), await an_info_session(database, 1)
    an, bo = await somebodies(database, 2)
    await info_sessions.sign_up(an, one)
    await info_sessions.sign_up(bo, one)
    moved = await info_sessions.move(an, one, other)

    assert had(moved) == (CONFIRMED, None, True)
    assert await holders(database, one, OFFERED) == [bo]
    assert had(await info_sessions.move(an, one, other)) == (CONFIRMED, None, False)


@pytest.mark.parametrize("series", [None, "12 december"])
async def test_s7_moving_to_a_full_one_keeps_the_old_seat_until_the_new_is_certain(
    info_sessions: InfoSessions, database: Database, series: str | None
) -> None:
    one = await an_info_session(database, 1, series=series)
    other = await an_info_session(database, 1, series=series)
    an, bo = await somebodies(database, 2)
    await info_sessions.sign_up(an, one)
    await info_sessions.sign_up(bo, other)
    waits = await info_sessions.move(an, one, other)

    assert had(waits) == (WAITING, 1, True)
    assert await holders(database, one, CONFIRMED) == [an]
    await info_sessions.withdraw(bo, other)
    assert await holders(database, one, CONFIRMED) == [an]
    await info_sessions.accept(an, await offer_of(info_sessions, an))
    assert await holders(database, one, CONFIRMED) == []
    assert await holders(database, other, CONFIRMED) == [an]


async def test_s7_who_refuses_the_new_seat_keeps_the_old(
    info_sessions: InfoSessions, database: Database
) -> None:
    one, other = await an_info_session(database, 1), await an_info_session(database, 1)
    an, bo = await somebodies(database, 2)
    await info_sessions.sign_up(an, one)
    await info_sessions.sign_up(bo, other)
    await info_sessions.move(an, one, other)
    await info_sessions.withdraw(bo, other)
    await info_sessions.refuse(an, await offer_of(info_sessions, an))

    assert await holders(database, one, CONFIRMED) == [an]


async def test_t21_one_seat_in_a_series_and_three_sign_ups_in_all(
    info_sessions: InfoSessions, database: Database
) -> None:
    sisters = [await an_info_session(database, series="12 december") for _ in range(2)]
    others = [await an_info_session(database) for _ in range(3)]
    (an,) = await somebodies(database, 1)
    await info_sessions.sign_up(an, sisters[0])

    with pytest.raises(SeatElsewhere) as refusal:
        await info_sessions.sign_up(an, sisters[1])
    assert refusal.value.parameters == {"info_session_id": sisters[0]}
    for id_ in others[:2]:
        await info_sessions.sign_up(an, id_)
    with pytest.raises(TooManySignUps):
        await info_sessions.sign_up(an, others[2])
    assert had(await info_sessions.move(an, others[0], others[2])) == (CONFIRMED, None, True)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        pytest.param({"state": State.DRAFT}, InfoSessionClosed, id="a draft looks like nothing"),
        pytest.param({"state": State.CANCELLED}, InfoSessionClosed, id="cancelled"),
        pytest.param({"state": State.CLOSED}, InfoSessionClosed, id="closed by hand"),
        pytest.param({"opens_at": brussels(2026, 11, 30, 12)}, NotOpenYet, id="not open yet"),
        pytest.param(
            {"opens_at": brussels(2026, 11, 1), "closes_at": brussels(2026, 11, 20)},
            InfoSessionClosed,
            id="closed by the clock",
        ),
    ],
)
async def test_what_is_not_open_is_refused(
    info_sessions: InfoSessions, database: Database, fields: dict[str, object], why: type[Refusal]
) -> None:
    id_ = await an_info_session(database, **fields)
    (an,) = await somebodies(database, 1)

    with pytest.raises(why):
        await info_sessions.sign_up(an, id_)


async def test_what_does_not_exist_looks_like_what_is_closed(
    info_sessions: InfoSessions, database: Database
) -> None:
    (an,) = await somebodies(database, 1)
    nothing = InfoSessionId(999)

    for attempt in (
        info_sessions.sign_up(an, nothing),
        info_sessions.withdraw(an, nothing),
        info_sessions.get(nothing),
    ):
        with pytest.raises(InfoSessionClosed):
            await attempt


async def test_full_without_a_waiting_list(info_sessions: InfoSessions, database: Database) -> None:
    id_ = await an_info_session(database, 1, waiting_list=False)
    an, bo = await somebodies(database, 2)
    await info_sessions.sign_up(an, id_)

    with pytest.raises(Full):
        await info_sessions.sign_up(bo, id_)


async def test_t05_nobody_answers_or_ends_what_is_not_theirs(
    info_sessions: InfoSessions, database: Database
) -> None:
    id_ = await an_info_session(database, 1)
    an, bo, cy = await somebodies(database, 3)
    for person in (an, bo):
        await info_sessions.sign_up(person, id_)
    await info_sessions.withdraw(an, id_)
    offer = await offer_of(info_sessions, bo)

    for number in (offer, SignUpId(999), SignUpId(-1)):
        for answer in (info_sessions.accept, info_sessions.refuse, info_sessions.let_pass):
            with pytest.raises(OfferGone):
                await answer(cy, number)
        with pytest.raises(NoSuchSignUp):
            await info_sessions.still_coming(cy, number, False)
    with pytest.raises(NoSuchSignUp):
        await info_sessions.change_party(cy, id_, 2)
    assert await info_sessions.withdraw(cy, id_) is False
    assert await holders(database, id_, OFFERED) == [bo]


async def test_s8_still_coming_no_frees_the_seat(
    info_sessions: InfoSessions, database: Database
) -> None:
    id_ = await an_info_session(database, 1)
    an, bo = await somebodies(database, 2)
    number = (await info_sessions.sign_up(an, id_)).sign_up.id
    await info_sessions.sign_up(bo, id_)
    await info_sessions.still_coming(an, number, True)
    assert await holders(database, id_, CONFIRMED) == [an]
    await info_sessions.still_coming(an, number, False)

    assert await holders(database, id_, OFFERED) == [bo]


async def test_withdrawing_ends_when_it_begins(
    info_sessions: InfoSessions, database: Database, clock: FakeClock
) -> None:
    id_ = await an_info_session(database, 1)
    (an,) = await somebodies(database, 1)
    await info_sessions.sign_up(an, id_)
    clock.set(STARTS)

    with pytest.raises(InfoSessionClosed):
        await info_sessions.withdraw(an, id_)


async def test_after_the_close_a_freed_seat_is_not_offered(
    info_sessions: InfoSessions, timers: InfoSessionTimers, database: Database, clock: FakeClock
) -> None:
    id_ = await an_info_session(database, 1)
    an, bo = await somebodies(database, 2)
    for person in (an, bo):
        await info_sessions.sign_up(person, id_)
    clock.set(STARTS - timedelta(minutes=59))
    await timers.tick()
    await info_sessions.withdraw(an, id_)

    assert await letters(database) == [(bo, "no_seat"), (an, "reminder_morning")]


async def test_s6_the_head_start_lets_in_before_the_others(
    info_sessions: InfoSessions, database: Database, clock: FakeClock
) -> None:
    id_ = await an_info_session(database, opens_at=brussels(2026, 11, 24, 12))
    an, bo, cy = await somebodies(database, 3)
    async with database.transaction() as tx:
        for person, hour in ((an, 9), (bo, 15)):
            row = {"info_session_id": id_, "person_id": person}
            at = brussels(2026, 11, 21, hour)
            await tx.run(insert(head_starts).values(row | {"from_at": at}))

    assert had(await info_sessions.sign_up(an, id_)) == (CONFIRMED, None, True)
    for person in (bo, cy):
        with pytest.raises(NotOpenYet):
            await info_sessions.sign_up(person, id_)
    clock.set(brussels(2026, 11, 21, 15))
    assert had(await info_sessions.sign_up(bo, id_)) == (CONFIRMED, None, True)
    with pytest.raises(NotOpenYet) as refusal:
        await info_sessions.sign_up(cy, id_)
    assert refusal.value.parameters == {"opens_at": brussels(2026, 11, 24, 12)}


async def test_s6_the_interest_list_ends_with_a_seat(
    info_sessions: InfoSessions, database: Database
) -> None:
    id_ = await an_info_session(database, track="uniform")
    (an,) = await somebodies(database, 1)
    for track in (Track.UNIFORM, Track.CIVILIAN, Track.UNIFORM):
        await info_sessions.interested(an, track, "nl")
    asked = await info_sessions.interests_of(an)
    await info_sessions.sign_up(an, id_)
    left = await info_sessions.interests_of(an)
    await info_sessions.not_interested(an)

    assert asked == [(Track.UNIFORM, "nl"), (Track.CIVILIAN, "nl")]
    assert left == [(Track.CIVILIAN, "nl")]
    assert await info_sessions.interests_of(an) == []


async def test_s2_full_ones_stay_visible(info_sessions: InfoSessions, database: Database) -> None:
    full = await an_info_session(database, 1, language="fr", track="uniform")
    vague = await an_info_session(database, 2, seats_shown=SeatsShown.VAGUE, track="civilian")
    await an_info_session(database, state=State.DRAFT)
    await an_info_session(database, starts_at=brussels(2026, 11, 20, 10))
    an, bo = await somebodies(database, 2)
    for person in (an, bo):
        await info_sessions.sign_up(person, full)

    seen = [
        (line.info_session.id, line.availability.full, line.availability.waiting)
        for line in await info_sessions.coming()
    ]
    assert seen == [(full, True, 1), (vague, False, 0)]
    tracks = [line.info_session.id for line in await info_sessions.coming(Track.UNIFORM)]
    assert tracks == [full]
    own_first = [line.info_session.id for line in await info_sessions.coming(language="nl")]
    assert own_first == [vague, full]
    assert (await info_sessions.get(full)).availability.full


async def test_p12_an_erased_persons_seat_is_offered_on_in_the_same_transaction(
    info_sessions: InfoSessions, database: Database
) -> None:
    id_ = await an_info_session(database, 1)
    an, bo = await somebodies(database, 2)
    for person in (an, bo):
        await info_sessions.sign_up(person, id_)
    async with database.transaction() as tx:
        await info_sessions.forget(tx, an, info_sessions.now())

    assert await holders(database, id_, OFFERED) == [bo]


async def test_p12_and_also_when_nobody_said_so_first(
    info_sessions: InfoSessions, timers: InfoSessionTimers, database: Database
) -> None:
    """The inventory only empties the row: the seat stays counted until the clock frees it."""
    from bot.storage import erasure

    id_ = await an_info_session(database, 1)
    an, bo = await somebodies(database, 2)
    for person in (an, bo):
        await info_sessions.sign_up(person, id_)
    async with database.transaction() as tx:
        await erasure.erase(tx, an, 10_001)
    await check_whole(database)

    assert (await timers.free_the_seats_of_the_erased(), await holders(database, id_, OFFERED)) == (
        1,
        [bo],
    )


async def test_who_cannot_be_written_to_holds_nobody_back_and_keeps_the_place(
    info_sessions: InfoSessions, timers: InfoSessionTimers, database: Database
) -> None:
    id_ = await an_info_session(database, 2)
    an, bo, cy, di = await somebodies(database, 4)
    for person in (an, bo, cy, di):
        await info_sessions.sign_up(person, id_)
    async with database.transaction() as tx:
        await tx.run(update(people).where(people.c.id == cy).values(reachable=False))
    await info_sessions.withdraw(an, id_)
    assert await holders(database, id_, OFFERED) == [di]
    async with database.transaction() as tx:
        await tx.run(update(people).where(people.c.id == cy).values(reachable=True))
        await tx.run(
            update(info_session_pools)
            .where(info_session_pools.c.info_session_id == id_)
            .values(seats=3)
        )

    assert await timers.offer_freed() == 1
    assert await holders(database, id_, OFFERED) == [cy, di]


async def test_the_database_refuses_what_the_rules_would_not(database: Database) -> None:
    """The guard behind the decisions: one seat too many is an error, never a seat."""
    id_ = await an_info_session(database, 1)
    for statement in (
        update(info_session_pools)
        .where(info_session_pools.c.info_session_id == id_)
        .values(taken=2),
        update(info_session_pools)
        .where(info_session_pools.c.info_session_id == id_)
        .values(taken=-1),
        update(sessions_table).where(sessions_table.c.id == id_).values(waiting=-1),
        update(sessions_table)
        .where(sessions_table.c.id == id_)
        .values(closes_at=STARTS + timedelta(minutes=1)),
    ):
        with pytest.raises(Conflict):
            async with database.transaction() as tx:
                await tx.run(statement)
