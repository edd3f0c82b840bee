"""The statements of the clock's work; what they mean stands in `timers`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    Integer,
    String,
    bindparam,
    delete,
    exists,
    func,
    insert,
    null,
    select,
    update,
)

from bot.info_sessions.model import InfoSession, InfoSessionId, PoolId, SignUpId, State, Status
from bot.info_sessions.store import SESSION_FIELDS, info_session_of
from bot.info_sessions.tables import (
    ASKED_BEFORE,
    INTEREST_KEPT,
    check_ins,
    head_starts,
    info_session_answers,
    info_session_counts,
    info_session_pools,
    info_sessions,
    interests,
    is_open,
    sign_ups,
)
from bot.info_sessions.times import CONFIRM_BEFORE, REMINDED_WITHIN
from bot.people.model import PersonId
from bot.storage.columns import Moment
from bot.storage.database import Reader, Transaction, prepared

BATCH: Final = 200

_now = bindparam("now", type_=Moment)
_is_planned = info_sessions.c.state.in_([State.PUBLISHED.value, State.CLOSED.value])
_EXPIRED = prepared(
    select(sign_ups.c.info_session_id)
    .where(sign_ups.c.offer_until.is_not(None), sign_ups.c.offer_until <= _now)
    .distinct()
    .order_by(sign_ups.c.info_session_id)
)
_EXPIRED_IN = prepared(
    select(sign_ups.c.id)
    .where(
        sign_ups.c.info_session_id == bindparam("info_session"),
        sign_ups.c.offer_until.is_not(None),
        sign_ups.c.offer_until <= _now,
    )
    .order_by(sign_ups.c.id)
)
_ERASED = prepared(
    select(sign_ups.c.id, sign_ups.c.info_session_id)
    .where(is_open, sign_ups.c.person_id.is_(None), sign_ups.c.name.is_(None))
    .order_by(sign_ups.c.info_session_id, sign_ups.c.id)
    .limit(BATCH)
)
_TO_OFFER = prepared(
    select(info_sessions.c.id)
    .where(
        info_sessions.c.state == State.PUBLISHED.value,
        info_sessions.c.closes_at > _now,
        info_sessions.c.waiting > 0,
        exists().where(
            info_session_pools.c.info_session_id == info_sessions.c.id,
            info_session_pools.c.taken < info_session_pools.c.seats,
        ),
    )
    .order_by(info_sessions.c.id)
)
_TO_RELEASE = prepared(
    select(info_session_pools.c.info_session_id)
    .join(info_sessions, info_sessions.c.id == info_session_pools.c.info_session_id)
    .where(
        info_session_pools.c.release_at <= _now,
        info_session_pools.c.released_at.is_(None),
        _is_planned,
    )
    .distinct()
    .order_by(info_session_pools.c.info_session_id)
)
_RELEASABLE = prepared(
    select(info_session_pools.c.id, info_session_pools.c.seats, info_session_pools.c.taken)
    .where(
        info_session_pools.c.info_session_id == bindparam("info_session"),
        info_session_pools.c.release_at <= _now,
        info_session_pools.c.released_at.is_(None),
    )
    .order_by(info_session_pools.c.id)
)
_GENERAL = prepared(
    select(info_session_pools.c.id).where(
        info_session_pools.c.info_session_id == bindparam("info_session"),
        info_session_pools.c.kind == "general",
    )
)
_WIDEN = prepared(
    update(info_session_pools)
    .where(info_session_pools.c.id == bindparam("pool"))
    .values(
        seats=info_session_pools.c.seats + bindparam("more_seats", type_=Integer),
        taken=info_session_pools.c.taken + bindparam("more_taken", type_=Integer),
    )
)
_EMPTY = prepared(
    update(info_session_pools)
    .where(info_session_pools.c.id == bindparam("pool"))
    .values(seats=0, taken=0, released_at=_now)
)
_REHOUSE = prepared(
    update(sign_ups)
    .where(sign_ups.c.pool_id == bindparam("old", type_=Integer))
    .values(pool_id=bindparam("new", type_=Integer))
)
_TO_CLOSE = prepared(
    select(info_sessions.c.id)
    .where(info_sessions.c.state == State.PUBLISHED.value, info_sessions.c.closes_at <= _now)
    .order_by(info_sessions.c.id)
)
_TO_HOLD = prepared(
    select(info_sessions.c.id)
    .where(_is_planned, info_sessions.c.ends_at <= _now)
    .order_by(info_sessions.c.id)
)
_STATE = prepared(
    update(info_sessions)
    .where(info_sessions.c.id == bindparam("info_session"))
    .values(state=bindparam("new_state", type_=String))
)
_OPEN_IN = prepared(
    select(sign_ups.c.id, sign_ups.c.person_id)
    .where(
        sign_ups.c.info_session_id == bindparam("info_session"),
        sign_ups.c.status == bindparam("status"),
        sign_ups.c.person_id.is_not(None),
    )
    .order_by(sign_ups.c.id)
)
_SOON = prepared(
    select(*SESSION_FIELDS)
    .where(
        _is_planned,
        info_sessions.c.starts_at > _now,
        info_sessions.c.starts_at < bindparam("until", type_=Moment),
    )
    .order_by(info_sessions.c.starts_at, info_sessions.c.id)
)
_TO_REMIND = prepared(
    select(sign_ups.c.id, sign_ups.c.person_id)
    .where(
        sign_ups.c.info_session_id == bindparam("info_session"),
        sign_ups.c.status == Status.CONFIRMED.value,
        sign_ups.c.person_id.is_not(None),
        sign_ups.c.reminded < bindparam("which", type_=Integer),
    )
    .order_by(sign_ups.c.id)
    .limit(BATCH)
)
_REMINDED = prepared(
    update(sign_ups)
    .where(
        sign_ups.c.id == bindparam("sign_up"),
        sign_ups.c.reminded < bindparam("which", type_=Integer),
        is_open,
    )
    .values(reminded=bindparam("which", type_=Integer))
)
_TO_CONFIRM = prepared(
    select(info_sessions.c.id)
    .where(
        info_sessions.c.must_confirm,
        info_sessions.c.state == State.PUBLISHED.value,
        info_sessions.c.closes_at > _now,
        info_sessions.c.starts_at <= bindparam("until", type_=Moment),
        info_sessions.c.waiting > 0,
    )
    .order_by(info_sessions.c.id)
)
_MUST_CONFIRM = prepared(
    select(info_sessions.c.must_confirm).where(info_sessions.c.id == bindparam("info_session"))
)
_UNCONFIRMED = prepared(
    select(sign_ups.c.id)
    .where(
        sign_ups.c.info_session_id == bindparam("info_session"),
        sign_ups.c.status == Status.CONFIRMED.value,
        sign_ups.c.person_id.is_not(None),
        sign_ups.c.coming.is_(None),
        sign_ups.c.signed_up_at < bindparam("asked_at", type_=Moment),
        sign_ups.c.reminded >= 1,
    )
    .order_by(sign_ups.c.id.desc())
    .limit(BATCH)
)
_TO_THANK = prepared(
    select(*SESSION_FIELDS)
    .where(info_sessions.c.state == State.HELD.value, info_sessions.c.thanked_at.is_(None))
    .order_by(info_sessions.c.id)
)
_CAME = prepared(
    select(sign_ups.c.id, sign_ups.c.person_id)
    .join(check_ins, check_ins.c.sign_up_id == sign_ups.c.id)
    .where(
        sign_ups.c.info_session_id == bindparam("info_session"),
        sign_ups.c.person_id.is_not(None),
    )
    .order_by(sign_ups.c.id)
)
_THANKED = prepared(
    update(info_sessions)
    .where(info_sessions.c.id == bindparam("info_session"), info_sessions.c.thanked_at.is_(None))
    .values(thanked_at=_now)
)
_OVER = prepared(
    select(info_sessions.c.id, info_sessions.c.ends_at, info_sessions.c.kept_days)
    .where(
        info_sessions.c.state.in_([State.HELD.value, State.CANCELLED.value]),
        info_sessions.c.ends_at <= _now,
    )
    .order_by(info_sessions.c.id)
)
_grouped = (
    sign_ups.c.wish,
    sign_ups.c.language,
    sign_ups.c.source,
    sign_ups.c.status,
    sign_ups.c.ended_how,
    check_ins.c.sign_up_id.is_not(None),
)
_GROUPS = prepared(
    select(*_grouped, func.sum(sign_ups.c.party))
    .outerjoin(check_ins, check_ins.c.sign_up_id == sign_ups.c.id)
    .where(sign_ups.c.info_session_id == bindparam("info_session"))
    .group_by(*_grouped)
)
_ADD_COUNT = prepared(
    insert(info_session_counts).values(
        info_session_id=bindparam("info_session"),
        what=bindparam("what"),
        track=bindparam("track"),
        language=bindparam("language"),
        source=bindparam("source"),
        people=bindparam("people"),
    )
)
_mine = select(sign_ups.c.id).where(sign_ups.c.info_session_id == bindparam("info_session"))
_FORGET = (
    prepared(delete(info_session_answers).where(info_session_answers.c.sign_up_id.in_(_mine))),
    prepared(delete(check_ins).where(check_ins.c.sign_up_id.in_(_mine))),
    prepared(update(sign_ups).where(sign_ups.c.replaces_id.in_(_mine)).values(replaces_id=null())),
    prepared(delete(sign_ups).where(sign_ups.c.info_session_id == bindparam("info_session"))),
    prepared(delete(head_starts).where(head_starts.c.info_session_id == bindparam("info_session"))),
    prepared(
        update(info_session_pools)
        .where(info_session_pools.c.info_session_id == bindparam("info_session"))
        .values(taken=0)
    ),
    prepared(
        update(info_sessions)
        .where(info_sessions.c.id == bindparam("info_session"))
        .values(waiting=0, state=State.ANONYMISED.value)
    ),
)

_TO_ASK = prepared(
    select(interests.c.id, interests.c.person_id)
    .where(
        interests.c.confirmed_at <= bindparam("long_ago", type_=Moment),
        interests.c.asked_at.is_(None),
    )
    .order_by(interests.c.id)
    .limit(BATCH)
)
_ASKED = prepared(
    update(interests)
    .where(interests.c.id == bindparam("interest", type_=Integer), interests.c.asked_at.is_(None))
    .values(asked_at=_now)
)


@dataclass(frozen=True, slots=True)
class Group:
    """Some sign-ups that are counted together."""

    wish: str
    language: str
    source: str
    status: Status
    ended_how: str
    came: bool
    people: int


async def _ids(reader: Reader, statement: Any, now: datetime) -> list[InfoSessionId]:
    return [InfoSessionId(row[0]) for row in await reader.all(statement, now=now)]


async def with_expired_offers(reader: Reader, now: datetime) -> list[InfoSessionId]:
    return await _ids(reader, _EXPIRED, now)


async def expired_in(reader: Reader, id_: InfoSessionId, now: datetime) -> list[SignUpId]:
    return [SignUpId(row[0]) for row in await reader.all(_EXPIRED_IN, info_session=id_, now=now)]


async def of_the_erased(reader: Reader) -> dict[InfoSessionId, list[SignUpId]]:
    """Open sign-ups of people who are gone, by info session."""
    found: dict[InfoSessionId, list[SignUpId]] = {}
    for row in await reader.all(_ERASED):
        found.setdefault(InfoSessionId(row[1]), []).append(SignUpId(row[0]))
    return found


async def with_seats_to_offer(reader: Reader, now: datetime) -> list[InfoSessionId]:
    return await _ids(reader, _TO_OFFER, now)


async def with_pools_to_release(reader: Reader, now: datetime) -> list[InfoSessionId]:
    return await _ids(reader, _TO_RELEASE, now)


async def release(tx: Transaction, id_: InfoSessionId, now: datetime) -> int:
    """Make the seats of sub-pools whose time has come general ones, who sits there included.

    Returns how many seats that were.
    """
    general = PoolId(await tx.scalar(_GENERAL, info_session=id_))
    released = 0
    for pool, seats, taken in await tx.all(_RELEASABLE, info_session=id_, now=now):
        await tx.run(_EMPTY, pool=pool, now=now)
        await tx.run(_WIDEN, pool=general, more_seats=seats, more_taken=taken)
        await tx.run(_REHOUSE, old=pool, new=general)
        released += seats
    return released


async def to_close(reader: Reader, now: datetime) -> list[InfoSessionId]:
    return await _ids(reader, _TO_CLOSE, now)


async def to_hold(reader: Reader, now: datetime) -> list[InfoSessionId]:
    return await _ids(reader, _TO_HOLD, now)


async def set_state(tx: Transaction, id_: InfoSessionId, state: State) -> None:
    await tx.run(_STATE, info_session=id_, new_state=state.value)


async def people_in(
    reader: Reader, id_: InfoSessionId, status: Status
) -> list[tuple[SignUpId, PersonId]]:
    """Those with an account."""
    rows = await reader.all(_OPEN_IN, info_session=id_, status=status.value)
    return [(SignUpId(row[0]), PersonId(row[1])) for row in rows]


async def soon(reader: Reader, now: datetime) -> list[InfoSession]:
    """The info sessions somebody may have to be reminded of."""
    rows = await reader.all(_SOON, now=now, until=now + REMINDED_WITHIN)
    return [info_session_of(row) for row in rows]


async def to_remind(
    reader: Reader, id_: InfoSessionId, which: int
) -> list[tuple[SignUpId, PersonId]]:
    rows = await reader.all(_TO_REMIND, info_session=id_, which=which)
    return [(SignUpId(row[0]), PersonId(row[1])) for row in rows]


async def reminded(tx: Transaction, id_: SignUpId, which: int) -> bool:
    """Note it; False when they are no longer to be reminded."""
    return await tx.run(_REMINDED, sign_up=id_, which=which) == 1


async def to_confirm(reader: Reader, now: datetime) -> list[InfoSessionId]:
    """Where unconfirmed seats can go to who waits, from now on."""
    rows = await reader.all(_TO_CONFIRM, now=now, until=now + CONFIRM_BEFORE)
    return [InfoSessionId(row[0]) for row in rows]


async def must_confirm(reader: Reader, id_: InfoSessionId) -> bool:
    return bool(await reader.scalar(_MUST_CONFIRM, info_session=id_))


async def unconfirmed(reader: Reader, id_: InfoSessionId, asked_at: datetime) -> list[SignUpId]:
    """Who had a seat when all were asked, and did not answer; who signed up last comes first."""
    rows = await reader.all(_UNCONFIRMED, info_session=id_, asked_at=asked_at)
    return [SignUpId(row[0]) for row in rows]


async def to_thank(reader: Reader) -> list[InfoSession]:
    return [info_session_of(row) for row in await reader.all(_TO_THANK)]


async def who_came(reader: Reader, id_: InfoSessionId) -> list[tuple[SignUpId, PersonId]]:
    rows = await reader.all(_CAME, info_session=id_)
    return [(SignUpId(row[0]), PersonId(row[1])) for row in rows]


async def thanked(tx: Transaction, id_: InfoSessionId, now: datetime) -> bool:
    return await tx.run(_THANKED, info_session=id_, now=now) == 1


async def to_ask(reader: Reader, now: datetime) -> list[tuple[int, PersonId]]:
    """Who is on the interest list so long that they should say whether they still want it."""
    rows = await reader.all(_TO_ASK, long_ago=now - INTEREST_KEPT + ASKED_BEFORE)
    return [(row[0], PersonId(row[1])) for row in rows]


async def asked(tx: Transaction, interest: int, now: datetime) -> bool:
    return await tx.run(_ASKED, interest=interest, now=now) == 1


async def past_their_term(reader: Reader, now: datetime) -> list[InfoSessionId]:
    rows = await reader.all(_OVER, now=now)
    return [
        InfoSessionId(row.id) for row in rows if row.ends_at + timedelta(days=row.kept_days) <= now
    ]


async def groups(reader: Reader, id_: InfoSessionId) -> list[Group]:
    return [
        Group(wish, language or "", source or "", Status(status), how or "", bool(came), people)
        for wish, language, source, status, how, came, people in await reader.all(
            _GROUPS, info_session=id_
        )
    ]


async def keep_counts(
    tx: Transaction, id_: InfoSessionId, counted: Iterable[tuple[tuple[str, ...], int]]
) -> None:
    rows = [
        {
            "info_session": id_,
            "what": what,
            "track": track,
            "language": language,
            "source": source,
            "people": people,
        }
        for (what, track, language, source), people in counted
    ]
    await tx.run_many(_ADD_COUNT, rows)


async def forget_names(tx: Transaction, id_: InfoSessionId) -> None:
    """Everything about who came, or wanted to, goes; the announcement stays."""
    for statement in _FORGET:
        await tx.run(statement, info_session=id_)
