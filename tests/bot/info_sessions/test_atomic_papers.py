"""R-05 for lists, the evening before and imports: a fault at any statement leaves all as before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.errors import StorageTrouble
from bot.info_sessions.evening import Evening
from bot.info_sessions.importing import Importing
from bot.info_sessions.papers import Papers
from bot.info_sessions.plan_files import read
from bot.info_sessions.tables import info_sessions, sign_ups, tour_groups
from bot.people.model import PersonId
from bot.staff import Role
from bot.storage.database import Database
from tests.bot.info_sessions.conftest import Hired
from tests.bot.info_sessions.test_atomic import Faults, everything, scene, writing
from tests.support.clock import FakeClock
from tests.support.info_sessions import STARTS, wrong_with

FILE = """\
common: {title: Werken, place: Markt 1, seats: 20, date: 2027-03-20, series: march}
sessions:
  - {name: morning, start: 10:00, end: 12:00}
  - {name: afternoon, start: 14:00, end: 16:00}
"""

EVENING = {"note_fill", "send_lists", "ask_to_call"}
PAPERS = {"send_list", "list_file"}
IN_A_USE_CASE = {"left"}
LOOKING = {"calendar", "fill", "listed", "proposed"}


def test_r05_every_use_case_is_tried() -> None:
    assert writing(Evening) == EVENING
    assert writing(Papers) - LOOKING - IN_A_USE_CASE == PAPERS
    assert set(vars(Importing)) & writing(Importing) - LOOKING == {"bring_in"}


@pytest.mark.parametrize("name", sorted({*EVENING, *PAPERS, "bring_in"}))
async def test_r05_before_or_after_and_nothing_between(
    name: str,
    database: Database,
    clock: FakeClock,
    tmp_path: Path,
    papers: Papers,
    hired: Hired,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = await scene(database, clock)
    boss: PersonId = await hired(Role.COORDINATOR)
    evening = Evening(database, clock)
    importing = Importing(database, papers.desk, clock)
    file = tmp_path / "march.yaml"
    file.write_text(FILE)
    wanted = read(file, ("nl",), clock())
    await evening.note_fill()
    async with database.transaction() as tx:
        # One info session has something due, with a group that nobody is in yet.
        only = info_sessions.c.id == stage.other
        await tx.run(update(info_sessions).where(~only).values(state="draft"))
        await tx.run(update(tour_groups).values(info_session_id=stage.other))
        await tx.run(update(sign_ups).values(reminded=0))
    acts: dict[str, Callable[[], Awaitable[object]]] = {
        "note_fill": evening.note_fill,
        "send_lists": evening.send_lists,
        "ask_to_call": evening.ask_to_call,
        "send_list": lambda: papers.send_list(boss, stage.other, "pdf"),
        "list_file": lambda: papers.list_file(boss, stage.other, "csv", "nl"),
        "bring_in": lambda: importing.bring_in(wanted, publish=True),
    }
    if name == "note_fill":
        await stage.service.withdraw(stage.people[6], stage.other)
    if name != "bring_in":
        clock.set(STARTS - timedelta(minutes=20))
    before = await everything(database)
    faults = Faults(monkeypatch)
    number = 1
    while True:
        faults.at_statement(number)
        try:
            await acts[name]()
        except StorageTrouble:
            assert await everything(database) == before, f"statement {number}"
            number += 1
            continue
        break
    faults.at_statement(0)

    assert number > 1
    assert await everything(database) != before
    async with database.reading() as reader:
        assert await wrong_with(reader) == []
