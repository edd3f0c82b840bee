"""Who a button, a command, a typed answer or a start payload is for.

Each declares it; without that the module cannot even be imported, so nothing starts. This is the
first of two checks: it makes what is forbidden look like what does not exist. The second, which
decides, is in the use case and in its transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.staff import NotAllowed, Role

if TYPE_CHECKING:
    from handlers.context import Context


@dataclass(frozen=True, slots=True)
class Audience:
    roles: tuple[Role, ...]
    """One of these is needed; with none named, everybody is welcome."""

    @property
    def is_everybody(self) -> bool:
        return not self.roles


ANYBODY: Final = Audience(())

COLLEAGUES: Final = Audience(tuple(Role))


def only(*roles: Role) -> Audience:
    """Those with one of *roles*."""
    if not roles:
        raise ValueError("name a role, or say ANYBODY")
    return Audience(roles)


def declared(what: str, for_: Audience) -> Audience:
    """*for_*, once it is sure that it says something."""
    if not isinstance(for_, Audience):
        raise TypeError(f"{what} does not say who it is for")
    return for_


async def admitted(context: Context, for_: Audience) -> bool:
    """Whether who is talking belongs to *for_*, asked anew; an attempt that fails is noted."""
    if for_.is_everybody:
        return True
    colleague = await context.services.staff.me(context.person.id)
    if colleague is not None and colleague.has(*for_.roles):
        context.colleague = colleague
        return True
    await refused(context, NotAllowed(context.person.id, for_.roles))
    return False


async def refused(context: Context, refusal: NotAllowed) -> None:
    """Count the attempt and see to it that it stands in the audit trail."""
    if context.bot_data.health is not None:
        context.bot_data.health.count("attempts_refused")
    await context.services.staff.refused(refusal)
