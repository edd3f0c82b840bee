"""Importing: all or none, each once, by name; what was made, and that it stands in the trail."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot import audit
from bot.clock import brussels
from bot.config.problems import WrongConfiguration
from bot.info_sessions import plans, store
from bot.info_sessions.importing import Fate, Importing
from bot.info_sessions.model import InfoSessionId, State, Track
from bot.info_sessions.plan import BadPlan
from bot.info_sessions.plan_files import Wanted, read
from bot.info_sessions.service import InfoSessions
from bot.info_sessions.tables import info_sessions as table
from bot.notifications.outbox import outbox
from bot.staff import Role, Staff
from bot.storage.database import Database
from tests.bot.info_sessions.conftest import Hired
from tests.support.clock import FakeClock
from tests.support.info_sessions import somebodies

FILE = """\
common: {title: Werken, place: Markt 1, seats: 20, date: 2027-03-20, series: march}
sessions:
  - {name: morning, start: 10:00, end: 12:00}
  - {name: afternoon, start: 14:00, end: 16:00}
"""
Reading = Callable[..., list[Wanted]]


@pytest.fixture
def importing(database: Database, desk: Staff, clock: FakeClock) -> Importing:
    return Importing(database, desk, clock)


@pytest.fixture
def wanted(tmp_path: Path, clock: FakeClock) -> Reading:
    def make(text: str = FILE) -> list[Wanted]:
        file = tmp_path / "march.yaml"
        file.write_text(text, encoding="utf-8")
        return read(file, ("nl", "fr"), clock())

    return make


async def count(database: Database) -> int:
    async with database.reading() as reader:
        found: int = await reader.scalar(select(func.count()).select_from(table))
    return found


async def states(database: Database) -> list[str]:
    async with database.reading() as reader:
        return [row[0] for row in await reader.all(select(table.c.state).order_by(table.c.id))]


async def test_looking_changes_nothing(
    database: Database, importing: Importing, wanted: Reading
) -> None:
    found = await importing.proposed(wanted())

    assert [(each.name, each.fate) for each in found] == [
        ("morning", Fate.MADE),
        ("afternoon", Fate.MADE),
    ]
    assert await count(database) == 0


async def test_drafts_are_made_as_they_stand_in_the_file_and_twice_is_once(
    database: Database, importing: Importing, wanted: Reading
) -> None:
    first, _ = await importing.bring_in(wanted())
    again, told = await importing.bring_in(wanted())

    assert [(each.fate, each.state) for each in first] == [(Fate.MADE, State.DRAFT)] * 2
    assert [(each.fate, each.id) for each in again] == [(Fate.KEPT, each.id) for each in first]
    assert told == 0
    assert await states(database) == ["draft", "draft"]
    async with database.reading() as reader:
        for each, want in zip(first, wanted(), strict=True):
            assert each.id is not None
            written = await plans.get(reader, each.id)
            assert written is not None
            closes_at, opens_at = want.plan.closing_at, written.plan.opens_at
            assert written.plan == replace(want.plan, closes_at=closes_at, opens_at=opens_at)
        trail = [entry.action for entry in await audit.entries(reader)]
        roles = {entry.role for entry in await audit.entries(reader)}
    assert trail == ["info_sessions.imported"] * 2
    assert roles == {audit.COMMAND_LINE}


async def test_s6_publishing_tells_the_interest_list_once_each(
    database: Database, importing: Importing, wanted: Reading, info_sessions: InfoSessions
) -> None:
    for person in await somebodies(database, 3):
        await info_sessions.interested(person, Track.BOTH, "nl")
    first, told = await importing.bring_in(wanted(), publish=True)
    again, told_again = await importing.bring_in(wanted(), publish=True)

    assert (told, told_again) == (3, 0)
    assert await states(database) == ["published", "published"]
    assert [each.fate for each in again] == [Fate.KEPT, Fate.KEPT]
    assert len(first) == 2
    async with database.reading() as reader:
        assert await reader.scalar(select(func.count()).select_from(outbox)) == 3


async def test_drafts_of_an_earlier_import_are_published_later(
    database: Database, importing: Importing, wanted: Reading
) -> None:
    await importing.bring_in(wanted())
    outcomes, _ = await importing.bring_in(wanted(), publish=True)

    assert [each.fate for each in outcomes] == [Fate.PUBLISHED] * 2
    assert await states(database) == ["published"] * 2


async def test_what_became_of_it_since_is_left_alone(
    database: Database, importing: Importing, wanted: Reading, hired: Hired
) -> None:
    boss = await hired(Role.COORDINATOR)
    outcomes, _ = await importing.bring_in(wanted(), publish=True)
    id_ = outcomes[0].id
    assert id_ is not None
    await importing.cancel(boss, id_)
    again, _ = await importing.bring_in(wanted(), publish=True)

    assert [(each.fate, each.state) for each in again] == [
        (Fate.KEPT, State.CANCELLED),
        (Fate.KEPT, State.PUBLISHED),
    ]
    assert await states(database) == ["cancelled", "published"]


async def test_all_or_none_when_something_cannot_be_any_more(
    database: Database, importing: Importing, wanted: Reading, clock: FakeClock
) -> None:
    read_before = wanted()
    clock.set(brussels(2027, 3, 20, 13))
    with pytest.raises(BadPlan):
        await importing.bring_in(read_before, publish=True)

    assert await count(database) == 0


async def test_leads_and_guides_by_name_or_number(
    database: Database, importing: Importing, wanted: Reading, hired: Hired
) -> None:
    sofie = await hired(Role.SESSION_LEAD)
    bram = await hired(Role.AMBASSADOR)
    text = FILE + (
        f"    leads: [collega 501, {bram}]\n"
        f"    groups: [{{size: 5, meeting_point: Inkom, guide: {bram}}}]\n"
    )
    text = text.replace(
        "  - {name: afternoon, start: 14:00, end: 16:00}\n",
        "  - name: afternoon\n    start: 14:00\n    end: 16:00\n",
    )
    outcomes, _ = await importing.bring_in(wanted(text))

    id_ = outcomes[1].id
    assert id_ is not None
    async with database.reading() as reader:
        assert await store.leads(reader, InfoSessionId(id_)) == sorted([sofie, bram])
        written = await plans.get(reader, id_)
    assert written is not None
    assert [group.guide for group in written.plan.groups] == [bram]


async def test_who_is_no_colleague_is_named_with_the_line(
    importing: Importing, wanted: Reading, hired: Hired
) -> None:
    await hired(Role.EDITOR)
    text = FILE.replace("series: march}", "series: march, leads: [Nobody, Collega 501]}")
    with pytest.raises(WrongConfiguration) as caught:
        await importing.proposed(wanted(text))

    said = sorted({str(problem).rpartition("march.yaml:")[2] for problem in caught.value.problems})
    assert said == [
        "1: common.leads.0: Nobody: no colleague is called so; `contactpunt staff list`"
        " has names and numbers",
        "1: common.leads.1: Collega 501: has no role in which one receives candidates",
    ]
