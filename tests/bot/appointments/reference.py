"""Which moments can be booked, found the slow way: walk through real time and read the clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from bot.appointments.model import Kind
from bot.appointments.roster import Receiving, Rules, public_holidays
from bot.appointments.slots import Busy, Span
from bot.clock import BRUSSELS

STEP = timedelta(minutes=5)


@lru_cache
def walk(day: date) -> list[tuple[datetime, datetime]]:
    """Each five minutes from the evening before to the morning after: the moment, the clock."""
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=4)
    moments = [moment + number * STEP for number in range(32 * 12)]
    return [(each, each.astimezone(BRUSSELS).replace(tzinfo=None)) for each in moments]


def bookable(
    receiving: Receiving,
    day: date,
    kind: Kind,
    *,
    rules: Rules,
    now: datetime,
    taken: Sequence[Busy],
    mine: Sequence[Span],
) -> list[datetime]:
    roster, clock = receiving.roster, walk(day)
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001
    first_time = {}
    for moment, shows in clock:
        first_time.setdefault(shows, moment)
    today = now.astimezone(BRUSSELS).date()
    found = []
    for moment, shows in clock:
        if shows.date() != day or first_time[shows] != moment:
            continue
        ends_at = moment + roster.length(kind)
        minute = int((shows - midnight) / timedelta(minutes=1))
        within = False
        for hours in roster.hours_on(day):
            over = next(
                then for then, clock_ in clock if clock_ >= midnight + timedelta(minutes=hours.end)
            )
            within |= (
                kind in hours.kinds
                and hours.start <= minute
                and (minute - hours.start) % roster.step == 0
                and ends_at <= over
            )
        if not within:
            continue
        if moment - now < timedelta(hours=rules.notice_hours):
            continue
        if rules.notice_days and working_days_between(today, day, rules) < rules.notice_days:
            continue
        if not 0 <= (day - today).days <= rules.window_days:
            continue
        if is_closed(day, rules) or any(a.from_on <= day <= a.until_on for a in receiving.absences):
            continue
        if receiving.until is not None and day >= receiving.until:
            continue
        before, after = timedelta(minutes=roster.before), timedelta(minutes=roster.after)
        if any(
            not (ends_at + after <= each.busy_from or each.busy_until <= moment - before)
            for each in taken
        ):
            continue
        if any(not (ends_at <= each.starts_at or each.ends_at <= moment) for each in mine):
            continue
        days = [each.starts_at.astimezone(BRUSSELS).date() for each in taken]
        monday = day - timedelta(days=day.weekday())
        if roster.per_day is not None and sum(each == day for each in days) >= roster.per_day:
            continue
        in_week = sum(monday <= each < monday + timedelta(days=7) for each in days)
        if roster.per_week is not None and in_week >= roster.per_week:
            continue
        found.append(moment)
    return found


def is_closed(day: date, rules: Rules) -> bool:
    return day in rules.own_days or (not rules.on_holidays and day in public_holidays(day.year))


def working_days_between(today: date, day: date, rules: Rules) -> int:
    """How many working days lie after *today*, up to and with *day*."""
    days = [today + timedelta(days=number) for number in range(1, (day - today).days + 1)]
    return sum(each.weekday() < 5 and not is_closed(each, rules) for each in days)
