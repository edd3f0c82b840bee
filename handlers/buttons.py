"""Buttons: their data (`feature.action:id`), and who answers which.

A handler claims its buttons with `@button("questions.show", for_=ANYBODY)`. What a press needs
stands in the data; who pressed comes from the update, never from the data.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from telegram import Update

from bot.notifications.message import Button
from handlers.audience import Audience, declared

if TYPE_CHECKING:
    from handlers.context import Context

Handler = Callable[[Update, "Context"], Coroutine[Any, Any, None]]

RESENT: Final = timedelta(seconds=30)
"""The same button of the same message within this span is one tap that the app sent twice.

Source: an app that was closed before our answer came resends the press under a new id
(https://github.com/tdlib/telegram-bot-api/issues/699)."""

LONGEST_LABEL: Final = 60


class Expired(Exception):
    """The button is from another time, or somebody made it up: say so, with a fresh menu."""


@dataclass(frozen=True)
class Pressed:
    """The data of a pressed button, taken apart. Untrusted: anybody can send any data."""

    action: str
    id: str = ""
    language: str = ""
    """Set when the message was not in the person's own language."""

    @classmethod
    def read(cls, data: str) -> Pressed:
        action, _, rest = data.partition(":")
        id_, _, language = rest.partition("@")
        return cls(action, id_, language)

    @property
    def data(self) -> str:
        rest = f"{self.id}@{self.language}" if self.language else self.id
        return f"{self.action}:{rest}" if rest else self.action


@dataclass(frozen=True)
class Claim:
    """Who answers a button, whose it is, and for how long a second press of it has no effect."""

    handler: Handler
    for_: Audience
    once_within: timedelta | None


CLAIMS: Final[dict[str, Claim]] = {}
"""Every button the assistant makes, by `feature.action`."""


def button(
    action: str, *, for_: Audience, once_within: timedelta | None = None
) -> Callable[[Handler], Handler]:
    """Let the function answer the button *action* when somebody of *for_* presses it.

    Give *once_within* when a press writes something or sends a new message; a press that only
    changes its own message to something else may come as often as it likes.
    """

    def claim(handler: Handler) -> Handler:
        if action in CLAIMS:
            raise ValueError(f"two handlers claim the button {action}")
        CLAIMS[action] = Claim(handler, declared(f"the button {action}", for_), once_within)
        return handler

    return claim


def link(label: str, url: str) -> Button:
    """A button that opens a page."""
    return Button(_short(label), None, url)


def tap(label: str, pressed: Pressed) -> Button:
    """A button that comes back to us. Handlers use `Context.tap`, which minds the language."""
    return Button(_short(label), pressed.data, None)


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1].rstrip() + "…"
