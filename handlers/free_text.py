"""Whatever is typed: a question, a wish, a greeting; and what is not text at all."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup
from telegram import Message as TelegramMessage
from telegram import Update

from bot.notifications.message import Message
from bot.questions.model import (
    Answer,
    Both,
    Chat,
    Clarify,
    DidYouMean,
    FixedRoute,
    Human,
    Reply,
    TopicNamed,
    Wanted,
)
from bot.questions.vocabulary import plain
from faq.other_language import other_language
from handlers import browse, commands, human, language, menu, questions, typed
from handlers.buttons import CLAIMS, RESENT, Pressed
from handlers.context import Context

CALM: Final = frozenset({"emergency", "self-harm"})
"""Routes under which nothing else stands: the number is all that matters."""

KINDS: Final = (
    ("document", ("document", "paid_media")),
    ("photo", ("photo", "video", "animation", "story")),
    ("voice", ("voice", "audio", "video_note")),
    ("contact", ("contact",)),
    ("location", ("location", "venue")),
    ("sticker", ("sticker", "dice", "game", "poll")),
)
"""What can be refused with a reason of its own, and the message fields it goes by."""


async def asked(update: Update, context: Context) -> None:
    """Any text that is no command."""
    text = update.message.text if update.message else None
    if not text:
        return
    context.introduces_us = context.person.first_update == context.update_id
    if context.person.asked is not None and not _is_urgent(context, text):
        answered = await typed.answers(update, context)
        if answered:
            return
    chosen = language.named(text, context.services.languages)
    if chosen is not None:
        await language.choose(context, chosen)
        await context.say(menu.message(context, "language.chosen"))
        return
    label = _label(context, text)
    if label is not None:
        context.button = label
        await CLAIMS[label.action].handler(update, context)
        return
    command = commands.named(text)
    if command is not None:
        await commands.CLAIMS[command].handler(update, context)
        return
    reply = await context.services.questions.ask(context.person, text, context.update_id)
    spoken = None if isinstance(reply, FixedRoute | Wanted) else other_language(text)
    if spoken is not None:
        await context.say(_not_our_language(context, spoken))
        return
    await answer(update, context, reply)


def _is_urgent(context: Context, text: str) -> bool:
    """Whoever is in danger is heard, whatever they were asked to type."""
    route = context.services.questions.route(text, context.language)
    return route is not None and route.name in CALM


def _not_our_language(context: Context, spoken: str) -> Message:
    """A kind line in the language that somebody seems to write, and the way to a person."""
    lines = (context.text(f"other_languages.{spoken}"), context.text("other_languages.ours"))
    return Message(Markup("\n\n").join(lines), (questions.ways_on(context),))


def _label(context: Context, text: str) -> Pressed | None:
    """The button that somebody typed instead of tapping it."""
    wanted = plain(text)
    if not wanted:
        return None
    other = context.tap(context.label("questions.something_else"), "questions.else")
    buttons = [button for row in menu.rows(context) for button in row]
    for button in (*buttons, *menu.back(context), other):
        if button.data is not None and plain(button.label) == wanted:
            return Pressed.read(button.data)
    return None


async def answer(update: Update, context: Context, reply: Reply) -> None:
    """Say what the question led to: one message, in the language of the question."""
    context.language = reply.language
    match reply:
        case Answer():
            await context.say(questions.message(context, reply))
        case Both(parts=parts):
            await _both(update, context, parts)
        case DidYouMean(titles=titles):
            offer = questions.did_you_mean(context, titles, careful=reply.careful)
            await context.say(offer)
        case Clarify():
            await context.say(_clarify(context, careful=reply.careful))
        case Human(titles=titles):
            key = "human.unsure" if titles else "human.unknown"
            await context.say(human.message(context, key, titles, careful=reply.careful))
        case FixedRoute(name=name, text=text):
            context.introduces_us = False  # where to go comes before who we are
            ways = () if name in CALM else (questions.ways_on(context),)
            await context.say(Message(text, ways))
        case Wanted(action=action):
            await commands.CLAIMS[action].handler(update, context)
        case Chat(text=text):
            await context.say(Message(text, (questions.ways_on(context),)))
        case TopicNamed(topic=id_):
            topic = context.services.answers.topic_of(id_, "", context.language)
            shown = browse.page_of(context, topic, "", 1) if topic else browse.tracks(context)
            await context.say(shown)


async def _both(update: Update, context: Context, parts: tuple[Answer | Wanted, ...]) -> None:
    answers = [part for part in parts if isinstance(part, Answer)]
    if len(answers) == 1:
        await context.say(questions.message(context, answers[0]))
    elif answers:
        await context.say(questions.both(context, answers))
    for part in parts:
        if isinstance(part, Wanted):
            await commands.CLAIMS[part.action].handler(update, context)


def _clarify(context: Context, *, careful: bool) -> Message:
    """Ask once to say it differently, with the topics at hand."""
    text = context.text("questions.clarify")
    if careful:
        text = text + "\n\n" + context.text("human.careful")
    tap, label = context.tap, context.label
    tracks = tuple(tap(label(f"menu.{t}"), "browse.track", t) for t in browse.TRACKS)
    return Message(text, (tracks, questions.ways_on(context)))


async def not_text(update: Update, context: Context) -> None:
    """Files, photos, voice, contacts, places: refused with the reason; nothing is downloaded."""
    message = update.message
    kind = _kind(message) if message is not None else None
    if message is None or kind is None:
        return  # Telegram's own notes, such as a pinned message: nobody waits for an answer.
    if kind == "location" and await typed.answers(update, context):
        return
    album = message.media_group_id
    if album and not await context.services.presses.first(
        context.person.id, 0, f"album:{album}", context.update_id, RESENT
    ):
        return  # Ten photos of one album are ten updates; one answer is enough.
    await context.say(Message(context.text(f"free_text.no_{kind}"), (questions.ways_on(context),)))


def _kind(message: TelegramMessage) -> str | None:
    for kind, fields in KINDS:
        if any(getattr(message, field, None) for field in fields):
            return kind
    return None
