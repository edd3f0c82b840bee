"""When appointments are spoken of: reminders by the clock of Brussels, never at night."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final

from bot.clock import BRUSSELS, brussels

AWAKE_FROM: Final = 7
AWAKE_UNTIL: Final = 21
"""Hours between which one is reminded of an own appointment."""

TOO_LATE: Final = timedelta(minutes=30)
"""Nearer to the start nobody is reminded any more: a colleague sees it in a list."""


class Reminder(IntEnum):
    """A later one takes the place of an earlier one that was missed."""

    DAY = 1
    """The day before, at the time of the talk."""
    HOURS = 2
    """Two hours before."""


REMINDED_WITHIN: Final = timedelta(hours=36)
"""No reminder is due earlier than this before the start (the day before at seven, for late)."""


def reminder_due_at(which: Reminder, starts_at: datetime) -> datetime:
    local = starts_at.astimezone(BRUSSELS)
    if which is Reminder.HOURS:
        due = starts_at - timedelta(hours=2)
        opens = brussels(local.year, local.month, local.day, AWAKE_FROM)
        return max(due, min(opens, starts_at - TOO_LATE))
    day = local.date() - timedelta(days=1)
    hour, minute = local.hour, local.minute
    if hour < AWAKE_FROM:
        hour, minute = AWAKE_FROM, 0
    elif hour >= AWAKE_UNTIL:
        hour, minute = AWAKE_UNTIL - 1, 30
    return brussels(day.year, day.month, day.day, hour, minute)


def reminder_now(now: datetime, starts_at: datetime) -> Reminder | None:
    """The latest that is due; None before the first, at night, and when it would be too late."""
    awake = AWAKE_FROM <= now.astimezone(BRUSSELS).hour < AWAKE_UNTIL
    if starts_at - now < TOO_LATE or not awake:
        return None
    return max((each for each in Reminder if reminder_due_at(each, starts_at) <= now), default=None)


def reminder_until(which: Reminder, starts_at: datetime) -> datetime:
    """Until when it may be sent."""
    latest = starts_at - TOO_LATE
    if which is Reminder.DAY:
        return min(reminder_due_at(Reminder.HOURS, starts_at), latest)
    return latest


def waking_hours(moment: datetime) -> datetime:
    """The first moment from *moment* at which we may write to somebody."""
    local = moment.astimezone(BRUSSELS)
    if AWAKE_FROM < local.hour < AWAKE_UNTIL:
        return moment
    day = local.date() + (timedelta(days=1) if local.hour >= AWAKE_UNTIL else timedelta())
    return brussels(day.year, day.month, day.day, AWAKE_FROM + 1)


def stage_at(now: datetime, starts_at: datetime) -> int:
    """The reminders that somebody who books now does not need any more."""
    return max((each for each in Reminder if reminder_due_at(each, starts_at) <= now), default=0)
