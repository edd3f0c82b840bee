"""Browsing without typing: track, topic, entry; every answer within three taps of the start."""

from __future__ import annotations

from typing import Final

from telegram import Update

from bot.notifications.message import Button, Message
from bot.questions.model import Topic
from handlers import menu
from handlers.audience import ANYBODY
from handlers.buttons import Expired, button
from handlers.commands import command
from handlers.context import Context

TRACKS: Final = ("uniform", "civilian")


def tracks(context: Context) -> Message:
    tap, label = context.tap, context.label
    choices = tuple((tap(label(f"menu.{t}"), "browse.track", t),) for t in TRACKS)
    return Message(context.text("browse.tracks"), (*choices, menu.back(context)))


def topics(context: Context, track: str) -> Message:
    """The topics of one track. A long one has a button per page, so nothing is a tap further."""
    found = context.services.answers.topics(track, context.language)
    buttons = [
        context.tap(_name(topic, page), "browse.topic", f"{track}/{topic.id}/{page}")
        for topic in found
        for page in range(1, topic.pages + 1)
    ]
    text = context.text("browse.topics", track=context.label(f"menu.{track}"))
    return Message(text, (*((each,) for each in buttons), menu.back(context)))


def page_of(context: Context, topic: Topic, track: str, page: int) -> Message:
    """One page of the questions in a topic."""
    entries = topic.page(page)
    if not entries:
        raise Expired
    rows: list[tuple[Button, ...]] = [
        (context.tap(title.text, "questions.show", title.entry),) for title in entries
    ]
    turns = _turns(context, topic, track, page)
    if turns:
        rows.append(turns)
    up = context.tap(context.label("browse.up"), "browse.track", track) if track else None
    last = (up, *menu.back(context)) if up else menu.back(context)
    return Message(context.text("browse.entries", topic=_name(topic, page)), (*rows, last))


def _name(topic: Topic, page: int) -> str:
    return f"{topic.title} ({page}/{topic.pages})" if topic.pages > 1 else topic.title


def _turns(context: Context, topic: Topic, track: str, page: int) -> tuple[Button, ...]:
    return tuple(
        context.tap(sign, "browse.topic", f"{track}/{topic.id}/{other}")
        for sign, other in (("◀", page - 1), ("▶", page + 1))
        if 1 <= other <= topic.pages
    )


@command("topics", for_=ANYBODY)
async def start(_: Update, context: Context) -> None:
    await context.show(tracks(context))


@button("browse.track", for_=ANYBODY)
async def chosen_track(_: Update, context: Context) -> None:
    if context.button.id not in TRACKS:
        raise Expired
    await context.show(topics(context, context.button.id))


@button("browse.topic", for_=ANYBODY)
async def chosen_topic(_: Update, context: Context) -> None:
    track, _slash, rest = context.button.id.partition("/")
    id_, _slash, page = rest.partition("/")
    topic = context.services.answers.topic_of(id_, track, context.language)
    if topic is None or not page.isascii() or not page.isdigit():
        raise Expired
    await context.show(page_of(context, topic, track, int(page[:4])))
