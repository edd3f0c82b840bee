"""The statements of the day itself: who has something to do where, who is in, who was not told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Integer, String, bindparam, exists, func, or_, select

from bot.info_sessions.door_views import Departed, Duty, Scan, Standing, Unreminded
from bot.info_sessions.model import (
    Ending,
    InfoSession,
    InfoSessionId,
    SignUp,
    SignUpId,
    State,
    Status,
)
from bot.info_sessions.promises import reminder_key
from bot.info_sessions.store import SESSION_FIELDS, info_session_of
from bot.info_sessions.tables import (
    check_ins,
    info_session_leads,
    info_session_pools,
    info_session_questions,
    info_sessions,
    sign_ups,
    tour_groups,
)
from bot.info_sessions.times import Reminder
from bot.info_sessions.views import TourGroup
from bot.notifications.outbox import State as Sending
from bot.notifications.outbox import outbox
from bot.people.model import PersonId
from bot.staff.tables import staff
from bot.storage.columns import Moment
from bot.storage.database import Reader, prepared

DOOR_OPENS: Final = timedelta(hours=3)
"""Nobody is checked in earlier than this before the start, nor later than this after the end."""

AT_HAND: Final = timedelta(hours=16)
"""From the evening before on, what must be done for an info session waits in the menu."""

_this = bindparam("info_session", type_=Integer)
_person = bindparam("person", type_=Integer)
_is_confirmed = sign_ups.c.status == Status.CONFIRMED.value
_there = sign_ups.c.info_session_id == info_sessions.c.id


def _people(*conditions: Any) -> Any:
    """How many people that are, parties counted whole."""
    counted = select(func.coalesce(func.sum(sign_ups.c.party), 0))
    return counted.where(_there, *conditions).scalar_subquery()


def _rows(table: Any) -> Any:
    counted = select(func.count()).select_from(table)
    return counted.where(table.c.info_session_id == info_sessions.c.id).scalar_subquery()


_is_in = exists().where(check_ins.c.sign_up_id == sign_ups.c.id)
_seats = (
    select(func.coalesce(func.sum(info_session_pools.c.seats), 0))
    .where(info_session_pools.c.info_session_id == info_sessions.c.id)
    .scalar_subquery()
)
_offers = (
    select(func.count())
    .select_from(sign_ups)
    .where(_there, sign_ups.c.status == Status.OFFERED.value)
    .scalar_subquery()
)
_is_mine = or_(
    exists().where(
        info_session_leads.c.info_session_id == info_sessions.c.id,
        info_session_leads.c.person_id == _person,
    ),
    exists().where(
        tour_groups.c.info_session_id == info_sessions.c.id, tour_groups.c.guide_id == _person
    ),
)
_DUTY = select(
    *SESSION_FIELDS,
    _seats.label("seats"),
    _people(_is_confirmed).label("expected"),
    _people(_is_confirmed, _is_in).label("inside"),
    _people(sign_ups.c.status == Status.WAITING.value).label("people_waiting"),
    _offers.label("offers"),
    _rows(tour_groups).label("group_count"),
    _rows(info_session_questions).label("question_count"),
)
_ONE = prepared(_DUTY.where(info_sessions.c.id == _this))
_COMING = _DUTY.where(
    info_sessions.c.state.in_([State.PUBLISHED.value, State.CLOSED.value, State.HELD.value]),
    info_sessions.c.ends_at > bindparam("since", type_=Moment),
).order_by(info_sessions.c.starts_at, info_sessions.c.id)
_ALL = prepared(_COMING)
_MINE = prepared(_COMING.where(_is_mine))
_NEAR_ONES = (
    select(*SESSION_FIELDS)
    .where(
        info_sessions.c.state.in_([State.PUBLISHED.value, State.CLOSED.value, State.HELD.value]),
        info_sessions.c.ends_at > bindparam("since", type_=Moment),
        info_sessions.c.starts_at < bindparam("until", type_=Moment),
    )
    .order_by(info_sessions.c.starts_at, info_sessions.c.id)
)
_NEAR = prepared(_NEAR_ONES)
_NEAR_MINE = prepared(_NEAR_ONES.where(_is_mine))
_ABOUT = prepared(
    select(
        sign_ups.c.language,
        sign_ups.c.ended_how,
        check_ins.c.at,
        check_ins.c.by_id,
        staff.c.display_name,
        tour_groups.c.number,
        tour_groups.c.meeting_point,
        tour_groups.c.guide_id,
    )
    .outerjoin(check_ins, check_ins.c.sign_up_id == sign_ups.c.id)
    .outerjoin(staff, staff.c.person_id == check_ins.c.by_id)
    .outerjoin(tour_groups, tour_groups.c.id == sign_ups.c.group_id)
    .where(sign_ups.c.id == bindparam("sign_up", type_=Integer))
)
_DEPARTED = prepared(
    select(
        sign_ups.c.id, sign_ups.c.name, sign_ups.c.party, sign_ups.c.ended_how, sign_ups.c.ended_at
    )
    .where(
        sign_ups.c.info_session_id == _this,
        sign_ups.c.status == Status.ENDED.value,
        sign_ups.c.ended_how != Ending.ERASED.value,
    )
    .order_by(sign_ups.c.ended_at.desc(), sign_ups.c.id.desc())
)
_CALLS = prepared(
    select(sign_ups.c.id, sign_ups.c.info_session_id, sign_ups.c.offer_until)
    .where(
        sign_ups.c.status == Status.OFFERED.value,
        sign_ups.c.person_id.is_(None),
        sign_ups.c.offer_until > bindparam("now", type_=Moment),
    )
    .order_by(sign_ups.c.offer_until, sign_ups.c.id)
)
_EXPECTED = prepared(
    select(sign_ups.c.id, sign_ups.c.name, sign_ups.c.party, sign_ups.c.reminded)
    .where(
        sign_ups.c.info_session_id == _this,
        _is_confirmed,
        sign_ups.c.person_id.is_not(None),
        ~exists().where(check_ins.c.sign_up_id == sign_ups.c.id),
    )
    .order_by(func.lower(func.coalesce(sign_ups.c.name, "")), sign_ups.c.id)
)
_SENDING = prepared(
    select(outbox.c.key, outbox.c.state).where(
        outbox.c.key.in_(bindparam("keys", type_=String, expanding=True))
    )
)


async def duty(
    reader: Reader, id_: InfoSessionId, standing: Standing, *, can_check_in: bool
) -> Duty | None:
    row = await reader.first(_ONE, info_session=id_)
    return None if row is None else _duty(row, standing, can_check_in)


async def sessions(reader: Reader, since: datetime, person: PersonId | None) -> list[Sequence[Any]]:
    """Rows for `duty_of`: all that end after *since*, or those where *person* leads or guides."""
    if person is None:
        return list(await reader.all(_ALL, since=since))
    return list(await reader.all(_MINE, since=since, person=person))


async def at_hand(reader: Reader, now: datetime, person: PersonId | None) -> list[InfoSession]:
    """The info sessions where people come in now, or come in soon; all, or those of *person*."""
    values = {"since": now - DOOR_OPENS, "until": now + AT_HAND}
    if person is None:
        rows = await reader.all(_NEAR, **values)
    else:
        rows = await reader.all(_NEAR_MINE, person=person, **values)
    return [info_session_of(row) for row in rows]


def duty_of(row: Sequence[Any], standing: Standing, *, can_check_in: bool) -> Duty:
    return _duty(row, standing, can_check_in)


def info_session_in(row: Sequence[Any]) -> InfoSession:
    return info_session_of(row[: len(SESSION_FIELDS)])


async def about(reader: Reader, info_session: InfoSession, sign_up: SignUp) -> Scan:
    """Everything a colleague sees of *sign_up*, its position left out."""
    row = await reader.one(_ABOUT, sign_up=sign_up.id)
    group = None if row.number is None else TourGroup(row.number, row.meeting_point, row.guide_id)
    return Scan(
        info_session,
        sign_up,
        row.at,
        row.by_id,
        sign_up.status is Status.CONFIRMED,
        by_name=row.display_name,
        language=row.language,
        group=group,
        ended=None if row.ended_how is None else Ending(row.ended_how),
        again=row.at is not None,
    )


async def departed(reader: Reader, id_: InfoSessionId) -> list[Departed]:
    """Who does not come any more, the last to leave first."""
    return [
        Departed(SignUpId(row[0]), row[1], row[2], Ending(row[3]), row[4])
        for row in await reader.all(_DEPARTED, info_session=id_)
    ]


async def calls(reader: Reader, now: datetime) -> list[tuple[SignUpId, InfoSessionId, datetime]]:
    """Offers to people who cannot be written to, with their deadline; the most urgent first."""
    return [(row[0], row[1], row[2]) for row in await reader.all(_CALLS, now=now)]


async def unreminded(
    reader: Reader, info_session: InfoSession, due: Reminder, *, too_late: bool
) -> list[Unreminded]:
    """Who was not told what they should have been told by now, and is not in yet.

    Args:
        due: the latest reminder that is due.
        too_late: what was not sent by now will not be sent any more.
    """
    rows = await reader.all(_EXPECTED, info_session=info_session.id)
    keys = {row.id: reminder_key(info_session, SignUpId(row.id), due) for row in rows}
    found = await reader.all(_SENDING, keys=list(keys.values())) if keys else []
    states = {row.key: row.state for row in found}
    missed = []
    for row in rows:
        state = states.get(keys[row.id])
        if state is None:
            is_missed = too_late and row.reminded < due
        else:
            is_missed = state in (Sending.DROPPED, Sending.DEAD) or (
                too_late and state != Sending.SENT
            )
        if is_missed:
            missed.append(Unreminded(SignUpId(row.id), row.name, row.party))
    return missed


def _duty(row: Sequence[Any], standing: Standing, can_check_in: bool) -> Duty:
    seats, expected, inside, waiting, offers, groups, questions = row[len(SESSION_FIELDS) :]
    return Duty(
        info_session=info_session_in(row),
        seats=int(seats),
        expected=int(expected),
        inside=int(inside),
        waiting=int(waiting),
        offers=int(offers),
        groups=int(groups),
        questions=int(questions),
        standing=standing,
        can_check_in=can_check_in,
    )
