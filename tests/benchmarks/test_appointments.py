"""What it costs to offer ten free times: a hundred colleagues, eight weeks, two thousand talks.

Only ratios travel between machines: the yardstick is reading the hours of all colleagues and their
talks of the eight weeks as bare rows, which any answer would have to do that keeps nothing. What is
judged is CPU time, so that a busy machine changes little; the time on the clock is printed too.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from uuid import uuid4

import pytest
from sqlalchemy import insert, select

from bot.appointments.roster import Rules, public_holidays
from bot.appointments.service import Appointments
from bot.appointments.tables import appointments, rosters
from bot.clock import brussels
from bot.people.model import PersonId
from bot.storage.database import Database
from bot.storage.statements import prepared
from tests.support.appointments import NOW, OFFICE, TALK, contact_points
from tests.support.clock import FakeClock
from tests.support.databases import Templates
from tests.support.figures import figure
from tests.support.info_sessions import somebodies

COLLEAGUES, WEEKS, TALKS = 100, 8, 2_000
SAMPLES = figure(1_000, 120)
HALF_AN_HOUR = timedelta(minutes=30)

_EVERYTHING = prepared(
    select(
        appointments.c.colleague_id,
        appointments.c.starts_at,
        appointments.c.busy_from,
        appointments.c.busy_until,
    ).where(appointments.c.ends_at > NOW)
)
_HOURS = prepared(select(rosters.c.colleague_id, rosters.c.content))


def filled(
    colleagues: list[PersonId], people: list[PersonId], count: int, days: list[datetime]
) -> list[dict[str, object]]:
    """So many talks at different times, the first days the fullest, as it is in real life."""
    fate = random.Random(4)
    times: dict[tuple[PersonId, datetime], None] = {}
    while len(times) < count:
        day = days[min(int(fate.expovariate(3 / len(days))), len(days) - 1)]
        half_hour = fate.choice([*range(6), *range(8, 16)])
        times[fate.choice(colleagues), day + half_hour * HALF_AN_HOUR] = None
    return [
        {
            "state": "confirmed",
            "person_id": people[number],
            "colleague_id": colleague,
            "kind": "place",
            "topic": "selection",
            "track": "uniform",
            "language": "nl",
            "starts_at": starts_at,
            "ends_at": starts_at + HALF_AN_HOUR,
            "busy_from": starts_at,
            "busy_until": starts_at + HALF_AN_HOUR,
            "uid": uuid4().hex,
            "why": "fewest",
            "created_at": NOW,
        }
        for number, (colleague, starts_at) in enumerate(times)
    ]


def working_days(first: int, last: int) -> list[datetime]:
    """Nine o'clock on the working days so many days from now."""
    days = []
    for number in range(first, last):
        day = (NOW + timedelta(days=number)).date()
        if Rules().is_working_day(day):
            days.append(brussels(day.year, day.month, day.day, 9))
    return days


@dataclass
class Times:
    """Milliseconds, sorted."""

    cpu: list[float] = field(default_factory=list)
    clock: list[float] = field(default_factory=list)

    @classmethod
    async def of(cls, work: Callable[[], Awaitable[object]], count: int) -> Times:
        found = cls()
        for _ in range(count):
            clock, cpu = time.perf_counter(), time.process_time()
            await work()
            found.cpu.append((time.process_time() - cpu) * 1000)
            found.clock.append((time.perf_counter() - clock) * 1000)
        return cls(sorted(found.cpu), sorted(found.clock))

    @property
    def p99(self) -> float:
        return self.cpu[int(len(self.cpu) * 0.99)]

    @property
    def p50(self) -> float:
        return median(self.cpu)

    def __str__(self) -> str:
        clock = f"{median(self.clock):.1f}/{self.clock[int(len(self.clock) * 0.99)]:.1f}"
        return f"{self.p50:.1f}/{self.p99:.1f} ms CPU ({clock} ms on the clock)"


async def test_offering_ten_times_is_quick_and_the_past_costs_nothing(
    tmp_path: Path, templates: Templates, clock: FakeClock, capsys: pytest.CaptureFixture[str]
) -> None:
    database = await Database.open(templates.sqlite(tmp_path / "contactpunt.db"))
    people = await somebodies(database, TALKS)
    colleagues = await contact_points(database, COLLEAGUES, OFFICE)
    public_holidays(2026)
    rules = Rules(window_days=7 * WEEKS)
    service = Appointments(database, rules, clock)

    async def more(rows: list[dict[str, object]]) -> None:
        async with database.transaction() as tx:
            await tx.run_many(insert(appointments), rows)

    async def offer() -> object:
        found = await service.offer(people[0], TALK, most=10)
        assert len(found) == 10
        return found

    async def bare() -> object:
        async with database.reading() as reader:
            return await reader.all(_HOURS), await reader.all(_EVERYTHING)

    await more(filled(colleagues, people, TALKS, working_days(1, 7 * WEEKS)))
    await offer()
    yardstick = await Times.of(bare, SAMPLES)
    ours = await Times.of(offer, SAMPLES)
    past = working_days(-180, -1)
    for number in range(5):
        await more(filled(colleagues, people, TALKS, past[number * 20 : number * 20 + 20]))
    later = await Times.of(offer, SAMPLES)
    await database.close()

    with capsys.disabled():
        sys.stdout.write(
            f"\nten free times of {COLLEAGUES} colleagues with {TALKS} talks, p50/p99: {ours};"
            f" with {5 * TALKS} past talks as well {later}; the rows alone {yardstick};"
            f" p99 ratio {ours.p99 / yardstick.p99:.2f}\n"
        )

    assert ours.p50 <= 1.5 * yardstick.p50
    assert ours.p99 <= 2 * yardstick.p99
    assert later.p50 <= 1.4 * ours.p50
