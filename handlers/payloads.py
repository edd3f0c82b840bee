"""Start payloads: what `t.me/<bot>?start=<payload>` may open.

Anybody can type any payload, so one only proposes: it shows something, the person decides with a
button, and nothing is changed on arrival. A feature claims a prefix with `@opening("faq_")`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from bot.notifications.message import Message

if TYPE_CHECKING:
    from handlers.context import Context

Opening = Callable[["Context", str], Message | None]
"""Gets what stands behind the prefix; None when it leads nowhere (any more)."""

_ALLOWED: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")

OPENINGS: Final[dict[str, Opening]] = {}


def opening(prefix: str) -> Callable[[Opening], Opening]:
    """Let the function say what payloads that begin with *prefix* show."""

    def claim(function: Opening) -> Opening:
        if any(prefix.startswith(other) or other.startswith(prefix) for other in OPENINGS):
            raise ValueError(f"the payload {prefix} belongs to somebody else")
        OPENINGS[prefix] = function
        return function

    return claim


def opened(context: Context, payload: str) -> Message | None:
    """What *payload* shows; None for an unknown, expired or malformed one."""
    if not _ALLOWED.fullmatch(payload):
        return None
    for prefix, function in OPENINGS.items():
        if payload.startswith(prefix):
            return function(context, payload.removeprefix(prefix))
    return None
