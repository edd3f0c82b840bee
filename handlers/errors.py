"""What a handler raised: refusals are said, blocks are noted, the rest goes to the processor."""

from __future__ import annotations

from telegram import Update

from bot.errors import Refusal, StorageTrouble, Undeliverable
from bot.notifications.message import Message
from handlers.context import Desk


async def settled(update: Update, error: Exception, desk: Desk) -> bool:
    """Whether *error* was dealt with; if not, the processor retries or parks the update."""
    user = update.effective_user
    if user is None:
        return False
    services = desk.services
    if isinstance(error, Refusal):
        person = await services.people.arrived(user.id, user.language_code)
        language = services.language_of(person)
        text = services.texts(error.text_key, language, **error.parameters)
        await desk.messenger.say(user.id, Message(text))
        return True
    if isinstance(error, Undeliverable):
        await services.people.unreachable(user.id)
        return True
    if isinstance(error, StorageTrouble) and update.message is not None:
        # Whoever is in danger is told where to call, also while the database is down.
        return await directed(desk, user.id, update.message.text, user.language_code)
    return False


async def directed(desk: Desk, account: int, text: str | None, language: str | None) -> bool:
    """Answer with a fixed route when *text* calls for one; needs nothing but memory."""
    if not text:
        return False
    route = desk.services.questions.route(text, desk.services.enabled(language))
    if route is None:
        return False
    await desk.messenger.say(account, Message(route.text))
    return True
