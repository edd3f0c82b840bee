"""Everything the simulator consists of, as one object that the two APIs share."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from bot.simulator.faults import Faults
from bot.simulator.flood import Flood
from bot.simulator.methods import METHODS, Call
from bot.simulator.parameters import Parameters
from bot.simulator.refusals import NOT_FOUND, Refused
from bot.simulator.signal import Signal
from bot.simulator.state import Chat, World
from bot.simulator.updates import UpdateQueue
from bot.simulator.webhook import Webhook

KEPT_CALLS = 50_000


class Simulator:
    def __init__(
        self,
        token: str | None = None,
        *,
        enforce_limits: bool = True,
        retry_scale: float = 1.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """*retry_scale* shortens the waits between webhook attempts, for tests."""
        self.world = World(token=token, clock=clock)
        self.updates = UpdateQueue(self.world.now)
        self.flood = Flood(self.world.now, enforce=enforce_limits)
        self.faults = Faults()
        self.webhook = Webhook(self.updates, retry_scale)
        self.calls: deque[dict[str, Any]] = deque(maxlen=KEPT_CALLS)
        self.called = Signal()
        self.closing = False

    async def call(self, name: str, parameters: Parameters, gone: asyncio.Future[Any]) -> Any:
        """Carry out one method; raises Refused."""
        found = METHODS.get(name.lower())
        if found is None:
            raise Refused(NOT_FOUND[0], f"{NOT_FOUND[1]}: method not found")
        return await found(Call(self, parameters, gone))

    def note(self, name: str, parameters: Parameters, answer: dict[str, Any], fault: str) -> None:
        """Keep a call for `GET /sim/calls`."""
        result = answer.get("result")
        self.calls.append(
            {
                "number": self.world.number("call"),
                "at": self.world.now(),
                "method": name,
                "account": parameters.integer("chat_id") or None,
                "parameters": parameters.for_the_log(),
                "ok": answer["ok"],
                "error_code": answer.get("error_code"),
                "description": answer.get("description"),
                "message_id": result.get("message_id") if isinstance(result, dict) else None,
                "fault": fault or None,
            }
        )
        self.called.notify()

    async def reset(self) -> None:
        """Forget everything but the token, the settings and the last update id."""
        await self.webhook.set("", "", 40)
        self.updates.clear()
        self.faults.clear()
        self.calls.clear()
        chats = list(self.world.chats.values())
        self.world.clear()
        self.flood.clear()
        self.world.changes += 1
        self._wake(chats)

    async def close(self) -> None:
        self.closing = True
        self.updates.terminate_poll("the simulator is closing")
        self._wake(list(self.world.chats.values()))
        await self.webhook.close()

    def _wake(self, chats: list[Chat]) -> None:
        for signal in (self.called, self.world.changed, *(chat.changed for chat in chats)):
            signal.notify()
