"""The list of coming info sessions: honest about room, and never a dead end."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from markupsafe import Markup

from bot.clock import spoken
from bot.info_sessions.looking import Coming
from bot.info_sessions.model import InfoSessionId, Place, Status, Track
from bot.notifications.message import Button, Message
from handlers import menu
from handlers.buttons import link
from handlers.context import Context
from handlers.info_sessions_card import in_language, open_briefly, open_said, sentence, track_said
from handlers.info_sessions_screen import Rows, notify, paragraphs

ROWS: Final = 8
"""What a phone shows without scrolling."""

Mine = dict[InfoSessionId, Place]


async def overview(
    context: Context,
    track: Track | None = None,
    page: int = 0,
    head: Markup | None = None,
    only: Collection[InfoSessionId] = (),
) -> Message:
    """The coming info sessions, those in the reader's language first; full ones stay visible.

    Args:
        track: only those for this kind of job.
        head: what stands above the list.
        only: these and no others, on one page.
    """
    services = context.services
    everything = await services.info_sessions.coming(None, context.language)
    places = await services.info_sessions.mine(context.person.id)
    mine = {place.info_session.id: place for place in places}
    if not everything:
        return _nothing_planned(context, mine, head)
    filters = () if only else _filters(context, everything, track)
    found = [
        line
        for line in everything
        if _is_for(line, track) and (not only or line.info_session.id in only)
    ]
    room = ROWS - 2 - len(filters)
    if len(found) > room:
        room -= 1
    last = max(0, (len(found) - 1) // room)
    page = min(page, last)
    on_page = found[page * room : (page + 1) * room]
    parts = [head or context.text("info_sessions.list_title")]
    parts += _lines(context, on_page, mine) or [context.text("info_sessions.list_none_here")]
    rows = [(_line_button(context, line, mine),) for line in on_page]
    turns = _turns(context, track, page, last)
    own = (_own_things(context, mine), _out(context))
    return Message(paragraphs(parts), (*rows, *turns, *filters, *own))


def place_said(context: Context, place: Place) -> str:
    """What somebody has there, in a few words."""
    if place.sign_up.status is Status.CONFIRMED:
        return context.label("info_sessions.place_confirmed")
    if place.sign_up.status is Status.OFFERED:
        return context.label("info_sessions.place_offered")
    return context.label("info_sessions.place_waiting", position=place.position)


def line_button(
    context: Context, line: Coming, action: str, id_: str, seats: str | None = None
) -> Button:
    """A button that says when, and whether there is room."""
    now = context.services.now()
    label = context.label(
        "info_sessions.list_button",
        starts=spoken(line.info_session.starts_at, context.language),
        seats=seats or open_briefly(context, line.info_session, line.availability, now),
    )
    return context.tap(label, action, id_)


def _is_for(line: Coming, track: Track | None) -> bool:
    return track in (None, Track.BOTH) or line.info_session.track in (track, Track.BOTH)


def _lines(context: Context, lines: Sequence[Coming], mine: Mine) -> list[Markup]:
    """Each in a few lines; those in another language under a line that says so."""
    written: list[Markup] = []
    language = context.language
    for line in lines:
        info_session = line.info_session
        if info_session.language != language:
            language = info_session.language
            spoken_there = sentence(in_language(context, language))
            written.append(context.text("info_sessions.list_language", said=spoken_there))
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


def _line_button(context: Context, line: Coming, mine: Mine) -> Button:
    place = mine.get(line.info_session.id)
    state = None if place is None else place_said(context, place)
    return line_button(context, line, "info_sessions.show", str(line.info_session.id), state)


def _seats(context: Context, line: Coming, mine: Mine) -> str:
    place = mine.get(line.info_session.id)
    if place is None:
        return open_said(context, line.info_session, line.availability, context.services.now())
    return place_said(context, place)


def _filters(context: Context, lines: Sequence[Coming], track: Track | None) -> Rows:
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


def _turns(context: Context, track: Track | None, page: int, last: int) -> Rows:
    turns = tuple(
        context.tap(sign, "info_sessions.list", f"{track or ''}/{other}")
        for sign, other in (("◀", page - 1), ("▶", page + 1))
        if 0 <= other <= last
    )
    return (turns,) if turns else ()


def _own_things(context: Context, mine: Mine) -> tuple[Button, ...]:
    own = context.tap(context.label("info_sessions.button_mine"), "info_sessions.mine")
    return (own, notify(context)) if mine else (notify(context),)


def _out(context: Context) -> tuple[Button, ...]:
    return (*menu.back(context), context.tap(context.label("menu.human"), "human.open"))


def _nothing_planned(context: Context, mine: Mine, head: Markup | None) -> Message:
    """No date is known: the interest list, and where the zone announces them."""
    page = context.services.zone.filled("sessions_page")
    rows: Rows = (_own_things(context, mine),)
    if page:
        rows = (*rows, (link(context.label("info_sessions.button_page"), page),))
    text = paragraphs((head, context.text("info_sessions.list_none")))
    return Message(text, (*rows, _out(context)))
