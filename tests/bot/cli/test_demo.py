"""`contactpunt demo`: one command, no token, and both processes end together."""

import asyncio
import os
import re
import signal
import socket
import sys
from pathlib import Path

import aiohttp

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
