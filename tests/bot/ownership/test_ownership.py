"""One owner at a time; ownership dies with its process, however that dies."""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from bot.ownership import owned, token_hash
from tests.support.databases import on_server

TOKEN = token_hash("123456:a-token-made-up-for-tests")

OWNER = """
import asyncio, sys
from pathlib import Path
from bot.ownership import owned

async def main():
    async with owned(sys.argv[1], sys.argv[2], Path(sys.argv[3])):
        print("mine", flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


def test_the_name_of_a_bot_does_not_tell_its_token() -> None:
    assert token_hash("1:secret") != token_hash("2:secret")
    assert "secret" not in token_hash("1:secret")


async def test_one_owner_at_a_time(database_url: str, tmp_path: Path) -> None:
    told: list[str] = []
    inside = 0
    most = 0

    async def own() -> None:
        nonlocal inside, most
        async with owned(database_url, TOKEN, tmp_path, lambda: told.append("waiting")):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(own(), own(), own())

    assert most == 1
    assert told.count("waiting") <= 2


async def test_another_bot_on_the_same_database_is_not_held_up(
    database_url: str, tmp_path: Path
) -> None:
    async with (
        asyncio.timeout(5),
        owned(database_url, TOKEN, tmp_path),
        owned(database_url, token_hash("other"), tmp_path) as other,
    ):
        lost = other.lost.is_set()

    assert not lost


async def test_r25_a_killed_owner_is_replaced_within_three_seconds(
    database_url: str, tmp_path: Path
) -> None:
    owner = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        OWNER,
        database_url,
        TOKEN,
        str(tmp_path),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert owner.stdout is not None
    assert await asyncio.wait_for(owner.stdout.readline(), 20) == b"mine\n"

    told = asyncio.Event()

    async def successor() -> float:
        async with owned(database_url, TOKEN, tmp_path, told.set):
            return time.monotonic()

    waiting = asyncio.create_task(successor())
    await asyncio.wait_for(told.wait(), 5)
    owned_meanwhile = waiting.done()
    killed_at = time.monotonic()
    owner.send_signal(signal.SIGKILL)
    replaced_at = await asyncio.wait_for(waiting, 10)
    await owner.wait()

    assert not owned_meanwhile
    assert replaced_at - killed_at < 3


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_r25_loss_is_reported_when_the_server_drops_the_connection(
    database_url: str, tmp_path: Path
) -> None:
    async with owned(database_url, TOKEN, tmp_path) as ownership:
        before = ownership.lost.is_set()
        await on_server(
            database_url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'contactpunt owner' AND datname = current_database()",
        )
        await asyncio.wait_for(ownership.lost.wait(), 5)

    assert not before


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_r25_the_watch_sees_that_the_lock_is_still_ours(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.ownership.LOOK_EVERY_SECONDS", 0.02)
    async with owned(database_url, TOKEN, tmp_path) as ownership:
        await asyncio.sleep(0.2)
        held = not ownership.lost.is_set()

    assert held
