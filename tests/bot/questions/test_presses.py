"""One tap, one effect, on both databases."""

import asyncio
from datetime import timedelta

import pytest

from bot.people.service import People
from bot.presses import Presses
from bot.storage.database import Database
from tests.support.clock import FakeClock

WITHIN = timedelta(seconds=30)


@pytest.fixture
def presses(database: Database, clock: FakeClock) -> Presses:
    return Presses(database, clock)


async def test_r10_twenty_taps_at_once_under_twenty_ids_have_one_effect(
    presses: Presses, database: Database, clock: FakeClock
) -> None:
    an = await People(database, clock).arrived(1, "nl")

    effects = await asyncio.gather(
        *(presses.first(an.id, 7, "questions.show:x", number, WITHIN) for number in range(20))
    )

    assert sum(effects) == 1


async def test_r10_without_the_claim_every_tap_would_have_its_effect(
    presses: Presses, database: Database, clock: FakeClock
) -> None:
    """The control: other buttons, messages and people are other taps."""
    people = People(database, clock)
    an, bo = await people.arrived(1, "nl"), await people.arrived(2, "nl")

    taps = [(an.id, 7, "a"), (an.id, 7, "b"), (an.id, 8, "a"), (bo.id, 7, "a")]
    effects = [
        await presses.first(person, message, data, number, WITHIN)
        for number, (person, message, data) in enumerate(taps)
    ]

    assert effects == [True, True, True, True]


async def test_r09_a_retry_of_the_same_update_keeps_its_effect(
    presses: Presses, database: Database, clock: FakeClock
) -> None:
    an = await People(database, clock).arrived(1, "nl")

    effects = [await presses.first(an.id, 7, "a", 5, WITHIN) for _ in range(3)]

    assert effects == [True, True, True]


async def test_r10_after_the_span_the_button_works_again(
    presses: Presses, database: Database, clock: FakeClock
) -> None:
    an = await People(database, clock).arrived(1, "nl")

    first = await presses.first(an.id, 7, "a", 1, WITHIN)
    clock.advance(WITHIN - timedelta(seconds=1))
    second = await presses.first(an.id, 7, "a", 2, WITHIN)
    clock.advance(timedelta(seconds=1))
    third = await presses.first(an.id, 7, "a", 3, WITHIN)

    assert (first, second, third) == (True, False, True)
