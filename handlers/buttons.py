"""Buttons: their data (`feature.action:id`), who answers which, and one tap, one effect.

A handler claims its buttons with `@button("questions.show")`. What a press needs stands in the
data; who pressed comes from the update, never from the data.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from telegram import Update

from bot.notifications.message import Button

if TYPE_CHECKING:
    from handlers.context import Context

Handler = Callable[[Update, "Context"], Awaitable[None]]

RESENT = timedelta(seconds=30)
"""The same button of the same message within this span is one tap that the app sent twice.

Source: an app that was closed before our answer came resends the press under a new id
(https://github.com/tdlib/telegram-bot-api/issues/699)."""


@dataclass(frozen=True)
class Pressed:
    """The data of a pressed button, taken apart. Untrusted: anybody can send any data."""

    action: str
    id: str

    @classmethod
    def read(cls, data: str) -> Pressed:
        action, _, id_ = data.partition(":")
        return cls(action, id_)

    @property
    def data(self) -> str:
        return f"{self.action}:{self.id}" if self.id else self.action


@dataclass(frozen=True)
class Claim:
    """Who answers a button, and for how long a second press of it has no effect."""

    handler: Handler
    once_within: timedelta | None


CLAIMS: dict[str, Claim] = {}
"""Every button the assistant makes, by `feature.action`."""


def button(
    action: str, *, once_within: timedelta | None = None
) -> Callable[[Handler], Handler]:
    """Let the function answer the button *action*.

    Give *once_within* when a press writes something or sends a new message; a press that only
    changes its own message to something else may come as often as it likes.
    """

    def claim(handler: Handler) -> Handler:
        if action in CLAIMS:
            raise ValueError(f"two handlers claim the button {action}")
        CLAIMS[action] = Claim(handler, once_within)
        return handler

    return claim


def tap(label: str, action: str, id_: str = "") -> Button:
    """A button that comes back to us."""
    return Button(label, Pressed(action, id_).data, None)


def link(label: str, url: str) -> Button:
    """A button that opens a page."""
    return Button(label, None, url)
