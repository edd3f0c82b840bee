"""What somebody has: their info sessions, and changing, moving or giving up what they have."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup
from telegram import Update

from bot.clock import spoken
from bot.errors import Refusal
from bot.info_sessions.model import InfoSessionId, NameMissing, NoSuchSignUp, Place, Status
from bot.notifications.message import Message
from handlers.audience import ANYBODY
from handlers.buttons import button
from handlers.context import Context
from handlers.info_sessions_list import ROWS, line_button, place_said
from handlers.info_sessions_screen import (
    how_many,
    notify,
    numbers,
    paragraphs,
    said,
    screen,
    session_number,
    to_session,
    ways,
    ways_on,
    with_a_way_on,
)
from handlers.typed import ask, typed, words

MOST_OTHERS: Final = ROWS - 2


@button("info_sessions.mine", for_=ANYBODY)
async def mine(_: Update, context: Context) -> None:
    await context.show(await own(context))


async def own(context: Context) -> Message:
    """All that somebody is signed up for, or waits for."""
    places = await context.services.info_sessions.mine(context.person.id)
    if not places:
        return ways_on(context, context.text("info_sessions.mine_none"))
    parts = [context.text("info_sessions.mine_title")]
    rows = []
    for place in places:
        starts = spoken(place.info_session.starts_at, context.language)
        state = place_said(context, place)
        parts.append(
            context.text(
                "info_sessions.mine_line",
                starts=starts,
                title=place.info_session.title,
                place=place.info_session.place,
                state=state,
            )
        )
        label = context.label("info_sessions.list_button", starts=starts, seats=state)
        rows.append((context.tap(label, "info_sessions.show", str(place.info_session.id)),))
    return Message(paragraphs(parts), (*rows, ways(context)))


async def _place(context: Context, id_: InfoSessionId) -> Place:
    """What they have there. Raises: NoSuchSignUp."""
    places = await context.services.info_sessions.mine(context.person.id)
    found = next((place for place in places if place.info_session.id == id_), None)
    if found is None:
        raise NoSuchSignUp
    return found


@button("info_sessions.withdraw", for_=ANYBODY)
@with_a_way_on
async def withdraw(_: Update, context: Context) -> None:
    """Say what happens, and ask once."""
    place = await _place(context, session_number(context))
    info_session, label = place.info_session, context.label
    text = context.text(
        "info_sessions.withdraw_ask",
        title=info_session.title,
        starts=spoken(info_session.starts_at, context.language),
        place=info_session.place,
    )
    sure = label("info_sessions.button_withdraw_sure")
    rows = (
        (context.tap(sure, "info_sessions.withdrawn", str(info_session.id)),),
        (to_session(context, "info_sessions.button_stay", info_session.id),),
        ways(context),
    )
    await context.show(Message(text, rows))


@button("info_sessions.withdrawn", for_=ANYBODY)
@with_a_way_on
async def withdrawn(_: Update, context: Context) -> None:
    id_ = session_number(context)
    await context.services.info_sessions.withdraw(context.person.id, id_)
    again = to_session(context, "info_sessions.button_after_all", id_)
    text = context.text("info_sessions.withdrawn")
    await context.show(Message(text, ((again,), (notify(context),), ways(context))))


@button("info_sessions.leave", for_=ANYBODY)
@with_a_way_on
async def leave(_: Update, context: Context) -> None:
    """Off the waiting list with one tap; a seat that came meanwhile stays."""
    id_ = session_number(context)
    await context.services.info_sessions.leave_waiting(context.person.id, id_)
    places = await context.services.info_sessions.mine(context.person.id)
    if any(place.info_session.id == id_ for place in places):
        await context.show(await screen(context, id_))
    else:
        await context.show(ways_on(context, context.text("info_sessions.left")))


@button("info_sessions.move", for_=ANYBODY)
@with_a_way_on
async def move(_: Update, context: Context) -> None:
    """Where they could go instead."""
    here = (await _place(context, session_number(context))).info_session
    now = context.services.now()
    coming = await context.services.info_sessions.coming(None, context.language)
    others = [
        line
        for line in coming
        if line.info_session.id != here.id and line.info_session.is_open(now)
    ]
    rows = tuple(
        (line_button(context, line, "info_sessions.move_to", f"{here.id}/{line.info_session.id}"),)
        for line in others[:MOST_OTHERS]
    )
    key = "info_sessions.move_ask" if others else "info_sessions.move_none"
    text = context.text(key, starts=spoken(here.starts_at, context.language))
    back = to_session(context, "info_sessions.button_back", here.id)
    await context.show(Message(text, (*rows, (back,), ways(context))))


@button("info_sessions.move_to", for_=ANYBODY)
@with_a_way_on
async def move_to(_: Update, context: Context) -> None:
    """The old seat is theirs until the new one is certain."""
    from_, to = (InfoSessionId(number) for number in numbers(context, 2))
    place = await context.services.info_sessions.move(context.person.id, from_, to)
    moved = place.new and place.sign_up.status is Status.CONFIRMED
    head = context.text("info_sessions.moved") if moved else None
    await context.show(await screen(context, to, head))


@button("info_sessions.party", for_=ANYBODY)
@with_a_way_on
async def party(_: Update, context: Context) -> None:
    place = await _place(context, session_number(context))
    info_session = place.info_session
    text = context.text("info_sessions.ask_party")
    await context.show(
        how_many(
            context,
            text,
            "info_sessions.party_of",
            info_session.id,
            info_session.party_max,
            place.sign_up.party,
        )
    )


@button("info_sessions.party_of", for_=ANYBODY)
@with_a_way_on
async def party_of(_: Update, context: Context) -> None:
    number, count = numbers(context, 2)
    id_ = InfoSessionId(number)
    head = None
    try:
        await context.services.info_sessions.change_party(context.person.id, id_, count)
    except NoSuchSignUp:
        raise
    except Refusal as refused:
        head = said(context, refused)  # what they have stays, and stands below
    await context.show(await screen(context, id_, head))


@button("info_sessions.name", for_=ANYBODY)
@with_a_way_on
async def name(_: Update, context: Context) -> None:
    place = await _place(context, session_number(context))
    text = context.text("info_sessions.ask_name")
    await context.show(await _ask_name(context, place.info_session.id, text))


async def _ask_name(context: Context, id_: InfoSessionId, text: Markup) -> Message:
    await ask(context, "info_sessions.called", str(id_))
    back = to_session(context, "info_sessions.button_back", id_)
    return Message(text, ((back,), ways(context)))


@typed("info_sessions.called", for_=ANYBODY)
async def called(update: Update, context: Context) -> None:
    id_ = session_number(context)
    try:
        await context.services.info_sessions.call_me(context.person.id, id_, words(update))
    except NameMissing as refused:
        await context.say(await _ask_name(context, id_, said(context, refused)))
    except NoSuchSignUp as refused:
        await context.say(ways_on(context, said(context, refused)))
    else:
        await context.say(await screen(context, id_))
