"""What people hear when it is us who cannot: «try again in a moment», and an apology."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Final, Protocol

import structlog
from markupsafe import Markup

from bot.notifications.message import Message
from handlers.raw import Sender

log = structlog.get_logger(__name__)

EVERY: Final = 60.0
"""Seconds between two notices to one person."""

_REMEMBERED: Final = 10_000


class Says(Protocol):
    """The part of the messenger we need."""

    async def say(self, account: int, message: Message) -> int: ...


Sentences = Callable[[str, str | None], Markup]
"""Gives a sentence by key, in the language nearest to what somebody's app speaks."""


class Notices:
    """Best effort and in the background: whoever calls is in trouble already."""

    def __init__(
        self,
        messenger: Says,
        sentences: Sentences,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._messenger = messenger
        self._sentences = sentences
        self._monotonic = monotonic
        self._told_at: dict[int, float] = {}
        self._telling: set[asyncio.Task[None]] = set()

    def try_again(self, senders: Iterable[Sender | None]) -> None:
        """Tell them that their message could not be taken; once a minute each."""
        now = self._monotonic()
        if len(self._told_at) > _REMEMBERED:
            self._told_at = {a: told for a, told in self._told_at.items() if now - told < EVERY}
        due: dict[int, Sender] = {}
        for sender in senders:
            if sender and now - self._told_at.get(sender.account, -EVERY) >= EVERY:
                self._told_at[sender.account] = now
                due[sender.account] = sender
        if due:
            self._start(self._tell("errors.try_again", list(due.values())))

    def apologise(self, sender: Sender | None) -> None:
        """Tell somebody that their message was given up."""
        if sender is not None:
            self._start(self._tell("errors.apology", [sender]))

    async def close(self) -> None:
        """Let the last ones go out."""
        if self._telling:
            _, late = await asyncio.wait(self._telling, timeout=2.0)
            for task in late:
                task.cancel()

    def _start(self, telling: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(telling)
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _tell(self, key: str, senders: Iterable[Sender]) -> None:
        for sender in senders:
            try:
                message = Message(self._sentences(key, sender.language))
                await self._messenger.say(sender.account, message)
            except Exception as fault:  # whatever it is, the trouble before it matters more
                log.info("notice not delivered", notice=key, fault=type(fault).__name__)
