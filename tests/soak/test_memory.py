"""Nothing grows while people keep asking (R-27)."""

import asyncio
from pathlib import Path

from tests.benchmarks.__main__ import question, running
from tests.support.figures import figure
from tests.support.index import put_index

STEPS = figure(50_000, 1_500)
PEOPLE = 100


async def test_r27_memory_and_files_do_not_grow(tmp_path: Path) -> None:
    put_index(tmp_path)
    async with running("contactpunt", tmp_path) as bot:
        bot.server.text = question
        await bot.server.steps(PEOPLE, 500)  # until every connection and cache is there
        idle, files = bot.resident(), _open_files(bot.pid)
        await bot.server.steps(PEOPLE, STEPS)
        await asyncio.sleep(0)

        assert bot.resident() <= 1.15 * idle
        assert _open_files(bot.pid) <= files + 2
        assert (tmp_path / "contactpunt.sqlite-wal").stat().st_size < 16 * 2**20


def _open_files(pid: int) -> int:
    """Without the connections of the crowd, whose number is its own business."""
    links = [path.readlink() for path in Path(f"/proc/{pid}/fd").iterdir()]
    return sum(1 for link in links if not str(link).startswith("socket:"))
