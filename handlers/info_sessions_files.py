"""What goes with a seat: the calendar file, the pin on the map, the personal code for the door."""

from __future__ import annotations

from typing import Final

from telegram import Update

from bot.clock import spoken
from bot.files.codes import picture
from bot.info_sessions.model import State
from bot.notifications.message import Message
from handlers.audience import ANYBODY
from handlers.buttons import RESENT, Expired, button
from handlers.context import Context
from handlers.info_sessions_screen import session_number, ways_on, with_a_way_on

CODE: Final = "c_"
"""What stands before a personal code in a start link."""

LONGEST_TITLE: Final = 120


@button("info_sessions.calendar", for_=ANYBODY, once_within=RESENT)
@with_a_way_on
async def calendar(_: Update, context: Context) -> None:
    """The entry as it is now: a newer one takes the place of the older in most calendars."""
    id_ = session_number(context)
    there = await context.services.info_sessions.get(id_)
    file = await context.services.papers.calendar(id_, context.language)
    is_off = there.info_session.state is State.CANCELLED
    key = "info_sessions.calendar_cancelled" if is_off else "info_sessions.calendar_caption"
    caption = Message(context.text(key))
    await context.messenger.send_document(context.account, file.name, file.content, caption)


@button("info_sessions.map", for_=ANYBODY, once_within=RESENT)
@with_a_way_on
async def map_(_: Update, context: Context) -> None:
    id_ = session_number(context)
    plan = (await context.services.info_sessions.look(context.person.id, id_)).details.plan
    if plan.latitude is None or plan.longitude is None:
        raise Expired
    await context.messenger.send_venue(
        context.account, plan.title[:LONGEST_TITLE], plan.place, plan.latitude, plan.longitude
    )


@button("info_sessions.code", for_=ANYBODY, once_within=RESENT)
@with_a_way_on
async def code(_: Update, context: Context) -> None:
    """A picture that any camera reads; only a colleague on that info session can use it."""
    id_ = session_number(context)
    look = await context.services.info_sessions.look(context.person.id, id_)
    if look.place is None or look.place.sign_up.code is None:
        await context.show(ways_on(context, context.text("info_sessions.code_none")))
        return
    link = f"https://t.me/{context.bot.username}?start={CODE}{look.place.sign_up.code}"
    starts = spoken(look.info_session.starts_at, context.language)
    caption = Message(context.text("info_sessions.code_caption", starts=starts))
    await context.messenger.send_photo(context.account, picture(link), caption)
