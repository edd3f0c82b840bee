"""The ticker, in a time of our own."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import brussels
from bot.errors import StorageTrouble
from bot.timers import Job, Ticker, next_night
from tests.support.clock import FakeClock


class Enough(Exception):
    """Ends a test."""


class Days:
    """Sleeping moves the clock; *stop_at* ends it."""

    def __init__(self, clock: FakeClock, stop_after: timedelta) -> None:
        self.clock = clock
        self._end = clock() + stop_after

    async def sleep(self, seconds: float) -> None:
        if self.clock() >= self._end:
            raise Enough
        self.clock.advance(timedelta(seconds=seconds))


async def worked(clock: FakeClock, span: timedelta, **job) -> list[datetime]:
    moments: list[datetime] = []

    async def work() -> None:
        moments.append(clock())

    ticker = Ticker([Job(name="test", work=work, **job)], now=clock, sleep=Days(clock, span).sleep)
    with pytest.raises(Enough):
        await ticker.run()
    return moments


async def test_every_so_often(clock: FakeClock):
    began = clock()
    moments = await worked(clock, timedelta(seconds=10), every=timedelta(seconds=3))

    assert [(moment - began).total_seconds() for moment in moments] == [0, 3, 6, 9, 12]


async def test_b27_nightly_is_half_past_three_in_brussels_all_year_and_once_a_night():
    clock = FakeClock(datetime(2027, 1, 1, 12, tzinfo=UTC))
    moments = await worked(clock, timedelta(days=364), at=(3, 30))

    nights = moments[1:]  # the first is at the start
    expected = []
    day = datetime(2027, 1, 2, tzinfo=UTC)
    for _ in nights:
        expected.append(brussels(day.year, day.month, day.day, 3, 30))
        day += timedelta(days=1)
    assert nights == expected
    assert len(nights) == 364


async def test_r28_a_clock_set_back_does_not_repeat_the_night():
    clock = FakeClock(brussels(2027, 6, 1, 3, 29))
    moments: list[datetime] = []

    async def work() -> None:
        moments.append(clock())
        if len(moments) == 2:
            clock.advance(timedelta(minutes=-1))  # a clock that is corrected a little

    days = Days(clock, timedelta(hours=20))
    with pytest.raises(Enough):
        await Ticker([Job(name="test", work=work, at=(3, 30))], now=clock, sleep=days.sleep).run()

    assert len(moments) == 2


@pytest.mark.parametrize("hour", [0, 2, 3])
def test_b27_the_nights_of_the_clock_change_have_one_each(hour: int):
    for now in (brussels(2027, 3, 27, 12), brussels(2027, 10, 30, 12)):
        due = next_night(now, hour, 30)
        assert timedelta(hours=11) < due - now < timedelta(hours=17)
        assert next_night(due, hour, 30) - due > timedelta(hours=22)


async def test_storage_trouble_is_put_off_and_the_next_round_comes(clock: FakeClock):
    rounds = 0

    async def work() -> None:
        nonlocal rounds
        rounds += 1
        raise StorageTrouble("locked")

    job = Job(name="test", work=work, every=timedelta(seconds=1))
    with pytest.raises(Enough):
        await Ticker([job], now=clock, sleep=Days(clock, timedelta(seconds=5)).sleep).run()

    assert rounds == 6


async def test_b44_a_job_that_crashes_ends_the_ticker(clock: FakeClock):
    async def crash() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await Ticker([Job(name="test", work=crash, every=timedelta(seconds=1))]).run()


def test_a_job_is_either_every_so_often_or_nightly():
    async def work() -> None:
        """Nothing."""

    with pytest.raises(ValueError, match="either"):
        Job(name="test", work=work)
