"""When: deadlines of offers, quiet hours, head starts, reminders. Wall time is Brussels'."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Final

from bot.clock import BRUSSELS, brussels

QUIET_FROM: Final = 21
QUIET_UNTIL: Final = 8
"""Hours on the clock in Brussels between which nobody is disturbed."""

OWN_REMINDER_FROM: Final = 7
"""A reminder of one's own info session may come this early."""

SHORTEST_OFFER: Final = timedelta(minutes=15)
"""An offer that leaves less time is not made: nobody could answer it in peace."""

TOO_LATE: Final = timedelta(minutes=30)
"""A reminder that would come later than this before the start is not sent any more."""

CONFIRM_BEFORE: Final = timedelta(hours=24)
"""Where a seat must be confirmed: from then on it can go to somebody who waits."""

REMINDED_WITHIN: Final = timedelta(days=9)
"""No reminder is due earlier than this before the start."""

WAVES: Final = 4
"""In how many groups the interest list is let in, when there are more members than seats."""


def waking_hours(moment: datetime) -> datetime:
    """The first moment from *moment* at which we may write to somebody: at night it is eight."""
    local = moment.astimezone(BRUSSELS)
    if QUIET_UNTIL <= local.hour < QUIET_FROM:
        return moment
    day = local.date() + (timedelta(days=1) if local.hour >= QUIET_FROM else timedelta())
    return brussels(day.year, day.month, day.day, QUIET_UNTIL)


def offer_window(left: timedelta) -> timedelta:
    """How long somebody may think about an offer: shorter when there is less time *left*."""
    if left > timedelta(days=7):
        return timedelta(hours=48)
    if left > timedelta(days=3):
        return timedelta(hours=24)
    if left > timedelta(days=1):
        return timedelta(hours=4)
    return timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class OfferTime:
    sent_at: datetime
    until: datetime


def offer_time(now: datetime, ends_signing_up_at: datetime) -> OfferTime | None:
    """When an offer that is made now is sent and ends; None: there is no time left for one.

    Made at night it is sent at eight, and its time counts from then. It never ends after
    signing up does.
    """
    sent_at = waking_hours(now)
    left = ends_signing_up_at - sent_at
    if left < SHORTEST_OFFER:
        return None
    return OfferTime(sent_at, min(sent_at + offer_window(left), ends_signing_up_at))


def let_in_at(
    position: int, members: int, seats: int, published_at: datetime, opens_at: datetime
) -> datetime:
    """From when member *position* (0 is the first) of the interest list may sign up.

    In order of joining: as many as there are seats at once, the others in waves after them, all
    before it opens to everybody.
    """
    wave_size = max(seats, -(-members // WAVES), 1)
    waves = -(-members // wave_size)
    wave = position // wave_size
    moment = waking_hours(published_at + (opens_at - published_at) * wave / waves)
    return min(moment, opens_at)


class Reminder(IntEnum):
    """The stages before an info session; a later one replaces an earlier one that was missed."""

    WEEK = 1
    DAY = 2
    MORNING = 3


def reminder_due_at(which: Reminder, starts_at: datetime) -> datetime:
    """When it is sent: a week before at ten, the day before at 18:00, at seven on the day."""
    day = starts_at.astimezone(BRUSSELS).date()
    if which is Reminder.WEEK:
        return _on(day - timedelta(days=7), 10)
    if which is Reminder.DAY:
        return _on(day - timedelta(days=1), 18)
    return _on(day, OWN_REMINDER_FROM)


def reminder_now(now: datetime, starts_at: datetime) -> Reminder | None:
    """The latest reminder that is due now; None before the first, and shortly before the start.

    None at night too: what was missed in the evening waits until seven.
    """
    awake = OWN_REMINDER_FROM <= now.astimezone(BRUSSELS).hour < QUIET_FROM
    if starts_at - now < TOO_LATE or not awake:
        return None
    return latest_due(now, starts_at)


def latest_due(now: datetime, starts_at: datetime) -> Reminder | None:
    """The last reminder whose moment has come, whether or not it can be sent now."""
    due = [which for which in Reminder if reminder_due_at(which, starts_at) <= now]
    return max(due, default=None)


def reminder_until(which: Reminder, starts_at: datetime) -> datetime:
    """Until when it may be sent: then the next one takes its place, or nobody is helped by it."""
    latest = starts_at - TOO_LATE
    if which is Reminder.MORNING:
        return latest
    return min(reminder_due_at(Reminder(which + 1), starts_at), latest)


def stage_at_sign_up(now: datetime, starts_at: datetime) -> int:
    """The reminders somebody who signs up now does not need any more: those already past."""
    return max((which for which in Reminder if reminder_due_at(which, starts_at) <= now), default=0)


def day_before(starts_at: datetime, hour: int = 18) -> datetime:
    day = starts_at.astimezone(BRUSSELS).date() - timedelta(days=1)
    return _on(day, hour)


def thanks_at(ends_at: datetime) -> datetime:
    """The morning after at ten: they are home, and it is still fresh."""
    return _on(ends_at.astimezone(BRUSSELS).date() + timedelta(days=1), 10)


def _on(day: date, hour: int) -> datetime:
    return brussels(day.year, day.month, day.day, hour)
