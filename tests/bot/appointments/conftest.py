import pytest

from bot.appointments.colleagues import OwnHours
from bot.appointments.desk import AppointmentDesk
from bot.appointments.service import Appointments
from bot.appointments.timers import AppointmentTimers
from bot.staff import Staff
from bot.storage.database import Database
from tests.support.clock import FakeClock


@pytest.fixture
def staff(database: Database, clock: FakeClock) -> Staff:
    return Staff(database, clock)


@pytest.fixture
def booking(database: Database, clock: FakeClock) -> Appointments:
    return Appointments(database, now=clock)


@pytest.fixture
def desk(database: Database, clock: FakeClock, staff: Staff) -> AppointmentDesk:
    made = AppointmentDesk(staff, database, now=clock)
    staff.on_leaving.append(made.left)
    return made


@pytest.fixture
def own_hours(database: Database, clock: FakeClock, staff: Staff) -> OwnHours:
    return OwnHours(staff, database, now=clock)


@pytest.fixture
def timers(database: Database, clock: FakeClock) -> AppointmentTimers:
    return AppointmentTimers(database, clock)
