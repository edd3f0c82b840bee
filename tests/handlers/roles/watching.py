"""What a press or a typed text brings about: on the screen, and in the database."""

from datetime import timedelta
from typing import Final

from sqlalchemy import select

from bot.storage.database import Database
from bot.storage.inventory import inventoried
from tests.handlers.roles.conftest import Member
from tests.support.clock import FakeClock

NOWHERE: Final = "nowhere.at_all:1"
"""The data of a button that nobody made."""

FORGED: Final = (
    "",
    "0",
    "-1",
    "9" * 40,
    "1e3",
    "²",
    "ünïcode",
    "a/b/c",
    "1/2/3",
    "/",
    "' OR 1=1",
    "@fr",
)
"""What no button of ours has behind the colon."""


async def state(database: Database) -> dict[str, str]:
    """All cells of all tables but those of the audit trail, which notes the attempt."""
    async with database.reading() as reader:
        return {
            table.name: repr(await reader.all(select(table)))
            for table, _ in inventoried()
            if not table.name.startswith("audit")
        }


async def said_to(member: Member, data: str, clock: FakeClock) -> list[str]:
    """What a press brings onto the screen, without the press itself."""
    clock.advance(timedelta(seconds=1))  # nobody is a flood
    events = member.chat.screen.events
    before = len(events)
    await member.chat.presses(1, data)
    return events[before + 1 :]


async def typed_by(member: Member, text: str, clock: FakeClock) -> list[str]:
    clock.advance(timedelta(seconds=1))
    events = member.chat.screen.events
    before = len(events)
    await member.chat.types(text)
    return events[before + 1 :]


async def changed(database: Database, before: dict[str, str]) -> set[str]:
    """The tables that are different now, but for who wrote last and which buttons were pressed."""
    after = await state(database)
    return {name for name in before if after[name] != before[name]} - {"people", "pressed"}
