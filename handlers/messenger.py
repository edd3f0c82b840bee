"""The one place where we speak to the Bot API."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final

import structlog
from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, TelegramError
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.health import Health
from bot.notifications.errors import Rejected
from bot.notifications.message import File, Message
from bot.notifications.pacing import Pacer
from handlers.transport import translated

log = structlog.get_logger(__name__)

TOAST_LENGTH: Final = 200
"""Source: https://core.telegram.org/bots/api#answercallbackquery."""

CLOSE_WITHIN: Final = 2.0

_NOT_TO_EDIT: Final = (
    *("message to edit not found", "can't be edited"),
    "there is no text in the message to edit",  # a picture or a file: its words are a caption
)
_NO_PREVIEW: Final = {"is_disabled": True}

Migrated = Callable[[int, int], Awaitable[None]]
"""Told the old and the new number of a group that became a supergroup."""


class Messenger:
    """Says, changes and deletes messages; every fault is one of our own words.

    All that speak raise `Undeliverable`, `Rejected`, `TryLater`, `MaybeSent` or `TokenRefused`.
    """

    def __init__(
        self,
        bot: Bot,
        pacer: Pacer,
        *,
        health: Health | None = None,
        migrated: Migrated | None = None,
    ) -> None:
        self._bot = bot
        self._pacer = pacer
        self._health = health
        self._migrated = migrated
        self._acknowledging: set[asyncio.Task[bool]] = set()

    async def say(self, account: int, message: Message) -> int:
        """Answer who is talking, at once; returns the number of the message in that chat."""
        await self._pacer.answer(account)
        return await self.send(account, message)

    async def send(self, account: int, message: Message) -> int:
        """Like `say`, for who has already had a turn of the pacer (`bot.notifications`)."""
        if message.file is not None:
            return await self._document(account, message.file, message)
        sent = await self._formatted("sendMessage", _written(account, message))
        return int(sent["message_id"])

    async def change(self, account: int, message_id: int, message: Message) -> int:
        """Put *message* in the place of one we sent; where that cannot be, say it anew.

        Returns the number of the message that shows it now.
        """
        await self._pacer.answer(account)
        parameters = _written(account, message) | {"message_id": message_id}
        try:
            await self._formatted("editMessageText", parameters)
        except Rejected as refused:
            reason = str(refused).lower()
            if "message is not modified" in reason:
                return message_id
            if any(sign in reason for sign in _NOT_TO_EDIT):
                return await self.say(account, message)
            raise
        return message_id

    async def acknowledge(self, query_id: str, text: str | None = None) -> None:
        """Stop the spinner on a pressed button, with *text* as a toast. Never raises or waits:
        the answer in the chat matters more, and a query that is too old has no spinner left."""
        parameters: dict[str, Any] = {"callback_query_id": query_id}
        if text:
            parameters["text"] = text[:TOAST_LENGTH]
        task = asyncio.create_task(self._best_effort("answerCallbackQuery", parameters))
        self._acknowledging.add(task)
        task.add_done_callback(self._acknowledging.discard)

    async def send_document(
        self, account: int, name: str, content: bytes, caption: Message | None = None
    ) -> int:
        """Send a file; *caption* is at most 1,024 characters, its buttons stand under the file."""
        await self._pacer.answer(account)
        return await self._document(account, File(name, content), caption)

    async def send_photo(self, account: int, content: bytes, caption: Message | None = None) -> int:
        """Send a picture (PNG); *caption* as for `send_document`."""
        await self._pacer.answer(account)
        extra = _captioned(caption)
        sent = await self._translated(lambda: self._bot.send_photo(account, content, **extra))
        return int(sent.message_id)

    async def send_venue(
        self, account: int, title: str, address: str, latitude: float, longitude: float
    ) -> int:
        """Send a pin on the map with its name and address; degrees, north and east positive."""
        await self._pacer.answer(account)
        sent = await self._translated(
            lambda: self._bot.send_venue(account, latitude, longitude, title, address)
        )
        return int(sent.message_id)

    async def delete(self, account: int, message_id: int) -> bool:
        """Remove a message; False where that is no longer possible (older than 48 hours)."""
        return await self._best_effort(
            "deleteMessage", {"chat_id": account, "message_id": message_id}
        )

    async def remove(self, account: int, message_id: int) -> None:
        """Remove a message, or say why not: `Rejected` when it is gone, or too old for that."""
        await self._pacer.answer(account)
        await self._call("deleteMessage", {"chat_id": account, "message_id": message_id})

    async def close(self) -> None:
        """Let the last acknowledgements go out."""
        if self._acknowledging:
            _, late = await asyncio.wait(self._acknowledging, timeout=CLOSE_WITHIN)
            for task in late:
                task.cancel()

    async def _document(self, account: int, file: File, caption: Message | None) -> int:
        extra = _captioned(caption)
        sent = await self._translated(
            lambda: self._bot.send_document(account, file.content, filename=file.name, **extra)
        )
        return int(sent.message_id)

    async def _formatted(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Send with formatting; once without it when Telegram cannot read ours."""
        try:
            return dict(await self._call(method, parameters))
        except Rejected as refused:
            if "can't parse entities" not in str(refused).lower():
                raise
            log.error("formatting refused, sent as plain text", method=method)
        plain = parameters | {"text": _plain(parameters["text"])}
        del plain["parse_mode"]
        return dict(await self._call(method, plain))

    async def _call(self, method: str, parameters: dict[str, Any]) -> Any:
        try:
            result = await self._translated(lambda: self._post(method, parameters))
        except ChatMigrated as moved:
            old, new = parameters["chat_id"], moved.new_chat_id
            log.info("a group became a supergroup")
            if self._migrated is not None:
                await self._migrated(old, new)
            elsewhere = parameters | {"chat_id": new}
            result = await self._translated(lambda: self._post(method, elsewhere))
        return result

    async def _translated(self, call: Callable[[], Awaitable[Any]]) -> Any:
        return await translated(call, self._silenced)

    def _silenced(self, span: Any) -> None:
        self._pacer.stop_for(span)
        log.warning("too fast for Telegram, silent", seconds=span.total_seconds())
        if self._health is not None:
            self._health.count("sender_stops")

    def _post(self, method: str, parameters: dict[str, Any]) -> Coroutine[Any, Any, Any]:
        """Without PTB's objects for the message and its answer: they cost more than the rest."""
        request = RequestData([RequestParameter(k, v, None) for k, v in parameters.items()])
        return self._bot.request.post(f"{self._bot.base_url}/{method}", request)

    async def _best_effort(self, method: str, parameters: dict[str, Any]) -> bool:
        try:
            await self._post(method, parameters)
        except BadRequest:
            return False
        except TelegramError as fault:
            log.info("call not carried out", method=method, fault=type(fault).__name__)
            return False
        return True


def _written(account: int, message: Message) -> dict[str, Any]:
    written: dict[str, Any] = {
        "chat_id": account,
        "text": str(message.text),
        "parse_mode": "HTML",
    }
    if not message.preview:
        written["link_preview_options"] = _NO_PREVIEW
    if message.buttons:
        written["reply_markup"] = _keyboard(message)
    return written


def _captioned(caption: Message | None) -> dict[str, Any]:
    if caption is None:
        return {}
    return {
        "caption": str(caption.text),
        "parse_mode": "HTML",
        "reply_markup": _keyboard(caption),
    }


def _keyboard(message: Message) -> dict[str, Any] | None:
    if not message.buttons:
        return None
    return {
        "inline_keyboard": [
            [
                {"text": button.label, "callback_data": button.data}
                if button.url is None
                else {"text": button.label, "url": button.url}
                for button in row
            ]
            for row in message.buttons
        ]
    }


_LINK: Final = re.compile(r"""<a\s+href=["']([^"']*)["'][^>]*>(.*?)</a>""", re.S | re.I)
_TAG: Final = re.compile(r"</?[a-z][^<>]*>", re.I)


def _plain(text: str) -> str:
    """*text* without its tags; the address of a link stands behind its words."""
    return html.unescape(_TAG.sub("", _LINK.sub(r"\2 (\1)", text)))
