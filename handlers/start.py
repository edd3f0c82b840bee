"""The first message: what this is, who runs it, how to reach a person; then straight to work."""

from __future__ import annotations

from telegram import Update

from bot.names import shown
from bot.notifications.message import Message
from handlers import menu, payloads
from handlers.audience import ANYBODY
from handlers.commands import command
from handlers.context import Context


@command("start", for_=ANYBODY)
async def start(update: Update, context: Context) -> None:
    """/start, with or without a deep link: always exactly one message."""
    context.introduces_us = False  # what follows does so in its own words
    payload = " ".join(context.args or ())
    proposed = await payloads.opened(context, payload) if payload else None
    if proposed is not None:
        await context.say(proposed)
        return
    if not payload:
        await _anew(context)
    await context.say(welcome(update, context))


async def _anew(context: Context) -> None:
    """Whoever types /start leaves whatever was going on, and wants to hear from us again."""
    if not context.person.wants_messages:
        await context.services.people.resume(context.person.id)
    await context.services.questions.start_over(context.person)


def welcome(update: Update, context: Context) -> Message:
    user = update.effective_user
    name = shown(user.first_name) if user is not None else ""
    greeting = (
        context.text("start.greeting", name=name) if name else context.text("start.greeting_plain")
    )
    text = context.text("start.welcome", greeting=greeting, zone=context.services.zone.name)
    return Message(text, menu.rows(context))
