"""What a handler gets: the services, who is talking, and how to answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from telegram.ext import Application, CallbackContext, ExtBot

from bot.health import Health
from bot.notifications.message import Button, Message
from bot.people.model import Person
from bot.services import Services
from bot.staff import Colleague
from bot.texts import Texts
from handlers.buttons import Pressed, tap
from handlers.flood import Flood
from handlers.messenger import Messenger


@dataclass
class Desk:
    """What every handler shares; PTB's `bot_data`."""

    services: Services
    messenger: Messenger
    flood: Flood | None
    health: Health | None = None


class Context(CallbackContext[ExtBot[None], dict[Any, Any], dict[Any, Any], Desk]):
    """One update being handled. `access.admit` fills it in before any other handler runs."""

    account: int
    update_id: int
    language: str
    """What to answer in: the person's own language, or the one they typed in."""

    def __init__(
        self,
        application: Application[Any, Any, Any, Any, Any, Any],
        chat_id: int | None = None,
        user_id: int | None = None,
    ) -> None:
        super().__init__(application, chat_id, user_id)
        self._person: Person | None = None
        self.button = Pressed("")
        self.tapped_message: int | None = None
        self.introduces_us = False
        """Whether the next message is to say first who we are."""
        self.toast: str | None = None
        self._colleague: Colleague | None = None
        self.asks = False
        """Whether their next message is the answer to what we asked just now."""

    @property
    def services(self) -> Services:
        return self.bot_data.services

    @property
    def texts(self) -> Texts:
        return self.bot_data.services.texts

    @property
    def messenger(self) -> Messenger:
        return self.bot_data.messenger

    @property
    def person(self) -> Person:
        """Who is talking. Only what `access.admit` let in has one."""
        if self._person is None:
            raise LookupError("nobody was let in for this update")
        return self._person

    @person.setter
    def person(self, person: Person) -> None:
        self._person = person
        self.language = self.services.language_of(person)

    @property
    def colleague(self) -> Colleague:
        """Who is talking, as a colleague: where something is only for colleagues."""
        if self._colleague is None:
            raise LookupError("nobody was admitted as a colleague for this update")
        return self._colleague

    @colleague.setter
    def colleague(self, colleague: Colleague) -> None:
        self._colleague = colleague

    @property
    def speaks_own_language(self) -> bool:
        return self.language == self.services.language_of(self.person)

    def text(self, key: str, **values: object) -> Markup:
        """A sentence in the language of this conversation."""
        return self.texts(key, self.language, **values)

    def label(self, key: str, **values: object) -> str:
        """A sentence as the label of a button."""
        return self.texts.plain(key, self.language, **values)

    def tap(self, label: str, action: str, id_: str = "") -> Button:
        """A button that comes back to us and is answered in the language of this message."""
        language = "" if self.speaks_own_language else self.language
        return tap(label, Pressed(action, id_, language))

    async def say(self, message: Message) -> int:
        """Send a new message to who is talking; returns its number in the chat."""
        if self.introduces_us:
            self.introduces_us = False
            message = self.introduced(message)
        return await self.messenger.say(self.account, message)

    def introduced(self, message: Message) -> Message:
        """*message* under the notice that everybody gets first."""
        notice = self.text("start.notice", zone=self.services.zone.name)
        return Message(notice + "\n\n" + message.text, message.buttons, message.preview)

    async def show(self, message: Message) -> int:
        """Put *message* in the place of the tapped one; after a typed command, send it."""
        if self.tapped_message is None:
            return await self.say(message)
        return await self.messenger.change(self.account, self.tapped_message, message)
