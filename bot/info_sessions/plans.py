"""The statements that keep a plan, and what belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Float, Integer, String, bindparam, delete, insert, select, update

from bot.info_sessions.model import (
    InfoSession,
    InfoSessionId,
    PoolKind,
    SeatsShown,
    State,
    Track,
)
from bot.info_sessions.plan import Group, Part, Plan, PlannedPool, Question, Written
from bot.info_sessions.store import SESSION_FIELDS, info_session_of
from bot.info_sessions.tables import (
    info_session_parts,
    info_session_pools,
    info_session_questions,
    info_sessions,
    tour_groups,
    tour_stops,
)
from bot.storage.columns import Moment
from bot.storage.database import Reader, Transaction, prepared

_this = bindparam("info_session", type_=Integer)
_ADD = prepared(
    insert(info_sessions)
    .values(
        {
            name: bindparam(name)
            for name in (
                *("state", "title", "track", "language", "starts_at", "ends_at", "opens_at"),
                *("closes_at", "place", "room", "latitude", "longitude", "series", "party_max"),
                *(
                    "waiting_list",
                    "must_confirm",
                    "seats_shown",
                    "head_start_hours",
                    "kept_days",
                    "bring",
                ),
                *("accessibility", "house_rules", "uid", "created_at"),
            )
        }
    )
    .returning(info_sessions.c.id)
)
_REWRITE = prepared(
    update(info_sessions)
    .where(info_sessions.c.id == _this)
    .values(
        {
            name: bindparam(f"new_{name}", type_=info_sessions.c[name].type)
            for name in (
                *("title", "track", "language", "starts_at", "ends_at", "opens_at"),
                *("closes_at", "place", "room", "latitude", "longitude", "series", "party_max"),
                *(
                    "waiting_list",
                    "must_confirm",
                    "seats_shown",
                    "head_start_hours",
                    "kept_days",
                    "bring",
                ),
                *("accessibility", "house_rules"),
            )
        }
    )
)
_ADD_POOL = prepared(insert(info_session_pools))
_ADD_PART = prepared(insert(info_session_parts))
_ADD_STOP = prepared(insert(tour_stops))
_ADD_GROUP = prepared(insert(tour_groups))
_ADD_QUESTION = prepared(insert(info_session_questions))
_BELONGING = (
    info_session_parts,
    tour_stops,
    tour_groups,
    info_session_questions,
    info_session_pools,
)
_REMOVE = tuple(
    prepared(delete(table).where(table.c.info_session_id == _this)) for table in _BELONGING
)
_REMOVE_PARTS = _REMOVE[:2]
_SESSION = prepared(select(info_sessions).where(info_sessions.c.id == _this))
_POOLS = prepared(
    select(info_session_pools)
    .where(info_session_pools.c.info_session_id == _this)
    .order_by(info_session_pools.c.id)
)
_PARTS = prepared(
    select(info_session_parts.c.title, info_session_parts.c.minutes)
    .where(info_session_parts.c.info_session_id == _this)
    .order_by(info_session_parts.c.number)
)
_STOPS = prepared(
    select(tour_stops.c.title, tour_stops.c.minutes)
    .where(tour_stops.c.info_session_id == _this)
    .order_by(tour_stops.c.number)
)
_GROUPS = prepared(
    select(tour_groups.c.size, tour_groups.c.meeting_point, tour_groups.c.guide_id)
    .where(tour_groups.c.info_session_id == _this)
    .order_by(tour_groups.c.number)
)
_QUESTIONS = prepared(
    select(info_session_questions)
    .where(info_session_questions.c.info_session_id == _this)
    .order_by(info_session_questions.c.id)
)
_PUBLISH = prepared(
    update(info_sessions)
    .where(info_sessions.c.id == _this)
    .values(
        state=State.PUBLISHED.value,
        opens_at=bindparam("from_at", type_=Moment),
        published_at=bindparam("now", type_=Moment),
    )
)
_CHANGE = prepared(
    update(info_sessions)
    .where(info_sessions.c.id == _this)
    .values(
        starts_at=bindparam("start", type_=Moment),
        ends_at=bindparam("end", type_=Moment),
        opens_at=bindparam("open", type_=Moment),
        closes_at=bindparam("close", type_=Moment),
        place=bindparam("where"),
        room=bindparam("which_room"),
        latitude=bindparam("north", type_=Float),
        longitude=bindparam("east", type_=Float),
        sequence=info_sessions.c.sequence + bindparam("more", type_=Integer),
    )
)
_SISTERS = prepared(
    select(*SESSION_FIELDS)
    .where(info_sessions.c.series == bindparam("series", type_=String))
    .order_by(info_sessions.c.id)
)
_RELEASE = prepared(
    update(info_session_pools)
    .where(
        info_session_pools.c.info_session_id == _this,
        info_session_pools.c.kind == bindparam("which", type_=String),
        info_session_pools.c.released_at.is_(None),
    )
    .values(release_at=bindparam("moment", type_=Moment))
)
_DISCARD = prepared(delete(info_sessions).where(info_sessions.c.id == _this))


async def add(tx: Transaction, plan: Plan, now: datetime) -> InfoSessionId:
    row = await tx.one(
        _ADD, state=State.DRAFT.value, uid=uuid4().hex, created_at=now, **_columns(plan, now)
    )
    id_ = InfoSessionId(row.id)
    await _add_what_belongs(tx, id_, plan)
    return id_


async def rewrite(tx: Transaction, id_: InfoSessionId, plan: Plan, now: datetime) -> None:
    """Put *plan* in the place of what a draft was."""
    columns = {f"new_{name}": value for name, value in _columns(plan, now).items()}
    await tx.run(_REWRITE, info_session=id_, **columns)
    for statement in _REMOVE:
        await tx.run(statement, info_session=id_)
    await _add_what_belongs(tx, id_, plan)


async def retouch(tx: Transaction, id_: InfoSessionId, plan: Plan, now: datetime) -> None:
    """Of what is published: the words, not what sign-ups hang on (pools, groups, questions)."""
    columns = {f"new_{name}": value for name, value in _columns(plan, now).items()}
    await tx.run(_REWRITE, info_session=id_, **columns)
    for statement in _REMOVE_PARTS:
        await tx.run(statement, info_session=id_)
    await _add_parts(tx, id_, plan)


async def sisters(reader: Reader, series: str) -> list[InfoSession]:
    """All of one day, drafts too, in the order in which they are locked."""
    return [info_session_of(row) for row in await reader.all(_SISTERS, series=series)]


async def discard(tx: Transaction, id_: InfoSessionId) -> None:
    """Remove a draft with everything that belongs to it."""
    await tx.run(_DISCARD, info_session=id_)


async def get(reader: Reader, id_: InfoSessionId) -> Written | None:
    """The plan as it is now."""
    row = await reader.first(_SESSION, info_session=id_)
    if row is None:
        return None
    pools = await reader.all(_POOLS, info_session=id_)
    plan = Plan(
        title=row.title,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        place=row.place,
        seats=sum(pool.seats for pool in pools if pool.kind == PoolKind.GENERAL),
        track=Track(row.track),
        language=row.language,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        room=row.room,
        latitude=row.latitude,
        longitude=row.longitude,
        series=row.series,
        party_max=row.party_max,
        waiting_list=bool(row.waiting_list),
        must_confirm=bool(row.must_confirm),
        seats_shown=SeatsShown(row.seats_shown),
        head_start=timedelta(hours=row.head_start_hours),
        kept_days=row.kept_days,
        bring=row.bring,
        accessibility=row.accessibility,
        house_rules=row.house_rules,
        pools=tuple(
            PlannedPool(PoolKind(pool.kind), pool.seats, pool.release_at)
            for pool in pools
            if pool.kind != PoolKind.GENERAL and pool.seats
        ),
        parts=tuple(Part(*part) for part in await reader.all(_PARTS, info_session=id_)),
        stops=tuple(Part(*stop) for stop in await reader.all(_STOPS, info_session=id_)),
        groups=tuple(Group(*group) for group in await reader.all(_GROUPS, info_session=id_)),
        questions=tuple(
            Question(each.text, each.purpose, each.delete_on, tuple(each.choices or ()))
            for each in await reader.all(_QUESTIONS, info_session=id_)
        ),
    )
    return Written(State(row.state), row.uid, row.sequence, plan)


async def publish(tx: Transaction, id_: InfoSessionId, opens_at: datetime, now: datetime) -> None:
    await tx.run(_PUBLISH, info_session=id_, from_at=opens_at, now=now)


async def change(tx: Transaction, id_: InfoSessionId, plan: Plan, *, again: bool) -> None:
    """Another time or place; *again*: calendars must be told."""
    await tx.run(
        _CHANGE,
        info_session=id_,
        start=plan.starts_at,
        end=plan.ends_at,
        open=min(plan.opens_at or plan.closing_at, plan.closing_at),
        close=plan.closing_at,
        where=plan.place,
        which_room=plan.room,
        north=plan.latitude,
        east=plan.longitude,
        more=int(again),
    )
    for pool in plan.pools:
        if pool.release_at is not None:
            await tx.run(_RELEASE, info_session=id_, which=pool.kind.value, moment=pool.release_at)


def _columns(plan: Plan, now: datetime) -> dict[str, Any]:
    return {
        "title": plan.title.strip(),
        "track": plan.track.value,
        "language": plan.language,
        "starts_at": plan.starts_at,
        "ends_at": plan.ends_at,
        "opens_at": min(plan.opens_at or now, plan.closing_at),
        "closes_at": plan.closing_at,
        "place": plan.place.strip(),
        "room": plan.room,
        "latitude": plan.latitude,
        "longitude": plan.longitude,
        "series": plan.series,
        "party_max": plan.party_max,
        "waiting_list": plan.waiting_list,
        "must_confirm": plan.must_confirm,
        "seats_shown": plan.seats_shown.value,
        "head_start_hours": int(plan.head_start / timedelta(hours=1)),
        "kept_days": plan.kept_days,
        "bring": plan.bring,
        "accessibility": plan.accessibility,
        "house_rules": plan.house_rules,
    }


async def _add_what_belongs(tx: Transaction, id_: InfoSessionId, plan: Plan) -> None:
    pools = (PlannedPool(PoolKind.GENERAL, plan.seats), *plan.pools)
    await _many(
        tx,
        _ADD_POOL,
        id_,
        [
            {"kind": pool.kind.value, "seats": pool.seats, "release_at": pool.release_at}
            for pool in pools
        ],
    )
    await _add_parts(tx, id_, plan)
    groups = [
        {
            "number": number,
            "size": group.size,
            "meeting_point": group.meeting_point,
            "guide_id": group.guide,
        }
        for number, group in enumerate(plan.groups, start=1)
    ]
    await _many(tx, _ADD_GROUP, id_, groups)
    questions = [
        {
            "text": each.text,
            "purpose": each.purpose,
            "delete_on": each.delete_on,
            "choices": list(each.choices) or None,
        }
        for each in plan.questions
    ]
    await _many(tx, _ADD_QUESTION, id_, questions)


async def _add_parts(tx: Transaction, id_: InfoSessionId, plan: Plan) -> None:
    for statement, items in ((_ADD_PART, plan.parts), (_ADD_STOP, plan.stops)):
        rows = [
            {"number": number, "title": item.title, "minutes": item.minutes}
            for number, item in enumerate(items, start=1)
        ]
        await _many(tx, statement, id_, rows)


async def _many(
    tx: Transaction, statement: Any, id_: InfoSessionId, rows: Sequence[dict[str, Any]]
) -> None:
    await tx.run_many(statement, [{"info_session_id": id_, **row} for row in rows])
