"""The due work: deliver, purge, back up. One ticker, each job on its own round.

Spans are measured with the monotonic clock, so a clock that is set does not repeat or skip them;
nightly work follows the clock on the wall in Brussels.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.clock import BRUSSELS, Now, brussels, utc_now
from bot.errors import StorageTrouble, TryLater

log = structlog.get_logger(__name__)

Work = Callable[[], Awaitable[object]]

_LOOK_AT_THE_CLOCK_EVERY: Final = 60.0
"""Seconds; it may be set while we wait for the night."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """Work that comes back: after every *every*, or at *at* (hour, minute) each night."""

    name: str
    work: Work
    every: timedelta | None = None
    at: tuple[int, int] | None = None
    first: timedelta = timedelta()
    """How long after the start it is done for the first time (also what is done at night: the
    process may have been down then)."""

    def __post_init__(self) -> None:
        if (self.every is None) == (self.at is None):
            raise ValueError(f"{self.name}: either every so often or at a time of the day")


class Ticker:
    """Give it the jobs and `run` it; a job that fails for another reason than the database or
    the messenger ends the process, because a silent one would be missed too late."""

    def __init__(
        self,
        jobs: list[Job],
        *,
        now: Now = utc_now,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._jobs = jobs
        self._now = now
        self._sleep = sleep

    async def run(self) -> None:
        """Tick until cancelled. Raises what a job raised."""
        try:
            async with asyncio.TaskGroup() as group:
                for job in self._jobs:
                    group.create_task(self._rounds(job), name=f"timer {job.name}")
        except* Exception as failures:
            raise failures.exceptions[0] from None

    async def _rounds(self, job: Job) -> None:
        await self._sleep(job.first.total_seconds())
        due = self._now()
        while True:
            await self._once(job)
            if job.every is not None:
                await self._sleep(job.every.total_seconds())
            else:
                assert job.at is not None
                due = next_night(max(due, self._now()), *job.at)
                await self._until(due)

    async def _once(self, job: Job) -> None:
        try:
            await job.work()
        except (StorageTrouble, TryLater) as trouble:
            log.warning("put off", job=job.name, trouble=type(trouble).__name__)

    async def _until(self, due: datetime) -> None:
        while (left := (due - self._now()).total_seconds()) > 0:
            await self._sleep(min(left, _LOOK_AT_THE_CLOCK_EVERY))


def next_night(now: datetime, hour: int, minute: int) -> datetime:
    """The next moment after *now* at which clocks in Brussels show this."""
    day = now.astimezone(BRUSSELS).date()
    while True:
        due = brussels(day.year, day.month, day.day, hour, minute)
        if due > now:
            return due
        day += timedelta(days=1)
