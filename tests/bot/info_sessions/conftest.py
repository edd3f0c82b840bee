import pytest

from bot.info_sessions.service import InfoSessions
from bot.info_sessions.timers import InfoSessionTimers
from bot.storage.database import Database
from tests.support.clock import FakeClock


@pytest.fixture
def info_sessions(database: Database, clock: FakeClock) -> InfoSessions:
    return InfoSessions(database, clock)


@pytest.fixture
def timers(database: Database, clock: FakeClock) -> InfoSessionTimers:
    return InfoSessionTimers(database, clock)
