"""Which moments can be booked. Pure: one function decides, for offers, bookings and moves alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

from bot.appointments.model import Kind
from bot.appointments.roster import DAY, Hours, Receiving, Rules
from bot.clock import BRUSSELS

_MINUTE: Final = timedelta(minutes=1)


class Reason(StrEnum):
    """Why a moment cannot be booked."""

    OFF_HOURS = "off_hours"
    """Outside the hours, or not one of their beginnings."""
    CLOSED = "closed"
    """A public holiday, or a day of the zone's own."""
    AWAY = "away"
    TOO_SOON = "too_soon"
    TOO_FAR = "too_far"
    TAKEN = "taken"
    """By another talk of this colleague, the minutes around both counted."""
    DAY_FULL = "day_full"
    WEEK_FULL = "week_full"
    OWN = "own"
    """The candidate has another appointment then."""


@dataclass(frozen=True, slots=True)
class Busy:
    """A talk a colleague has, whoever it is with."""

    starts_at: datetime
    busy_from: datetime
    busy_until: datetime


@dataclass(frozen=True, slots=True)
class Span:
    starts_at: datetime
    ends_at: datetime


def local_day(moment: datetime) -> date:
    """The day on which it is then in Brussels."""
    return moment.astimezone(BRUSSELS).date()


@lru_cache(maxsize=16_384)
def moment_of(day: date, minute: int) -> datetime | None:
    """The moment at which clocks in Brussels show *minute* on *day*, in UTC.

    Of a time that occurs twice it is the first; None for one that does not occur.
    """
    if minute == DAY:
        day, minute = day + timedelta(days=1), 0
    wall = datetime.combine(day, time(minute // 60, minute % 60))
    found = wall.replace(tzinfo=BRUSSELS).astimezone(UTC)
    shows = found.astimezone(BRUSSELS).replace(tzinfo=None)
    return found if shows == wall else None


def end_of(day: date, hours: Hours) -> datetime:
    """The moment at which *hours* are over; where the clock jumps over it, that of the jump."""
    minute = hours.end
    while (found := moment_of(day, minute)) is None:
        minute -= 1
    return found + (_MINUTE if minute < hours.end else timedelta())


def beginnings(receiving: Receiving, day: date, kind: Kind) -> tuple[datetime, ...]:
    """What the hours of a day allow, in order, each moment once; nothing else is looked at."""
    roster = receiving.roster
    return _beginnings(roster.hours_on(day), day, kind, roster.length(kind), roster.step)


@lru_cache(maxsize=16_384)
def _beginnings(
    there: tuple[Hours, ...], day: date, kind: Kind, length: timedelta, step: int
) -> tuple[datetime, ...]:
    found = set()
    for hours in there:
        if kind not in hours.kinds:
            continue
        end = end_of(day, hours)
        for minute in range(hours.start, hours.end, step):
            moment = moment_of(day, minute)
            if moment is not None and moment + length <= end:
                found.add(moment)
    return tuple(sorted(found))


def busy_around(receiving: Receiving, kind: Kind, starts_at: datetime) -> Busy:
    """What a talk at that moment would take of the colleague's time."""
    roster = receiving.roster
    return Busy(
        starts_at,
        starts_at - timedelta(minutes=roster.before),
        starts_at + roster.length(kind) + timedelta(minutes=roster.after),
    )


def is_bookable(
    receiving: Receiving,
    kind: Kind,
    starts_at: datetime,
    *,
    rules: Rules,
    now: datetime,
    taken: Sequence[Busy],
    mine: Sequence[Span] = (),
) -> Reason | None:
    """Why *starts_at* cannot be booked with this colleague; None when it can.

    Args:
        now: the moment from which notice and window are counted.
        taken: their talks of the whole week around *starts_at*, the one that is moved left out.
        mine: the candidate's other appointments.
    """
    day = local_day(starts_at)
    reason = _day_closed(receiving, day, rules, local_day(now))
    if reason is not None:
        return reason
    if starts_at < now + timedelta(hours=rules.notice_hours):
        return Reason.TOO_SOON
    if starts_at not in beginnings(receiving, day, kind):
        return Reason.OFF_HOURS
    return _in_the_way(receiving, kind, starts_at, taken, mine)


def _day_closed(receiving: Receiving, day: date, rules: Rules, today: date) -> Reason | None:
    if day < rules.first_day(today):
        return Reason.TOO_SOON
    if day > rules.last_day(today):
        return Reason.TOO_FAR
    if rules.is_closed(day):
        return Reason.CLOSED
    if receiving.is_away(day):
        return Reason.AWAY
    return None


def _in_the_way(
    receiving: Receiving,
    kind: Kind,
    starts_at: datetime,
    taken: Sequence[Busy],
    mine: Sequence[Span],
) -> Reason | None:
    wish = busy_around(receiving, kind, starts_at)
    if any(wish.busy_from < each.busy_until and each.busy_from < wish.busy_until for each in taken):
        return Reason.TAKEN
    ends_at = starts_at + receiving.roster.length(kind)
    if any(starts_at < each.ends_at and each.starts_at < ends_at for each in mine):
        return Reason.OWN
    return _limit(receiving, local_day(starts_at), taken)


def _limit(receiving: Receiving, day: date, taken: Sequence[Busy]) -> Reason | None:
    roster = receiving.roster
    if roster.per_day is None and roster.per_week is None:
        return None
    days = [local_day(each.starts_at) for each in taken]
    if roster.per_day is not None and days.count(day) >= roster.per_day:
        return Reason.DAY_FULL
    week = day.isocalendar()[:2]
    if roster.per_week is not None:
        in_week = sum(each.isocalendar()[:2] == week for each in days)
        if in_week >= roster.per_week:
            return Reason.WEEK_FULL
    return None
