"""Colleagues with whom the tests begin."""

from collections.abc import Awaitable, Callable
from datetime import date
from itertools import count

import pytest

from bot.people.model import PersonId
from bot.people.service import People
from bot.staff import Role, Staff
from bot.staff.model import Stage
from bot.storage.database import Database
from tests.support.clock import FakeClock

Somebody = Callable[[], Awaitable[PersonId]]
Hired = Callable[..., Awaitable[PersonId]]


@pytest.fixture
def staff(database: Database, clock: FakeClock) -> Staff:
    return Staff(database, clock)


@pytest.fixture
def somebody(database: Database, clock: FakeClock) -> Somebody:
    """Makes somebody who wrote to us and has no role."""
    people, accounts = People(database, clock), count(1001)

    async def arrive() -> PersonId:
        return (await people.arrived(next(accounts), "nl")).id

    return arrive


@pytest.fixture
def hired(staff: Staff, somebody: Somebody) -> Hired:
    """Makes a colleague with roles, all through the command line."""
    names = (f"Collega {letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")

    async def hire(*roles: Role, ends_on: date | None = None) -> PersonId:
        person, name = await somebody(), next(names)
        for role in roles:
            invited = await staff.invite(None, role, name=name, ends_on=ends_on)
            redeemed = await staff.redeem(person, invited.code)
            if redeemed.stage is Stage.CONFIRMED:
                first = (await staff.colleagues(None))[0].person
                await staff.confirm(first, invited.id, yes=True)
        return person

    return hire
