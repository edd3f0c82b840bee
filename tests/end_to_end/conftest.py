"""The assistant as a whole, once for all tests of a module: on both databases, both ways."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.assistant import Assistant, running_assistant

EVERYWHERE = [
    ("polling", "sqlite"),
    ("webhook", "sqlite"),
    ("polling", "postgresql"),
    ("webhook", "postgresql"),
]


@pytest_asyncio.fixture(
    scope="module", loop_scope="module", params=EVERYWHERE, ids=[" ".join(w) for w in EVERYWHERE]
)
async def assistant(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Assistant]:
    """Runs through all tests of a module; each test brings people of its own."""
    receiving, storage = request.param
    data: Path = tmp_path_factory.mktemp("data")
    async with running_assistant(data, receiving, storage) as running:
        yield running
        assert await running.bot.stop() == 0
