"""The statements behind papers: what fills how fast, whose lists are due, who is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Integer, and_, bindparam, func, or_, select, update

from bot.info_sessions.model import InfoSession, InfoSessionId, State
from bot.info_sessions.store import SESSION_FIELDS, info_session_of
from bot.info_sessions.tables import (
    info_session_fill,
    info_session_pools,
    info_sessions,
)
from bot.info_sessions.times import TOO_LATE, day_before
from bot.storage.columns import Moment, upsert
from bot.storage.database import Reader, Transaction, prepared

GRAIN: Final = timedelta(minutes=10)
"""How often at most we note how full an info session is."""

EVENING_WITHIN: Final = timedelta(hours=32)
"""No evening before begins earlier than this before a start."""

_now = bindparam("now", type_=Moment)
_this = bindparam("info_session", type_=Integer)
_is_planned = info_sessions.c.state.in_([State.PUBLISHED.value, State.CLOSED.value])
_takes_or_took_place = or_(_is_planned, info_sessions.c.state == State.HELD.value)
_taken = (
    select(func.sum(info_session_pools.c.taken))
    .where(info_session_pools.c.info_session_id == info_sessions.c.id)
    .scalar_subquery()
)
_noted = info_session_fill.alias("noted")
_newest = (
    select(func.max(_noted.c.at))
    .where(_noted.c.info_session_id == info_sessions.c.id)
    .scalar_subquery()
)
_CHANGED = prepared(
    select(info_sessions.c.id, _taken.label("taken"), info_sessions.c.waiting)
    .select_from(info_sessions)
    .outerjoin(
        info_session_fill,
        and_(
            info_session_fill.c.info_session_id == info_sessions.c.id,
            info_session_fill.c.at == _newest,
        ),
    )
    .where(
        _is_planned,
        or_(
            info_session_fill.c.at.is_(None),
            info_session_fill.c.taken != _taken,
            info_session_fill.c.waiting != info_sessions.c.waiting,
        ),
    )
    .order_by(info_sessions.c.id)
)
_note = upsert(info_session_fill)
_NOTE = prepared(
    _note.values(
        info_session_id=_this,
        at=bindparam("at"),
        taken=bindparam("taken"),
        waiting=bindparam("waiting"),
    ).on_conflict_do_update(
        index_elements=["info_session_id", "at"],
        set_={"taken": _note.excluded.taken, "waiting": _note.excluded.waiting},
    )
)
_POINTS = prepared(
    select(info_session_fill.c.info_session_id, info_session_fill.c.at, info_session_fill.c.taken)
    .where(info_session_fill.c.info_session_id.in_(bindparam("info_sessions", expanding=True)))
    .order_by(info_session_fill.c.info_session_id, info_session_fill.c.at)
)
_LISTS_DUE = prepared(
    select(*SESSION_FIELDS, info_sessions.c.published_at)
    .where(
        _is_planned,
        info_sessions.c.ends_at > _now,
        info_sessions.c.starts_at < bindparam("until", type_=Moment),
        or_(
            info_sessions.c.lists_for.is_(None),
            info_sessions.c.lists_for != info_sessions.c.starts_at,
        ),
    )
    .order_by(info_sessions.c.starts_at, info_sessions.c.id)
)
_LISTS_SENT = prepared(
    update(info_sessions)
    .where(
        info_sessions.c.id == _this,
        _is_planned,
        info_sessions.c.starts_at == bindparam("start", type_=Moment),
        or_(
            info_sessions.c.lists_for.is_(None),
            info_sessions.c.lists_for != info_sessions.c.starts_at,
        ),
    )
    .values(lists_for=info_sessions.c.starts_at)
)
_CALLS_DUE = prepared(
    select(*SESSION_FIELDS)
    .where(
        _takes_or_took_place,
        info_sessions.c.ends_at > bindparam("since", type_=Moment),
        info_sessions.c.starts_at < bindparam("until", type_=Moment),
        or_(
            info_sessions.c.called_for.is_(None),
            info_sessions.c.called_for != info_sessions.c.starts_at,
        ),
    )
    .order_by(info_sessions.c.starts_at, info_sessions.c.id)
)
_CALLS_ASKED = prepared(
    update(info_sessions)
    .where(
        info_sessions.c.id == _this,
        _takes_or_took_place,
        info_sessions.c.starts_at == bindparam("start", type_=Moment),
        or_(
            info_sessions.c.called_for.is_(None),
            info_sessions.c.called_for != info_sessions.c.starts_at,
        ),
    )
    .values(called_for=info_sessions.c.starts_at)
)
_IMPORTED = prepared(
    select(info_sessions.c.id, info_sessions.c.imported_as).where(
        info_sessions.c.imported_as.is_not(None)
    )
)
_IMPORTED_AS = prepared(
    update(info_sessions).where(info_sessions.c.id == _this).values(imported_as=bindparam("called"))
)


@dataclass(frozen=True, slots=True)
class Fullness:
    """How full an info session is at this moment."""

    id: InfoSessionId
    taken: int
    waiting: int


async def changed_fill(reader: Reader) -> list[Fullness]:
    """The planned ones that are fuller or emptier than when it was last noted."""
    return [
        Fullness(InfoSessionId(row[0]), int(row[1]), row[2]) for row in await reader.all(_CHANGED)
    ]


async def note_fill(tx: Transaction, each: Fullness, now: datetime) -> None:
    """From the last ten full minutes on it is so."""
    at = now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % GRAIN
    await tx.run(_NOTE, info_session=each.id, at=at, taken=each.taken, waiting=each.waiting)


async def fill_points(
    reader: Reader, ids: Sequence[InfoSessionId]
) -> dict[InfoSessionId, list[tuple[datetime, int]]]:
    """From when on how many seats were taken, in order."""
    found: dict[InfoSessionId, list[tuple[datetime, int]]] = {id_: [] for id_ in ids}
    for id_, at, taken in await reader.all(_POINTS, info_sessions=list(ids)):
        found[InfoSessionId(id_)].append((at, taken))
    return found


async def lists_due(reader: Reader, now: datetime) -> list[InfoSession]:
    """Those whose evening before has come, and whose lists did not go out for that start yet.

    What was published after that evening began has its list when signing up is over.
    """
    due = []
    for row in await reader.all(_LISTS_DUE, now=now, until=now + EVENING_WITHIN):
        info_session, published_at = info_session_of(row[:-1]), row[-1]
        moment = day_before(info_session.starts_at)
        if published_at is not None and published_at > moment:
            moment = info_session.ends_signing_up_at
        if moment <= now:
            due.append(info_session)
    return due


async def lists_sent(tx: Transaction, info_session: InfoSession) -> bool:
    """Note it; False when it was noted before, or it begins at another moment now."""
    return (
        await tx.run(_LISTS_SENT, info_session=info_session.id, start=info_session.starts_at) == 1
    )


async def calls_due(reader: Reader, now: datetime) -> list[InfoSession]:
    """Those that begin so soon that nobody is reminded any more; since a day, also those over."""
    since = now - timedelta(days=1)
    rows = await reader.all(_CALLS_DUE, since=since, until=now + TOO_LATE)
    return [info_session_of(row) for row in rows]


async def calls_asked(tx: Transaction, info_session: InfoSession) -> bool:
    """Note it; False when it was noted before, or it begins at another moment now."""
    values = {"info_session": info_session.id, "start": info_session.starts_at}
    return await tx.run(_CALLS_ASKED, **values) == 1


async def imported(reader: Reader) -> dict[str, InfoSessionId]:
    """What was made from files, by its name there."""
    return {name: InfoSessionId(id_) for id_, name in await reader.all(_IMPORTED)}


async def call_it(tx: Transaction, id_: InfoSessionId, name: str) -> None:
    await tx.run(_IMPORTED_AS, info_session=id_, called=name)
