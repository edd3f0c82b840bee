"""What somebody types because we asked for it: a name, a day.

What we asked stands with the person in the database, so a restart is invisible. It holds for a
while, until they press another button or type a command.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from telegram import Update

from bot.errors import Refusal
from bot.notifications.message import BUTTON_DATA_BYTES
from bot.staff import NotAllowed
from handlers import menu
from handlers.audience import Audience, admitted, declared, refused
from handlers.buttons import Expired, Handler, Pressed
from handlers.commands import Claim, named
from handlers.context import Context

CLAIMS: Final[dict[str, Claim]] = {}
"""Everything we ask people to type, by `feature.question`."""

WAYS_OUT: Final = frozenset({"cancel", "start"})
"""What is never an answer, with or without a slash."""


ON_THE_MAP: Final[set[str]] = set()
"""Of `CLAIMS`, those that take a shared place as well."""


def typed(action: str, *, for_: Audience, on_the_map: bool = False) -> Callable[[Handler], Handler]:
    """Let the function take what somebody of *for_* types after `ask(context, action)`.

    It finds the text with `words`, and in `context.button.id` what it is about. A refusal asks
    again; otherwise the question is over, unless the function asks the next one. With
    *on_the_map* it also gets a place that they share, in `update.message.location`.
    """

    def claim(handler: Handler) -> Handler:
        if action in CLAIMS:
            raise ValueError(f"two handlers claim what is typed for {action}")
        if on_the_map:
            ON_THE_MAP.add(action)
        CLAIMS[action] = Claim(handler, declared(f"what is typed for {action}", for_))
        return handler

    return claim


async def ask(context: Context, action: str, id_: str = "") -> None:
    """Take the next message of who is talking as the answer to *action*.

    Raises:
        LookupError: nobody claims what is typed for it.
        ValueError: *id_* is longer than the data of a button.
    """
    question = Pressed(action, id_).data
    if action not in CLAIMS:
        raise LookupError(action)
    if len(question) > BUTTON_DATA_BYTES:
        raise ValueError(f"too long to keep: {question}")
    context.asks = True
    await context.services.people.asked(context.person.id, question)


async def let_go(context: Context) -> None:
    """Ask nothing any more: they went on to something else."""
    if context.person.asked is not None:
        await context.services.people.asked(context.person.id, None)


def words(update: Update) -> str:
    return (update.message.text or "").strip() if update.message is not None else ""


async def answers(update: Update, context: Context) -> bool:
    """Whether what was typed (or shared) answers what we asked; if so, it is dealt with."""
    asked = context.person.asked_at(context.services.now())
    if asked is None:
        return False
    question = Pressed.read(asked)
    if not words(update) and question.action not in ON_THE_MAP:
        return False
    claim = CLAIMS.get(question.action)
    if claim is None or named(words(update)) in WAYS_OUT or not await admitted(context, claim.for_):
        await let_go(context)
        return False
    context.button = question
    try:
        await claim.handler(update, context)
    except NotAllowed as refusal:
        await refused(context, refusal)
        await menu.expired(update, context)
    except Expired:
        await menu.expired(update, context)
    except Refusal as refusal:
        await context.say(menu.refusal(context, refusal, claim.for_))
        return True
    if not context.asks:
        await let_go(context)
    return True
