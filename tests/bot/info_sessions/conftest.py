from collections.abc import Awaitable, Callable
from itertools import count

import pytest

from bot.info_sessions.door import Door
from bot.info_sessions.planning import Planning
from bot.info_sessions.service import InfoSessions
from bot.info_sessions.timers import InfoSessionTimers
from bot.people.model import PersonId
from bot.people.service import People
from bot.staff import Role, Staff
from bot.storage.database import Database
from tests.support.clock import FakeClock

Hired = Callable[[Role], Awaitable[PersonId]]


@pytest.fixture
def info_sessions(database: Database, clock: FakeClock) -> InfoSessions:
    return InfoSessions(database, clock)


@pytest.fixture
def timers(database: Database, clock: FakeClock) -> InfoSessionTimers:
    return InfoSessionTimers(database, clock)


@pytest.fixture
def desk(database: Database, clock: FakeClock) -> Staff:
    return Staff(database, clock)


@pytest.fixture
def planning(database: Database, clock: FakeClock, desk: Staff) -> Planning:
    return Planning(database, desk, clock)


@pytest.fixture
def door(database: Database, clock: FakeClock, desk: Staff) -> Door:
    return Door(database, desk, clock)


@pytest.fixture
def hired(database: Database, clock: FakeClock, desk: Staff) -> Hired:
    """Makes a colleague with a role."""
    people, accounts = People(database, clock), count(501)

    async def hire(role: Role) -> PersonId:
        account = next(accounts)
        person = (await people.arrived(account, "nl")).id
        invited = await desk.invite(None, role, name=f"Collega {account}", ends_on=None)
        await desk.redeem(person, invited.code)
        return person

    return hire
