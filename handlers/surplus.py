"""Numbers we may not have: masked before they were stored, and here the sender is told."""

from __future__ import annotations

from typing import Final

from telegram import Message as TelegramMessage
from telegram import Update

from bot.notifications.message import Message
from bot.redaction import MASK
from handlers import questions
from handlers.context import Context
from handlers.raw import REDACTED

NAMED: Final = frozenset({"national_number", "bank_account", "card_number"})


def kinds_in(update: Update) -> tuple[str, ...]:
    """What was taken out of what they wrote; a number elsewhere, as in a name, does not count."""
    message = update.message or update.edited_message
    written = (message.text or message.caption or "") if message is not None else ""
    found = (update.api_kwargs or {}).get(REDACTED)
    if MASK not in written or not isinstance(found, list):
        return ()
    return tuple(kind for kind in found if kind in NAMED)


async def refuse(context: Context, message: TelegramMessage, kinds: tuple[str, ...]) -> None:
    """Take the message away where we may, and ask for the question without the number."""
    gone = await context.messenger.delete(context.account, message.message_id)
    what = context.label(f"free_text.what_{kinds[0]}")
    key = "free_text.surplus_deleted" if gone else "free_text.surplus"
    await context.say(Message(context.text(key, what=what), (questions.ways_on(context),)))
