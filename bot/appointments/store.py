"""The statements on the tables of appointments."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Date,
    Integer,
    String,
    Text,
    and_,
    bindparam,
    exists,
    func,
    insert,
    literal_column,
    null,
    or_,
    select,
    type_coerce,
    update,
)

from bot.appointments.model import (
    AGREED,
    Appointment,
    AppointmentId,
    Ending,
    Kind,
    Outcome,
    State,
    Track,
    Why,
)
from bot.appointments.roster import LONGEST_TALK, Absence, Receiving, Roster, packed, unpacked
from bot.appointments.slots import Busy
from bot.appointments.tables import appointments, counts, rosters
from bot.appointments.times import TOO_LATE as TOO_NEAR
from bot.appointments.times import Reminder
from bot.notifications.outbox import TOO_LATE, outbox
from bot.people.model import PersonId
from bot.people.store import people
from bot.staff.model import Role
from bot.staff.tables import staff, staff_absences, staff_roles
from bot.storage.columns import Moment
from bot.storage.database import Reader, Transaction
from bot.storage.statements import prepared

FIELDS = (
    appointments.c.id,
    appointments.c.state,
    appointments.c.person_id,
    appointments.c.colleague_id,
    appointments.c.kind,
    appointments.c.topic,
    appointments.c.track,
    appointments.c.language,
    appointments.c.starts_at,
    appointments.c.ends_at,
    appointments.c.hold_until,
    appointments.c.about,
    appointments.c.uid,
    appointments.c.sequence,
    appointments.c.why,
    appointments.c.outcome,
    appointments.c.created_at,
)
_NOW = bindparam("now", type_=Moment)
_FROM = bindparam("from_", type_=Moment)
_UNTIL = bindparam("until", type_=Moment)
_TODAY = bindparam("today", type_=Date)
_PERSON = bindparam("person", type_=Integer)
_COLLEAGUE = bindparam("colleague", type_=Integer)

_LOCK_PEOPLE = prepared(
    select(people.c.id)
    .where(people.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(people.c.id)
    .with_for_update(key_share=True)
)

_this = appointments.c.id == bindparam("appointment")
_GET = prepared(select(*FIELDS).where(_this))
_LOCK = prepared(select(*FIELDS).where(_this).with_for_update())
_OPEN_OF = prepared(
    select(*FIELDS)
    .where(appointments.c.person_id == _PERSON, counts, appointments.c.ends_at > _NOW)
    .order_by(appointments.c.starts_at, appointments.c.id)
)
_WITH = prepared(
    select(*FIELDS)
    .where(appointments.c.colleague_id == _COLLEAGUE, counts, appointments.c.busy_until > _NOW)
    .order_by(appointments.c.starts_at, appointments.c.id)
)

_still_counts = and_(
    counts, or_(appointments.c.hold_until.is_(None), appointments.c.hold_until > _NOW)
)
_TAKEN = (
    select(
        appointments.c.colleague_id,
        appointments.c.id,
        appointments.c.starts_at,
        appointments.c.busy_from,
        appointments.c.busy_until,
        appointments.c.person_id,
        appointments.c.state,
    )
    .where(_still_counts, appointments.c.starts_at >= _FROM, appointments.c.starts_at < _UNTIL)
    .order_by(appointments.c.starts_at)
)
_TAKEN_BY_ALL = prepared(_TAKEN)
_TAKEN_BY_ONE = prepared(
    _TAKEN.where(appointments.c.colleague_id == _COLLEAGUE, appointments.c.busy_until > _FROM)
)
_who = (appointments.c.colleague_id + literal_column("0")).label("who")  # see below
_LOAD = prepared(
    select(_who, func.count())
    .where(
        appointments.c.state
        != State.ENDED.value,  # not `counts`, nor the bare column: the past too
        or_(appointments.c.hold_until.is_(None), appointments.c.hold_until > _NOW),
        appointments.c.ends_at > _NOW,
    )
    .group_by(_who)
)
_OVERDUE = prepared(
    select(*FIELDS)
    .where(appointments.c.hold_until <= _NOW)
    .order_by(appointments.c.hold_until)
    .limit(bindparam("most", type_=Integer))
)
_OVERDUE_AROUND = prepared(
    select(*FIELDS)
    .where(
        appointments.c.hold_until <= _NOW,
        or_(appointments.c.colleague_id == _COLLEAGUE, appointments.c.person_id == _PERSON),
    )
    .order_by(appointments.c.hold_until)
)

_ADD = prepared(
    insert(appointments)
    .values(
        state=bindparam("state"),
        person_id=bindparam("person"),
        colleague_id=bindparam("colleague"),
        kind=bindparam("kind"),
        topic=bindparam("topic"),
        track=bindparam("track"),
        language=bindparam("language"),
        starts_at=bindparam("starts"),
        ends_at=bindparam("ends"),
        busy_from=bindparam("from_"),
        busy_until=bindparam("until"),
        hold_until=bindparam("hold"),
        uid=bindparam("uid"),
        why=bindparam("why"),
        reminded=bindparam("reminded"),
        created_at=bindparam("now"),
    )
    .returning(*FIELDS)
)
_RENEW = prepared(
    update(appointments).where(_this).values(hold_until=bindparam("hold", type_=Moment))
)
_SETTLE = prepared(
    update(appointments)
    .where(_this)
    .values(
        state=bindparam("new_state", type_=String),
        hold_until=null(),
        reminded=bindparam("stage", type_=Integer),
    )
)
_TELL_ABOUT = prepared(
    update(appointments).where(_this).values(about=bindparam("said", type_=String))
)
_MOVE = prepared(
    update(appointments)
    .where(_this)
    .values(
        state=bindparam("new_state", type_=String),
        colleague_id=_COLLEAGUE,
        starts_at=bindparam("starts", type_=Moment),
        ends_at=bindparam("ends", type_=Moment),
        busy_from=_FROM,
        busy_until=_UNTIL,
        hold_until=bindparam("hold", type_=Moment),
        why=bindparam("reason", type_=String),
        sequence=appointments.c.sequence + 1,
        reminded=bindparam("stage", type_=Integer),
    )
)
_END = prepared(
    update(appointments)
    .where(_this, counts)
    .values(
        state=State.ENDED.value,
        hold_until=null(),
        ended_at=_NOW,
        ended_how=bindparam("how", type_=String),
        sequence=appointments.c.sequence + 1,
    )
)
_OUTCOME = prepared(
    update(appointments)
    .where(_this, appointments.c.state == State.CONFIRMED.value)
    .values(outcome=bindparam("how", type_=String))
)

_TO_REMIND = prepared(
    select(*FIELDS, appointments.c.reminded)
    .where(
        appointments.c.state == State.CONFIRMED.value,
        appointments.c.reminded < max(Reminder).value,
        appointments.c.starts_at > _FROM,
        appointments.c.starts_at < _UNTIL,
    )
    .order_by(appointments.c.starts_at, appointments.c.id)
)
_REMINDED = prepared(
    update(appointments)
    .where(
        _this,
        appointments.c.state == State.CONFIRMED.value,
        appointments.c.reminded < bindparam("stage", type_=Integer),
    )
    .values(reminded=bindparam("stage", type_=Integer))
)
_NOT_REMINDED = prepared(
    select(*FIELDS)
    .where(
        appointments.c.state == State.CONFIRMED.value,
        appointments.c.starts_at > _FROM,
        appointments.c.starts_at < _UNTIL,
        appointments.c.ends_at > _NOW,
        or_(
            appointments.c.reminded < max(Reminder).value,
            exists().where(
                outbox.c.person_id == appointments.c.person_id,
                outbox.c.text_key == "appointments.reminder_hours",
                outbox.c.reason == TOO_LATE,
                outbox.c.ended_at > bindparam("since", type_=Moment),
            ),
        ),
    )
    .order_by(appointments.c.starts_at, appointments.c.id)
)
_CLEAR_ABOUT = prepared(
    update(appointments)
    .where(appointments.c.ends_at < _UNTIL, appointments.c.about.is_not(None))
    .values(about=null())
)
_DROP_HOLDS = prepared(
    appointments.delete().where(
        appointments.c.ended_how.in_([Ending.RELEASED.value, Ending.EXPIRED.value]),
        appointments.c.sequence == 1,
        appointments.c.ended_at < _UNTIL,
    )
)

# Who receives people, and when.

_in_force = and_(
    staff_roles.c.role == Role.CONTACT_POINT.value,
    staff_roles.c.ended_at.is_(None),
    staff_roles.c.starts_on <= _TODAY,
    or_(staff_roles.c.ends_on.is_(None), staff_roles.c.ends_on > _TODAY),
)
_RECEIVING = (
    select(
        rosters.c.colleague_id,
        type_coerce(rosters.c.content, Text).label("content"),
        staff.c.languages,
        staff_roles.c.ends_on,
    )
    .join(staff, staff.c.person_id == rosters.c.colleague_id)
    .join(staff_roles, staff_roles.c.person_id == rosters.c.colleague_id)
    .where(rosters.c.replaced_at.is_(None), _in_force)
    .order_by(rosters.c.colleague_id)
)
_RECEIVING_ALL = prepared(_RECEIVING)
_RECEIVING_ONE = prepared(_RECEIVING.where(rosters.c.colleague_id == _COLLEAGUE))
_AWAY = select(
    staff_absences.c.person_id, staff_absences.c.from_on, staff_absences.c.until_on
).where(staff_absences.c.until_on >= _TODAY)
_AWAY_ALL = prepared(_AWAY)
_AWAY_ONE = prepared(_AWAY.where(staff_absences.c.person_id == _COLLEAGUE))

_current = and_(rosters.c.colleague_id == _COLLEAGUE, rosters.c.replaced_at.is_(None))
_CURRENT = prepared(
    select(rosters.c.id, type_coerce(rosters.c.content, Text).label("content"), rosters.c.since)
    .where(_current)
    .with_for_update()
)
_PREVIOUS = prepared(
    select(rosters.c.id, type_coerce(rosters.c.content, Text).label("content"))
    .where(
        rosters.c.colleague_id == _COLLEAGUE,
        rosters.c.replaced_at > bindparam("since", type_=Moment),
    )
    .order_by(rosters.c.replaced_at.desc(), rosters.c.id.desc())
    .limit(1)
)
_REPLACE = prepared(update(rosters).where(_current).values(replaced_at=_NOW))
_DROP_ROSTER = prepared(rosters.delete().where(rosters.c.id == bindparam("row")))
_PUT_BACK = prepared(
    update(rosters).where(rosters.c.id == bindparam("row")).values(replaced_at=null())
)
_FORGET_ROSTERS = prepared(rosters.delete().where(rosters.c.colleague_id == _COLLEAGUE))
_ADD_ROSTER = prepared(insert(rosters))


def appointment_of(row: Sequence[Any]) -> Appointment:
    cells = list(row)
    cells[1], cells[4], cells[6] = State(cells[1]), Kind(cells[4]), Track(cells[6])
    cells[14] = Why(cells[14])
    cells[15] = None if cells[15] is None else Outcome(cells[15])
    return Appointment(*cells)


async def lock_people(tx: Transaction, ids: Collection[PersonId]) -> bool:
    """One thing at a time for each of them, locked in the order in which everybody does; False
    when one of them is not there (any more)."""
    return len(await tx.all(_LOCK_PEOPLE, ids=sorted(set(ids)))) == len(set(ids))


async def get(reader: Reader, id_: AppointmentId) -> Appointment | None:
    row = await reader.first(_GET, appointment=id_)
    return None if row is None else appointment_of(row)


async def lock(tx: Transaction, id_: AppointmentId) -> Appointment | None:
    """Always after the people in it, when those are locked too."""
    row = await tx.first(_LOCK, appointment=id_)
    return None if row is None else appointment_of(row)


async def open_of(reader: Reader, person: PersonId, now: datetime) -> list[Appointment]:
    """What a candidate has and is not over, holds too, the first to come first."""
    return [appointment_of(row) for row in await reader.all(_OPEN_OF, person=person, now=now)]


async def agreed_of(reader: Reader, person: PersonId, now: datetime) -> list[Appointment]:
    """As `open_of`, without holds."""
    return [each for each in await open_of(reader, person, now) if each.state in AGREED]


async def with_colleague(reader: Reader, colleague: PersonId, now: datetime) -> list[Appointment]:
    """What a colleague has and is not over, holds too."""
    return [appointment_of(row) for row in await reader.all(_WITH, colleague=colleague, now=now)]


async def agreed_with(reader: Reader, colleague: PersonId, now: datetime) -> list[Appointment]:
    """As `with_colleague`, without holds."""
    return [each for each in await with_colleague(reader, colleague, now) if each.state in AGREED]


async def taken(
    reader: Reader,
    from_: datetime,
    until: datetime,
    now: datetime,
    *,
    colleague: PersonId | None = None,
    without: AppointmentId | None = None,
    held_by: PersonId | None = None,
) -> dict[PersonId, list[Busy]]:
    """The talks that begin between two moments, by colleague, overdue holds left out; those of
    *held_by* as well, whose next choice ends them."""
    if colleague is None:
        rows = await reader.all(_TAKEN_BY_ALL, from_=from_, until=until, now=now)
    else:
        rows = await reader.all(
            _TAKEN_BY_ONE, from_=from_, until=until, now=now, colleague=colleague
        )
    found: dict[PersonId, list[Busy]] = defaultdict(list)
    for colleague_, id_, starts_at, busy_from, busy_until, person, state in rows:
        if id_ != without and not (person == held_by and state == State.HELD.value):
            found[colleague_].append(Busy(starts_at, busy_from, busy_until))
    return found


async def load(reader: Reader, now: datetime) -> dict[PersonId, int]:
    """How many appointments each colleague has before them."""
    return {PersonId(row[0]): row[1] for row in await reader.all(_LOAD, now=now)}


async def overdue(reader: Reader, now: datetime, most: int) -> list[Appointment]:
    return [appointment_of(row) for row in await reader.all(_OVERDUE, now=now, most=most)]


async def overdue_around(
    reader: Reader, person: PersonId, colleague: PersonId, now: datetime
) -> list[Appointment]:
    rows = await reader.all(_OVERDUE_AROUND, now=now, colleague=colleague, person=person)
    return [appointment_of(row) for row in rows]


async def add(tx: Transaction, **values: Any) -> Appointment:
    return appointment_of(await tx.one(_ADD, **values))


async def renew(tx: Transaction, id_: AppointmentId, hold_until: datetime) -> None:
    await tx.run(_RENEW, appointment=id_, hold=hold_until)


async def settle(tx: Transaction, id_: AppointmentId, state: State, stage: int) -> None:
    await tx.run(_SETTLE, appointment=id_, new_state=state.value, stage=stage)


async def tell_about(tx: Transaction, id_: AppointmentId, about: str) -> None:
    await tx.run(_TELL_ABOUT, appointment=id_, said=about)


async def move(tx: Transaction, id_: AppointmentId, **values: Any) -> None:
    await tx.run(_MOVE, appointment=id_, **values)


async def end(tx: Transaction, id_: AppointmentId, how: Ending, now: datetime) -> bool:
    return await tx.run(_END, appointment=id_, how=how.value, now=now) == 1


async def set_outcome(tx: Transaction, id_: AppointmentId, outcome: Outcome) -> bool:
    return await tx.run(_OUTCOME, appointment=id_, how=outcome.value) == 1


async def to_remind(
    reader: Reader, from_: datetime, until: datetime
) -> list[tuple[Appointment, int]]:
    """What begins between two moments, with how far its reminders are."""
    rows = await reader.all(_TO_REMIND, from_=from_, until=until)
    return [(appointment_of(row[:-1]), row[-1]) for row in rows]


async def reminded(tx: Transaction, id_: AppointmentId, which: Reminder) -> bool:
    """Note that this reminder is promised; False when it, or a later one, was before."""
    return await tx.run(_REMINDED, appointment=id_, stage=which.value) == 1


async def not_reminded(reader: Reader, now: datetime) -> list[Appointment]:
    """What is about to begin, or has, and of which no reminder left in time."""
    rows = await reader.all(
        _NOT_REMINDED,
        now=now,
        from_=now - timedelta(minutes=LONGEST_TALK),
        until=now + TOO_NEAR,
        since=now - timedelta(hours=12),
    )
    return [appointment_of(row) for row in rows]


async def clear_about(tx: Transaction, until: datetime) -> int:
    return await tx.run(_CLEAR_ABOUT, until=until)


async def drop_holds(tx: Transaction, until: datetime) -> int:
    """Holds that came to nothing; they never were an appointment."""
    return await tx.run(_DROP_HOLDS, until=until)


async def receiving(reader: Reader, today: date) -> list[Receiving]:
    """All contact points of today who have hours."""
    rows = await reader.all(_RECEIVING_ALL, today=today)
    absences = defaultdict(list)
    for row in await reader.all(_AWAY_ALL, today=today):
        absences[row.person_id].append(Absence(row.from_on, row.until_on))
    return [_receiving(row, absences[row.colleague_id]) for row in rows]


async def receives(reader: Reader, colleague: PersonId, today: date) -> Receiving | None:
    """This one; None when they are no contact point, or have no hours."""
    row = await reader.first(_RECEIVING_ONE, colleague=colleague, today=today)
    if row is None:
        return None
    away = await reader.all(_AWAY_ONE, colleague=colleague, today=today)
    return _receiving(row, [Absence(each.from_on, each.until_on) for each in away])


def _receiving(row: Any, absences: list[Absence]) -> Receiving:
    return Receiving(
        PersonId(row.colleague_id),
        _parsed(row.content),
        frozenset(row.languages or ()),
        tuple(absences),
        row.ends_on,
    )


@lru_cache(maxsize=1024)
def _parsed(content: str) -> Roster:
    return unpacked(json.loads(content))


async def roster_of(tx: Transaction, colleague: PersonId) -> tuple[Roster, datetime] | None:
    """What counts now and since when; nobody else changes it until the transaction ends."""
    row = await tx.first(_CURRENT, colleague=colleague)
    return None if row is None else (_parsed(row.content), row.since)


async def set_roster(tx: Transaction, colleague: PersonId, roster: Roster, now: datetime) -> None:
    await tx.run(_REPLACE, colleague=colleague, now=now)
    await tx.run(
        _ADD_ROSTER, colleague_id=colleague, content=packed(roster), since=now, replaced_at=None
    )


async def put_back(tx: Transaction, colleague: PersonId, since: datetime) -> Roster | None:
    """The hours before the last change, if that was after *since*, count again."""
    current = await tx.first(_CURRENT, colleague=colleague)
    previous = await tx.first(_PREVIOUS, colleague=colleague, since=since)
    if current is None or previous is None:
        return None
    await tx.run(_DROP_ROSTER, row=current.id)
    await tx.run(_PUT_BACK, row=previous.id)
    return _parsed(previous.content)


async def forget_rosters(tx: Transaction, colleague: PersonId) -> int:
    return await tx.run(_FORGET_ROSTERS, colleague=colleague)
