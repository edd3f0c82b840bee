"""What an info session asks of who signs up: why, until when it is kept, and never a duty."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup
from telegram import Update

from bot.errors import Refusal
from bot.info_sessions.looking import Look
from bot.info_sessions.model import InfoSessionId, NoSuchSignUp, NotAnAnswer, QuestionId
from bot.info_sessions.views import Asked
from bot.notifications.message import Button, Message
from bot.services import spoken_day
from handlers.audience import ANYBODY
from handlers.buttons import Expired, button
from handlers.context import Context
from handlers.info_sessions_screen import (
    numbers,
    paragraphs,
    said,
    screen,
    session_number,
    to_session,
    ways_on,
    with_a_way_on,
)
from handlers.typed import ask, typed, words

MOST_CHOICES: Final = 5
"""Each on a row of its own; more stand two beside each other."""


@button("info_sessions.questions", for_=ANYBODY)
@with_a_way_on
async def questions(_: Update, context: Context) -> None:
    """The first that is not answered yet; when all are, from the beginning."""
    id_ = session_number(context)
    look = await _look(context, id_)
    asked = look.unanswered[0] if look.unanswered else look.questions[0][0]
    await context.show(await _question(context, look, asked))


@button("info_sessions.skip", for_=ANYBODY)
@with_a_way_on
async def skip(_: Update, context: Context) -> None:
    number, question = numbers(context, 2)
    id_ = InfoSessionId(number)
    look = await _look(context, id_)
    await context.show(await _after(context, look, QuestionId(question), None))


@button("info_sessions.answer", for_=ANYBODY)
@with_a_way_on
async def chosen(_: Update, context: Context) -> None:
    number, question, choice = numbers(context, 3)
    id_ = InfoSessionId(number)
    asked = _asked(await _look(context, id_), QuestionId(question))
    if choice >= len(asked.choices):
        raise Expired
    await context.show(await _answered(context, id_, asked, asked.choices[choice]))


@typed("info_sessions.answered", for_=ANYBODY)
async def answered(update: Update, context: Context) -> None:
    number, question = numbers(context, 2)
    id_ = InfoSessionId(number)
    try:
        look = await _look(context, id_)
        asked = _asked(look, QuestionId(question))
    except (Refusal, Expired):
        await context.say(ways_on(context, context.text("info_sessions.no_such_sign_up")))
        return
    try:
        await context.say(await _answered(context, id_, asked, words(update)))
    except NotAnAnswer as refused:
        await context.say(await _question(context, look, asked, said(context, refused)))


async def _answered(context: Context, id_: InfoSessionId, asked: Asked, text: str) -> Message:
    """Keep it, and go on to the next."""
    look = await _look(context, id_)
    assert look.place is not None
    await context.services.info_sessions.answer(
        context.person.id, look.place.sign_up.id, asked.id, text
    )
    noted = context.text("info_sessions.answers_noted")
    return await _after(context, look, asked.id, noted)


async def _after(
    context: Context, look: Look, question: QuestionId, head: Markup | None
) -> Message:
    """The next one that is not answered, in their order; after the last, the card under *head*."""
    left = [asked for asked in look.unanswered if asked.id > question]
    if left:
        return await _question(context, look, left[0])
    return await screen(context, look.info_session.id, head)


async def _question(
    context: Context, look: Look, asked: Asked, head: Markup | None = None
) -> Message:
    text, id_ = context.text, look.info_session.id
    answer = next(each for question, each in look.questions if question.id == asked.id)
    parts = [
        head,
        text(
            "info_sessions.ask_answer",
            question=asked.text,
            purpose=asked.purpose,
            day=spoken_day(asked.delete_on, context.language),
        ),
        text("info_sessions.your_answer", answer=answer) if answer else None,
    ]
    if not asked.choices:
        await ask(context, "info_sessions.answered", f"{id_}/{asked.id}")
        parts.append(text("info_sessions.ask_typed"))
    buttons = [
        context.tap(choice, "info_sessions.answer", f"{id_}/{asked.id}/{place}")
        for place, choice in enumerate(asked.choices)
    ]
    beside = 1 if len(buttons) <= MOST_CHOICES else 2
    rows = [tuple(buttons[at : at + beside]) for at in range(0, len(buttons), beside)]
    skip_ = context.tap(
        context.label("info_sessions.button_skip"), "info_sessions.skip", f"{id_}/{asked.id}"
    )
    back: tuple[Button, ...] = (
        to_session(context, "info_sessions.button_back", id_),
        context.tap(context.label("menu.human"), "human.open"),
    )
    return Message(paragraphs(parts), (*rows, (skip_,), back))


async def _look(context: Context, id_: InfoSessionId) -> Look:
    """For who is signed up there, where something is asked. Raises: NoSuchSignUp."""
    look = await context.services.info_sessions.look(context.person.id, id_)
    if look.place is None or not look.questions:
        raise NoSuchSignUp
    return look


def _asked(look: Look, question: QuestionId) -> Asked:
    found = next((asked for asked, _ in look.questions if asked.id == question), None)
    if found is None:
        raise Expired
    return found
