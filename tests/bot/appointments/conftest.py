import pytest

from bot.appointments.service import Appointments
from bot.storage.database import Database
from tests.support.clock import FakeClock


@pytest.fixture
def booking(database: Database, clock: FakeClock) -> Appointments:
    return Appointments(database, now=clock)
