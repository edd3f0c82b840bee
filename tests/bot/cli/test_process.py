"""The running process: signals, reload, health, webhooks."""

import asyncio
import signal
import socket
import stat
import sys
import time
from pathlib import Path

import aiohttp
import pytest

from tests.support.index import put_index
from tests.support.process import ROOT, BotProcess, bot_process
from tests.support.simulator import SimulatorClient, simulator

__all__ = ["simulator"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    put_index(folder)
    return folder


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


async def contactpunt(data: Path, *arguments: str) -> tuple[int, str]:
    """A command beside the running process."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=ROOT,
        env={"CONTACTPUNT_DATA": str(data), "PATH": "/usr/bin:/bin"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


async def started(bot: BotProcess) -> None:
    for _ in range(2400):
        if '"ready"' in bot.log:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(bot.log)


async def test_run_needs_nothing_but_token_api_and_data(
    simulator: SimulatorClient, data: Path
) -> None:
    async with bot_process(simulator.address, data) as bot:
        person = await simulator.person()
        await person.types("/start")
        welcome = await person.sees("Lokale Politie Aalst", within=30)
        code = await bot.stop()

    assert code == 0
    assert "FILL IN" not in welcome["text"]
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    others = [file for file in data.rglob("*") if file.is_file() and file.name != "test.log"]
    readable = [file for file in others if stat.S_IMODE(file.stat().st_mode) & 0o077]
    assert [file for file in readable if "cache" not in file.parts] == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_r24_first_signal_ends_in_order(
    simulator: SimulatorClient, data: Path, number: signal.Signals
) -> None:
    async with bot_process(simulator.address, data) as bot:
        await started(bot)
        assert bot.process is not None
        began = time.monotonic()
        bot.process.send_signal(number)
        code = await bot.exit_code(within=12)
        took = time.monotonic() - began

    assert (code, took < 10) == (0, True)
    assert '"stopped"' in bot.log


async def test_r24_second_signal_ends_at_once(simulator: SimulatorClient, data: Path) -> None:
    async with bot_process(simulator.address, data) as bot:
        await started(bot)
        person = await simulator.person()
        await simulator.fault("slow_before", "sendMessage", delay=30)
        await person.types("/start")
        await asyncio.sleep(0.5)
        assert bot.process is not None
        bot.process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.3)
        began = time.monotonic()
        bot.process.send_signal(signal.SIGTERM)
        code = await bot.exit_code(within=5)

    assert code == 128 + signal.SIGTERM
    assert time.monotonic() - began < 1


async def test_reload_takes_what_is_right_and_refuses_what_is_not(
    simulator: SimulatorClient, data: Path
) -> None:
    texts = data / "texts" / "nl" / "menu.yaml"
    texts.parent.mkdir(parents=True)
    async with bot_process(simulator.address, data) as bot:
        await started(bot)
        person = await simulator.person()

        texts.write_text('menu.unknown_command: "Dat ken ik echt niet."\n')
        taken = await contactpunt(data, "reload")
        await person.types("/bestaatniet")
        await person.sees("Dat ken ik echt niet.")

        texts.write_text('menu.unknown_command: "<b>open"\n')
        refused = await contactpunt(data, "reload")
        await person.types("/bestaatooknniet")
        await person.sees(lambda message: message["message_id"] > 3, within=10)
        assert person.bot_said()[-1] == "Dat ken ik echt niet."
        assert await bot.stop() == 0

    assert taken == (0, "The new content is in use.\n")
    assert refused == (
        1,
        f"{texts}:1: menu.unknown_command: does not close <b>\n"
        "Nothing was changed: the old content stays in use.\n",
    )


async def test_reload_when_nothing_runs(data: Path) -> None:
    (data / "contactpunt.pid").write_text("1\n")

    code, said = await contactpunt(data, "reload")

    assert (code, said) == (1, f"Contactpunt is not running with the data folder {data}.\n")


async def test_restore_is_refused_while_running(simulator: SimulatorClient, data: Path) -> None:
    async with bot_process(simulator.address, data) as bot:
        await started(bot)
        made = await contactpunt(data, "backup")
        file = made[1].splitlines()[-1]
        refused = await contactpunt(data, "restore", file)
        assert await bot.stop() == 0
    restored = await contactpunt(data, "restore", file)

    assert made[0] == 0
    assert stat.S_IMODE(Path(file).stat().st_mode) == 0o600
    assert refused == (1, "Contactpunt is running with this database: stop it first.\n")
    assert restored[0] == 0
    assert restored[1].startswith("Restored. Who was erased since that backup is erased again.\n")


async def test_health_and_metrics(simulator: SimulatorClient, data: Path) -> None:
    listen = f"127.0.0.1:{free_port()}"
    async with bot_process(simulator.address, data, HTTP_LISTEN=listen) as bot:
        await started(bot)
        person = await simulator.person()
        await person.types("/start")
        await person.sees("Contactpunt")
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://{listen}/healthz") as response:
                health = (response.status, (await response.json())["status"])
            async with session.get(f"http://{listen}/metrics") as response:
                metrics = await response.text()
        assert await bot.stop() == 0

    assert health == (200, "ok")
    assert "contactpunt_updates_received_total 1.0" in metrics.splitlines()


async def test_webhook(simulator: SimulatorClient, data: Path) -> None:
    listen = f"127.0.0.1:{free_port()}"
    url = f"http://{listen}/a-long-word"
    async with bot_process(
        simulator.address, data, WEBHOOK_URL=url, WEBHOOK_LISTEN=listen, HTTP_LISTEN=listen
    ) as bot:
        await started(bot)
        person = await simulator.person()
        await person.types("/start")
        await person.sees("Contactpunt")
        async with aiohttp.ClientSession() as session:
            async with session.post(url, json={"update_id": 1}) as response:
                without_secret = response.status
            async with session.get(f"http://{listen}/healthz") as response:
                receiving = (await response.json())["receiving"]
        assert await bot.stop() == 0

    assert (without_secret, receiving) == (403, "webhook")
    assert (data / "webhook-secret").read_text().strip() not in bot.log
