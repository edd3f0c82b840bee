"""A person of the zone, and the zone's own pages for what the assistant cannot do itself."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup
from telegram import Update

from bot.clock import spoken
from bot.notifications.message import Button, Message
from bot.questions.model import Title
from handlers import menu
from handlers.audience import ANYBODY
from handlers.buttons import RESENT, button, link
from handlers.commands import command
from handlers.context import Context

PLACES = ("phone", "mail", "desk")
"""What is said in words; pages become buttons. In the order in which they are offered."""


def message(
    context: Context,
    key: str = "human.lead",
    near: Sequence[Title] = (),
    *,
    careful: bool = False,
    in_place: bool = False,
) -> Message:
    """How to reach a person, under the sentence *key*; places the zone left open are left out."""
    zone = context.services.zone
    parts = [context.text(key, zone=zone.name)]
    if careful:
        parts.append(context.text("human.careful"))
    lines = [
        context.text(f"human.place_{place}", value=value)
        for place in PLACES
        if (value := zone.filled(place))
    ]
    if not lines:
        key = "human.page_only" if zone.filled("page") else "human.nowhere"
        lines.append(context.text(key))
    parts.append(Markup("\n").join(lines))
    hours = _hours(context)
    if hours:
        parts.append(hours)
    titles = tuple((context.tap(t.text, "questions.show", t.entry),) for t in near)
    way_back = menu.back(context) if in_place else _menu(context)
    return Message(Markup("\n\n").join(parts), (*titles, *_pages(context, "page"), way_back))


def _hours(context: Context) -> Markup | None:
    """Whether somebody is there now, and else when; nothing while the hours are unknown."""
    zone, now = context.services.zone, context.services.now()
    if zone.open_at(now):
        return context.text("human.open_now")
    opening = zone.next_opening(now)
    if opening is None:
        return None
    return context.text("human.opens", moment=spoken(opening, context.language))


def _pages(context: Context, *places: str) -> tuple[tuple[Button, ...], ...]:
    """Buttons to those pages of the zone that are filled in."""
    found = ((place, context.services.zone.filled(place)) for place in places)
    return tuple(
        (link(context.label(f"human.button_{place}"), url),) for place, url in found if url
    )


def _menu(context: Context) -> tuple[Button, ...]:
    return (context.tap(context.label("menu.open"), "menu.open"),)


@button("human.open", for_=ANYBODY, once_within=RESENT)
@command("human", for_=ANYBODY)
async def open_new(_: Update, context: Context) -> None:
    """From an answer, or typed: in a new message."""
    await context.say(message(context))


@button("human.show", for_=ANYBODY)
async def show(_: Update, context: Context) -> None:
    """From the menu: in its place."""
    await context.show(message(context, in_place=True))


@command("book", for_=ANYBODY)
async def book(_: Update, context: Context) -> None:
    """A talk with a contact point: say honestly that it cannot be done here yet, and where."""
    if context.services.zone.filled("appointment_page"):
        text = context.text("human.appointment_on_page")
        rows = (*_pages(context, "appointment_page"), menu.back(context))
        await context.show(Message(text, rows))
    else:
        await context.show(message(context, "human.appointment_by_person", in_place=True))
