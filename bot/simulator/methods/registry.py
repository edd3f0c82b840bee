"""One call of a Bot API method, and the list of all methods we know."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.simulator.parameters import Parameters
from bot.simulator.refusals import bad_request, forbidden
from bot.simulator.state import Chat, Message, World

if TYPE_CHECKING:
    from bot.simulator.simulator import Simulator


@dataclass(frozen=True)
class Call:
    simulator: Simulator
    parameters: Parameters
    gone: asyncio.Future[Any]

    @property
    def world(self) -> World:
        return self.simulator.world

    def chat(self, name: str = "chat_id") -> Chat:
        """The chat a call names; "chat not found" also for people who never pressed Start."""
        if not self.parameters.has(name):
            raise bad_request(f"{name} is empty")
        chat = self.world.chats.get(self.parameters.integer(name))
        if chat is None or (chat.private and not chat.open):
            raise bad_request("chat not found")
        return chat

    def reachable_chat(self, name: str = "chat_id") -> Chat:
        """The chat, when the bot may write in it now."""
        chat = self.chat(name)
        if not chat.private:
            if not chat.bot_is_member:
                raise forbidden(f"bot was kicked from the {chat.kind} chat")
        elif self.world.people[chat.id].deactivated:
            raise forbidden("user is deactivated")
        elif chat.blocked:
            raise forbidden("bot was blocked by the user")
        return chat

    def sending_to(self, chat: Chat) -> None:
        """The last check before a message goes out: the flood limits."""
        self.simulator.flood.check(chat.id)

    def message(self, chat: Chat, to_what: str, name: str = "message_id") -> Message:
        message = chat.messages.get(self.parameters.integer(name))
        if message is None:
            raise bad_request(f"message to {to_what} not found")
        return message


Method = Callable[[Call], Awaitable[Any]]
METHODS: dict[str, Method] = {}
"""By lower-case name: the Bot API does not mind the case of a method."""


def method(name: str) -> Callable[[Method], Method]:
    def register(function: Method) -> Method:
        METHODS[name.lower()] = function
        return function

    return register
