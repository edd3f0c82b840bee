"""`contactpunt demo`: one command, no token, and both processes end together."""

import asyncio
import os
import re
import signal
import socket
import sys
from datetime import date
from pathlib import Path

import aiohttp

from bot.demo_examples import next_saturday_but_one
from tests.support.index import put_index
from tests.support.process import ROOT


async def started(data: Path, port: int) -> asyncio.subprocess.Process:
    environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--port", str(port), "--data", str(data)),
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def address_said(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(90):
        async for line in process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line.decode()):
                return found[0]
    raise AssertionError("no address was printed")


async def test_demo_answers_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    put_index(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        demo = await started(tmp_path, port)
        address = await address_said(demo)
    try:
        async with aiohttp.ClientSession() as session:
            async with session.get(address) as response:
                page = await response.text()
            async with session.post(
                f"{address}/sim/people", json={"first_name": "An", "language_code": "nl"}
            ) as response:
                person = (await response.json())["id"]
            await session.post(f"{address}/sim/people/{person}/text", json={"text": "/start"})
            said = await _answer(session, f"{address}/sim/people/{person}/chat")
    finally:
        demo.send_signal(signal.SIGINT)
        code = await asyncio.wait_for(demo.wait(), 15)

    assert not address.endswith(f":{port}")
    assert "<html" in page
    assert "Contactpunt" in said
    assert code == 0
    assert '"stopped"' in (tmp_path / "bot.log").read_text()


async def _answer(session: aiohttp.ClientSession, chat: str) -> str:
    async with asyncio.timeout(30):
        while True:
            async with session.get(chat, params={"since": 0, "wait": 2}) as response:
                messages = (await response.json())["messages"]
            for message in messages:
                if message["from"] == "bot":
                    return str(message["text"])
            await asyncio.sleep(0.1)


async def test_the_first_start_brings_info_sessions_and_a_coordinator(tmp_path: Path) -> None:
    put_index(tmp_path)
    demo = await started(tmp_path, 0)
    said = ""
    try:
        assert demo.stdout is not None
        async with asyncio.timeout(90):
            async for line in demo.stdout:
                said += line.decode()
                if "Ctrl-C" in said:
                    break
        address = re.search(r"http://127\.0\.0\.1:\d+", said)
        become = re.search(r"/start \S+", said)
        assert address is not None
        assert become is not None
        async with aiohttp.ClientSession() as session:
            for text, answer in ((become[0], "uitnodiging"), ("/infosessies", "nog 20 plaatsen")):
                assert answer in await _asked(session, address[0], text)
    finally:
        demo.send_signal(signal.SIGINT)
        await asyncio.wait_for(demo.wait(), 15)


async def _asked(session: aiohttp.ClientSession, address: str, text: str) -> str:
    person = {"first_name": "Sofie", "language_code": "nl"}
    async with session.post(f"{address}/sim/people", json=person) as response:
        number = (await response.json())["id"]
    await session.post(f"{address}/sim/people/{number}/text", json={"text": text})
    return await _answer(session, f"{address}/sim/people/{number}/chat")


def test_the_example_is_a_saturday_to_come() -> None:
    days = [next_saturday_but_one(date(2026, 11, day)) for day in range(16, 24)]

    assert {day.weekday() for day in days} == {5}
    assert (days[0], days[-1]) == (date(2026, 11, 28), date(2026, 12, 5))
