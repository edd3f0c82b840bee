"""The far side of a conversation: a transport that keeps what is on somebody's screen.

As strict as Telegram where a conversation could go wrong: formatting, lengths, button data, one
answer per tap. The simulator does the rest over real HTTP.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from telegram.request import BaseRequest, RequestData

from bot.simulator.entities import parse_html, utf16_length

Json = dict[str, Any]

ME: Json = {"id": 99, "is_bot": True, "first_name": "Contactpunt", "username": "contactpunt_bot"}


@dataclass
class OnScreen:
    """One message in a chat."""

    number: int
    mine: bool
    text: str
    buttons: list[list[Json]] = field(default_factory=list)
    edited: bool = False
    document: str | None = None
    content: bytes | None = None


@dataclass
class Screen:
    messages: list[OnScreen] = field(default_factory=list)
    toasts: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    """What happened, in order, as a transcript shows it."""


class Telephone(BaseRequest):
    """Stands in for the Bot API, for any number of chats."""

    def __init__(self) -> None:
        self.screens: dict[int, Screen] = {}
        self.number = 100
        self.unanswered_taps: set[str] = set()
        self.tapper: dict[str, int] = {}
        self.left: list[int] = []
        self.calls: list[tuple[str, Json]] = []
        self.refusals: dict[str, list[tuple[int, str]]] = {}
        self.profile: dict[tuple[str, str], Any] = {}

    @property
    def read_timeout(self) -> float | None:
        return 1.0

    async def initialize(self) -> None:
        pass

    async def shutdown(self) -> None:
        pass

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        name = url.rpartition("/")[2]
        given = dict(request_data.parameters) if request_data else {}
        files = request_data.multipart_data if request_data else {}
        self.calls.append((name, given))
        waiting = self.refusals.get(name)
        if waiting:
            status, why = waiting.pop(0)
            return status, _refusal(status, why)
        try:
            result = getattr(self, f"_{name}", self._fallback)(given, files)
        except _RefusedError as refused:
            return 400, _refusal(400, str(refused))
        return 200, json.dumps({"ok": True, "result": result}).encode()

    def screen(self, chat: int) -> Screen:
        return self.screens.setdefault(chat, Screen())

    def next_number(self) -> int:
        self.number += 1
        return self.number

    def _getMe(self, *_: Any) -> Json:  # noqa: N802 - named as Telegram names it
        return ME

    def _sendMessage(self, given: Json, _: Any) -> Json:  # noqa: N802
        message = OnScreen(self.next_number(), False, *_checked(given))
        screen = self.screen(int(given["chat_id"]))
        screen.messages.append(message)
        screen.events.append(_drawn(message))
        return _api(message, int(given["chat_id"]))

    def _editMessageText(self, given: Json, _: Any) -> Json:  # noqa: N802
        screen = self.screen(int(given["chat_id"]))
        number = int(given["message_id"])
        message = next((m for m in screen.messages if m.number == number and not m.mine), None)
        if message is None:
            raise _RefusedError("Bad Request: message to edit not found")
        if message.content is not None:
            raise _RefusedError("Bad Request: there is no text in the message to edit")
        text, buttons = _checked(given)
        if (message.text, message.buttons) == (text, buttons):
            raise _RefusedError("Bad Request: message is not modified")
        message.text, message.buttons, message.edited = text, buttons, True
        screen.events.append("(aangepast) " + _drawn(message))
        return _api(message, int(given["chat_id"]))

    def _answerCallbackQuery(self, given: Json, _: Any) -> bool:  # noqa: N802
        query = str(given["callback_query_id"])
        if query not in self.unanswered_taps:
            raise _RefusedError("Bad Request: query is too old or query ID is invalid")
        self.unanswered_taps.remove(query)
        if given.get("text"):
            screen = self.screen(self.tapper[query])
            screen.toasts.append(str(given["text"]))
            screen.events.append(f"(melding) {given['text']}")
        return True

    def _deleteMessage(self, given: Json, _: Any) -> bool:  # noqa: N802
        screen = self.screen(int(given["chat_id"]))
        number = int(given["message_id"])
        found = [message for message in screen.messages if message.number == number]
        if not found:
            raise _RefusedError("Bad Request: message to delete not found")
        screen.messages.remove(found[0])
        screen.events.append("(bericht gewist)")
        return True

    def _sendDocument(self, given: Json, files: Any) -> Json:  # noqa: N802
        return self._sent_file(given, files, "bestand {}")

    def _sendPhoto(self, given: Json, files: Any) -> Json:  # noqa: N802
        return self._sent_file(given, files, "foto")

    def _sent_file(self, given: Json, files: Any, drawn: str) -> Json:
        ((name, content, _kind),) = files.values()
        caption = {**given, "text": given.get("caption", "-")}
        text, buttons = _checked(caption, longest=1024)
        message = OnScreen(self.next_number(), False, text, buttons, False, name, content)
        screen = self.screen(int(given["chat_id"]))
        screen.messages.append(message)
        screen.events.append(f"({drawn.format(name)}) {_drawn(message)}")
        return _api(message, int(given["chat_id"]))

    def _sendVenue(self, given: Json, _: Any) -> Json:  # noqa: N802
        text, _buttons = _checked({"text": f"{given['title']}, {given['address']}"})
        message = OnScreen(self.next_number(), False, text)
        screen = self.screen(int(given["chat_id"]))
        screen.messages.append(message)
        pin = f"{given['latitude']}, {given['longitude']}"
        screen.events.append(f"(plaats op de kaart, {pin}) {_drawn(message)}")
        return _api(message, int(given["chat_id"]))

    def _leaveChat(self, given: Json, _: Any) -> bool:  # noqa: N802
        self.left.append(int(given["chat_id"]))
        return True

    def _fallback(self, given: Json, _: Any) -> Any:
        raise _RefusedError("Bad Request: this telephone cannot do that")


class _RefusedError(Exception):
    pass


def _refusal(status: int, why: str) -> bytes:
    return json.dumps({"ok": False, "error_code": status, "description": why}).encode()


def _checked(given: Json, longest: int = 4096) -> tuple[str, list[list[Json]]]:
    """The HTML as it was sent, after the checks Telegram would do."""
    html = str(given["text"])
    plain, _ = parse_html(html) if given.get("parse_mode") == "HTML" else (html, [])
    if not 1 <= utf16_length(plain.strip()) <= longest:
        raise _RefusedError("Bad Request: message is too long or empty")
    markup = given.get("reply_markup") or {}
    markup = json.loads(markup) if isinstance(markup, str) else markup
    buttons: list[list[Json]] = markup.get("inline_keyboard", [])
    flat = [button for row in buttons for button in row]
    if len(flat) > 100 or any(len(b.get("callback_data", "x").encode()) > 64 for b in flat):
        raise _RefusedError("Bad Request: BUTTON_DATA_INVALID")
    return html, buttons


def _api(message: OnScreen, chat: int) -> Json:
    plain, _ = parse_html(message.text)
    return {
        "message_id": message.number,
        "date": 1_795_255_200,
        "chat": {"id": chat, "type": "private"},
        "from": ME,
        "text": plain,
    }


def _drawn(message: OnScreen) -> str:
    """A message as one reads it, with its buttons below."""
    lines = [message.text]
    lines += ["    " + " ".join(f"[{b['text']}]" for b in row) for row in message.buttons]
    return "\n".join(lines)
