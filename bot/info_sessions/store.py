"""The statements of sign-ups and seats; what they mean stands in `hall` and `service`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Integer,
    String,
    and_,
    bindparam,
    delete,
    func,
    insert,
    null,
    or_,
    select,
    true,
    update,
)

from bot.info_sessions.model import (
    Ending,
    InfoSession,
    InfoSessionClosed,
    InfoSessionId,
    PoolId,
    PoolKind,
    SeatsShown,
    SignUp,
    SignUpId,
    State,
    Status,
    Track,
)
from bot.info_sessions.occupancy import Pool, Waiter
from bot.info_sessions.tables import (
    head_starts,
    info_session_leads,
    info_session_pools,
    info_sessions,
    interests,
    is_open,
    is_waiting,
    sign_ups,
)
from bot.people.model import PersonId
from bot.people.store import people
from bot.storage.columns import Moment, upsert
from bot.storage.database import Reader, Row, Transaction, prepared

SESSION_FIELDS = (
    info_sessions.c.id,
    info_sessions.c.state,
    info_sessions.c.title,
    info_sessions.c.track,
    info_sessions.c.language,
    info_sessions.c.starts_at,
    info_sessions.c.ends_at,
    info_sessions.c.opens_at,
    info_sessions.c.closes_at,
    info_sessions.c.place,
    info_sessions.c.series,
    info_sessions.c.party_max,
    info_sessions.c.waiting_list,
    info_sessions.c.seats_shown,
    info_sessions.c.last_place,
    info_sessions.c.waiting,
    info_sessions.c.freed,
)
SIGN_UP_FIELDS = (
    sign_ups.c.id,
    sign_ups.c.info_session_id,
    sign_ups.c.person_id,
    sign_ups.c.name,
    sign_ups.c.status,
    sign_ups.c.party,
    sign_ups.c.pool_id,
    sign_ups.c.wish,
    sign_ups.c.place,
    sign_ups.c.offer_until,
    sign_ups.c.replaces_id,
    sign_ups.c.code,
    info_sessions.c.starts_at,
    sign_ups.c.series,
    sign_ups.c.coming,
)
SIGN_UPS_WITH_SESSION = select(*SIGN_UP_FIELDS).join(
    info_sessions, info_sessions.c.id == sign_ups.c.info_session_id
)

_this_session = info_sessions.c.id == bindparam("info_session")
_GET = prepared(select(*SESSION_FIELDS).where(_this_session))
_LOCK = prepared(select(*SESSION_FIELDS).where(_this_session).with_for_update())
_POOLS = prepared(
    select(
        info_session_pools.c.id,
        info_session_pools.c.kind,
        info_session_pools.c.seats,
        info_session_pools.c.taken,
    )
    .where(info_session_pools.c.info_session_id == bindparam("info_session"))
    .order_by(info_session_pools.c.id)
)
_TAKE = prepared(
    update(info_session_pools)
    .where(info_session_pools.c.id == bindparam("pool"))
    .values(taken=info_session_pools.c.taken + bindparam("more", type_=Integer))
)
_RESIZE = prepared(
    update(info_session_pools)
    .where(info_session_pools.c.id == bindparam("pool"))
    .values(seats=bindparam("size", type_=Integer))
)
_COUNT = prepared(
    update(info_sessions)
    .where(_this_session)
    .values(
        last_place=bindparam("last", type_=Integer),
        waiting=info_sessions.c.waiting + bindparam("more", type_=Integer),
        freed=bindparam("times_freed", type_=Integer),
    )
)

_can_hear = or_(
    and_(sign_ups.c.person_id.is_(None), sign_ups.c.name.is_not(None)),
    and_(people.c.reachable, people.c.paused_at.is_(None), people.c.stopped_at.is_(None)),
)
_has_a_turn = or_(
    sign_ups.c.passed_at_freed.is_(None),
    sign_ups.c.passed_at_freed < bindparam("times_freed", type_=Integer),
)
_NEXT = prepared(
    select(sign_ups.c.id, sign_ups.c.place, sign_ups.c.wish, sign_ups.c.party)
    .outerjoin(people, people.c.id == sign_ups.c.person_id)
    .where(
        sign_ups.c.info_session_id == bindparam("info_session"),
        is_waiting,
        sign_ups.c.party <= bindparam("fits", type_=Integer),
        or_(
            sign_ups.c.wish == bindparam("kind", type_=String),
            bindparam("anybody", type_=Boolean),
        ),
        _has_a_turn,
        _can_hear,
    )
    .order_by(sign_ups.c.place)
    .limit(bindparam("most"))
)
_POSITION = prepared(
    select(func.count())
    .select_from(sign_ups)
    .where(
        sign_ups.c.info_session_id == bindparam("info_session"),
        is_waiting,
        sign_ups.c.place <= bindparam("place", type_=Integer),
    )
)

_LOCK_PERSON = prepared(
    select(people.c.language, people.c.source)
    .where(people.c.id == bindparam("person"))
    .with_for_update(key_share=True)
)
_OPEN_OF = prepared(
    SIGN_UPS_WITH_SESSION.where(
        sign_ups.c.person_id == bindparam("person"),
        is_open,
        info_sessions.c.ends_at > bindparam("now", type_=Moment),
    ).order_by(info_sessions.c.starts_at, sign_ups.c.id)
)
_SIGN_UP = prepared(SIGN_UPS_WITH_SESSION.where(sign_ups.c.id == bindparam("sign_up")))
_ADD = prepared(
    insert(sign_ups)
    .values(
        info_session_id=bindparam("info_session"),
        person_id=bindparam("person"),
        name=bindparam("name"),
        language=bindparam("language"),
        source=bindparam("source"),
        status=bindparam("status"),
        party=bindparam("party"),
        pool_id=bindparam("pool"),
        wish=bindparam("wish"),
        place=bindparam("place"),
        series=bindparam("series"),
        replaces_id=bindparam("replaces"),
        code=bindparam("code"),
        reminded=bindparam("reminded"),
        signed_up_at=bindparam("now"),
    )
    .returning(sign_ups.c.id)
)
_this_sign_up = sign_ups.c.id == bindparam("sign_up")
_OFFER = prepared(
    update(sign_ups)
    .where(_this_sign_up, is_waiting)
    .values(
        status=Status.OFFERED.value,
        pool_id=bindparam("pool"),
        offer_until=bindparam("until", type_=Moment),
        passed_at_freed=null(),
    )
)
_CONFIRM = prepared(
    update(sign_ups)
    .where(_this_sign_up)
    .values(
        status=Status.CONFIRMED.value,
        offer_until=null(),
        replaces_id=null(),
        reminded=bindparam("stage"),
    )
)
_TAIL = prepared(
    update(sign_ups)
    .where(_this_sign_up)
    .values(
        status=Status.WAITING.value,
        pool_id=null(),
        offer_until=null(),
        place=bindparam("last", type_=Integer),
        party=bindparam("size", type_=Integer),
        passed_at_freed=bindparam("passed", type_=Integer),
    )
)
_PARTY = prepared(
    update(sign_ups).where(_this_sign_up).values(party=bindparam("size", type_=Integer))
)
_REPLACES = prepared(
    update(sign_ups).where(_this_sign_up).values(replaces_id=bindparam("old", type_=Integer))
)
_NAME = prepared(
    update(sign_ups).where(_this_sign_up).values(name=bindparam("called", type_=String))
)
_COMING_STILL = prepared(update(sign_ups).where(_this_sign_up).values(coming=true()))
_END = prepared(
    update(sign_ups)
    .where(_this_sign_up)
    .values(
        status=Status.ENDED.value,
        pool_id=null(),
        offer_until=null(),
        replaces_id=null(),
        ended_at=bindparam("now", type_=Moment),
        ended_how=bindparam("how", type_=String),
    )
)
_HEAD_START = prepared(
    select(head_starts.c.from_at).where(
        head_starts.c.info_session_id == bindparam("info_session"),
        head_starts.c.person_id == bindparam("person"),
    )
)
_LEADS = prepared(
    select(info_session_leads.c.person_id)
    .where(info_session_leads.c.info_session_id == bindparam("info_session"))
    .order_by(info_session_leads.c.person_id)
)

_seats = (
    select(
        info_session_pools.c.info_session_id,
        func.sum(info_session_pools.c.seats).label("seats"),
        func.sum(info_session_pools.c.taken).label("taken"),
    )
    .group_by(info_session_pools.c.info_session_id)
    .subquery("totals")
)
_COMING = (
    select(*SESSION_FIELDS, _seats.c.seats, _seats.c.taken)
    .join(_seats, _seats.c.info_session_id == info_sessions.c.id)
    .where(
        info_sessions.c.state.in_([State.PUBLISHED.value, State.CLOSED.value]),
        info_sessions.c.starts_at > bindparam("now", type_=Moment),
    )
    .order_by(info_sessions.c.starts_at, info_sessions.c.id)
)
_COMING_ALL = prepared(_COMING)
_COMING_TRACK = prepared(
    _COMING.where(info_sessions.c.track.in_([bindparam("track"), Track.BOTH.value]))
)

_INTERESTED = prepared(
    upsert(interests)
    .values(
        person_id=bindparam("person"),
        track=bindparam("track"),
        language=bindparam("language"),
        since=bindparam("now"),
        confirmed_at=bindparam("now"),
    )
    .on_conflict_do_update(
        index_elements=["person_id", "track", "language"],
        set_={"confirmed_at": bindparam("now", type_=Moment), "asked_at": null()},
    )
)
_NOT_INTERESTED = prepared(
    delete(interests).where(
        interests.c.person_id == bindparam("person"), interests.c.track == bindparam("track")
    )
)
_NOT_INTERESTED_IN = prepared(
    delete(interests).where(
        interests.c.person_id == bindparam("person"),
        interests.c.track == bindparam("track"),
        interests.c.language == bindparam("language"),
    )
)
_NOT_INTERESTED_AT_ALL = prepared(
    delete(interests).where(interests.c.person_id == bindparam("person"))
)
_INTERESTS_OF = prepared(
    select(interests.c.track, interests.c.language)
    .where(interests.c.person_id == bindparam("person"))
    .order_by(interests.c.id)
)


@dataclass(frozen=True, slots=True)
class Speaker:
    """What of a person is kept with their sign-up."""

    language: str | None
    source: str | None


def info_session_of(row: Sequence[Any]) -> InfoSession:
    cells = list(row)
    cells[1], cells[3], cells[13] = State(cells[1]), Track(cells[3]), SeatsShown(cells[13])
    cells[12] = bool(cells[12])
    return InfoSession(*cells)


def sign_up_of(row: Sequence[Any]) -> SignUp:
    cells = list(row)
    cells[4], cells[7] = Status(cells[4]), PoolKind(cells[7])
    cells[14] = None if cells[14] is None else bool(cells[14])
    return SignUp(*cells)


async def get(reader: Reader, id_: InfoSessionId) -> InfoSession:
    """Raises: InfoSessionClosed, when there is none."""
    row = await reader.first(_GET, info_session=id_)
    if row is None:
        raise InfoSessionClosed
    return info_session_of(row)


async def lock(tx: Transaction, id_: InfoSessionId) -> InfoSession:
    """As `get`; until the transaction ends, nobody else changes anything about its seats."""
    row = await tx.first(_LOCK, info_session=id_)
    if row is None:
        raise InfoSessionClosed
    return info_session_of(row)


async def lock_person(tx: Transaction, person: PersonId) -> Speaker:
    """One thing at a time for one person. Always before any info session is locked.

    Raises:
        LookupError: there is no such person (any more).
    """
    return Speaker(*await tx.one(_LOCK_PERSON, person=person))


async def person_locked(tx: Transaction, person: PersonId) -> bool:
    """As `lock_person`; False when there is no such person (any more)."""
    return await tx.first(_LOCK_PERSON, person=person) is not None


async def pools(reader: Reader, id_: InfoSessionId) -> list[Pool]:
    rows = await reader.all(_POOLS, info_session=id_)
    return [Pool(row[0], PoolKind(row[1]), row[2], row[3]) for row in rows]


async def waiters(reader: Reader, info_session: InfoSession, pools: Iterable[Pool]) -> list[Waiter]:
    """Everybody whose turn matters now: no more of the queue than there are seats to give."""
    pools = list(pools)
    most = sum(pool.free for pool in pools) + 1
    found: dict[int, Waiter] = {}
    for pool in pools:
        if pool.seats == 0:
            continue
        rows = await reader.all(
            _NEXT,
            info_session=info_session.id,
            fits=pool.seats,
            kind=pool.kind.value,
            anybody=pool.kind is PoolKind.GENERAL,
            times_freed=info_session.freed,
            most=most,
        )
        for row in rows:
            found[row.id] = Waiter(row.id, row.place, PoolKind(row.wish), row.party)
    return sorted(found.values(), key=lambda waiter: waiter.place)


async def take(tx: Transaction, pool: PoolId, more: int) -> None:
    """Take *more* seats of a pool, or give some back (less than 0)."""
    await tx.run(_TAKE, pool=pool, more=more)


async def resize(tx: Transaction, pool: PoolId, seats: int) -> None:
    await tx.run(_RESIZE, pool=pool, size=seats)


async def count(
    tx: Transaction, id_: InfoSessionId, *, last_place: int, freed: int, waiting: int
) -> None:
    """Keep the counters of a locked info session; *waiting* is how many more wait."""
    await tx.run(_COUNT, info_session=id_, last=last_place, times_freed=freed, more=waiting)


async def position(reader: Reader, sign_up: SignUp) -> int | None:
    """1 for who is next; None for who does not wait."""
    if sign_up.status is not Status.WAITING:
        return None
    found: int = await reader.scalar(
        _POSITION, info_session=sign_up.info_session_id, place=sign_up.place
    )
    return found


async def open_of(reader: Reader, person: PersonId, now: datetime) -> list[SignUp]:
    """What they are signed up for and is not over, the first to come first."""
    return [sign_up_of(row) for row in await reader.all(_OPEN_OF, person=person, now=now)]


async def sign_up(reader: Reader, id_: SignUpId) -> SignUp | None:
    row = await reader.first(_SIGN_UP, sign_up=id_)
    return None if row is None else sign_up_of(row)


async def add(tx: Transaction, **values: Any) -> SignUpId:
    row = await tx.one(_ADD, **values)
    return SignUpId(row.id)


async def offer(tx: Transaction, id_: SignUpId, pool: PoolId, until: datetime) -> None:
    await tx.run(_OFFER, sign_up=id_, pool=pool, until=until)


async def confirm(tx: Transaction, id_: SignUpId, stage: int) -> None:
    await tx.run(_CONFIRM, sign_up=id_, stage=stage)


async def to_the_tail(
    tx: Transaction, id_: SignUpId, place: int, party: int, passed: int | None
) -> None:
    await tx.run(_TAIL, sign_up=id_, last=place, size=party, passed=passed)


async def change_party(tx: Transaction, id_: SignUpId, party: int) -> None:
    await tx.run(_PARTY, sign_up=id_, size=party)


async def replaces(tx: Transaction, id_: SignUpId, old: SignUpId) -> None:
    await tx.run(_REPLACES, sign_up=id_, old=old)


async def call(tx: Transaction, id_: SignUpId, name: str) -> None:
    await tx.run(_NAME, sign_up=id_, called=name)


async def coming_still(tx: Transaction, id_: SignUpId) -> None:
    await tx.run(_COMING_STILL, sign_up=id_)


async def end(tx: Transaction, id_: SignUpId, how: Ending, now: datetime) -> None:
    await tx.run(_END, sign_up=id_, how=how.value, now=now)


async def let_in_at(
    reader: Reader, info_session: InfoSessionId, person: PersonId
) -> datetime | None:
    found: datetime | None = await reader.scalar(
        _HEAD_START, info_session=info_session, person=person
    )
    return found


async def leads(reader: Reader, id_: InfoSessionId) -> list[PersonId]:
    return [PersonId(row[0]) for row in await reader.all(_LEADS, info_session=id_)]


async def coming(
    reader: Reader, now: datetime, track: Track | None
) -> list[tuple[InfoSession, int]]:
    """The info sessions that candidates see, with how many seats are free."""
    if track is None or track is Track.BOTH:
        rows: list[Row] = await reader.all(_COMING_ALL, now=now)
    else:
        rows = await reader.all(_COMING_TRACK, now=now, track=track.value)
    return [(info_session_of(row[:-2]), int(row[-2]) - int(row[-1])) for row in rows]


async def interested(
    tx: Transaction, person: PersonId, track: Track, language: str, now: datetime
) -> None:
    await tx.run(_INTERESTED, person=person, track=track.value, language=language, now=now)


async def not_interested(tx: Transaction, person: PersonId, track: Track | None = None) -> int:
    """Take somebody off the interest list; all of it without *track*."""
    if track is None:
        return await tx.run(_NOT_INTERESTED_AT_ALL, person=person)
    return await tx.run(_NOT_INTERESTED, person=person, track=track.value)


async def not_interested_in(tx: Transaction, person: PersonId, track: Track, language: str) -> None:
    await tx.run(_NOT_INTERESTED_IN, person=person, track=track.value, language=language)


async def interests_of(reader: Reader, person: PersonId) -> list[tuple[Track, str]]:
    rows = await reader.all(_INTERESTS_OF, person=person)
    return [(Track(row.track), row.language) for row in rows]
