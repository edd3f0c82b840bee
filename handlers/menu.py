"""The menu: everything one tap away, and the way back from what did not work."""

from __future__ import annotations

from telegram import Update

from bot.errors import Refusal
from bot.notifications.message import Button, Message
from handlers.audience import ANYBODY, Audience
from handlers.buttons import RESENT, button
from handlers.commands import NAMES, command
from handlers.context import Context

LISTED = tuple(name for name in NAMES if name not in ("start", "help"))
"""The commands that /help names, in its order."""


def rows(context: Context) -> tuple[tuple[Button, ...], ...]:
    """The buttons of the menu."""
    label, tap = context.label, context.tap
    return (
        (
            tap(label("menu.uniform"), "browse.track", "uniform"),
            tap(label("menu.civilian"), "browse.track", "civilian"),
        ),
        (tap(label("menu.human"), "human.show"), tap(label("menu.sessions"), "info_sessions.list")),
        (tap(label("menu.language"), "language.choose"), tap(label("menu.help"), "menu.help")),
        (tap(label("menu.privacy"), "privacy.show"),),
    )


def back(context: Context) -> tuple[Button, ...]:
    """The row that leads from one screen of the menu to the menu."""
    return (context.tap(context.label("menu.back"), "menu.show"),)


def message(context: Context, key: str = "menu.title") -> Message:
    """The menu, under the sentence *key*."""
    return Message(context.text(key), rows(context))


@button("menu.show", for_=ANYBODY)
async def show(_: Update, context: Context) -> None:
    """From one of the menu's screens: in the same message."""
    await context.show(message(context))


@button("menu.open", for_=ANYBODY, once_within=RESENT)
async def open_new(_: Update, context: Context) -> None:
    """From an answer, which stays on the screen: in a new message."""
    await context.say(message(context))


@button("menu.help", for_=ANYBODY)
@command("help", for_=ANYBODY)
async def help_(_: Update, context: Context) -> None:
    """What can be asked and typed."""
    language = context.language
    listed = "\n".join(
        f"/{NAMES[name].get(language, name)} – {context.label(f'menu.about_{name}')}"
        for name in LISTED
    )
    text = context.text("menu.help_text", commands=listed, zone=context.services.zone.name)
    await context.show(Message(text, (back(context),)))


@command("cancel", for_=ANYBODY)
async def cancel(_: Update, context: Context) -> None:
    """Leave whatever was going on."""
    await context.services.questions.start_over(context.person)
    await context.say(message(context, "menu.cancelled"))


def refusal(context: Context, refused: Refusal, for_: Audience) -> Message:
    """Why somebody of *for_* cannot have what they asked for, with the way on."""
    text = context.text(refused.text_key, **refused.parameters)
    if for_.is_everybody:
        return Message(text, ((context.tap(context.label("menu.open"), "menu.open"),),))
    return Message(text, ((context.tap(context.label("staff.back"), "staff.menu"),),))


async def expired(_: Update, context: Context) -> None:
    """A button from another time: say so, and give the menu of today."""
    await context.say(message(context, "menu.expired"))


async def unknown(_: Update, context: Context) -> None:
    """A command that does not exist."""
    await context.say(message(context, "menu.unknown_command"))
