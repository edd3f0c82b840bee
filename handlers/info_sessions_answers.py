"""Answers to what we wrote ourselves: an offer, «are you coming?», how it was."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup
from telegram import Update

from bot.info_sessions.model import (
    InfoSessionClosed,
    InfoSessionId,
    Mark,
    OfferGone,
    SignUpId,
    Status,
)
from bot.notifications.message import Button, Message
from handlers.audience import ANYBODY
from handlers.buttons import RESENT, Handler, button, link
from handlers.context import Context
from handlers.info_sessions_screen import (
    notify,
    numbers,
    paragraphs,
    said,
    screen,
    to_session,
    ways,
    ways_on,
    with_a_way_on,
)

MOST_LINKS: Final = 4


def _sign_up(context: Context) -> SignUpId:
    """The sign-up a button is about; whose it is, the use case asks. Raises: Expired."""
    return SignUpId(numbers(context, 1)[0])


@button("info_sessions.accept", for_=ANYBODY)
@with_a_way_on
async def accept(_: Update, context: Context) -> None:
    id_ = _sign_up(context)
    try:
        place = await context.services.info_sessions.accept(context.person.id, id_)
    except OfferGone as refused:
        await _what_is_left(context, id_, said(context, refused))
    else:
        await context.show(await screen(context, place.info_session.id))


@button("info_sessions.pass", for_=ANYBODY)
@with_a_way_on
async def pass_(_: Update, context: Context) -> None:
    """Not this seat: they wait on, and are told where."""
    id_ = _sign_up(context)
    try:
        await context.services.info_sessions.let_pass(context.person.id, id_)
    except OfferGone as refused:
        await _what_is_left(context, id_, said(context, refused))
    else:
        await _what_is_left(context, id_, context.text("info_sessions.passed"))


async def _what_is_left(context: Context, id_: SignUpId, head: Markup) -> None:
    """What they have there now, under *head*; without anything, the ways on."""
    places = await context.services.info_sessions.mine(context.person.id)
    place = next((each for each in places if each.sign_up.id == id_), None)
    if place is None:
        await context.show(ways_on(context, head))
    else:
        await context.show(await screen(context, place.info_session.id, head))


@button("info_sessions.refuse", for_=ANYBODY)
@with_a_way_on
async def refuse(_: Update, context: Context) -> None:
    await context.services.info_sessions.refuse(context.person.id, _sign_up(context))
    await context.show(ways_on(context, context.text("info_sessions.refused")))


@button("info_sessions.coming", for_=ANYBODY)
@with_a_way_on
async def coming(_: Update, context: Context) -> None:
    info_session = await context.services.info_sessions.still_coming(
        context.person.id, _sign_up(context), yes=True
    )
    places = await context.services.info_sessions.mine(context.person.id)
    has_seat = any(
        place.info_session.id == info_session.id and place.sign_up.status is Status.CONFIRMED
        for place in places
    )
    head = context.text("info_sessions.see_you") if has_seat else None
    await context.show(await screen(context, info_session.id, head))


@button("info_sessions.notcoming", for_=ANYBODY)
@with_a_way_on
async def not_coming(_: Update, context: Context) -> None:
    """The seats are free at once; who tapped wrongly has a way back."""
    info_session = await context.services.info_sessions.still_coming(
        context.person.id, _sign_up(context), yes=False
    )
    if not info_session.can_change(context.services.now()):
        head = context.text("info_sessions.too_late_to_leave")
        await context.show(await screen(context, info_session.id, head))
        return
    again = to_session(context, "info_sessions.button_after_all", info_session.id)
    text = context.text("info_sessions.not_coming")
    await context.show(Message(text, ((again,), (notify(context),), ways(context))))


def _marking(mark: Mark) -> Handler:
    async def marked(_: Update, context: Context) -> None:
        id_ = InfoSessionId(numbers(context, 1)[0])
        try:
            given = await context.services.info_sessions.feedback(context.person.id, id_, mark)
        except InfoSessionClosed:
            key = "info_sessions.feedback_over"
        else:
            key = "info_sessions.feedback_noted" if given else "info_sessions.feedback_before"
        await context.show(_next_steps(context, key))

    return marked


for _mark in Mark:
    button(f"info_sessions.{_mark}", for_=ANYBODY)(_marking(_mark))


@button("info_sessions.next", for_=ANYBODY, once_within=RESENT)
async def next_(_: Update, context: Context) -> None:
    """What to read now, and with whom to talk: below the thanks, which still ask how it was."""
    await context.say(_next_steps(context))


def _next_steps(context: Context, key: str | None = None) -> Message:
    zone, label = context.services.zone, context.label
    head = context.text(key) if key else None
    rows: list[tuple[Button, ...]] = [
        (link(material.called(context.language), material.page),)
        for material in zone.materials[:MOST_LINKS]
    ]
    rows.append((context.tap(label("info_sessions.button_contact_point"), "human.open"),))
    jobpol = zone.filled("jobpol")
    if jobpol:
        rows.append((link(label("info_sessions.button_jobpol"), jobpol),))
    rows.append((context.tap(label("menu.open"), "menu.open"),))
    return Message(paragraphs((head, context.text("info_sessions.next_steps"))), tuple(rows))
