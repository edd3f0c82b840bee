"""Answers on the screen: where they come from, what else is near, and what readers think."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from markupsafe import Markup
from telegram import Update

from bot.notifications.message import Button, Message
from bot.questions.answers import UnknownEntry
from bot.questions.model import Answer, EntryId, Title, Verdict
from bot.services import spoken_day
from handlers import human
from handlers.audience import ANYBODY
from handlers.buttons import RESENT, button
from handlers.context import Context
from handlers.payloads import opening

MOST_SOURCES = 2
"""Links under an answer: the first page of each site."""
LONGEST = 4000
"""Characters of HTML in one message; Telegram takes 4,096 after taking the tags out."""

REASONS = (Verdict.OTHER_QUESTION, Verdict.UNCLEAR, Verdict.WRONG, Verdict.INCOMPLETE)

Rows = tuple[tuple[Button, ...], ...]


def message(context: Context, answer: Answer) -> Message:
    """One answer with its source, its date, the mark that it is automatic, and what is near."""
    return Message(body(context, answer), rows(context, answer))


def both(context: Context, answers: Sequence[Answer]) -> Message:
    """Several answers to one message, in one message where they fit; else the titles."""
    text = Markup("\n\n———\n\n").join(body(context, answer) for answer in answers)
    own = {answer.entry for answer in answers}
    near = tuple(title for answer in answers for title in answer.related if title.entry not in own)
    if len(text) > LONGEST:
        listed = tuple(Title(answer.entry, answer.title) for answer in answers)
        return did_you_mean(context, listed, "questions.both")
    return Message(text, (*titles(context, near[:2]), ways_on(context), *switch(context)))


def body(context: Context, answer: Answer) -> Markup:
    parts = [answer.text]
    if answer.volatile:
        checked = answer.confirmed_on or max(
            (source.read_on for source in answer.sources), default=None
        )
        if checked is not None:
            when = spoken_day(checked, answer.language)
            parts.append(context.text("questions.volatile", text=answer.volatile, date=when))
    return _framed(context, answer, *parts)


def _framed(context: Context, answer: Answer, *parts: Markup) -> Markup:
    """Title above; below, where it comes from and that it is automatic."""
    heading = Markup("<b>{}</b>").format(answer.title)
    note = (context.text("questions.untranslated"),) if answer.written_in != answer.language else ()
    return Markup("\n\n").join((heading, *parts, *note, _origin(context, answer)))


def _origin(context: Context, answer: Answer) -> Markup:
    if not answer.sources:
        return context.text("questions.automatic")
    pages = {host(source.url): source.url for source in reversed(answer.sources)}
    links = Markup(", ").join(
        Markup('<a href="{}">{}</a>').format(url, name)
        for name, url in list(reversed(pages.items()))[:MOST_SOURCES]
    )
    if answer.confirmed_on is not None:
        when = spoken_day(answer.confirmed_on, answer.language)
        return context.text("questions.source", links=links, date=when)
    read_on = max(source.read_on for source in answer.sources)
    when = spoken_day(read_on, answer.language)
    return context.text("questions.source_unconfirmed", links=links, date=when)


def rows(context: Context, answer: Answer) -> Rows:
    """Ways to read the answer differently, what is near, and what stands under every answer."""
    return (
        *_other_readings(context, answer),
        *titles(context, answer.related[:3]),
        *foot(context, answer.entry),
    )


def _other_readings(context: Context, answer: Answer) -> Rows:
    offered = (("plain", answer.simply), ("more", answer.more))
    buttons = tuple(
        context.tap(context.label(f"questions.{name}"), f"questions.{name}", answer.entry)
        for name, text in offered
        if text
    )
    return (buttons,) if buttons else ()


def foot(context: Context, entry: EntryId) -> Rows:
    """What stands under every answer: thumbs, a person, the menu; and the switch of language."""
    thumbs = (
        context.tap("👍", "questions.good", entry),
        context.tap("👎", "questions.bad", entry),
    )
    return (thumbs, ways_on(context), *switch(context))


def ways_on(context: Context) -> tuple[Button, ...]:
    return (
        context.tap(context.label("menu.human"), "human.open"),
        context.tap(context.label("menu.open"), "menu.open"),
    )


def switch(context: Context) -> Rows:
    """Under an answer in another language than one's own: keep to it from now on."""
    if context.speaks_own_language:
        return ()
    return ((context.tap(context.label("language.keep"), "language.keep", context.language),),)


def titles(context: Context, near: Sequence[Title]) -> Rows:
    return tuple((context.tap(title.text, "questions.show", title.entry),) for title in near)


def did_you_mean(
    context: Context,
    near: Sequence[Title],
    key: str = "questions.did_you_mean",
    *,
    careful: bool = False,
) -> Message:
    """At most three titles and «something else»; they can be typed as well."""
    other = context.tap(context.label("questions.something_else"), "questions.else")
    text = context.text(key)
    if careful:
        text = context.text("human.careful") + "\n\n" + text
    return Message(text, (*titles(context, near), (other,)))


def host(url: str) -> str:
    return (urlsplit(url).hostname or url).removeprefix("www.")


@button("questions.show", for_=ANYBODY, once_within=RESENT)
async def show(_: Update, context: Context) -> None:
    """A title was tapped: the answer comes in a new message, the list stays."""
    entry = EntryId(context.button.id)
    answer = context.services.answers.show(entry, context.language)
    await context.services.questions.opened(context.person, entry, context.update_id)
    await context.say(message(context, answer))


@button("questions.plain", for_=ANYBODY, once_within=RESENT)
async def plain(_: Update, context: Context) -> None:
    """F13: the answer in very short sentences, its hard words explained; the full one stays."""
    answer = context.services.answers.show(EntryId(context.button.id), context.language)
    parts = [answer.simply or answer.text]
    if words := context.services.answers.hard_words(answer):
        listed = (Markup("• <b>{}</b>: {}").format(word.word, word.means) for word in words)
        parts.append(Markup("\n").join((context.text("questions.words"), *listed)))
    await context.say(Message(_framed(context, answer, *parts), (ways_on(context),)))


@button("questions.more", for_=ANYBODY, once_within=RESENT)
async def more(_: Update, context: Context) -> None:
    """The rest of an answer, for who wants to read on."""
    answer = context.services.answers.show(EntryId(context.button.id), context.language)
    near = titles(context, answer.related[:3])
    text = _framed(context, answer, answer.more or answer.text)
    await context.say(Message(text, (*near, ways_on(context))))


@button("questions.else", for_=ANYBODY, once_within=RESENT)
async def something_else(_: Update, context: Context) -> None:
    """None of the titles: we asked back once, so now a person."""
    await context.services.questions.gave_up(context.person, context.update_id)
    await context.say(human.message(context, "human.something_else"))


@button("questions.good", for_=ANYBODY)
async def good(_: Update, context: Context) -> None:
    await _judged(context, Verdict.GOOD)
    await _thanked(context)


@button("questions.bad", for_=ANYBODY)
async def bad(_: Update, context: Context) -> None:
    """Ask for one of four reasons, in the place of the thumbs."""
    await _judged(context, Verdict.BAD)
    entry = context.button.id
    reasons = tuple(
        (context.tap(context.label(f"questions.why_{reason}"), f"questions.{reason}", entry),)
        for reason in REASONS
    )
    await _with(context, (*reasons, ways_on(context)), "questions.why")


async def _reason(_: Update, context: Context) -> None:
    await _judged(context, Verdict(context.button.action.partition(".")[2]))
    await _thanked(context)


for _verdict in REASONS:
    button(f"questions.{_verdict}", for_=ANYBODY)(_reason)


async def _judged(context: Context, verdict: Verdict) -> None:
    await context.services.questions.judge(
        context.person,
        context.tapped_message or 0,
        EntryId(context.button.id),
        context.language,
        verdict,
        context.update_id,
    )


async def _thanked(context: Context) -> None:
    context.toast = context.label("questions.thanks")
    answer = context.services.answers.show(EntryId(context.button.id), context.language)
    await _with(context, (*titles(context, answer.related[:3]), ways_on(context)), None)


async def _with(context: Context, buttons: Rows, question: str | None) -> None:
    """The tapped answer again, with other buttons and perhaps a question under it."""
    answer = context.services.answers.show(EntryId(context.button.id), context.language)
    text = body(context, answer)
    if question is not None:
        text = text + "\n\n" + context.text(question)
    await context.show(Message(text, buttons))


@opening("faq_", for_=ANYBODY)
async def linked(context: Context, id_: str) -> Message | None:
    """A page or poster that links to one answer."""
    try:
        return message(context, context.services.answers.show(EntryId(id_), context.language))
    except UnknownEntry:
        return None
