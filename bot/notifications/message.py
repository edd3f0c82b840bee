"""What the assistant can say: a text with buttons under it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from markupsafe import Markup

BUTTON_DATA_BYTES: Final = 64
"""Source: https://core.telegram.org/bots/api#inlinekeyboardbutton, counted in UTF-8."""


@dataclass(frozen=True, slots=True)
class Button:
    """Brings *data* (`feature.action:id`) back to us, or opens *url*; one of the two."""

    label: str
    data: str | None = None
    url: str | None = None

    def __post_init__(self) -> None:
        if not self.label.strip():
            raise ValueError("a button without a label")
        if (self.data is None) == (self.url is None):
            raise ValueError(f"button {self.label!r} needs data or an address, and only one")
        if self.data is not None and not 1 <= len(self.data.encode()) <= BUTTON_DATA_BYTES:
            raise ValueError(f"the data of a button must be 1 to {BUTTON_DATA_BYTES} bytes")


@dataclass(frozen=True, slots=True)
class File:
    """*name* is what the person sees, with its ending."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """*text* is HTML, already escaped; *preview* shows a card of the first link in it.

    With a *file*, the text stands under it and is at most 1,024 characters.
    """

    text: Markup
    buttons: tuple[tuple[Button, ...], ...] = ()
    preview: bool = False
    file: File | None = None
