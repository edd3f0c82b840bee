"""One info session on the screen of one person: what it is, what they have there, what they can do.

Whatever happens ends here or in `ways_on`: nobody is left without a next step.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import wraps
from typing import Final

from markupsafe import Markup, escape
from telegram import Update

from bot.clock import spoken
from bot.errors import Refusal
from bot.info_sessions.looking import Look
from bot.info_sessions.model import InfoSessionId, Place, PoolKind, SeatsShown, State, Status
from bot.notifications.message import Button, Message
from bot.staff import NotAllowed
from handlers.buttons import Expired, Handler
from handlers.context import Context
from handlers.info_sessions_card import card_text, is_cut, kind_said, seats_said

Rows = tuple[tuple[Button, ...], ...]

KINDS: Final = (PoolKind.UNIFORM, PoolKind.CIVILIAN, PoolKind.SCHOOL)
"""Sub-pools that people choose themselves, in the order in which they are offered."""

IN_A_ROW: Final = 5
"""Buttons with a number, beside each other."""


async def screen(
    context: Context, id_: InfoSessionId, head: Markup | None = None, tag: str = ""
) -> Message:
    """The info session as it is now for who is talking, under *head*.

    Args:
        tag: which poster or page the link stood on; kept only with a sign-up.

    Raises:
        InfoSessionClosed: there is none that candidates may see.
    """
    look = await context.services.info_sessions.look(context.person.id, id_)
    if look.place is None:
        return invitation(context, look, head, tag)
    return _own(context, look, look.place, head)


def ways_on(context: Context, text: Markup) -> Message:
    """*text*, and what somebody can do instead."""
    return Message(text, ((notify(context),), ways(context)))


def ways(context: Context) -> tuple[Button, ...]:
    """The last row of every screen: back to the list, and a person."""
    return (
        context.tap(context.label("info_sessions.button_list"), "info_sessions.list"),
        context.tap(context.label("menu.human"), "human.open"),
    )


def notify(context: Context) -> Button:
    return context.tap(context.label("info_sessions.button_notify"), "info_sessions.interested")


def to_session(context: Context, key: str, id_: InfoSessionId) -> Button:
    """A button that shows that info session, under the label *key*."""
    return context.tap(context.label(key), "info_sessions.show", str(id_))


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


def paragraphs(parts: Iterable[Markup | None]) -> Markup:
    return Markup("\n\n").join(part for part in parts if part)


def numbers(context: Context, count: int) -> list[int]:
    """The *count* numbers in the data of the pressed button, which anybody can make up.

    Raises:
        Expired: they are not there.
    """
    parts = context.button.id.split("/")
    if len(parts) != count or not all(
        part.isascii() and part.isdigit() and len(part) <= 18 for part in parts
    ):
        raise Expired
    return [int(part) for part in parts]


def session_number(context: Context) -> InfoSessionId:
    """The info session a button is about. Raises: Expired."""
    return InfoSessionId(numbers(context, 1)[0])


def said(context: Context, refused: Refusal) -> Markup:
    """Why not, in words."""
    values = {
        name: spoken(value, context.language) if isinstance(value, date) else value
        for name, value in refused.parameters.items()
    }
    return context.text(refused.text_key, **values)


def with_a_way_on(handler: Handler) -> Handler:
    """Let a refusal be shown in the place of the screen, with what else somebody can do."""

    @wraps(handler)
    async def careful(update: Update, context: Context) -> None:
        try:
            await handler(update, context)
        except NotAllowed:
            raise
        except Refusal as refused:
            await context.show(ways_on(context, said(context, refused)))

    return careful


def invitation(context: Context, look: Look, head: Markup | None, tag: str = "") -> Message:
    """For who has nothing there (yet); planners look at it before anybody else."""
    standing, rows = _standing(context, look, context.services.now(), tag)
    plan = look.details.plan
    is_open = any(button.data and "info_sessions.sign" in button.data for (button,) in rows)
    asks = context.text("info_sessions.must_confirm") if is_open and plan.must_confirm else None
    kept = context.text("info_sessions.kept", count=plan.kept_days) if is_open else None
    text = paragraphs((head, card_text(context, plan), standing, asks, kept))
    return Message(text, (*rows, *_rows(_more(context, look)), ways(context)))


def _standing(context: Context, look: Look, now: datetime, tag: str) -> tuple[Markup, Rows]:
    """Whether they can sign up, and how; where not, what else."""
    text, info_session, seen = context.text, look.info_session, look.details.availability
    if info_session.state is State.CANCELLED:
        return text("info_sessions.does_not_take_place"), ((notify(context),),)
    if not info_session.is_open(now):
        key = "info_sessions.is_over" if now >= info_session.ends_at else "info_sessions.too_late"
        return text(key), ((notify(context),),)
    if look.elsewhere is not None:
        return _in_a_sister(context, look, look.elsewhere.id, look.elsewhere.starts_at)
    if now < look.opens_at:
        opens = spoken(look.opens_at, context.language)
        return text("info_sessions.opens_later", opens=opens), ()
    offered = [kind for kind in (PoolKind.GENERAL, *kinds(look)) if kind in look.free]
    room = [kind for kind in offered if look.has_seat_for(kind)]
    if not room and not info_session.waiting_list:
        return text("info_sessions.full_no_list"), ((notify(context),),)
    rows = _signing(context, look, offered if info_session.waiting_list else room, tag)
    if not room:
        key = "info_sessions.full_with_list" if seen.waiting else "info_sessions.full_nobody_waits"
        return text(key, count=seen.waiting), (*rows, (notify(context),))
    if PoolKind.GENERAL not in room:
        some = ", ".join(kind_said(context, kind) for kind in room)
        parts = [text("info_sessions.room_for_some", list=some)]
        if info_session.waiting_list:
            parts.append(text("info_sessions.others_wait"))
        return escape(" ").join(parts), rows
    seats = seats_said(context, seen, info_session.seats_shown)
    said_so = [text("info_sessions.there_is_room", seats=seats), _kept_apart(context, look)]
    return escape("\n").join(part for part in said_so if part), rows


def _in_a_sister(
    context: Context, look: Look, elsewhere: InfoSessionId, starts_at: datetime
) -> tuple[Markup, Rows]:
    change = context.tap(
        context.label("info_sessions.button_move_here"),
        "info_sessions.move_to",
        f"{elsewhere}/{look.info_session.id}",
    )
    keep = to_session(context, "info_sessions.button_keep", elsewhere)
    starts = spoken(starts_at, context.language)
    return context.text("info_sessions.seat_in_sister", starts=starts), ((change,), (keep,))


def _kept_apart(context: Context, look: Look) -> Markup | None:
    """Seats that only some can have, where the zone shows numbers."""
    apart = [f"{look.free[kind]} ({kind_said(context, kind)})" for kind in kinds(look)]
    if not apart or look.info_session.seats_shown is not SeatsShown.EXACT:
        return None
    return context.text("info_sessions.seats_apart", list=", ".join(apart))


def kinds(look: Look) -> list[PoolKind]:
    """The sub-pools that still have seats of their own."""
    return [kind for kind in KINDS if kind in look.free]


def _signing(context: Context, look: Look, offered: Sequence[PoolKind], tag: str) -> Rows:
    """Sign up or join the waiting list, with one tap; seats set apart have their own button."""
    id_ = str(look.info_session.id)
    rows = []
    for kind in offered:
        what = "sign" if look.has_seat_for(kind) else "wait"
        label = context.label(f"info_sessions.button_{what}")
        if kind is not PoolKind.GENERAL:
            kind_is = kind_said(context, kind)
            label = context.label("info_sessions.with_kind", label=label, kind=kind_is)
        rows.append((context.tap(label, "info_sessions.sign", _about(id_, kind, tag)),))
    if look.info_session.party_max > 1:
        several = context.label("info_sessions.button_several")
        about = f"{id_}/0/{tag}" if tag else id_
        rows.append((context.tap(several, "info_sessions.sign_party", about),))
    return tuple(rows)


def _about(id_: str, kind: PoolKind, tag: str) -> str:
    if tag:
        return f"{id_}/{kind}/{tag}"
    return id_ if kind is PoolKind.GENERAL else f"{id_}/{kind}"


def _own(context: Context, look: Look, place: Place, head: Markup | None) -> Message:
    """The confirmation card, the offer, or the place on the waiting list."""
    sign_up = place.sign_up
    card = card_text(context, look.details.plan, group=look.group, party=sign_up.party)
    name = asks = None
    if sign_up.status is Status.OFFERED:
        top, rows = _offered(context, place)
    elif sign_up.status is Status.WAITING:
        top, rows = _waiting(context, look, place)
    else:
        can_change = look.info_session.can_change(context.services.now())
        top = context.text("info_sessions.you_are_in")
        if sign_up.name:
            name = context.text("info_sessions.listed_as", name=sign_up.name)
        rows = _confirmed(context, look, place, can_change=can_change)
        if can_change and _must_confirm(look, place):
            asks = context.text("info_sessions.must_confirm")
    return Message(paragraphs((head, top, card, name, asks)), (*rows, ways(context)))


def _confirmed(context: Context, look: Look, place: Place, *, can_change: bool) -> Rows:
    label, id_ = context.label, str(look.info_session.id)

    def tap(name: str, action: str) -> Button:
        return context.tap(label(f"info_sessions.button_{name}"), f"info_sessions.{action}", id_)

    files = [tap("calendar", "calendar"), tap("code", "code")]
    if look.details.plan.latitude is not None:
        files.insert(0, tap("map", "map"))
    changes = [tap("name", "name")]
    if look.info_session.party_max > 1:
        changes.append(tap("party", "party"))
    ends = [tap("move", "move"), tap("withdraw", "withdraw")]
    coming = []
    if _must_confirm(look, place):
        yes = label("info_sessions.button_coming")
        coming = [context.tap(yes, "info_sessions.coming", str(place.sign_up.id))]
    if not can_change:
        coming, changes, ends = [], [], []
    changes += _more(context, look)
    return _rows(coming, _questions(context, look), files, changes, ends)


def _must_confirm(look: Look, place: Place) -> bool:
    """Whether they still have to say that they come, to be sure of their seat."""
    return look.details.plan.must_confirm and not place.sign_up.coming


def _waiting(context: Context, look: Look, place: Place) -> tuple[Markup, Rows]:
    text, id_ = context.text, str(place.info_session.id)
    parts = [text("info_sessions.you_wait", position=place.position)]
    if look.replaced is not None:
        starts = spoken(look.replaced.starts_at, context.language)
        parts.append(text("info_sessions.you_keep", starts=starts))
    if not context.person.wants_messages:
        parts.append(text("info_sessions.cannot_tell_you"))
    leave = context.tap(context.label("info_sessions.button_leave"), "info_sessions.leave", id_)
    changes = [leave]
    if place.info_session.party_max > 1:
        label = context.label("info_sessions.button_party")
        changes.insert(0, context.tap(label, "info_sessions.party", id_))
    rows = _rows(_questions(context, look), changes, _more(context, look), [notify(context)])
    return paragraphs(parts), rows


def _offered(context: Context, place: Place) -> tuple[Markup, Rows]:
    assert place.sign_up.offer_until is not None
    until = spoken(place.sign_up.offer_until, context.language)
    rows = tuple(
        (
            context.tap(
                context.label(f"info_sessions.button_{action}"),
                f"info_sessions.{action}",
                str(place.sign_up.id),
            ),
        )
        for action in ("accept", "pass", "refuse")
    )
    return context.text("info_sessions.you_can_choose", until=until), rows


def _questions(context: Context, look: Look) -> list[Button]:
    if not look.questions:
        return []
    left, id_ = len(look.unanswered), str(look.info_session.id)
    label = (
        context.label("info_sessions.button_questions", count=left)
        if left
        else context.label("info_sessions.button_answers")
    )
    return [context.tap(label, "info_sessions.questions", id_)]


def _more(context: Context, look: Look) -> list[Button]:
    """What a card had to leave out stands behind a button."""
    if not is_cut(context, look.details.plan):
        return []
    label = context.label("info_sessions.button_programme")
    return [context.tap(label, "info_sessions.programme", str(look.info_session.id))]


def _rows(*rows: list[Button]) -> Rows:
    return tuple(tuple(row) for row in rows if row)
