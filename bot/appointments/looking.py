"""Which times are free, read from what is stored: the rules of `offer` and `slots` decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bot.appointments import store
from bot.appointments.model import AppointmentId, Offered, Wanted
from bot.appointments.offer import Load, fits, offered_on
from bot.appointments.roster import Receiving, Rules
from bot.appointments.slots import Busy, Span, local_day
from bot.clock import brussels
from bot.people.model import PersonId
from bot.staff.access import today_of
from bot.storage.database import Reader

MOST: Final = 6
"""Times on one screen."""

_WEEK: Final = timedelta(days=7)
_A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Look:
    """For whom free times are looked for, and with whom."""

    person: PersonId
    wanted: Wanted
    colleague: PersonId | None = None
    """Only this one."""
    not_with: PersonId | None = None
    """Anybody else."""
    moved: AppointmentId | None = None
    """What would be moved: its own time is free for it."""


async def free_times(
    reader: Reader,
    look: Look,
    rules: Rules,
    now: datetime,
    *,
    around: datetime | None = None,
    earlier: bool = False,
    only_on: date | None = None,
    most: int = MOST,
    more_load: Load | None = None,
) -> list[Offered]:
    """The soonest free times, each with who it would be with.

    Args:
        around: not before this moment; with *earlier* the last ones before it.
        only_on: of this day and no other.
        more_load: open conversations of colleagues.
    """
    receiving = await who_fits(reader, look, rules, now)
    if not receiving:
        return []
    load = await _load(reader, now, more_load)
    mine = await spans(reader, look.person, now, without=look.moved)
    today = today_of(now)
    first, last = rules.first_day(today), rules.last_day(today)
    if only_on is not None:
        first, last = max(first, only_on), min(last, only_on)
    elif around is not None and earlier:
        last = min(last, local_day(around))
    elif around is not None:
        first = max(first, local_day(around))
    found: list[Offered] = []
    taken: Mapping[PersonId, list[Busy]] = {}
    week = None
    day = last if earlier else first
    while first <= day <= last and len(found) < most:
        if week != (week := _monday(day)):
            taken = await _taken(
                reader, week, now, colleague=look.colleague, without=look.moved, mine=look.person
            )
        there = offered_on(
            day,
            receiving,
            look.wanted,
            rules=rules,
            now=now,
            taken=taken,
            load=load,
            mine=mine,
            from_=None if earlier else around,
            before=around if earlier else None,
            most=most - len(found),
            latest=earlier,
        )
        found = there + found if earlier else found + there
        day += -_A_DAY if earlier else _A_DAY
    return found


async def who_fits(reader: Reader, look: Look, rules: Rules, now: datetime) -> list[Receiving]:
    """The contact points with whom it can be; nobody talks with themselves."""
    today = today_of(now)
    if look.colleague is not None:
        one = await store.receives(reader, look.colleague, today)
        everybody = [] if one is None else [one]
    else:
        everybody = await store.receiving(reader, today)
    return [
        each
        for each in everybody
        if fits(each, look.wanted, rules) and each.person not in (look.person, look.not_with)
    ]


async def week_of(
    reader: Reader,
    colleague: PersonId,
    moment: datetime,
    now: datetime,
    *,
    without: AppointmentId | None = None,
) -> list[Busy]:
    """The talks of a colleague in the week around *moment*, as `slots.is_bookable` wants them."""
    monday = _monday(local_day(moment))
    found = await _taken(reader, monday, now, colleague=colleague, without=without)
    return found.get(colleague, [])


async def week_of_all(
    reader: Reader, moment: datetime, now: datetime, *, held_by: PersonId
) -> dict[PersonId, list[Busy]]:
    """As `week_of`, of every colleague; what *held_by* holds is left out."""
    monday = _monday(local_day(moment))
    return await _taken(reader, monday, now, colleague=None, without=None, mine=held_by)


async def spans(
    reader: Reader, person: PersonId, now: datetime, *, without: AppointmentId | None = None
) -> list[Span]:
    """When a candidate has appointments; holds do not count, a new choice ends them."""
    return [
        Span(each.starts_at, each.ends_at)
        for each in await store.agreed_of(reader, person, now)
        if each.id != without
    ]


async def _load(reader: Reader, now: datetime, more: Load | None) -> Load:
    load = dict(await store.load(reader, now))
    for person, number in (more or {}).items():
        load[person] = load.get(person, 0) + number
    return load


async def _taken(
    reader: Reader,
    monday: date,
    now: datetime,
    *,
    colleague: PersonId | None,
    without: AppointmentId | None,
    mine: PersonId | None = None,
) -> dict[PersonId, list[Busy]]:
    """Of a week and a day on both sides: what ends late reaches into the next day."""
    from_ = brussels(monday.year, monday.month, monday.day) - _A_DAY
    return await store.taken(
        reader,
        from_,
        from_ + _WEEK + 2 * _A_DAY + timedelta(hours=1),
        now,
        colleague=colleague,
        without=without,
        held_by=mine,
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
