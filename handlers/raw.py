"""What we read of an update before PTB sees it: whose it is, and what must not be stored."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from bot.inbox import Arrival
from bot.redaction import redact

KINDS: Final = ("message", "edited_message", "callback_query", "my_chat_member")
"""The updates we ask Telegram for."""

REDACTED: Final = "contactpunt_redacted"
"""Set in the stored update to the kinds of numbers that were taken out of it."""

MALFORMED: Final = "not an update"
_INT64: Final = 2**63

_MACHINE_MADE: Final = frozenset(
    {"id", "type", "status", "data", "chat_instance", "inline_message_id", "media_group_id"}
    | {"file_id", "file_unique_id", "custom_emoji_id", "language_code", "emoji", "mime_type"}
)
"""Fields that people cannot write in; some are long numbers that look like a card's."""

_MAY_HOLD_A_NUMBER: Final = re.compile(r"(?:\d\D{0,12}){9}")
_DEEPEST: Final = 40
_LONGEST_KEPT: Final = 4096


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody who wrote to us in a private chat, and the language of their app."""

    account: int
    language: str | None


def arrival_of(update: object) -> Arrival:
    """The update as we store it: without national, bank and card numbers.

    Never fails: what is no update of ours becomes an arrival that is parked at once.
    """
    number = update.get("update_id") if isinstance(update, dict) else None
    if not isinstance(update, dict) or not _is_id(number):
        return unusable(update)
    try:
        update.pop(REDACTED, None)
        kinds = dict.fromkeys(_redact_all(update, _DEEPEST))
        if kinds:
            update[REDACTED] = list(kinds)
        return Arrival(update["update_id"], _order_key(update), json.dumps(update))
    except (RecursionError, ValueError):
        return unusable(update, number)


def unusable(content: object, number: int | None = None) -> Arrival:
    """What cannot be handled. Without a *number* of its own it gets a negative one, made of its
    content, so that the same again is a repeat."""
    try:
        written = json.dumps(content)
    except (RecursionError, ValueError):
        written = "null"
    if number is None:
        digest = hashlib.sha256(written.encode()).digest()
        number = -1 - (int.from_bytes(digest[:8], "big") >> 2)
    kept = json.dumps(redact(written[:_LONGEST_KEPT]).text)
    return Arrival(number, number, kept, unusable=MALFORMED)


def sender_of(update: object) -> Sender | None:
    """Whom to tell that something is wrong; None for whatever does not come from a person."""
    if not isinstance(update, dict):
        return None
    for kind in ("message", "callback_query"):
        content = update.get(kind)
        if not isinstance(content, dict):
            continue
        message = content if kind == "message" else content.get("message")
        chat = message.get("chat") if isinstance(message, dict) else None
        person = content.get("from")
        if not isinstance(chat, dict) or chat.get("type") != "private":
            return None
        if not isinstance(person, dict) or person.get("is_bot") or not _is_id(person.get("id")):
            return None
        language = person.get("language_code")
        return Sender(person["id"], language if isinstance(language, str) else None)
    return None


def _order_key(update: dict[str, Any]) -> int:
    """Whose updates come one after the other: the person's, else the chat's, else none's."""
    key: int = update["update_id"]
    for content in update.values():
        if not isinstance(content, dict):
            continue
        message = content.get("message")
        inner = message if isinstance(message, dict) else {}
        for owner in (content.get("from"), content.get("chat"), inner.get("chat")):
            if isinstance(owner, dict) and _is_id(owner.get("id")):
                return int(owner["id"])
    return key


def _is_id(value: object) -> bool:
    return type(value) is int and -_INT64 <= value < _INT64


def _redact_all(node: Any, depth: int) -> Iterator[str]:
    """Redact every text below *node* in place; yields the kinds of what was found."""
    if depth == 0:
        raise ValueError("too deep")
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in items:
        if isinstance(value, str):
            if len(value) >= 9 and key not in _MACHINE_MADE and _MAY_HOLD_A_NUMBER.search(value):
                clean = redact(value)
                if clean.kinds:
                    node[key] = clean.text
                    yield from clean.kinds
        elif isinstance(value, (dict, list)):
            yield from _redact_all(value, depth - 1)
