"""Start payloads: what `t.me/<bot>?start=<payload>` may open.

Anybody can type any payload, so one only proposes: it shows something, the person decides with a
button, and nothing is changed on arrival. A feature claims a prefix with
`@opening("faq_", for_=ANYBODY)`.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.notifications.message import Message
from bot.staff import NotAllowed
from handlers.audience import Audience, admitted, declared, refused

if TYPE_CHECKING:
    from handlers.context import Context

Opening = Callable[["Context", str], Awaitable[Message | None]]
"""Gets what stands behind the prefix; None when it leads nowhere (any more)."""

_ALLOWED: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Claim:
    """Who answers a payload, and whose it is."""

    opening: Opening
    for_: Audience
    introduced: bool


CLAIMS: Final[dict[str, Claim]] = {}


def opening(
    prefix: str, *, for_: Audience, introduced: bool = True
) -> Callable[[Opening], Opening]:
    """Let the function say what payloads that begin with *prefix* show to somebody of *for_*.

    Above it stands who we are, unless *introduced* is False: where only somebody who works with
    us every day sees it.
    """

    def claim(function: Opening) -> Opening:
        if any(prefix.startswith(other) or other.startswith(prefix) for other in CLAIMS):
            raise ValueError(f"the payload {prefix} belongs to somebody else")
        CLAIMS[prefix] = Claim(function, declared(f"the payload {prefix}", for_), introduced)
        return function

    return claim


async def opened(context: Context, payload: str) -> Message | None:
    """What *payload* shows; None for an unknown, forbidden, expired or malformed one."""
    if not _ALLOWED.fullmatch(payload):
        return None
    for prefix, claim in CLAIMS.items():
        if payload.startswith(prefix):
            if not await admitted(context, claim.for_):
                return None
            try:
                found = await claim.opening(context, payload.removeprefix(prefix))
            except NotAllowed as refusal:
                await refused(context, refusal)
                return None
            return context.introduced(found) if found is not None and claim.introduced else found
    return None
