"""S3, S6, S8, R-15: deadlines, quiet hours, head starts and reminders in Brussels wall time."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import BRUSSELS, brussels
from bot.info_sessions.times import (
    TOO_LATE,
    OfferTime,
    Reminder,
    latest_due,
    let_in_at,
    offer_time,
    reminder_due_at,
    reminder_now,
    stage_at_sign_up,
    thanks_at,
    waking_hours,
)

START = brussels(2026, 12, 3, 18, 30)


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        pytest.param(brussels(2026, 12, 1, 12), brussels(2026, 12, 1, 12), id="by day: now"),
        pytest.param(brussels(2026, 12, 1, 8), brussels(2026, 12, 1, 8), id="at eight"),
        pytest.param(brussels(2026, 12, 1, 20, 59), brussels(2026, 12, 1, 20, 59), id="20:59"),
        pytest.param(brussels(2026, 12, 1, 21), brussels(2026, 12, 2, 8), id="21:00: tomorrow"),
        pytest.param(brussels(2026, 12, 1, 3), brussels(2026, 12, 1, 8), id="at three: today"),
        pytest.param(brussels(2027, 3, 28, 1), brussels(2027, 3, 28, 8), id="the short night"),
        pytest.param(brussels(2027, 10, 30, 22), brussels(2027, 10, 31, 8), id="the long night"),
    ],
)
def test_quiet_hours(moment: datetime, told: datetime) -> None:
    assert waking_hours(moment) == told


def day(number: int, hour: int, minute: int = 0, month: int = 12) -> datetime:
    return brussels(2026, month, number, hour, minute)


@pytest.mark.parametrize(
    ("now", "ends", "offer"),
    [
        pytest.param(
            day(1, 12, month=11),
            START,
            OfferTime(day(1, 12, month=11), day(3, 12, month=11)),
            id="long before: two days",
        ),
        pytest.param(
            day(28, 12, month=11),
            START,
            OfferTime(day(28, 12, month=11), day(29, 12, month=11)),
            id="within a week: a day",
        ),
        pytest.param(day(2, 9), START, OfferTime(day(2, 9), day(2, 13)), id="the day before: 4 h"),
        pytest.param(
            day(3, 17, 50), START, OfferTime(day(3, 17, 50), START), id="never past the end"
        ),
        pytest.param(day(3, 9), START, OfferTime(day(3, 9), day(3, 10)), id="on the day: an hour"),
        pytest.param(day(2, 23), START, OfferTime(day(3, 8), day(3, 9)), id="at night: from eight"),
        pytest.param(day(3, 18, 20), START, None, id="ten minutes left: none"),
        pytest.param(day(3, 19), START, None, id="too late"),
        pytest.param(day(2, 23), day(3, 8), None, id="it closes before anybody is awake"),
    ],
)
def test_s3_an_offer_leaves_time_and_never_outlives_signing_up(
    now: datetime, ends: datetime, offer: OfferTime | None
) -> None:
    assert offer_time(now, ends) == offer


def test_s3_no_offer_is_ever_sent_at_night_or_ends_too_late() -> None:
    for minutes in range(0, 60 * 24 * 12, 13):
        now = START - timedelta(minutes=minutes)
        offer = offer_time(now, START)
        if offer is not None:
            assert 8 <= offer.sent_at.astimezone(BRUSSELS).hour < 21
            assert now <= offer.sent_at < offer.until <= START


OPENS = day(10, 12)


@pytest.mark.parametrize(
    ("position", "members", "seats", "from_"),
    [
        pytest.param(0, 10, 20, day(6, 12), id="fewer members than seats: all at once"),
        pytest.param(9, 10, 20, day(6, 12), id="the last of them too"),
        pytest.param(19, 40, 20, day(6, 12), id="as many as there are seats"),
        pytest.param(20, 40, 20, day(8, 12), id="the others half way"),
        pytest.param(399, 400, 20, day(9, 12), id="never more than four waves"),
        pytest.param(99, 400, 20, day(6, 12), id="waves grow with the list"),
        pytest.param(0, 1, 0, day(6, 12), id="no seats yet"),
    ],
)
def test_s6_the_head_start_is_in_order_of_joining(
    position: int, members: int, seats: int, from_: datetime
) -> None:
    assert let_in_at(position, members, seats, day(6, 12), OPENS) == from_


def test_s6_a_head_start_at_night_is_told_at_eight_and_never_after_the_opening() -> None:
    assert let_in_at(0, 5, 5, day(6, 23), day(8, 12)) == day(7, 8)
    assert let_in_at(0, 5, 5, day(6, 23), day(7, 7)) == day(7, 7)


def test_r15_every_reminder_of_two_years_at_its_wall_time() -> None:
    """Each day of 2027 and 2028, both clock changes included."""
    seen = 0
    first = datetime(2027, 1, 1, tzinfo=UTC).date()
    for number in range(731):
        when = first + timedelta(days=number)
        starts_at = brussels(when.year, when.month, when.day, 14)
        for which, before, hour in (
            (Reminder.WEEK, 7, 10),
            (Reminder.DAY, 1, 18),
            (Reminder.MORNING, 0, 7),
        ):
            local = reminder_due_at(which, starts_at).astimezone(BRUSSELS)
            assert (local.date(), local.hour, local.minute) == (
                when - timedelta(days=before),
                hour,
                0,
            )
            seen += 1

    assert seen == 731 * 3


@pytest.mark.parametrize("night", [brussels(2027, 3, 28), brussels(2027, 10, 31)])
def test_r15_each_stage_once_through_both_nights(night: datetime) -> None:
    """Asked every minute for nine days, each stage becomes due exactly once, in order."""
    starts_at = night + timedelta(hours=15)
    stages = []
    moment = starts_at - timedelta(days=9)
    while moment < starts_at:
        which = reminder_now(moment, starts_at)
        if which is not None and which not in stages:
            stages.append(which)
        moment += timedelta(minutes=1)

    assert stages == list(Reminder)


@pytest.mark.parametrize(
    ("before", "which"),
    [
        pytest.param(timedelta(days=8), None, id="too early"),
        pytest.param(timedelta(hours=22), Reminder.DAY, id="the evening before"),
        pytest.param(timedelta(hours=20), None, id="at night: in the morning"),
        pytest.param(timedelta(hours=2), Reminder.MORNING, id="late, but useful"),
        pytest.param(TOO_LATE, Reminder.MORNING, id="just in time"),
        pytest.param(timedelta(minutes=29), None, id="too late to be of use"),
        pytest.param(timedelta(minutes=-5), None, id="it has begun"),
    ],
)
def test_r16_after_a_break_the_latest_one_that_still_helps(
    before: timedelta, which: Reminder | None
) -> None:
    assert reminder_now(START - before, START) == which


def test_r16_what_is_due_at_night_is_due_all_the_same() -> None:
    """So that an info session early in the morning has its list of who heard nothing."""
    starts_at = day(3, 7, 15)

    assert latest_due(starts_at - TOO_LATE, starts_at) is Reminder.DAY
    assert reminder_now(starts_at - TOO_LATE, starts_at) is None


def test_s8_who_signs_up_late_is_not_reminded_of_the_past() -> None:
    assert stage_at_sign_up(START - timedelta(days=30), START) == 0
    assert stage_at_sign_up(START - timedelta(hours=20), START) == Reminder.DAY


def test_s8_thanks_come_the_morning_after() -> None:
    assert thanks_at(brussels(2026, 12, 3, 21)) == brussels(2026, 12, 4, 10)
