"""Who may do what, looked through: each role with a tap to keep it and one to end it."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup
from telegram import Update

from bot.notifications.message import Button, Message
from bot.people.model import PersonId
from bot.services import spoken_day
from bot.staff.model import Access
from handlers import staff
from handlers.buttons import Expired, button
from handlers.context import Context
from handlers.staff_colleagues import COORDINATORS, term_of

ON_A_PAGE: Final = 4
"""Each takes three lines of text and a row of buttons."""


@staff.waiting(for_=COORDINATORS)
async def waiting(context: Context) -> tuple[Button, ...]:
    count = await context.services.staff.to_review(context.person.id)
    if not count:
        return ()
    return (context.tap(context.label("staff.waits_for_review", count=count), "staff.review"),)


@button("staff.review", for_=COORDINATORS)
async def show(_: Update, context: Context) -> None:
    await _show(context, context.button.id)


async def _show(context: Context, page: str) -> None:
    """Without a *page*, the first one on which something waits."""
    found = await context.services.staff.review(context.person.id)
    if not page:
        waits = [number for number, each in enumerate(found) if each.is_due]
        page = str(waits[0] // ON_A_PAGE if waits else 0)
    shown, turns = staff.page_of(context, found, "staff.review", page=page, most=ON_A_PAGE)
    first = found.index(shown[0]) + 1 if shown else 1
    due = sum(each.is_due for each in found)
    state = context.text("staff.review_left", count=due) if due else context.text("staff.review_ok")
    lines = [_line(context, number, each) for number, each in enumerate(shown, first)]
    rows = [_choices(context, number, each, page) for number, each in enumerate(shown, first)]
    text = Markup("\n\n").join((context.text("staff.review", count=len(found)), state, *lines))
    await context.show(Message(text, (*rows, *turns, staff.back(context, "staff.colleagues"))))


def _line(context: Context, number: int, access: Access) -> Markup:
    acted, seen = access.last_acted_at, access.reviewed_at
    return context.text(
        "staff.access",
        number=number,
        mark="❗" if access.is_due else "✓",
        name=access.name,
        term=term_of(context, access.term),
        acted=spoken_day(acted, context.language) if acted else context.label("staff.no_trace"),
        seen=spoken_day(seen, context.language) if seen else context.label("staff.not_yet"),
    )


def _choices(context: Context, number: int, access: Access, page: str) -> tuple[Button, ...]:
    id_ = f"{access.person}/{access.term.role}"
    return (
        context.tap(
            context.label("staff.button_keep_role", number=number), "staff.keep", f"{page}/{id_}"
        ),
        context.tap(context.label("staff.button_end_role", number=number), "staff.end", id_),
    )


@button("staff.keep", for_=COORDINATORS)
async def keep(_: Update, context: Context) -> None:
    page, _slash, rest = context.button.id.partition("/")
    whom, _slash, role = rest.partition("/")
    colleague = await staff.colleague_of(context, whom)
    kept = staff.role_of(role)
    if kept not in colleague.roles:
        raise Expired
    await context.services.staff.keep(context.person.id, PersonId(colleague.person), kept)
    context.toast = context.label("staff.noted")
    await _show(context, page)
