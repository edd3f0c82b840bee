"""Info sessions for candidates: the list, one of them, and signing up with one tap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup
from telegram import Update

from bot.clock import spoken
from bot.errors import Refusal
from bot.info_sessions.looking import Coming, Look
from bot.info_sessions.model import (
    InfoSessionClosed,
    InfoSessionId,
    PartyTooBig,
    Place,
    PoolKind,
    Status,
    TooManySignUps,
    Track,
)
from bot.names import shown
from bot.notifications.message import Button, Message
from handlers import menu
from handlers.audience import ANYBODY
from handlers.buttons import Expired, button, link
from handlers.commands import command
from handlers.context import Context
from handlers.info_sessions_card import (
    card_text,
    in_language,
    kind_said,
    open_said,
    sentence,
    track_said,
)
from handlers.info_sessions_screen import (
    kinds,
    notify,
    paragraphs,
    said,
    screen,
    session_number,
    to_session,
    ways,
    with_a_way_on,
)
from handlers.payloads import opening

ROWS: Final = 8
"""What a phone shows without scrolling."""

IN_A_ROW: Final = 5
"""Buttons with a number beside each other."""


@button("info_sessions.list", for_=ANYBODY)
@command("sessions", for_=ANYBODY)
async def list_(_: Update, context: Context) -> None:
    track, page = _wanted_list(context)
    await context.show(await overview(context, track, page))


def _wanted_list(context: Context) -> tuple[Track | None, int]:
    """Track and page, from the data of a button; all of them without."""
    wanted, _, page = context.button.id.partition("/")
    if (wanted and wanted not in set(Track)) or (page and not page.isdigit()):
        raise Expired
    return Track(wanted) if wanted else None, int(page[:6] or 0)


async def overview(
    context: Context, track: Track | None = None, page: int = 0, head: Markup | None = None
) -> Message:
    """The coming info sessions, those in the reader's language first; full ones stay visible."""
    services = context.services
    everything = await services.info_sessions.coming(None, context.language)
    mine = {
        place.info_session.id: place
        for place in await services.info_sessions.mine(context.person.id)
    }
    if not everything:
        return _nothing_planned(context, mine, head)
    filters = _filters(context, everything, track)
    found = [line for line in everything if _is_for(line, track)]
    room = ROWS - 2 - len(filters)
    if len(found) > room:
        room -= 1
    last = max(0, (len(found) - 1) // room)
    page = min(page, last)
    shown_now = found[page * room : (page + 1) * room]
    parts = [head or context.text("info_sessions.list_title")]
    parts += _lines(context, shown_now, mine) or [context.text("info_sessions.list_none_here")]
    rows = [(_line_button(context, line, mine),) for line in shown_now]
    turns = _turns(context, track, page, last)
    return Message(
        paragraphs(parts),
        (*rows, *turns, *filters, _own_things(context, mine), _out(context)),
    )


def _is_for(line: Coming, track: Track | None) -> bool:
    return track in (None, Track.BOTH) or line.info_session.track in (track, Track.BOTH)


def _lines(
    context: Context, lines: Sequence[Coming], mine: dict[InfoSessionId, Place]
) -> list[Markup]:
    """Each in a few lines; those in another language under a line that says so."""
    written: list[Markup] = []
    language = context.language
    for line in lines:
        info_session = line.info_session
        if info_session.language != language:
            language = info_session.language
            written.append(
                context.text(
                    "info_sessions.list_language", said=sentence(in_language(context, language))
                )
            )
        written.append(
            context.text(
                "info_sessions.list_line",
                starts=spoken(info_session.starts_at, context.language),
                title=info_session.title,
                place=info_session.place,
                track=track_said(context, info_session.track),
                seats=_seats(context, line, mine),
            )
        )
    return written


def _line_button(context: Context, line: Coming, mine: dict[InfoSessionId, Place]) -> Button:
    label = context.label(
        "info_sessions.list_button",
        starts=spoken(line.info_session.starts_at, context.language),
        seats=_seats(context, line, mine),
    )
    return context.tap(label, "info_sessions.show", str(line.info_session.id))


def _seats(context: Context, line: Coming, mine: dict[InfoSessionId, Place]) -> str:
    place = mine.get(line.info_session.id)
    if place is None:
        return open_said(context, line.info_session, line.availability, context.services.now())
    return place_said(context, place)


def place_said(context: Context, place: Place) -> str:
    """What somebody has, in a few words."""
    if place.sign_up.status is Status.CONFIRMED:
        return context.label("info_sessions.place_confirmed")
    if place.sign_up.status is Status.OFFERED:
        return context.label("info_sessions.place_offered")
    return context.label("info_sessions.place_waiting", position=place.position)


def _filters(
    context: Context, lines: Sequence[Coming], track: Track | None
) -> tuple[tuple[Button, ...], ...]:
    """By kind of job, where there is something to choose."""
    if len({line.info_session.track for line in lines}) < 2:
        return ()
    others = [each for each in (None, Track.UNIFORM, Track.CIVILIAN) if each != track]
    return (
        tuple(
            context.tap(
                context.label(f"info_sessions.only_{each or Track.BOTH}"),
                "info_sessions.list",
                str(each or ""),
            )
            for each in others
        ),
    )


def _turns(
    context: Context, track: Track | None, page: int, last: int
) -> tuple[tuple[Button, ...], ...]:
    turns = tuple(
        context.tap(sign, "info_sessions.list", f"{track or ''}/{other}")
        for sign, other in (("◀", page - 1), ("▶", page + 1))
        if 0 <= other <= last
    )
    return (turns,) if turns else ()


def _own_things(context: Context, mine: dict[InfoSessionId, Place]) -> tuple[Button, ...]:
    own = context.tap(context.label("info_sessions.button_mine"), "info_sessions.mine")
    return (own, notify(context)) if mine else (notify(context),)


def _out(context: Context) -> tuple[Button, ...]:
    return (*menu.back(context), context.tap(context.label("menu.human"), "human.open"))


def _nothing_planned(
    context: Context, mine: dict[InfoSessionId, Place], head: Markup | None
) -> Message:
    """No date is known: the interest list, and where the zone announces them."""
    page = context.services.zone.filled("sessions_page")
    rows = [_own_things(context, mine)]
    if page:
        rows.append((link(context.label("info_sessions.button_page"), page),))
    text = paragraphs((head, context.text("info_sessions.list_none")))
    return Message(text, (*rows, _out(context)))


@button("info_sessions.show", for_=ANYBODY)
@with_a_way_on
async def show(_: Update, context: Context) -> None:
    await context.show(await screen(context, session_number(context)))


@button("info_sessions.more", for_=ANYBODY)
@with_a_way_on
async def more(_: Update, context: Context) -> None:
    """Everything the zone wrote about it, nothing cut short."""
    id_ = session_number(context)
    look = await context.services.info_sessions.look(context.person.id, id_)
    back = to_session(context, "info_sessions.button_back", id_)
    text = card_text(context, look.details.plan, group=look.group, whole=True)
    await context.show(Message(text, ((back,), ways(context))))


@opening("s_", for_=ANYBODY)
async def opened(context: Context, which: str) -> Message | None:
    """From a link on a website or a poster: it shows, the person decides with a button."""
    if not (which.isascii() and which.isdigit() and len(which) <= 18):
        return None
    try:
        return await screen(context, InfoSessionId(int(which)))
    except InfoSessionClosed:
        return await overview(context, head=context.text("info_sessions.link_over"))


@button("info_sessions.sign", for_=ANYBODY)
@with_a_way_on
async def sign(update: Update, context: Context) -> None:
    """The third tap: they are in, or on the waiting list."""
    which, _, kind = context.button.id.partition("/")
    await _sign_up(update, context, _session(which), 1, _kind(kind))


@button("info_sessions.sign_party", for_=ANYBODY)
@with_a_way_on
async def sign_party(update: Update, context: Context) -> None:
    """With several: first how many, then (where seats are set apart) for which kind of job."""
    which, *chosen = context.button.id.split("/")
    id_ = _session(which)
    look = await context.services.info_sessions.look(context.person.id, id_)
    if look.place is not None:
        await context.show(await screen(context, id_))
    elif not chosen:
        plan = look.details.plan
        text = context.text("info_sessions.ask_party")
        most = min(plan.party_max, plan.all_seats)
        await context.show(how_many(context, text, "info_sessions.sign_party", id_, most))
    elif len(chosen) == 1 and kinds(look):
        await context.show(_which_kind(context, id_, _party(chosen[0]), look))
    else:
        kind = _kind(chosen[1]) if len(chosen) == 2 else PoolKind.GENERAL
        await _sign_up(update, context, id_, _party(chosen[0]), kind)


def how_many(
    context: Context, text: Markup, action: str, id_: InfoSessionId, most: int, now: int = 0
) -> Message:
    """A button for each number of people; *now* is what it is already."""
    choices = [
        context.tap(f"✓ {count}" if count == now else str(count), action, f"{id_}/{count}")
        for count in range(1, most + 1)
    ]
    rows = [tuple(choices[at : at + IN_A_ROW]) for at in range(0, most, IN_A_ROW)]
    back = to_session(context, "info_sessions.button_back", id_)
    human = context.tap(context.label("menu.human"), "human.open")
    return Message(text, (*rows, (back, human)))


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
