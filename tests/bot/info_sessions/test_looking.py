"""What one person sees of an info session, what they are called, and what they want to hear of."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from bot.info_sessions.model import (
    InfoSessionClosed,
    NameMissing,
    NoSuchSignUp,
    PoolKind,
    State,
    Status,
    Track,
)
from bot.info_sessions.service import InfoSessions
from bot.info_sessions.tables import head_starts, interests, sign_ups
from bot.storage.database import Database
from tests.support.clock import FakeClock
from tests.support.info_sessions import STARTS, an_info_session, check_whole, somebodies

UNIFORM, CIVILIAN = Track.UNIFORM, Track.CIVILIAN


async def test_a_look_shows_what_is_ones_own_and_nothing_of_others(
    info_sessions: InfoSessions, database: Database
) -> None:
    id_ = await an_info_session(database, 1)
    an, bo, cy = await somebodies(database, 3)
    for person in (an, bo):
        await info_sessions.sign_up(person, id_, name="Wie dan ook")

    looks = [await info_sessions.look(person, id_) for person in (an, bo, cy)]

    places = [look.place for look in looks]
    assert [place and (place.sign_up.status, place.position) for place in places] == [
        (Status.CONFIRMED, None),
        (Status.WAITING, 1),
        None,
    ]
    assert "Wie dan ook" not in repr(looks[2])
    assert not looks[2].has_seat_for(PoolKind.GENERAL)


async def test_a_look_knows_what_one_moves_from_and_a_seat_in_a_sister_session(
    info_sessions: InfoSessions, database: Database
) -> None:
    first = await an_info_session(database, 2, series="dag")
    second = await an_info_session(database, 1, series="dag", starts_at=STARTS + timedelta(hours=3))
    an, bo = await somebodies(database, 2)
    await info_sessions.sign_up(bo, second)
    await info_sessions.sign_up(an, first)

    before = await info_sessions.look(an, second)
    await info_sessions.move(an, first, second)
    after = await info_sessions.look(an, second)

    assert before.elsewhere is not None
    assert (before.elsewhere.id, before.replaced) == (first, None)
    assert after.replaced is not None
    assert (after.elsewhere, after.replaced.id) == (None, first)


async def test_s6_a_head_start_is_ones_own(
    info_sessions: InfoSessions, database: Database, clock: FakeClock
) -> None:
    opens_at = clock() + timedelta(hours=40)
    id_ = await an_info_session(database, opens_at=opens_at)
    an, bo = await somebodies(database, 2)
    from_at = clock() + timedelta(hours=1)
    async with database.transaction() as tx:
        values = {"info_session_id": id_, "person_id": an, "from_at": from_at}
        await tx.run(insert(head_starts).values(values))

    opens = [(await info_sessions.look(person, id_)).opens_at for person in (an, bo)]

    assert opens == [from_at, opens_at]


@pytest.mark.parametrize("state", [State.DRAFT, State.ANONYMISED])
async def test_what_candidates_may_not_see_does_not_exist(
    info_sessions: InfoSessions, database: Database, state: State
) -> None:
    id_ = await an_info_session(database, state=state)
    (an,) = await somebodies(database, 1)

    for missing in (id_, id_ + 1):
        with pytest.raises(InfoSessionClosed):
            await info_sessions.look(an, missing)  # type: ignore[arg-type]


async def test_s12_a_wish_has_seats_of_its_own(
    info_sessions: InfoSessions, database: Database
) -> None:
    id_ = await an_info_session(database, 1, pools={PoolKind.SCHOOL: 2})
    an, bo, cy = await somebodies(database, 3)
    for person in (an, bo):
        await info_sessions.sign_up(person, id_)

    look = await info_sessions.look(cy, id_)

    assert (look.has_seat_for(PoolKind.GENERAL), look.has_seat_for(PoolKind.SCHOOL)) == (
        False,
        True,
    )
    assert look.free == {PoolKind.GENERAL: 0, PoolKind.SCHOOL: 2}
    await check_whole(database)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        pytest.param("Annelies", "Annelies", id="a name"),
        pytest.param("  An \n Peeters ", "An Peeters", id="on one line"),
        pytest.param("👮 An ✅", "An", id="without our own signs"),
        pytest.param("x" * 60, "x" * 39 + "…", id="bounded"),
    ],
)
async def test_p11_a_name_is_ones_own_choice(
    info_sessions: InfoSessions, database: Database, typed: str, kept: str
) -> None:
    id_ = await an_info_session(database)
    (an,) = await somebodies(database, 1)
    await info_sessions.sign_up(an, id_)

    await info_sessions.call_me(an, id_, typed)

    async with database.reading() as reader:
        assert await reader.scalar(select(sign_ups.c.name)) == kept


@pytest.mark.parametrize("typed", ["", "   ", "123", "🎉", "\u202e", "<>"])
async def test_p11_what_holds_no_letter_is_no_name(
    info_sessions: InfoSessions, database: Database, typed: str
) -> None:
    id_ = await an_info_session(database)
    (an,) = await somebodies(database, 1)
    await info_sessions.sign_up(an, id_, name="An")

    with pytest.raises(NameMissing):
        await info_sessions.call_me(an, id_, typed)

    async with database.reading() as reader:
        assert await reader.scalar(select(sign_ups.c.name)) == "An"


async def test_t05_nobody_renames_somebody_else(
    info_sessions: InfoSessions, database: Database
) -> None:
    id_ = await an_info_session(database)
    an, eve = await somebodies(database, 2)
    await info_sessions.sign_up(an, id_, name="An")

    with pytest.raises(NoSuchSignUp):
        await info_sessions.call_me(eve, id_, "Eve")


async def test_s6_wishes_keep_their_place_and_nothing_else_is_told(
    info_sessions: InfoSessions, database: Database, clock: FakeClock
) -> None:
    an, bo = await somebodies(database, 2)
    await info_sessions.interested_in(an, [(UNIFORM, "nl"), (CIVILIAN, "nl")])
    await info_sessions.interested_in(bo, [(UNIFORM, "nl")])
    since = clock()
    clock.advance(timedelta(days=3))

    await info_sessions.interested_in(an, [(UNIFORM, "nl"), (UNIFORM, "fr")])

    async with database.reading() as reader:
        rows = await reader.all(
            select(interests.c.person_id, interests.c.language, interests.c.since)
            .where(interests.c.track == "uniform")
            .order_by(interests.c.id)
        )
    assert [tuple(row) for row in rows] == [
        (an, "nl", since),
        (bo, "nl", since),
        (an, "fr", clock()),
    ]
    assert await info_sessions.interests_of(an) == [(UNIFORM, "nl"), (UNIFORM, "fr")]
    await info_sessions.interested_in(an, [])
    assert await info_sessions.interests_of(an) == []
