"""The world of the simulator: people, chats, messages, files. In memory only."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.simulator.entities import Entity
from bot.simulator.signal import Signal

Json = dict[str, Any]

FIRST_PERSON = 5_000_000_001
"""Above 32 bits, as today's accounts are."""

KEPT_TOASTS = 20


@dataclass
class Person:
    id: int
    first_name: str
    language_code: str | None = "nl"
    last_name: str | None = None
    username: str | None = None
    deactivated: bool = False

    def as_user(self) -> Json:
        return _without_none(
            id=self.id,
            is_bot=False,
            first_name=self.first_name,
            last_name=self.last_name,
            username=self.username,
            language_code=self.language_code,
        )


@dataclass
class Message:
    """One message of a chat. `content` is what it carries: text, document, photo, venue …"""

    message_id: int
    chat_id: int
    sender: Json
    from_bot: bool
    sent_at: float
    content: Json
    keyboard: Json | None = None
    edited_at: float | None = None
    reply_to: int | None = None
    forwarded_from: Json | None = None
    protected: bool = False
    reactions: list[Json] = field(default_factory=list)
    version: int = 0

    @property
    def buttons(self) -> list[list[Json]]:
        rows: list[list[Json]] = (self.keyboard or {}).get("inline_keyboard", [])
        return rows

    def has_button(self, data: str) -> bool:
        return any(button.get("callback_data") == data for row in self.buttons for button in row)


@dataclass
class Toast:
    text: str
    alert: bool
    version: int


@dataclass
class Chat:
    """A private chat (its id is the person's) or a group (negative id)."""

    id: int
    kind: str = "private"
    title: str | None = None
    open: bool = False
    blocked: bool = False
    bot_is_member: bool = True
    members: list[int] = field(default_factory=list)
    messages: dict[int, Message] = field(default_factory=dict)
    deleted: dict[int, int] = field(default_factory=dict)
    toasts: list[Toast] = field(default_factory=list)
    typing_until: float = 0.0
    menu_button: Json = field(default_factory=lambda: {"type": "default"})
    version: int = 0
    touched: int = 0
    """The change of the whole world that touched this chat last."""
    changed: Signal = field(default_factory=Signal)

    @property
    def private(self) -> bool:
        return self.kind == "private"


@dataclass(frozen=True)
class StoredFile:
    file_id: str
    name: str
    media_type: str
    content: bytes

    @property
    def path(self) -> str:
        return f"documents/{self.file_id}"


@dataclass
class Query:
    """A pressed button that waits for its one answer."""

    id: str
    person: int
    chat_id: int
    message_id: int
    data: str
    asked_at: float
    answered: bool = False


@dataclass
class Profile:
    """What setMy… has set, by language; the empty language is everybody's."""

    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    menu_button: Json = field(default_factory=lambda: {"type": "default"})


class World:
    def __init__(
        self,
        *,
        token: str | None,
        bot_name: str = "Contactpunt",
        username: str = "contactpunt_bot",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.token = token
        self.bot_name = bot_name
        self.username = username
        self.clock = clock
        self.changes = 0
        self.changed = Signal()
        self.clear()

    def clear(self) -> None:
        self.skew = 0.0
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.queries: dict[str, Query] = {}
        self.profile = Profile()
        self._numbers: dict[str, int] = {}

    def now(self) -> float:
        """Unix seconds; the control API may have moved them on."""
        return self.clock() + self.skew

    def number(self, what: str, first: int = 1) -> int:
        self._numbers[what] = self._numbers.get(what, first - 1) + 1
        return self._numbers[what]

    @property
    def bot_id(self) -> int:
        return int((self.token or "1000000001:").partition(":")[0])

    def bot(self) -> Json:
        return {
            "id": self.bot_id,
            "is_bot": True,
            "first_name": self.profile.names.get("", self.bot_name),
            "username": self.username,
        }

    def add_person(
        self,
        first_name: str,
        *,
        id: int | None = None,  # noqa: A002 - the name the control API speaks
        language_code: str | None = "nl",
        last_name: str | None = None,
        username: str | None = None,
    ) -> Person:
        """Get or make: the same id again only changes name and language."""
        if id is None:
            id = self.number("person", FIRST_PERSON)  # noqa: A001
            while id in self.people:
                id = self.number("person", FIRST_PERSON)  # noqa: A001
        person = Person(id, first_name, language_code, last_name, username)
        self.people[id] = person
        self.touch(self.chats.setdefault(id, Chat(id)))
        return person

    def chat_as_json(self, chat: Chat) -> Json:
        if not chat.private:
            return {"id": chat.id, "type": chat.kind, "title": chat.title or ""}
        person = self.people[chat.id]
        return _without_none(
            id=chat.id,
            type="private",
            first_name=person.first_name,
            last_name=person.last_name,
            username=person.username,
        )

    def add_message(self, chat: Chat, sender: Json, content: Json, **more: Any) -> Message:
        numbers = "message" if chat.private else f"message in {chat.id}"
        message = Message(
            message_id=self.number(numbers),
            chat_id=chat.id,
            sender=sender,
            from_bot=bool(sender["is_bot"]),
            sent_at=self.now(),
            content=content,
            **more,
        )
        chat.messages[message.message_id] = message
        self.touch(chat, message)
        return message

    def delete_message(self, chat: Chat, message_id: int) -> None:
        del chat.messages[message_id]
        self.touch(chat)
        chat.deleted[message_id] = chat.version

    def touch(self, chat: Chat, message: Message | None = None) -> None:
        """Give the chat a new version and wake who looks at it."""
        chat.version += 1
        if message is not None:
            message.version = chat.version
            if message.from_bot:
                chat.typing_until = 0.0
        self.changes += 1
        chat.touched = self.changes
        chat.changed.notify()
        self.changed.notify()

    def toast(self, chat: Chat, text: str, *, alert: bool) -> None:
        self.touch(chat)
        chat.toasts.append(Toast(text, alert, chat.version))
        del chat.toasts[:-KEPT_TOASTS]

    def message_as_json(self, message: Message, *, with_reply: bool = True) -> Json:
        chat = self.chats[message.chat_id]
        found: Json = {
            "message_id": message.message_id,
            "from": message.sender,
            "chat": self.chat_as_json(chat),
            "date": int(message.sent_at),
            **message.content,
        }
        if message.edited_at is not None:
            found["edit_date"] = int(message.edited_at)
        if message.forwarded_from is not None:
            found["forward_origin"] = message.forwarded_from
        if message.protected:
            found["has_protected_content"] = True
        if message.buttons:
            found["reply_markup"] = {"inline_keyboard": message.buttons}
        answered = chat.messages.get(message.reply_to or 0)
        if with_reply and answered is not None:
            found["reply_to_message"] = self.message_as_json(answered, with_reply=False)
        return found

    def keep_file(self, name: str, media_type: str, content: bytes) -> StoredFile:
        file_id = f"file-{self.number('file')}-{len(content)}"
        file = StoredFile(file_id, name, media_type, content)
        self.files[file_id] = file
        return file

    def commands_for(self, chat: Chat, language: str | None) -> list[Json]:
        """The list the app shows: the narrowest scope first, the own language before all."""
        scopes = [f"chat:{chat.id}", "all_private_chats" if chat.private else "all_group_chats"]
        for scope in (*scopes, "default"):
            for language_code in ((language or "")[:2], ""):
                commands = self.profile.commands.get((scope, language_code))
                if commands:
                    return commands
        return []


def text_content(text: str, entities: list[Entity]) -> Json:
    return {"text": text, "entities": entities} if entities else {"text": text}


def _without_none(**values: Any) -> Json:
    return {name: value for name, value in values.items() if value is not None}
