"""`make bench`: Contactpunt against a bare python-telegram-bot echo bot, in the same run; after
that how right its answers are (`tests.benchmarks.answers`).

Only ratios travel between machines, so every figure is divided by the yardstick's own of this run.
The bot under measurement runs alone on one core; the people and their Bot API on the other. Flood
buckets are off (CONTACTPUNT_FLOOD_LIMIT=0): the people here write faster than people can.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks import answers, matching, sign_ups
from tests.benchmarks.echo_bot import TOKEN
from tests.benchmarks.load_server import LoadServer

ROOT = Path(__file__).parents[2]
CORES = sorted(os.sched_getaffinity(0))
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Running:
    """A bot process that answered its first message."""

    pid: int
    server: LoadServer
    first_answer: float
    """Seconds from the start of the process to its answer to a waiting `/start`."""

    def cpu(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def resident(self) -> float:
        """MiB."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


@asynccontextmanager
async def running(bot: str, data: Path, *, delay: float = 0.0) -> AsyncIterator[Running]:
    """Start *bot* (`contactpunt`, `echo` or `echo256`) on its own core; end it afterwards."""
    server = LoadServer(delay)
    await server.start()
    root = f"http://127.0.0.1:{server.port}"
    if bot == "contactpunt":
        command = [sys.executable, "-m", "bot", "run"]
    else:
        echo = [sys.executable, "-m", "tests.benchmarks.echo_bot", root]
        command = [*echo, *filter(None, [bot.removeprefix("echo")])]
    environment = os.environ | {
        "CONTACTPUNT_BOT_TOKEN": TOKEN,
        "CONTACTPUNT_BOT_API": root,
        "CONTACTPUNT_DATA": str(data),
        "CONTACTPUNT_FLOOD_LIMIT": "0",
    }
    server.text = lambda number: "/start"
    server.write(1)
    server.begin()
    began = time.perf_counter()
    with (data / f"{bot}.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
            preexec_fn=lambda: os.sched_setaffinity(0, CORES[-1:]),
        )
    try:
        ended = asyncio.create_task(process.wait())
        answered = asyncio.create_task(server.first_answer.wait())
        await asyncio.wait({ended, answered}, timeout=60, return_when=asyncio.FIRST_COMPLETED)
        if not server.first_answer.is_set():
            said = (data / f"{bot}.log").read_text()[-2000:]
            raise RuntimeError(f"{bot} does not answer: {said}")
        yield Running(process.pid, server, time.perf_counter() - began)
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), 15)
        except TimeoutError:
            process.kill()
            await process.wait()
        await server.stop()


@dataclass
class Report:
    """A figure, the yardstick's, their ratio, and what it has to reach."""

    table: Table
    missed: int = 0

    def line(
        self, what: str, ours: float, yardstick: float, bound: float, *, at_most: bool, unit: str
    ) -> None:
        ratio = ours / yardstick if yardstick else float("inf")
        reached = ratio <= bound if at_most else ratio >= bound
        self.missed += not reached
        self.table.add_row(
            what,
            f"{ours:.4g} {unit}",
            f"{yardstick:.4g} {unit}",
            f"{ratio:.2f}x",
            f"{'<=' if at_most else '>='} {bound:g}x",
            "yes" if reached else "NO",
        )


QUESTIONS = (
    "hoe oud moet je zijn om te soliciteren",
    "wat verdien je als inspecteur",
    "moet ik een rijbewijs hebben",
    "hoe lang duurt de opleiding",
)


def help_(number: int) -> str:
    return "/help"


def question(number: int) -> str:
    return QUESTIONS[number % len(QUESTIONS)]


async def asked_of_the_matcher(cache: Path) -> dict[str, float]:
    """Build the index over 125 entries in 4 languages, and ask it with typing errors."""
    command = [sys.executable, "-m", matching.__name__, str(matching.PER_LANGUAGE), str(cache)]
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # as the product sets it
    )
    printed, _ = await process.communicate()
    figures: dict[str, float] = json.loads(printed)
    return figures


async def measure(report: Report, seconds: float, steps: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)

        async def crowd(
            bot: str, people: int, delay: float = 0.0, text: Callable[[int], str] = help_
        ) -> list[float]:
            """Answers a second, and answers per CPU-second."""
            async with running(bot, data, delay=delay) as bot_:
                bot_.server.text = text
                await bot_.server.crowd(people, 1.0)
                before = bot_.cpu()
                load = await bot_.server.crowd(people, seconds)
                return [load.per_second, load.answered / (bot_.cpu() - before)]

        async def first_answer(bot: str) -> float:
            times = []
            for _ in range(3):
                async with running(bot, data) as bot_:
                    times.append(bot_.first_answer)
            return sorted(times)[1]

        async with running("contactpunt", data):
            pass  # builds the index once, so that it is cached below
        report.line(
            "start to first answer, cached index",
            await first_answer("contactpunt"),
            await first_answer("echo"),
            4,
            at_most=True,
            unit="s",
        )

        bare = await crowd("echo", 50)
        ours = await crowd("contactpunt", 50)
        report.line(
            "durable steps per CPU-second, 50 people", ours[1], bare[1], 1, at_most=False, unit="/s"
        )
        asked = await crowd("contactpunt", 50, text=question)
        report.line(
            "questions answered per CPU-second, 50 people",
            asked[1],
            bare[1],
            0.5,
            at_most=False,
            unit="/s",
        )
        bare, ours = await crowd("echo256", 300), await crowd("contactpunt", 300)
        report.line("300 people at once", ours[0], bare[0], 6, at_most=False, unit="/s")
        bare, ours = await crowd("echo256", 300, 0.04), await crowd("contactpunt", 300, 0.04)
        report.line("300 people, 40 ms network", ours[0], bare[0], 6, at_most=False, unit="/s")

        async with running("echo256", data) as bot_:
            bare = await sign_ups.a_crowd_writes(bot_.server)
        async with running("contactpunt", data) as bot_:
            ours = await sign_ups.a_crowd_signs_up(bot_.server, data)
        report.line(
            "1,000 people sign up at once for 60 seats, median time to their answer",
            statistics.median(ours),
            statistics.median(bare),
            1,
            at_most=True,
            unit="s",
        )

        loads = {}
        for bot in ("echo", "contactpunt"):
            async with running(bot, data) as bot_:
                bot_.server.text = help_
                await bot_.server.steady(100, 100, 1)
                loads[bot] = await bot_.server.steady(100, 100, seconds)
        for share, bound in ((0.5, 2), (0.99, 3)):
            report.line(
                f"answer time at 100/s, p{share * 100:.0f}",
                loads["contactpunt"].percentile(share) * 1000,
                loads["echo"].percentile(share) * 1000,
                bound,
                at_most=True,
                unit="ms",
            )

        cold = await asked_of_the_matcher(data / "large")  # a running process loads what it kept
        got = await asked_of_the_matcher(data / "large")
        report.line(
            "matching, built anew, CPU, against 20 s", cold["build"], 20, 1, at_most=True, unit="s"
        )
        report.line(
            "matching, from the cache, CPU, against 1 s", got["build"], 1, 1, at_most=True, unit="s"
        )
        report.line(
            "matching, memory, against 120 MiB", got["memory"], 120, 1, at_most=True, unit="MiB"
        )
        report.line(
            f"matching, {got['phrasings']:.0f} phrasings, p99, against 5 ms",
            got["p99"],
            5,
            1,
            at_most=True,
            unit="ms",
        )

        async with running("contactpunt", data) as bot_:
            await asyncio.sleep(1)
            idle = bot_.resident()
            report.line("memory, idle, against 200 MiB", idle, 200, 1, at_most=True, unit="MiB")
            bot_.server.text = question
            await bot_.server.steps(100, steps)
            report.line(
                f"memory after {steps} steps, against idle",
                bot_.resident(),
                idle,
                1.15,
                at_most=True,
                unit="MiB",
            )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5, help="length of each crowd")
    parser.add_argument("--steps", type=int, default=50_000, help="steps of the memory figure")
    arguments = parser.parse_args()
    os.sched_setaffinity(0, CORES[:1])
    table = Table("what", "Contactpunt", "yardstick", "ratio", "to reach", "reached")
    report = Report(table)
    asyncio.run(measure(report, arguments.seconds, arguments.steps))
    console = Console(width=120)
    console.print(table, "Flood buckets off; each bot alone on one core.")
    return 1 if report.missed + answers.report(console) else 0


if __name__ == "__main__":
    raise SystemExit(main())
