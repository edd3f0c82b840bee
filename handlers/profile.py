"""What Telegram shows around the chat: commands, descriptions, menu button; per language.

The commands of colleagues stand only in their own chats: set there when somebody becomes one and
taken away when they are none any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import structlog
from telegram import Bot, BotCommand, BotCommandScopeChat, MenuButtonCommands
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.people.model import PersonId
from bot.services import Services
from handlers.commands import NAMES, STAFF_NAMES

log = structlog.get_logger(__name__)

DESCRIPTION: Final = 512
SHORT_DESCRIPTION: Final = 120
"""Characters. Source: https://core.telegram.org/bots/api#setmydescription."""


async def publish(bot: Bot, services: Services) -> int:
    """Bring Telegram up to date; only what differs is set. Returns how many things were.

    Best effort: a Bot API that refuses leaves the assistant working with what was there.
    """
    changed = 0
    languages = services.languages
    for code, language in (("", languages[0]), *((each, each) for each in languages)):
        try:
            changed += await _commands(bot, services, code, language)
            changed += await _descriptions(bot, services, code, language)
        except TelegramError as fault:
            log.warning("profile not set", language=language, fault=type(fault).__name__)
    try:
        if not isinstance(await bot.get_chat_menu_button(), MenuButtonCommands):
            changed += await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    except TelegramError as fault:
        log.warning("menu button not set", fault=type(fault).__name__)
    return changed


async def publish_to_colleagues(bot: Bot, services: Services) -> int:
    """Bring the commands in the chats of colleagues up to date; returns how many changed.

    What Telegram was told stands in the database, so that a role that ends while nobody looks
    is seen to as well. Stopped half-way, the next run goes on.
    """
    now = await services.people.with_commands()
    wanted: dict[PersonId, str] = {}
    for colleague in await services.staff.colleagues(None):
        person = await services.people.get(colleague.person)
        if person.reachable:
            wanted[person.id] = services.language_of(person)
    changed = 0
    for id_ in sorted(now.keys() | wanted.keys()):
        if now.get(id_) == wanted.get(id_):
            continue
        person = await services.people.get(id_)
        try:
            await _show_in_chat(bot, services, person.account, wanted.get(id_))
        except (BadRequest, Forbidden) as fault:  # for good: this chat shows nothing of ours
            log.info("commands of a chat refused", fault=type(fault).__name__)
        except TelegramError as fault:
            log.warning("commands of a chat not set", fault=type(fault).__name__)
            break
        await services.people.commands_shown(id_, wanted.get(id_))
        changed += 1
    return changed


async def hide_from(bot: Bot, account: int) -> None:
    """Take the commands of colleagues out of the chat of somebody who was erased."""
    try:
        await bot.delete_my_commands(scope=BotCommandScopeChat(account))
    except TelegramError as fault:
        log.info("commands of a chat not removed", fault=type(fault).__name__)


async def _show_in_chat(bot: Bot, services: Services, account: int, language: str | None) -> None:
    scope = BotCommandScopeChat(account)
    if language is None:
        await bot.delete_my_commands(scope=scope)
    else:
        await bot.set_my_commands(listed_for_colleagues(services, language), scope=scope)


def listed_for_colleagues(services: Services, language: str) -> Sequence[BotCommand]:
    """The list of commands in the chat of a colleague: theirs first."""
    own = [
        BotCommand(names.get(language, name), services.texts.plain(f"staff.about_{name}", language))
        for name, names in STAFF_NAMES.items()
    ]
    return [*own, *listed(services, language)]


def listed(services: Services, language: str) -> Sequence[BotCommand]:
    """The list of commands as somebody with an app in *language* sees it."""
    return [
        BotCommand(names.get(language, name), services.texts.plain(f"menu.about_{name}", language))
        for name, names in NAMES.items()
    ]


async def _commands(bot: Bot, services: Services, code: str, language: str) -> bool:
    wanted = tuple(listed(services, language))
    if await bot.get_my_commands(language_code=code or None) == wanted:
        return False
    await bot.set_my_commands(wanted, language_code=code or None)
    return True


async def _descriptions(bot: Bot, services: Services, code: str, language: str) -> int:
    zone = services.zone.name
    about = services.texts.plain("start.description", language, zone=zone)[:DESCRIPTION]
    short = services.texts.plain("start.short_description", language, zone=zone)
    short = short[:SHORT_DESCRIPTION]
    changed = 0
    if (await bot.get_my_description(language_code=code or None)).description != about:
        await bot.set_my_description(about, language_code=code or None)
        changed += 1
    there = await bot.get_my_short_description(language_code=code or None)
    if there.short_description != short:
        await bot.set_my_short_description(short, language_code=code or None)
        changed += 1
    return changed
