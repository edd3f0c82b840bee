"""The first message: what this is, who runs it, how to reach a person; then straight to work."""

from __future__ import annotations

from telegram import Update

from bot.names import shown
from bot.notifications.message import Message
from handlers import menu, payloads
from handlers.commands import command
from handlers.context import Context


@command("start")
async def start(update: Update, context: Context) -> None:
    """/start, with or without a deep link: always exactly one message."""
    payload = " ".join(context.args or ())
    proposed = payloads.opened(context, payload) if payload else None
    if proposed is not None:
        await context.say(_with_notice(proposed, context))
        return
    if not payload:
        await context.services.people.resume(context.person.id)
    await context.say(welcome(update, context))


def welcome(update: Update, context: Context) -> Message:
    user = update.effective_user
    name = shown(user.first_name) if user is not None else ""
    greeting = (
        context.text("start.greeting", name=name) if name else context.text("start.greeting_plain")
    )
    text = context.text("start.welcome", greeting=greeting, zone=context.services.zone.name)
    return Message(text, menu.rows(context))


def _with_notice(proposed: Message, context: Context) -> Message:
    """What the link opens, after the notice that everybody gets first."""
    notice = context.text("start.notice", zone=context.services.zone.name)
    return Message(notice + "\n\n" + proposed.text, proposed.buttons, proposed.preview)
