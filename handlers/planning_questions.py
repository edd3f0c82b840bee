"""Questions at sign-up: none without a reason and a last day for the answers."""

from __future__ import annotations

from dataclasses import replace
from zlib import crc32

from markupsafe import Markup
from telegram import Update

from bot.info_sessions.drafts import Planned
from bot.info_sessions.model import InfoSessionClosed
from bot.info_sessions.plan import MOST_QUESTIONS, Plan, Question
from bot.notifications.message import Message
from bot.services import spoken_day
from bot.staff import today_of
from handlers import staff
from handlers.buttons import Expired
from handlers.context import Context
from handlers.planning import look
from handlers.planning_about import About, alone, answer, back, read, screen
from handlers.planning_reading import Missing, question_in
from handlers.typed import ask, words


@screen("planning.questions")
async def list_(_: Update, context: Context) -> None:
    about = alone(context)
    await context.show(await _list(context, about))


async def _list(context: Context, about: About, first: Markup | None = None) -> Message:
    questions = (await _draft(context, about)).plan.questions
    parts = [] if first is None else [first]
    parts.append(context.text("planning.questions"))
    if not questions:
        parts.append(context.text("planning.no_questions"))
    parts += [_said(context, each) for each in questions]
    rows = [
        (
            context.tap(
                context.label("planning.button_unask", text=each.text),
                "planning.unask",
                f"{about.data}/{_mark(each)}",
            ),
        )
        for each in questions
    ]
    if len(questions) < MOST_QUESTIONS:
        more = context.label("planning.button_ask_more")
        rows.append((context.tap(more, "planning.question", about.data),))
    up = back(context, about)
    return Message(Markup("\n\n").join(parts), (*rows, up))


def _said(context: Context, question: Question) -> Markup:
    said = context.text(
        "planning.question_is",
        text=question.text,
        purpose=question.purpose,
        day=spoken_day(question.delete_on, context.language),
    )
    if not question.choices:
        return said
    return said + "\n" + context.text("planning.choices", choices=" / ".join(question.choices))


async def _draft(context: Context, about: About) -> Planned:
    """Raises: InfoSessionClosed, once people were asked."""
    planned = await look(context, about)
    if not planned.is_draft:
        raise InfoSessionClosed
    return planned


@screen("planning.question")
async def ask_question(_: Update, context: Context) -> None:
    about = alone(context)
    await _draft(context, about)
    await _ask(context, about)


async def _ask(context: Context, about: About, lacking: Missing | None = None) -> None:
    await ask(context, "planning.question_typed", about.data)
    parts = [context.text("planning.ask_question")]
    if lacking is not None:
        parts.insert(0, context.text(f"planning.lacks_{lacking.what}"))
    rows = (staff.back(context, "planning.questions", about.data),)
    await context.show(Message(Markup("\n\n").join(parts), rows))


@answer("planning.question_typed")
async def question_typed(update: Update, context: Context) -> None:
    about, _rest = read(context)
    await _draft(context, about)
    found = question_in(words(update), today_of(context.services.now()))
    if isinstance(found, Missing):
        await _ask(context, about, found)
        return

    def change(plan: Plan) -> Plan:
        """The same question again replaces what it was."""
        others = tuple(each for each in plan.questions if each.text != found.text)
        return replace(plan, questions=(*others, found))

    await context.services.planning.amend(
        context.person.id, about.id, change, together=about.together
    )
    await context.say(await _list(context, about, context.text("planning.noted")))


@screen("planning.unask")
async def unask(_: Update, context: Context) -> None:
    about, rest = read(context)
    if len(rest) != 1:
        raise Expired
    await _draft(context, about)

    def change(plan: Plan) -> Plan:
        return replace(
            plan, questions=tuple(each for each in plan.questions if _mark(each) != rest[0])
        )

    await context.services.planning.amend(
        context.person.id, about.id, change, together=about.together
    )
    await context.show(await _list(context, about, context.text("planning.noted")))


def _mark(question: Question) -> str:
    """Names a question in a button, whatever is added or removed meanwhile."""
    return f"{crc32(question.text.encode()):08x}"
