"""/beheer: a colleague's own menu. What they may do, and first what waits for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from markupsafe import Markup
from telegram import Update

from bot.clock import spoken
from bot.notifications.message import Button, Message
from bot.people.model import PersonId
from bot.staff import Colleague, Role
from handlers import menu
from handlers.audience import COLLEAGUES, Audience, declared
from handlers.buttons import RESENT, Expired, button
from handlers.commands import command
from handlers.context import Context

ROWS: Final = 8
"""What a phone shows at once; what waits gets the rows that the menu leaves."""

ON_A_PAGE: Final = 6
"""Rows of a list, so that turning the page and the way back fit on the screen too."""

Item = TypeVar("Item")

Waiting = Callable[[Context], Awaitable[tuple[Button, ...]]]
"""Says what waits for who is talking, one button for each."""


@dataclass(frozen=True)
class Entry:
    """One thing in the menu: where it stands, the key of its label, what it opens, whose it is."""

    place: int
    label: str
    action: str
    for_: Audience


ENTRIES: Final[list[Entry]] = []
WAITING: Final[list[tuple[Audience, Waiting]]] = []


def entry(label: str, action: str, *, for_: Audience, place: int) -> None:
    """Put a button into the menu of *for_*; features add theirs when they are imported.

    The low *place* comes first: under 20 the work of the day, then colleagues, then oneself.
    """
    ENTRIES.append(Entry(place, label, action, declared(f"the entry {label}", for_)))
    ENTRIES.sort(key=lambda each: each.place)


def waiting(*, for_: Audience) -> Callable[[Waiting], Waiting]:
    """Let the function say what waits for somebody of *for_*."""

    def claim(function: Waiting) -> Waiting:
        WAITING.append((declared("what waits", for_), function))
        return function

    return claim


@command("staff", for_=COLLEAGUES)
@button("staff.menu", for_=COLLEAGUES)
async def open_(_: Update, context: Context) -> None:
    await context.show(await message(context, context.colleague))


@button("staff.open", for_=COLLEAGUES, once_within=RESENT)
async def open_new(_: Update, context: Context) -> None:
    """From something that stays on the screen: in a new message."""
    await context.say(await message(context, context.colleague))


async def message(context: Context, colleague: Colleague) -> Message:
    """The menu: who they are here, what waits for them, and what they may do."""
    text, label, tap = context.text, context.label, context.tap
    parts = [text("staff.title", name=colleague.display_name, roles=roles(context, colleague))]
    if colleague.absent_until is not None:
        parts.append(text("staff.away_now", day=spoken(colleague.absent_until, context.language)))
    if colleague.has(Role.COORDINATOR):
        count, accounts = await context.services.staff.refused_lately(colleague.person)
        if count:
            parts.append(text("staff.refused_lately", count=count, accounts=accounts))
    found = await _waiting_for(context, colleague)
    parts.append(text("staff.waits", count=len(found)) if found else text("staff.nothing_waits"))
    parts.append(text("staff.hint"))
    offered = pairs(
        [tap(label(each.label), each.action) for each in ENTRIES if colleague.has(*each.for_.roles)]
    )
    room = max(1, ROWS - len(offered) - 1)
    rows = [(each,) for each in found[:room]]
    return Message(Markup("\n\n").join(parts), (*rows, *offered, menu.back(context)))


async def _waiting_for(context: Context, colleague: Colleague) -> list[Button]:
    return [
        each
        for for_, asked in WAITING
        if colleague.has(*for_.roles)
        for each in await asked(context)
    ]


def roles(context: Context, colleague: Colleague) -> str:
    return ", ".join(role_name(context, term.role) for term in colleague.terms)


def role_name(context: Context, role: Role) -> str:
    return context.label(f"staff.role_{role}")


def pairs(buttons: list[Button]) -> tuple[tuple[Button, ...], ...]:
    """Two to a row: eight rows hold what a phone shows at once."""
    return tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))


def back(context: Context, action: str = "staff.menu", id_: str = "") -> tuple[Button, ...]:
    """The row that leads one screen up."""
    return (context.tap(context.label("staff.back"), action, id_),)


def page_of(
    context: Context,
    items: Sequence[Item],
    action: str,
    *,
    page: str | None = None,
    after: str = "",
    most: int = ON_A_PAGE,
) -> tuple[Sequence[Item], tuple[tuple[Button, ...], ...]]:
    """The items of a page, and the row that turns the pages.

    The page is what stands behind the colon of the pressed button; where more stands there, say
    which part is the page, and what comes *after* it.
    """
    last = max(0, (len(items) - 1) // most)
    shown = min(number((context.button.id if page is None else page) or "0"), last)
    turns = tuple(
        context.tap(sign, action, f"{other}{after}")
        for sign, other in (("◀", shown - 1), ("▶", shown + 1))
        if 0 <= other <= last
    )
    return items[shown * most : (shown + 1) * most], (turns,) if turns else ()


def number(text: str) -> int:
    """The number of a row, from the data of a button.

    Raises:
        Expired: it is none.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Expired
    return int(text)


def role_of(text: str) -> Role:
    """Raises:
    Expired: there is no such role.
    """
    try:
        return Role(text)
    except ValueError:
        raise Expired from None


async def colleague_of(context: Context, id_: str) -> Colleague:
    """The colleague whose number is *id_*, for a coordinator.

    Raises:
        Expired: there is none (any more).
        NotAllowed: who is talking is no coordinator.
    """
    whom = PersonId(number(id_))
    everybody = await context.services.staff.colleagues(context.person.id)
    found = next((each for each in everybody if each.person == whom), None)
    if found is None:
        raise Expired
    return found
