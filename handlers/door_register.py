"""Signing somebody up by name: who phones, who writes, who walks in.

One screen: the choices stand ready, and the name that is typed does it.
The data is `<info session>/<party>/<language>/<channel>/<sub-pool>`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from markupsafe import Markup
from telegram import Update

from bot.info_sessions.door import Channel
from bot.info_sessions.door_views import Duty
from bot.info_sessions.model import (
    LARGEST_PARTY,
    InfoSessionClosed,
    InfoSessionId,
    Place,
    PoolKind,
    Status,
)
from bot.notifications.message import Button, Message
from bot.staff.model import NameMissing
from handlers import door, staff
from handlers.buttons import Expired
from handlers.context import Context
from handlers.door import PEOPLE, Rows, at_the_door, session_id, typed_at_the_door
from handlers.door_person import IN_A_ROW, party_choices
from handlers.language import own_name
from handlers.typed import ask, words

CHANNELS: Final = {"p": Channel.PHONE, "m": Channel.MAIL, "d": Channel.DOOR}
WISHES: Final = {
    "g": PoolKind.GENERAL,
    "u": PoolKind.UNIFORM,
    "c": PoolKind.CIVILIAN,
    "s": PoolKind.SCHOOL,
}
"""Letters, for the data of a button is short."""

AT_ONCE: Final = 5
"""So many people walk in together at most; more of them are two parties."""


@dataclass(frozen=True)
class Choice:
    """What is known of somebody before their name is."""

    info_session: InfoSessionId
    party: int
    language: str
    channel: Channel
    wish: PoolKind

    @property
    def data(self) -> str:
        channel = next(letter for letter, each in CHANNELS.items() if each is self.channel)
        wish = next(letter for letter, each in WISHES.items() if each is self.wish)
        return f"{self.info_session}/{self.party}/{self.language}/{channel}/{wish}"


def _choice(context: Context) -> Choice:
    """Raises:
    Expired: the data says something else.
    """
    about, party, language, channel, wish = door.parts(context, 5)
    known = language in context.services.languages and channel in CHANNELS and wish in WISHES
    if not known or not 1 <= staff.number(party) <= LARGEST_PARTY:
        raise Expired
    return Choice(session_id(about), int(party), language, CHANNELS[channel], WISHES[wish])


@at_the_door("door.register")
async def show(_: Update, context: Context) -> None:
    """Ready for most people: alone, in the language of the info session."""
    duty = await _duty(context, session_id(context.button.id.partition("/")[0]))
    if "/" in context.button.id:
        choice = _choice(context)
    else:
        language = context.services.enabled(duty.info_session.language)
        channel = Channel.DOOR if _has_door(duty) else Channel.PHONE
        choice = Choice(duty.info_session.id, 1, language, channel, PoolKind.GENERAL)
    await ask(context, "door.name", choice.data)
    await context.show(_screen(context, duty, choice))


async def _duty(context: Context, id_: InfoSessionId) -> Duty:
    """Raises:
    Expired: there is none.
    """
    try:
        return await context.services.door.duty(context.person.id, id_)
    except InfoSessionClosed:
        raise Expired from None


def _has_door(duty: Duty) -> bool:
    """Whether people walk in now, to this colleague."""
    return duty.can_check_in and duty.standing.is_on


def _screen(context: Context, duty: Duty, choice: Choice) -> Message:
    text = door.heading(context, duty.info_session) + "\n\n"
    text += context.text("door.filled", expected=duty.expected, seats=duty.seats) + "\n\n"
    text += context.text("door.ask_name")
    up = staff.back(context, PEOPLE, str(choice.info_session))
    return Message(text, (*_choices(context, duty, choice), up))


def _choices(context: Context, duty: Duty, choice: Choice) -> Rows:
    def tap(label: str, other: Choice) -> Button:
        sign = "✓ " if other == choice else ""
        return context.tap(sign + label, "door.register", other.data)

    channels = [each for each in Channel if each is not Channel.DOOR or _has_door(duty)]
    if not duty.standing.registers:
        channels = [Channel.DOOR]
    rows = [
        [
            tap(context.label(f"door.channel_{each}"), replace(choice, channel=each))
            for each in channels
        ],
        [
            tap(own_name(each), replace(choice, language=each))
            for each in context.services.languages
        ],
    ]
    if duty.wishes and choice.channel is not Channel.DOOR:
        rows.append(
            [
                tap(context.label(f"door.wish_{each}"), replace(choice, wish=each))
                for each in duty.wishes
            ]
        )
    most = AT_ONCE if choice.channel is Channel.DOOR else duty.info_session.party_max
    sizes = [tap(str(count), replace(choice, party=count)) for count in party_choices(most)]
    rows += [sizes[at : at + IN_A_ROW] for at in range(0, len(sizes), IN_A_ROW)]
    return tuple(tuple(row) for row in rows)


@typed_at_the_door("door.name")
async def name_typed(update: Update, context: Context) -> None:
    """The name: they are signed up. The same message twice signs up once."""
    choice, by, once = _choice(context), context.person.id, context.update_id
    name = words(update)
    try:
        if choice.channel is Channel.DOOR:
            place = await context.services.door.walk_in(
                by, choice.info_session, name, choice.party, choice.language, once
            )
        else:
            place = await context.services.door.register_by_name(
                by,
                choice.info_session,
                name,
                choice.party,
                choice.wish,
                choice.language,
                choice.channel,
                once,
            )
    except NameMissing:
        await ask(context, "door.name", choice.data)
        rows = (staff.back(context, PEOPLE, str(choice.info_session)),)
        await context.say(Message(context.text("staff.name_missing"), rows))
        return
    await context.say(await _done(context, place, choice))


async def _done(context: Context, place: Place, choice: Choice) -> Message:
    """What came of it, the way to take it back, and the next one."""
    tap, label, sign_up = context.tap, context.label, place.sign_up
    values = {"name": sign_up.name, "party": label("door.party", count=sign_up.party)}
    if sign_up.status is Status.WAITING:
        text = context.text("door.now_waiting", position=place.position, **values)
    elif choice.channel is Channel.DOOR:
        text = context.text("door.walked_in", **values)
        group = (await context.services.door.line(context.person.id, sign_up.id)).group
        if group is not None:
            number, point = group.number, group.meeting_point
            text += "\n" + context.text("door.person_group", number=number, meeting_point=point)
    else:
        text = context.text("door.registered", **values)
    body = Markup("\n\n").join((text, door.heading(context, place.info_session)))
    again = tap(label("door.button_another"), "door.register", str(choice.info_session))
    undo = tap(label("door.button_not_after_all"), "door.remove", str(sign_up.id))
    show_ = tap(label("door.button_card"), "door.person", str(sign_up.id))
    return Message(
        body, ((again,), (show_, undo), staff.back(context, PEOPLE, str(choice.info_session)))
    )
