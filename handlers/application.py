"""The one place where order matters: which handler sees an update first."""

from __future__ import annotations

from typing import Any

from telegram import Bot, Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.services import Services
from handlers import access, errors, free_text, menu
from handlers.context import Context, Desk
from handlers.messenger import Messenger


class Contactpunt(Application[Any, Context, Any, Any, Desk, None]):
    """PTB's Application, fed from the inbox: what a handler raises reaches the caller.

    The processor decides on a retry; PTB would log the update (with what the candidate wrote)
    and carry on.
    """

    async def process_error(
        self, update: object | None, error: Exception, job: Any = None, coroutine: Any = None
    ) -> bool:
        """Say a refusal to who asked; raise everything else."""
        if isinstance(update, Update) and await errors.refused(update, error, self.bot_data):
            return True
        raise error


def build(bot: Bot, services: Services, messenger: Messenger) -> Contactpunt:
    """The application, ready for `initialize()` and then `process_update()` per update."""
    desk = Desk(services, messenger)
    application = (
        ApplicationBuilder()
        .application_class(Contactpunt)
        .bot(bot)
        .updater(None)
        .job_queue(None)
        .context_types(ContextTypes(context=Context, bot_data=lambda: desk))
        .build()
    )
    assert isinstance(application, Contactpunt)

    # First: is it a person in a private chat; fixed routes; flood; pressed once.
    application.add_handler(TypeHandler(Update, access.admit), group=0)

    # Then one of these. New messages only: an edited message never does anything again.
    new = filters.UpdateType.MESSAGE
    for command in menu.commands():
        application.add_handler(CommandHandler(command.names, command.handler, new), group=1)
    application.add_handler(CallbackQueryHandler(access.pressed), group=1)
    application.add_handler(MessageHandler(new & filters.COMMAND, menu.unknown), group=1)
    application.add_handler(MessageHandler(new & filters.TEXT, free_text.asked), group=1)
    application.add_handler(MessageHandler(new, free_text.not_text), group=1)
    application.add_handler(
        ChatMemberHandler(access.reachability, ChatMemberHandler.MY_CHAT_MEMBER), group=1
    )
    return application
