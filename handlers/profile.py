"""What Telegram shows around the chat: commands, descriptions, menu button; per language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import structlog
from telegram import Bot, BotCommand, MenuButtonCommands
from telegram.error import TelegramError

from bot.services import Services
from handlers.commands import NAMES

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
