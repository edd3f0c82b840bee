"""What every button of planning has: the info session it is about, and a way back from a no."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Final

from markupsafe import Markup
from telegram import Update

from bot.errors import Refusal
from bot.info_sessions.model import InfoSessionClosed, InfoSessionId, SeatsTaken
from bot.info_sessions.plan import BadPlan
from bot.notifications.message import Button, Message
from bot.staff import Role
from handlers import staff
from handlers.audience import only
from handlers.buttons import Expired, Handler, button
from handlers.context import Context
from handlers.typed import typed

PLANNERS: Final = only(Role.COORDINATOR)


@dataclass(frozen=True, slots=True)
class About:
    """Which info session a button is about, and whether for all drafts of its day: `17`, `17+`."""

    id: InfoSessionId
    together: bool = False

    @property
    def data(self) -> str:
        return f"{self.id}+" if self.together else str(self.id)


def read(context: Context) -> tuple[About, list[str]]:
    """What the pressed button is about, and what else stands behind it.

    Raises:
        Expired: nothing that a button of ours holds.
    """
    first, *rest = context.button.id.split("/")
    number = staff.number(first.removesuffix("+"))
    return About(InfoSessionId(number), first.endswith("+")), rest


def alone(context: Context) -> About:
    """What the pressed button is about, when nothing else stands behind it. Raises: Expired."""
    about, rest = read(context)
    if rest:
        raise Expired
    return about


def back(context: Context, about: About) -> tuple[Button, ...]:
    """The row that leads back to the info session."""
    return staff.back(context, "planning.show", about.data)


def screen(action: str) -> Callable[[Handler], Handler]:
    """A button of coordinators; what cannot be is said with the way back to the info session."""

    def claim(handler: Handler) -> Handler:
        return button(action, for_=PLANNERS)(_saying_why(handler))

    return claim


def answer(action: str, *, on_the_map: bool = False) -> Callable[[Handler], Handler]:
    """As `screen`, for what they type; when it cannot be, they can type it anew."""

    def claim(handler: Handler) -> Handler:
        return typed(action, for_=PLANNERS, on_the_map=on_the_map)(_saying_why(handler))

    return claim


def _saying_why(handler: Handler) -> Handler:
    @wraps(handler)
    async def guarded(update: Update, context: Context) -> None:
        about = context.button.id.partition("/")[0]
        try:
            await handler(update, context)
        except (BadPlan, SeatsTaken) as refusal:
            context.asks = True  # what they were asked, they are still asked
            known = about.removesuffix("+").isdigit()
            up = ("planning.show", about) if known else ("planning.menu", "")
            await context.say(Message(why_not(context, refusal), (staff.back(context, *up),)))
        except InfoSessionClosed:
            rows = (staff.back(context, "planning.menu"),)
            await context.say(Message(context.text("planning.gone"), rows))

    return guarded


SAID: Final = frozenset(
    {
        *("text", "note", "starts_at", "ends_at", "closes_at", "opens_at", "pin", "seats"),
        *("pools", "parts", "groups", "questions", "spans", "published"),
    }
)
"""What is wrong with a plan, each with a sentence that says how it must be."""

_AS: Final = {
    **dict.fromkeys(("title", "place", "room"), "text"),
    **dict.fromkeys(("bring", "accessibility", "house_rules"), "note"),
    "stops": "parts",
}


def why_not(context: Context, refusal: Refusal) -> Markup:
    """Why a plan cannot be so, in words that say what can."""
    if not isinstance(refusal, BadPlan):
        return context.text(refusal.text_key, **refusal.parameters)
    what = str(refusal.parameters["what"])
    what = _AS.get(what, what)
    return context.text(f"planning.wrong_{what if what in SAID else 'published'}")
