"""At start: every fault is one clear sentence and an exit code of its own, and loses nothing."""

import asyncio
import socket
import sqlite3
import sys
from pathlib import Path

import pytest

from bot.exits import Exit
from bot.storage.migrate import upgrade
from tests.support.index import put_index
from tests.support.process import BotProcess, bot_process
from tests.support.simulator import SimulatorClient, simulator

__all__ = ["simulator"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    put_index(folder)
    return folder


async def fault(bot: BotProcess) -> tuple[int, str]:
    """The exit code, and the only line that is not a log line."""
    code = await bot.exit_code(within=90)
    said = [line for line in bot.log.splitlines() if not line.startswith("{")]
    assert "Traceback" not in bot.log
    assert len(said) == 1, said
    return code, said[0]


@pytest.fixture
async def waiting_person(simulator: SimulatorClient) -> SimulatorClient:
    """Somebody wrote while nobody ran; whatever goes wrong at start, that message must wait."""
    person = await simulator.person()
    await person.types("/start")
    return simulator


async def answered(simulator: SimulatorClient, data: Path, **settings: str) -> bool:
    """Started as it should be, whoever waited gets an answer."""
    async with bot_process(simulator.address, data, **settings) as bot:
        people = await simulator.get("/people")
        sent = await _sent(simulator)
        assert await bot.stop() == 0
    return {call["account"] for call in sent} == {each["id"] for each in people["people"]}


async def _sent(simulator: SimulatorClient) -> list[dict[str, object]]:
    for _ in range(60):
        if sent := await simulator.calls("sendMessage", wait=1):
            return sent
    return []


async def test_wrong_token(waiting_person: SimulatorClient, data: Path) -> None:
    other = "654321:" + "B" * 35
    async with bot_process(waiting_person.address, data, BOT_TOKEN=other) as bot:
        code, sentence = await fault(bot)

    assert code == Exit.TOKEN_REFUSED
    assert sentence == (
        f"The Bot API at {waiting_person.address} refuses the token: check CONTACTPUNT_BOT_TOKEN."
    )
    assert other not in bot.log
    assert await answered(waiting_person, data)


async def test_unreachable_bot_api(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with bot_process(f"http://127.0.0.1:{port}", data) as bot:
        code, sentence = await fault(bot)

    assert code == Exit.API_UNREACHABLE
    assert sentence.startswith(f"The Bot API at http://127.0.0.1:{port} cannot be reached")


async def test_port_in_use(waiting_person: SimulatorClient, data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        async with bot_process(waiting_person.address, data, HTTP_LISTEN=listen) as bot:
            code, sentence = await fault(bot)

    assert code == Exit.PORT_IN_USE
    assert sentence == f"Port {listen} is in use: stop who uses it or set another."
    assert await answered(waiting_person, data, HTTP_LISTEN=listen)


async def test_locked_database(waiting_person: SimulatorClient, data: Path) -> None:
    file = data / "contactpunt.sqlite"
    lock = sqlite3.connect(file, isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    async with bot_process(waiting_person.address, data) as bot:
        code, sentence = await fault(bot)
    lock.close()

    assert code == Exit.DATABASE_UNUSABLE
    assert sentence.startswith("The database cannot be used now: ")
    assert await answered(waiting_person, data)


async def test_full_disk(waiting_person: SimulatorClient, data: Path) -> None:
    """No file may grow over 40 kB: less than the tables need."""
    command = ("bash", "-c", f"ulimit -f 40; exec {sys.executable} -m bot run")
    async with bot_process(waiting_person.address, data, command) as bot:
        code, sentence = await fault(bot)

    assert code == Exit.DATABASE_UNUSABLE
    assert sentence.startswith("The database cannot be used now: ")
    assert await answered(waiting_person, data)


async def test_file_that_is_no_database(simulator: SimulatorClient, data: Path) -> None:
    (data / "contactpunt.sqlite").write_bytes(b"not a database at all" * 100)
    async with bot_process(simulator.address, data) as bot:
        code, sentence = await fault(bot)

    assert code == Exit.DATABASE_UNUSABLE
    assert sentence.startswith("The database cannot be used now: ")


async def test_unreachable_database(simulator: SimulatorClient, data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"postgresql://somebody:a-password@127.0.0.1:{port}/nothing"
    async with bot_process(simulator.address, data, DATABASE=url) as bot:
        code, sentence = await fault(bot)

    assert code == Exit.DATABASE_UNUSABLE
    assert sentence.startswith("The database cannot be used now: ")
    assert "a-password" not in bot.log


async def test_newer_database(simulator: SimulatorClient, data: Path) -> None:
    file = data / "contactpunt.sqlite"
    await upgrade(f"sqlite:///{file}")
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    async with bot_process(simulator.address, data) as bot:
        code, sentence = await fault(bot)

    assert code == Exit.NEWER_DATABASE
    assert sentence.startswith("The database was made by a newer version of Contactpunt")


async def test_o5_everything_that_is_wrong_at_once(
    simulator: SimulatorClient, data: Path, tmp_path: Path
) -> None:
    zone = tmp_path / "zone.yaml"
    zone.write_text("name: Zone\ncontact:\n  phone: veel\n  mail: weinig\n")
    texts = data / "texts" / "nl" / "menu.yaml"
    texts.parent.mkdir(parents=True)
    texts.write_text('menu.title: "<b>open"\n')
    entry = data / "faq" / "content" / "own.yaml"
    entry.parent.mkdir(parents=True)
    entry.write_text("- id: own-answer\n  colour: blue\n")
    async with bot_process(simulator.address, data, ZONE=str(zone)) as bot:
        code = await bot.exit_code(within=90)

    assert code == Exit.WRONG_CONFIGURATION
    for place in (f"{zone}:3: ", f"{zone}:4: ", f"{texts}:1: ", f"{entry}:"):
        assert place in bot.log
    assert "Traceback" not in bot.log


async def test_wrong_settings(simulator: SimulatorClient, data: Path) -> None:
    async with bot_process(simulator.address, data, BACKUP_HOURS="x", HTTP_LISTEN="y") as bot:
        code = await bot.exit_code(within=90)

    assert code == Exit.WRONG_CONFIGURATION
    assert [line.partition(":")[0] for line in bot.log.splitlines()] == [
        "CONTACTPUNT_BACKUP_HOURS",
        "CONTACTPUNT_HTTP_LISTEN",
    ]


async def test_r09_second_owner_waits_and_goes_on_within_three_seconds(
    simulator: SimulatorClient, data: Path
) -> None:
    async with bot_process(simulator.address, data) as first:
        person = await simulator.person()
        await person.types("/start")
        await person.sees("Contactpunt", within=30)
        async with bot_process(simulator.address, data) as second:
            await _says(second, "Another process works with this token")
            polls = len(await simulator.calls("deleteWebhook"))
            assert polls == 1

            await first.kill()
            loop = asyncio.get_running_loop()
            killed_at = loop.time()
            while len(await simulator.calls("deleteWebhook")) == polls:
                assert loop.time() - killed_at < 3
                await asyncio.sleep(0.05)
            assert await second.stop() == 0


async def _says(bot: BotProcess, sentence: str) -> None:
    for _ in range(2400):
        if sentence in bot.log:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"never said {sentence!r}: {bot.log}")
