"""Deliver updates more than once and out of order, and compare what came of it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import select

from bot.inbox import inbox
from bot.notifications.outbox import outbox
from bot.people.store import people
from bot.presses import pressed
from bot.questions.store import dialogues, feedback, unanswered
from bot.simulator.simulator import Simulator
from tests.support.assistant import Assistant

COPIES: Final = 2
"""Beside the first delivery."""

CHANGING: Final = frozenset(
    {"id", "person_id", "update_id", "message_id", "key", "created_at", "changed_at", "at"}
    | {"received_at", "finished_at", "sent_at", "not_before", "lease_until", "first_update"}
)
"""Columns whose value is a number of this run or the time of day."""


@dataclass
class Repeats:
    """Brings every update of a simulator three times.

    The first delivery keeps its order, as Telegram keeps it per chat; the copies come at once, or
    any time later, in any order between everything else.
    """

    chance: random.Random
    new_numbers: bool = False
    """The control: a copy with a number of its own is another update, and has another effect."""
    brought: int = 0
    _held: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)

    def on(self, simulator: Simulator) -> None:
        self._queue = simulator.updates
        self._first = self._queue._append
        self._queue._append = self._append  # type: ignore[method-assign]

    def release(self) -> None:
        """Everything that is still held back, shuffled."""
        self.chance.shuffle(self._held)
        while self._held:
            self._bring(self._held.pop())

    def _append(self, update_id: int, kind: str, body: dict[str, Any], injected: bool) -> None:
        # «injected» updates stay in the queue until they were handed out, whatever the offset.
        self._first(update_id, kind, body, True)
        self.brought += 1
        for _ in range(COPIES):
            copy = (update_id, kind, body)
            if self.chance.random() < 0.3:
                self._bring(copy)
            else:
                self._held.insert(self.chance.randint(0, len(self._held)), copy)
        while self._held and self.chance.random() < 0.5:
            self._bring(self._held.pop())

    def _bring(self, copy: tuple[int, str, dict[str, Any]]) -> None:
        update_id, kind, body = copy
        if self.new_numbers:
            self._queue.last_id += 1
            update_id = self._queue.last_id
        self._first(update_id, kind, {**body, "update_id": update_id}, True)
        self.brought += 1


@dataclass(frozen=True)
class Outcome:
    """What people see and what the database holds, without what differs between any two runs."""

    said: dict[str, list[str]]
    tables: dict[str, list[str]]


async def outcome(assistant: Assistant) -> Outcome:
    assert assistant.simulator.app is not None
    world = assistant.simulator.app.state.simulator.world
    said = {
        world.people[chat.id].first_name: [
            f"{message.content.get('text') or sorted(message.content)} {message.buttons}"
            for message in chat.messages.values()
            if message.from_bot
        ]
        for chat in world.chats.values()
        if chat.id in world.people
    }
    tables = {}
    for table in (people, dialogues, unanswered, feedback, pressed, outbox, inbox):
        rows = await assistant.rows(select(table))
        columns = [column.name for column in table.columns]
        tables[table.name] = sorted(
            str([(n, row[i]) for i, n in enumerate(columns) if n not in CHANGING]) for row in rows
        )
    return Outcome(said, tables)
