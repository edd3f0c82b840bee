"""Fixtures every test may ask for: a database of its own, on each kind, and a clock."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from bot.storage.database import Database
from tests.support.clock import FakeClock
from tests.support.databases import DATABASES, Templates
from tests.support.figures import PROOF

settings.register_profile("same every time", derandomize=True)
if not PROOF:
    settings.load_profile("same every time")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="write the transcripts anew")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    made = Templates(tmp_path_factory.mktemp("templates"))
    yield made
    made.drop()


@pytest.fixture(params=DATABASES)
async def database_url(
    request: pytest.FixtureRequest, tmp_path: Path, templates: Templates
) -> AsyncIterator[str]:
    """The address of an empty database with all tables; each test runs on both kinds."""
    if request.param == "sqlite":
        yield templates.sqlite(tmp_path / "data" / "contactpunt.db")
    else:
        async with templates.postgresql() as url:
            yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open, empty database with all tables; each test runs on both kinds."""
    opened = await Database.open(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite_database(tmp_path: Path, templates: Templates) -> AsyncIterator[Database]:
    """Only SQLite: for tests whose subject is not the storage."""
    opened = await Database.open(templates.sqlite(tmp_path / "data" / "contactpunt.db"))
    yield opened
    await opened.close()


@pytest.fixture
async def postgres_database(templates: Templates) -> AsyncIterator[Database]:
    """Only PostgreSQL."""
    async with templates.postgresql() as url:
        opened = await Database.open(url)
        yield opened
        await opened.close()
