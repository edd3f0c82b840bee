"""What a handler gets: the services, who is talking, and how to answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from telegram.ext import Application, CallbackContext, ExtBot

from bot.notifications.message import Button, Message
from bot.people.model import Person
from bot.services import Services
from bot.texts import Texts
from handlers.buttons import Pressed
from handlers.messenger import Messenger

Keyboard = tuple[tuple[Button, ...], ...]


@dataclass
class Desk:
    """The two things every handler shares; PTB's `bot_data`."""

    services: Services
    messenger: Messenger


class Context(CallbackContext[ExtBot[None], dict[Any, Any], dict[Any, Any], Desk]):
    """One update being handled. `access.admit` fills it in before any other handler runs."""

    _person: Person | None
    account: int
    language: str
    update_id: int
    button: Pressed
    tapped_message: int | None
    toast: str | None

    def __init__(
        self,
        application: Application[Any, Any, Any, Any, Any, Any],
        chat_id: int | None = None,
        user_id: int | None = None,
    ) -> None:
        super().__init__(application, chat_id, user_id)
        self._person = None
        self.tapped_message = None
        self.toast = None

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

    async def say(self, message: Message) -> int:
        """Send a new message to who is talking; returns its number in the chat."""
        return await self.messenger.say(self.account, message)

    async def show(self, message: Message) -> int:
        """Put *message* in the place of the tapped one; after a typed command, send it."""
        if self.tapped_message is None:
            return await self.say(message)
        return await self.messenger.change(self.account, self.tapped_message, message)

    def speaking(self, language: str) -> Self:
        """From here on, answer in *language* when the zone offers it."""
        self.language = self.services.enabled(language)
        return self
