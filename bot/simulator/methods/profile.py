"""How the bot presents itself: commands, name, descriptions, menu button."""

from __future__ import annotations

import re
from typing import Any

from bot.simulator.entities import url_problem, utf16_length
from bot.simulator.methods.registry import Call, method
from bot.simulator.refusals import bad_request
from bot.simulator.state import Json

MAX_COMMANDS = 100
MAX_COMMAND_DESCRIPTION = 256
MAX_NAME = 64
MAX_DESCRIPTION = 512
MAX_SHORT_DESCRIPTION = 120

_PLAIN_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")


def _language(call: Call) -> str:
    language = call.parameters.text("language_code")
    if not re.fullmatch(r"([a-z]{2})?", language):
        raise bad_request("invalid language code specified")
    return language


def _scope(call: Call) -> str:
    scope = call.parameters.json("scope", "BotCommandScope")
    if scope is None:
        return "default"
    kind = scope.get("type") if isinstance(scope, dict) else None
    if kind in _PLAIN_SCOPES:
        return str(kind)
    if kind not in ("chat", "chat_administrators", "chat_member"):
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    chat = call.world.chats.get(int(scope.get("chat_id", 0)))
    if chat is None or (chat.private and not chat.open):
        raise bad_request("chat not found")
    member = f":{scope.get('user_id')}" if kind == "chat_member" else ""
    return f"{kind}:{chat.id}{member}"


@method("setMyCommands")
async def set_my_commands(call: Call) -> Any:
    given = call.parameters.json("commands", "commands")
    if not isinstance(given, list):
        raise bad_request("expected an Array of BotCommand")
    if len(given) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    commands = [_checked_command(command) for command in given]
    call.world.profile.commands[_scope(call), _language(call)] = commands
    _everybody_looks_again(call)
    return True


def _checked_command(given: Any) -> Json:
    command = given.get("command") if isinstance(given, dict) else None
    description = given.get("description") if isinstance(given, dict) else None
    if not isinstance(command, str) or not isinstance(description, str):
        raise bad_request("can't parse BotCommand: expected an Object with two Strings")
    command = command.removeprefix("/")
    if not re.fullmatch(r"[a-z0-9_]{1,32}", command):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= utf16_length(description.strip()) <= MAX_COMMAND_DESCRIPTION:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": command, "description": description.strip()}


@method("getMyCommands")
async def get_my_commands(call: Call) -> Any:
    return call.world.profile.commands.get((_scope(call), _language(call)), [])


@method("deleteMyCommands")
async def delete_my_commands(call: Call) -> Any:
    call.world.profile.commands.pop((_scope(call), _language(call)), None)
    _everybody_looks_again(call)
    return True


def _everybody_looks_again(call: Call) -> None:
    for chat in call.world.chats.values():
        call.world.touch(chat)


def _set(call: Call, values: dict[str, str], parameter: str, limit: int, refusal: str) -> bool:
    value = call.parameters.text(parameter).strip()
    if utf16_length(value) > limit:
        raise bad_request(refusal)
    language = _language(call)
    if value:
        values[language] = value
    else:
        values.pop(language, None)
    _everybody_looks_again(call)
    return True


def _get(call: Call, values: dict[str, str], default: str = "") -> str:
    return values.get(_language(call)) or values.get("", default)


@method("setMyName")
async def set_my_name(call: Call) -> Any:
    names = call.world.profile.names
    return _set(call, names, "name", MAX_NAME, "BOT_TITLE_INVALID")


@method("getMyName")
async def get_my_name(call: Call) -> Any:
    return {"name": _get(call, call.world.profile.names, call.world.bot_name)}


@method("setMyDescription")
async def set_my_description(call: Call) -> Any:
    descriptions = call.world.profile.descriptions
    return _set(call, descriptions, "description", MAX_DESCRIPTION, "BOT_DESCRIPTION_TOO_LONG")


@method("getMyDescription")
async def get_my_description(call: Call) -> Any:
    return {"description": _get(call, call.world.profile.descriptions)}


@method("setMyShortDescription")
async def set_my_short_description(call: Call) -> Any:
    descriptions = call.world.profile.short_descriptions
    refusal = "BOT_SHORT_DESCRIPTION_TOO_LONG"
    return _set(call, descriptions, "short_description", MAX_SHORT_DESCRIPTION, refusal)


@method("getMyShortDescription")
async def get_my_short_description(call: Call) -> Any:
    return {"short_description": _get(call, call.world.profile.short_descriptions)}


@method("setChatMenuButton")
async def set_chat_menu_button(call: Call) -> Any:
    button = call.parameters.json("menu_button", "MenuButton") or {"type": "default"}
    kind = button.get("type") if isinstance(button, dict) else None
    if kind not in ("default", "commands", "web_app"):
        raise bad_request("can't parse menu button: unsupported type specified")
    if kind == "web_app":
        url = (button.get("web_app") or {}).get("url", "")
        if not url.startswith("https://") or url_problem(url) is not None:
            raise bad_request("menu button Web App URL is invalid")
    if call.parameters.has("chat_id"):
        call.chat().menu_button = button
    else:
        call.world.profile.menu_button = button
    _everybody_looks_again(call)
    return True


@method("getChatMenuButton")
async def get_chat_menu_button(call: Call) -> Any:
    if call.parameters.has("chat_id"):
        own = call.chat().menu_button
        if own["type"] != "default":
            return own
    return call.world.profile.menu_button
