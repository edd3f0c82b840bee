"""`contactpunt staff …` and `contactpunt audit …`: what the command line does about colleagues."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date
from typing import Final

from rich.console import Console
from rich.table import Table

from bot.audit import Audit, Broken, Entry, Fault
from bot.clock import BRUSSELS
from bot.config import Settings
from bot.exits import Stopped
from bot.people.model import PersonId
from bot.staff import Colleague, Role, Staff
from bot.staff.model import (
    OPENING,
    EndPassed,
    FirstStays,
    Invitation,
    LastCoordinator,
    NameMissing,
)
from bot.storage.database import Database
from bot.storage.migrate import upgrade

WHY: Final = {
    EndPassed: "the end date must be in the future",
    FirstStays: "the first coordinator gets no end date, or nobody would be left on that day",
    LastCoordinator: "no coordinator without an end date would be left; invite another one first",
    NameMissing: "a name needs at least one letter",
}
"""The refusals somebody at the command line can meet."""

FAULTS: Final = {
    Fault.CHANGED: "Entry {number} is not as it was written.",
    Fault.MISSING: "From entry {number} on, entries are missing.",
    Fault.INSERTED: "Entry {number} was slipped in.",
    Fault.REWRITTEN: "Up to entry {number} the trail was written anew.",
    Fault.FORGED: "The checkpoint at entry {number} was not signed with the key in this folder.",
}


class Refused(Exception):
    """One sentence that says why."""


async def invite(settings: Settings, role: str, name: str, ends_on: date | None) -> Invitation:
    """Invite somebody; the code in the answer is stored nowhere.

    Raises:
        Refused: there is no such role, or the invitation makes no sense.
    """
    wanted = role_of(role)
    async with _staff(settings) as staff:
        try:
            return await staff.invite(None, wanted, name=name, ends_on=ends_on)
        except tuple(WHY) as refusal:
            raise Refused(WHY[type(refusal)]) from None


async def revoke(settings: Settings, person: int, role: str | None) -> int:
    """End one role of somebody, or all; returns how many ended.

    Raises:
        Refused: there is no such role, or nobody would be left who can invite others.
    """
    wanted = None if role is None else role_of(role)
    async with _staff(settings) as staff:
        try:
            return await staff.revoke(None, PersonId(person), wanted)
        except LastCoordinator:
            raise Refused(WHY[LastCoordinator]) from None


async def everybody(settings: Settings) -> list[Colleague]:
    """Everybody with a role today, by name."""
    async with _staff(settings) as staff:
        return await staff.colleagues(None)


async def verify(settings: Settings) -> Broken | None:
    async with _audit(settings) as audit:
        return await audit.verify()


async def newest(settings: Settings, most: int) -> list[Entry]:
    """The newest entries of the trail; that they were shown is noted."""
    async with _audit(settings) as audit:
        return await audit.at_the_command_line(most)


async def name_of_the_bot(settings: Settings) -> str | None:
    """What the bot is called on Telegram; None without a token, or when nobody answers."""
    from bot.wiring import open_bot  # here: the messenger's library takes long to load

    if settings.bot_token is None:
        return None
    async with AsyncExitStack() as opened:
        try:
            bot = await open_bot(settings, opened)
        except Stopped:
            return None
        return bot.username


def role_of(name: str) -> Role:
    """Raises:
    Refused: there is no such role.
    """
    try:
        return Role(name.replace("-", "_"))
    except ValueError:
        known = ", ".join(Role)
        raise Refused(f"{name!r} is not a role; the roles are {known}") from None


def told(invitation: Invitation, bot: str | None) -> str:
    """How the invited person gets their role."""
    payload = f"{OPENING}{invitation.code}"
    who = f"{invitation.name} becomes {invitation.role.replace('_', ' ')}"
    if bot is None:
        return f"{who} by sending this to the bot, once, within 24 hours:\n/start {payload}"
    return f"{who} with this link, once, within 24 hours:\nhttps://t.me/{bot}?start={payload}"


def show(colleagues: list[Colleague]) -> None:
    """Print who has which role and until when."""
    shown = Table("number", "name", "roles", "away until", box=None, pad_edge=False)
    for each in colleagues:
        roles = ", ".join(
            term.role + (f" (until {term.ends_on})" if term.ends_on else "") for term in each.terms
        )
        shown.add_row(str(each.person), each.display_name, roles, str(each.absent_until or ""))
    _console().print(shown)


def show_trail(entries: list[Entry]) -> None:
    """Print entries; people are the first signs of their keyed hash."""
    shown = Table("entry", "when", "who", "as", "did", "about", "what", box=None, pad_edge=False)
    for entry in entries:
        shown.add_row(
            str(entry.number),
            f"{entry.at.astimezone(BRUSSELS):%Y-%m-%d %H:%M:%S}",
            (entry.actor or "")[:8],
            entry.role,
            entry.action,
            (entry.about or "")[:8],
            entry.object,
        )
    _console().print(shown)


@asynccontextmanager
async def _staff(settings: Settings) -> AsyncIterator[Staff]:
    async with _database(settings) as database:
        yield Staff(database)


@asynccontextmanager
async def _audit(settings: Settings) -> AsyncIterator[Audit]:
    async with _database(settings) as database:
        yield Audit(database, settings.data)


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    await upgrade(settings.database_url)
    database = await Database.open(settings.database_url, pool=1)
    try:
        yield database
    finally:
        await database.close()


def _console() -> Console:
    """As wide as the terminal; wide enough for whole lines when it goes into a file."""
    console = Console(highlight=False, markup=False)
    return console if console.is_terminal else Console(highlight=False, markup=False, width=200)
