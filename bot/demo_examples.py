"""What the demo shows at its first start: a day of three info sessions, and who may plan more."""

import asyncio
import re
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Final

FILE: Final = "example-sessions.yaml"

_DAY: Final = """\
# The example of the demo; `contactpunt sessions import` reads files like this one.
common:
  title: Werken bij de politie (voorbeeld)
  track: both
  language: nl
  date: {day}
  place: Politiehuis, Voorbeeldstraat 1, 9300 Aalst
  pin: [50.9376, 4.0403]
  seats: 20
  series: example-{day}
  party_max: 2
  bring: Je identiteitskaart.
  accessibility: Er is een lift.
  house_rules: Geen foto's op de rondleiding.
  programme:
    - {{title: Welkom, minutes: 15}}
    - {{title: "Voorwaarden, testen en opleiding", minutes: 45}}
    - {{title: Rondleiding, minutes: 60}}
  tour:
    - {{title: Recherche, minutes: 15}}
    - {{title: Dispatching, minutes: 15}}
    - {{title: Cellen, minutes: 15}}
    - {{title: Hondenbrigade op de parking, minutes: 15}}
  groups:
    - {{size: 10, meeting_point: Inkom}}
    - {{size: 10, meeting_point: Garage}}
sessions:
  - {{name: example-morning, start: "09:30", end: "11:30"}}
  - {{name: example-noon, start: "12:30", end: "14:30"}}
  - {{name: example-afternoon, start: "15:30", end: "17:30"}}
"""


async def made(data: Path, environment: Mapping[str, str], today: date) -> str | None:
    """Plan the example day through the command line, as anybody would, and invite a coordinator.

    Returns what a person of the demo types to become that coordinator; None at a later start, or
    when the example could not be made (the demo works without it).
    """
    file = data / FILE
    if file.exists():
        return None
    file.write_text(_DAY.format(day=next_saturday_but_one(today)), encoding="utf-8")
    await _contactpunt(environment, "sessions", "import", str(file), "--publish")
    said = await _contactpunt(environment, "staff", "invite", "--role", "coordinator")
    found = re.search(r"\?start=([\w-]+)", said)
    return f"/start {found[1]}" if found else None


def next_saturday_but_one(today: date) -> date:
    """8 to 14 days ahead: reminders are still to come."""
    return today + timedelta(days=(5 - today.weekday()) % 7 or 7) + timedelta(days=7)


async def _contactpunt(environment: Mapping[str, str], *arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    return out.decode(errors="replace")
