"""Faults on demand: what the network and Telegram's own servers do on a bad day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.types import Receive, Scope, Send

from bot.simulator.refusals import Refused

ABORT = "contactpunt.abort"
"""Extension of our own HTTP protocol: cuts the connection with a reset, see `running`."""

ANSWERS = {
    "400": (400, "Bad Request: something is wrong"),
    "401": (401, "Unauthorized"),
    "403": (403, "Forbidden: bot was blocked by the user"),
    "404": (404, "Not Found"),
    "409": (
        409,
        "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running",
    ),
    "429": (429, "Too Many Requests: retry after {retry_after}"),
    "500": (500, "Internal Server Error"),
    "502": (502, "Bad Gateway"),
}
AFTER_DELIVERY = ("slow_after", "reset", "half_body", "invalid_json")
BEFORE_DELIVERY = ("slow_before", "drop")
KINDS = (*ANSWERS, *AFTER_DELIVERY, *BEFORE_DELIVERY)


@dataclass
class Fault:
    """One kind of trouble for the next *times* calls (0: until it is taken away).

    `slow_after`, `reset`, `half_body` and `invalid_json` carry out the call first, so that the
    bot cannot know; with `delivered: false` they do not. `slow_before` carries it out after the
    delay, unless the caller has hung up by then; `drop` never answers and never delivers.
    """

    kind: str
    method: str = "*"
    times: int = 1
    retry_after: int = 1
    delay: float = 1.0
    account: int | None = None
    description: str | None = None
    delivered: bool = True
    parameters: Mapping[str, Any] = field(default_factory=dict)
    used: int = 0

    def meant_for(self, method: str, account: int | None) -> bool:
        return (
            (self.times == 0 or self.used < self.times)
            and self.method.lower() in ("*", method.lower())
            and self.account in (None, account)
        )

    @property
    def delivers(self) -> bool:
        return self.kind in AFTER_DELIVERY and self.delivered

    def refusal(self) -> Refused:
        code, words = ANSWERS[self.kind]
        parameters = dict(self.parameters)
        if self.kind == "429":
            parameters["retry_after"] = self.retry_after
        words = self.description or words.format(retry_after=self.retry_after)
        return Refused(code, words, **parameters)


class Faults:
    def __init__(self) -> None:
        self.active: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self.active.append(fault)

    def clear(self) -> None:
        self.active.clear()

    def take(self, method: str, account: int | None) -> Fault | None:
        """The first fault meant for this call, counted as used."""
        for fault in self.active:
            if fault.meant_for(method, account):
                fault.used += 1
                return fault
        return None


class HalfBody:
    """An answer that promises more than it sends: the connection ends in the middle."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(self.body)).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send(
            {
                "type": "http.response.body",
                "body": self.body[: len(self.body) // 2],
                "more_body": True,
            }
        )
        await _cut(scope, receive, politely=True)


class ResetConnection:
    """No answer; the other side gets "connection reset by peer"."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _cut(scope, receive, politely=False)


class NoAnswer:
    """Holds the connection until the other side gives up."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await hung_up(receive)


async def hung_up(receive: Receive) -> None:
    """Returns when the caller has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _cut(scope: Scope, receive: Receive, *, politely: bool) -> None:
    extension = scope.get("extensions", {}).get(ABORT)
    if extension is not None:
        extension["cut"](politely)
        await hung_up(receive)
