"""The door: who is let in, and which handler a pressed button goes to."""

from __future__ import annotations

from typing import Final

import structlog
from telegram import Chat, ChatMember, Update, User
from telegram.constants import ChatType
from telegram.error import TelegramError
from telegram.ext import ApplicationHandlerStop

from bot.errors import Refusal
from bot.notifications.message import Message
from bot.questions.answers import UnknownEntry
from bot.staff import NotAllowed
from handlers import commands, errors, menu, surplus, typed
from handlers.audience import admitted, refused
from handlers.buttons import CLAIMS, Expired, Pressed
from handlers.context import Context
from handlers.flood import Admission

log = structlog.get_logger(__name__)

NOT_PEOPLE: Final = frozenset({777000, 1087968824, 136817688})
"""Telegram itself, anonymous admins, channels (PTB's constants)."""

ACCOUNTS: Final = 2**52
"""Numbers of accounts are smaller (https://core.telegram.org/bots/api#user)."""


async def admit(update: Update, context: Context) -> None:
    """Let a person in a private chat in; leave, ignore or answer at once everything else.

    Raises:
        ApplicationHandlerStop: nothing further is to happen.
    """
    user, chat = update.effective_user, update.effective_chat
    if chat is not None and chat.type != ChatType.PRIVATE:
        await _leave(update, context, chat)
        raise ApplicationHandlerStop
    if user is None or not _is_person(update, user, chat):
        raise ApplicationHandlerStop
    surplus_kinds = surplus.kinds_in(update)
    if not (update.message or update.callback_query or update.my_chat_member or surplus_kinds):
        raise ApplicationHandlerStop  # edited messages, for one: they never do anything again

    context.account = user.id
    context.update_id = update.update_id
    context.language = context.services.enabled(user.language_code)
    if update.my_chat_member is not None:
        return
    await _hold_back_floods(update, context)
    await _routes_first(update, context)
    context.person = await context.services.people.arrived(
        user.id, user.language_code, update.update_id
    )
    if surplus_kinds and update.effective_message is not None:
        await surplus.refuse(context, update.effective_message, surplus_kinds)
        raise ApplicationHandlerStop


async def pressed(update: Update, context: Context) -> None:
    """Any button: find its handler, let it work once, and stop the spinner whatever happens."""
    query = update.callback_query
    if query is None:
        return
    message_id = query.message.message_id if query.message is not None else 0
    reachable = query.message is not None and query.message.is_accessible
    context.tapped_message = message_id if reachable else None
    # Half a character (a lone surrogate) in made-up data would reach no database.
    data = (query.data or "").encode("utf-8", "replace").decode()
    context.button = Pressed.read(data)
    if context.button.language:
        context.language = context.services.enabled(context.button.language)
    claim = CLAIMS.get(context.button.action)
    try:
        if claim is None or not await admitted(context, claim.for_):
            raise Expired
        await typed.let_go(context)
        if claim.once_within is None or await context.services.presses.first(
            context.person.id,
            message_id,
            data,
            context.update_id,
            claim.once_within,
        ):
            await claim.handler(update, context)
    except NotAllowed as refusal:
        await refused(context, refusal)
        await menu.expired(update, context)
    except (Expired, UnknownEntry):
        await menu.expired(update, context)
    except Refusal as refusal:
        assert claim is not None
        await context.say(menu.refusal(context, refusal, claim.for_))
    finally:
        await context.messenger.acknowledge(query.id, context.toast)


async def commanded(name: str, update: Update, context: Context) -> None:
    """The command *name*, for those it is for; for others there is no such command."""
    claim = commands.CLAIMS[name]
    if not await admitted(context, claim.for_):
        await menu.unknown(update, context)
        return
    await typed.let_go(context)
    try:
        await claim.handler(update, context)
    except NotAllowed as refusal:
        await refused(context, refusal)
        await menu.unknown(update, context)


async def reachability(update: Update, context: Context) -> None:
    """Somebody blocked the assistant, or let it in again."""
    change = update.my_chat_member
    if change is None:
        return
    if change.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT):
        await context.services.people.unreachable(context.account)
    else:
        await context.services.people.arrived(context.account, change.from_user.language_code)


def _is_person(update: Update, user: User, chat: Chat | None) -> bool:
    # PTB takes anything for a number, and SQLite would store it.
    if type(user.id) is not int or not 0 < user.id < ACCOUNTS:
        return False
    if user.is_bot or user.id in NOT_PEOPLE:
        return False
    message = update.message or update.edited_message
    if message is not None and message.sender_chat is not None:
        return False
    return chat is None or chat.id == user.id


async def _leave(update: Update, context: Context, chat: Chat) -> None:
    """Groups and channels are not for us: who recruits or applies talks in private."""
    change = update.my_chat_member
    if change is not None and change.new_chat_member.status in (
        ChatMember.LEFT,
        ChatMember.BANNED,
    ):
        return
    try:
        await context.bot.leave_chat(chat.id)
    except TelegramError as fault:
        log.info("could not leave a group", fault=type(fault).__name__)


async def _hold_back_floods(update: Update, context: Context) -> None:
    flood = context.bot_data.flood
    if flood is None:
        return
    admission = flood.admission(context.account, context.services.now(), update.update_id)
    if admission is Admission.WELCOME:
        return
    message = update.message
    text = message.text or message.caption if message is not None else None
    if not await errors.directed(context.bot_data, context.account, text, context.language):
        notice = admission is Admission.TOLD
        if update.callback_query is not None:
            toast = context.label("access.slow_down") if notice else None
            await context.messenger.acknowledge(update.callback_query.id, toast)
        elif notice:
            await context.say(Message(context.text("access.slow_down")))
    raise ApplicationHandlerStop


async def _routes_first(update: Update, context: Context) -> None:
    """Danger may stand behind a command or under a photo, where no question is looked for."""
    message = update.message
    if message is None:
        return
    text = message.caption or message.text or ""
    behind_command = text.partition(" ")[2] if text.startswith("/") else ""
    hidden = text if message.caption or surplus.kinds_in(update) else behind_command
    if await errors.directed(context.bot_data, context.account, hidden, context.language):
        raise ApplicationHandlerStop
