"""What a coordinator writes down about an info session, and the statements that keep it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Integer, bindparam, delete, insert, select, update

from bot.errors import Refusal
from bot.info_sessions.model import (
    LARGEST_PARTY,
    LONGEST_KEPT,
    InfoSessionId,
    PoolKind,
    SeatsShown,
    State,
    Track,
)
from bot.info_sessions.tables import (
    info_session_parts,
    info_session_pools,
    info_session_questions,
    info_sessions,
    tour_groups,
    tour_stops,
)
from bot.people.model import PersonId
from bot.storage.columns import Moment
from bot.storage.database import Reader, Transaction, prepared

CLOSES_BEFORE: Final = timedelta(hours=1)
"""Signing up ends so long before the start, unless the plan says otherwise."""


class BadPlan(Refusal):
    """Something in it cannot be; `what` names the field."""

    text_key = "info_sessions.bad_plan"


@dataclass(frozen=True, slots=True)
class PlannedPool:
    """Seats set apart; from *release_at* on they are for everybody."""

    kind: PoolKind
    seats: int
    release_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the programme, or a stop of the tour."""

    title: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Group:
    """A group on the tour."""

    size: int
    meeting_point: str
    guide: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """Asked at sign-up; without a purpose and a day on which the answers go it is not kept."""

    text: str
    purpose: str
    delete_on: date
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything but the people; a copy of a plan is another info session."""

    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    seats: int
    """General ones; those of `pools` come beside them."""
    track: Track = Track.BOTH
    language: str = "nl"
    opens_at: datetime | None = None
    """None: as soon as it is published (and the head start is over)."""
    closes_at: datetime | None = None
    room: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    series: str | None = None
    party_max: int = 1
    waiting_list: bool = True
    must_confirm: bool = False
    """A seat that nobody confirmed a day before can go to who waits (against hoarding)."""
    seats_shown: SeatsShown = SeatsShown.EXACT
    head_start: timedelta = timedelta(hours=48)
    kept_days: int = LONGEST_KEPT.days
    bring: str | None = None
    accessibility: str | None = None
    house_rules: str | None = None
    pools: tuple[PlannedPool, ...] = ()
    parts: tuple[Part, ...] = ()
    stops: tuple[Part, ...] = ()
    groups: tuple[Group, ...] = ()
    questions: tuple[Question, ...] = field(default=())

    @property
    def all_seats(self) -> int:
        return self.seats + sum(pool.seats for pool in self.pools)

    @property
    def closing_at(self) -> datetime:
        return self.closes_at or self.starts_at - CLOSES_BEFORE

    def check(self, now: datetime) -> None:
        """Raises: BadPlan, for the first thing that cannot be."""
        kinds = [pool.kind for pool in self.pools]
        wrong = {
            "title": not self.title.strip() or len(self.title) > 120,
            "place": not self.place.strip() or len(self.place) > 160,
            "starts_at": self.starts_at <= now,
            "ends_at": self.ends_at <= self.starts_at,
            "closes_at": not now < self.closing_at <= self.starts_at,
            "opens_at": self.opens_at is not None and self.opens_at > self.closing_at,
            "seats": self.seats < 0 or self.all_seats < 1,
            "pools": PoolKind.GENERAL in kinds
            or len(kinds) != len(set(kinds))
            or any(pool.seats < 1 for pool in self.pools)
            or any(pool.release_at and pool.release_at > self.starts_at for pool in self.pools),
            "party_max": not 1 <= self.party_max <= LARGEST_PARTY,
            "kept_days": not 1 <= self.kept_days <= LONGEST_KEPT.days,
            "head_start": not timedelta() <= self.head_start <= timedelta(hours=336),
            "parts": any(part.minutes < 1 or not part.title for part in self.parts),
            "stops": any(stop.minutes < 1 or not stop.title for stop in self.stops),
            "groups": any(group.size < 1 or not group.meeting_point for group in self.groups),
            "questions": any(
                not question.text.strip() or not question.purpose.strip()
                for question in self.questions
            ),
        }
        for what, is_wrong in wrong.items():
            if is_wrong:
                raise BadPlan(what=what)

    def at(self, starts_at: datetime) -> Plan:
        """The same at another moment: everything that hangs on the start moves along."""
        later = starts_at - self.starts_at
        return replace(
            self,
            starts_at=starts_at,
            ends_at=self.ends_at + later,
            opens_at=None,
            closes_at=None if self.closes_at is None else self.closes_at + later,
            pools=tuple(
                replace(pool, release_at=pool.release_at and pool.release_at + later)
                for pool in self.pools
            ),
            questions=tuple(
                replace(question, delete_on=question.delete_on + timedelta(days=later.days))
                for question in self.questions
            ),
        )


@dataclass(frozen=True, slots=True)
class Written:
    """A plan as it stands in the database."""

    state: State
    uid: str
    """Of its calendar entry; the same for as long as it exists."""
    sequence: int
    """How often that entry changed."""
    plan: Plan


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
        sequence=info_sessions.c.sequence + bindparam("more", type_=Integer),
    )
)


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
        more=int(again),
    )


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
    for statement, items in ((_ADD_PART, plan.parts), (_ADD_STOP, plan.stops)):
        rows = [
            {"number": number, "title": item.title, "minutes": item.minutes}
            for number, item in enumerate(items, start=1)
        ]
        await _many(tx, statement, id_, rows)
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


async def _many(
    tx: Transaction, statement: Any, id_: InfoSessionId, rows: Sequence[dict[str, Any]]
) -> None:
    await tx.run_many(statement, [{"info_session_id": id_, **row} for row in rows])
