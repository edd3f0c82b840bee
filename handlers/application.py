"""The one place where order matters: which handler sees an update first."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

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

from bot.health import Health
from bot.services import Services
from handlers import (
    access,
    browse,
    commands,
    door,
    door_groups,
    door_list,
    door_papers,
    door_person,
    door_register,
    errors,
    free_text,
    human,
    info_sessions,
    info_sessions_answers,
    info_sessions_files,
    info_sessions_interest,
    info_sessions_mine,
    info_sessions_questions,
    language,
    menu,
    planning,
    planning_crew,
    planning_edit,
    planning_live,
    planning_publish,
    planning_questions,
    privacy,
    questions,
    staff,
    staff_absence,
    staff_colleagues,
    staff_invitations,
    staff_profile,
    staff_review,
    staff_trail,
    start,
)
from handlers.context import Context, Desk
from handlers.flood import Flood
from handlers.messenger import Messenger

FEATURES = (
    start,
    menu,
    questions,
    browse,
    human,
    info_sessions,
    info_sessions_answers,
    info_sessions_files,
    info_sessions_interest,
    info_sessions_mine,
    info_sessions_questions,
    language,
    privacy,
    staff,
    staff_invitations,
    staff_colleagues,
    staff_absence,
    staff_profile,
    staff_review,
    staff_trail,
    door,
    door_list,
    door_person,
    door_register,
    door_groups,
    door_papers,
    planning,
    planning_crew,
    planning_edit,
    planning_live,
    planning_publish,
    planning_questions,
)
"""Importing them is what claims their commands, buttons and start payloads."""


class Contactpunt(Application[Any, Context, Any, Any, Desk, None]):
    """PTB's Application, fed from the inbox: what a handler raises reaches the caller.

    The processor decides on a retry; PTB would log the update (with what the candidate wrote)
    and carry on.
    """

    async def process_error(
        self, update: object | None, error: Exception, job: Any = None, coroutine: Any = None
    ) -> bool:
        """True when *error* was dealt with; everything else is raised."""
        if isinstance(update, Update) and await errors.settled(update, error, self.bot_data):
            return True
        raise error


def build(
    bot: Bot,
    services: Services,
    messenger: Messenger,
    *,
    flood: Flood | None = None,
    health: Health | None = None,
) -> Contactpunt:
    """The application, ready for `initialize()` and then `process_update()` per update.

    Without *flood* nobody is held back: for measurements only.
    """
    desk = Desk(services, messenger, flood, health)
    builder = (
        ApplicationBuilder()
        .application_class(Contactpunt)
        .bot(bot)
        .updater(None)
        .job_queue(None)
        .context_types(ContextTypes(context=Context, bot_data=cast("type[Desk]", lambda: desk)))
    )
    application = cast("Contactpunt", builder.build())

    # First: is it a person in a private chat; floods; fixed routes that no question would find.
    application.add_handler(TypeHandler(Update, access.admit), group=0)

    # Then one of these. New messages only: an edited message never does anything again.
    new = filters.UpdateType.MESSAGE
    for name in commands.CLAIMS:
        spellings = commands.spellings(name)
        handler = partial(access.commanded, name)
        application.add_handler(CommandHandler(spellings, handler, new), group=1)
    application.add_handler(CallbackQueryHandler(access.pressed), group=1)
    application.add_handler(MessageHandler(new & filters.COMMAND, menu.unknown), group=1)
    application.add_handler(MessageHandler(new & filters.TEXT, free_text.asked), group=1)
    application.add_handler(MessageHandler(new, free_text.not_text), group=1)
    reachability = ChatMemberHandler(access.reachability, ChatMemberHandler.MY_CHAT_MEMBER)
    application.add_handler(reachability, group=1)
    return application
