"""Info sessions for candidates: the list, one of them, and signing up with one tap."""

from __future__ import annotations

import re
from typing import Final

from telegram import Update

from bot.errors import Refusal
from bot.info_sessions.looking import Look
from bot.info_sessions.model import (
    InfoSessionClosed,
    InfoSessionId,
    PartyTooBig,
    PoolKind,
    TooManySignUps,
    Track,
)
from bot.names import shown
from bot.notifications.message import Message
from handlers.audience import ANYBODY
from handlers.buttons import Expired, button
from handlers.commands import command
from handlers.context import Context
from handlers.info_sessions_card import (
    kind_said,
    programme_text,
)
from handlers.info_sessions_list import overview
from handlers.info_sessions_screen import (
    how_many,
    kinds,
    said,
    screen,
    session_number,
    to_session,
    ways,
    with_a_way_on,
)
from handlers.info_sessions_words import asked_for
from handlers.payloads import opening
from handlers.typed import words

TAG: Final = re.compile(r"[A-Za-z0-9-]{1,20}")
"""Which poster or page a link stands on: short, so that every button can carry it."""


@button("info_sessions.list", for_=ANYBODY)
@command("sessions", for_=ANYBODY)
async def list_(update: Update, context: Context) -> None:
    text = words(update)
    if text and not text.startswith("/"):
        await context.say(await asked_for(context, text))
        return
    track, page = _wanted_list(context)
    await context.show(await overview(context, track, page))


def _wanted_list(context: Context) -> tuple[Track | None, int]:
    """Track and page, from the data of a button; all of them without."""
    wanted, _, page = context.button.id.partition("/")
    if (wanted and wanted not in set(Track)) or (page and not (page.isascii() and page.isdigit())):
        raise Expired
    return Track(wanted) if wanted else None, int(page[:6] or 0)


@button("info_sessions.show", for_=ANYBODY)
@with_a_way_on
async def show(_: Update, context: Context) -> None:
    await context.show(await screen(context, session_number(context)))


@button("info_sessions.programme", for_=ANYBODY)
@with_a_way_on
async def programme(_: Update, context: Context) -> None:
    """A programme and a tour that were too long for the card."""
    id_ = session_number(context)
    look = await context.services.info_sessions.look(context.person.id, id_)
    back = to_session(context, "info_sessions.button_back", id_)
    text = programme_text(context, look.details.plan, look.group)
    await context.show(Message(text, ((back,), ways(context))))


@opening("s_", for_=ANYBODY)
async def opened(context: Context, which: str) -> Message | None:
    """From a link on a website or a poster (`s_12`, or `s_12_poster`): it shows, a tap decides."""
    number, _, tag = which.partition("_")
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        return None
    try:
        return await screen(context, InfoSessionId(int(number)), tag=_tag(tag))
    except InfoSessionClosed:
        return await overview(context, head=context.text("info_sessions.link_over"))


def _tag(text: str) -> str:
    """What a link says about where it stands; anything odd is not kept."""
    return text if TAG.fullmatch(text) else ""


@button("info_sessions.sign", for_=ANYBODY)
@with_a_way_on
async def sign(update: Update, context: Context) -> None:
    """The third tap: they are in, or on the waiting list."""
    which, kind, tag, *_ = (*context.button.id.split("/"), "", "")
    id_, wish = _session(which), _kind(kind)
    await _came_with(context, tag)
    await _sign_up(update, context, id_, 1, wish)


@button("info_sessions.sign_party", for_=ANYBODY)
@with_a_way_on
async def sign_party(update: Update, context: Context) -> None:
    """With several: first how many, then (where seats are set apart) for which kind of job."""
    which, count, kind, *_ = (*context.button.id.split("/"), "", "")
    id_, party = _session(which), _party(count or "0")
    look = await context.services.info_sessions.look(context.person.id, id_)
    now = context.services.now()
    if look.place is not None or not look.info_session.is_open(now) or now < look.opens_at:
        await context.show(await screen(context, id_))
    elif not party:
        await _came_with(context, kind)
        plan = look.details.plan
        text = context.text("info_sessions.ask_party")
        most = min(plan.party_max, plan.all_seats)
        await context.show(how_many(context, text, "info_sessions.sign_party", id_, most))
    elif not kind and kinds(look):
        await context.show(_which_kind(context, id_, party, look))
    else:
        await _sign_up(update, context, id_, party, _kind(kind))


async def _came_with(context: Context, tag: str) -> None:
    """The link that brought them counts from the moment they do something with it."""
    if _tag(tag):
        await context.services.people.source(context.person.id, tag)


def _which_kind(context: Context, id_: InfoSessionId, party: int, look: Look) -> Message:
    offered = [kind for kind in (PoolKind.GENERAL, *kinds(look)) if kind in look.free]
    rows = tuple(
        (
            context.tap(
                kind_said(context, kind).capitalize(),
                "info_sessions.sign_party",
                f"{id_}/{party}/{kind}",
            ),
        )
        for kind in offered
    )
    return Message(context.text("info_sessions.ask_kind"), (*rows, ways(context)))


async def _sign_up(
    update: Update, context: Context, id_: InfoSessionId, party: int, kind: PoolKind
) -> None:
    user = update.effective_user
    name = shown(user.first_name) if user is not None else None
    try:
        await context.services.info_sessions.sign_up(context.person.id, id_, party, kind, name)
    except TooManySignUps as refused:
        own = context.tap(context.label("info_sessions.button_mine"), "info_sessions.mine")
        await context.show(Message(said(context, refused), ((own,), ways(context))))
        return
    except PartyTooBig as refused:
        await context.show(await screen(context, id_, said(context, refused)))
        return
    except Refusal:
        pass  # what they can do instead stands on the screen as it is now
    await context.show(await screen(context, id_))


def _session(text: str) -> InfoSessionId:
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Expired
    return InfoSessionId(int(text))


def _party(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        raise Expired
    return int(text)


def _kind(text: str) -> PoolKind:
    try:
        return PoolKind(text or PoolKind.GENERAL)
    except ValueError:
        raise Expired from None
