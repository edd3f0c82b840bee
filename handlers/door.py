"""The day itself, for colleagues: their day, and each info session as it stands.

What follows from here stands in `door_list` (names, scans), `door_register`, `door_groups` and
`door_papers`. The data of the buttons begins with the number of the info session or the sign-up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Final, TypeVar

from markupsafe import Markup
from telegram import Update

from bot.clock import spoken, spoken_time
from bot.errors import Refusal
from bot.info_sessions.door import HOSTS
from bot.info_sessions.door_views import Duty, Need, Waits
from bot.info_sessions.model import (
    InfoSession,
    InfoSessionClosed,
    InfoSessionId,
    NoRoom,
    NoSuchSignUp,
    State,
)
from bot.notifications.message import Button, Message
from bot.staff import NotAllowed, Role, today_of
from bot.staff.model import NameMissing
from handlers import staff
from handlers.audience import only
from handlers.buttons import Expired, Handler, button
from handlers.context import Context
from handlers.typed import typed

AT_THE_DOOR: Final = only(*HOSTS)

Item = TypeVar("Item")
Rows = tuple[tuple[Button, ...], ...]

ON_A_PAGE: Final = 6

PEOPLE: Final = "info_sessions.people"
"""The screen of one info session; other features lead to it."""

_SAID: Final = {NoRoom: "door.no_room", InfoSessionClosed: "door.closed"}
"""Refusals that colleagues are told in other words than candidates."""


def at_the_door(
    action: str, *, up: str = PEOPLE, once_within: timedelta | None = None
) -> Callable[[Handler], Handler]:
    """Claim the button *action*: a refusal leads to *up*, about what the button is about.

    What is gone looks like what never was.
    """

    def claim(handler: Handler) -> Handler:
        @wraps(handler)
        async def minding(update: Update, context: Context) -> None:
            try:
                await handler(update, context)
            except NoSuchSignUp:
                raise Expired from None
            except NotAllowed:
                raise
            except Refusal as refusal:
                await context.show(refused(context, refusal, up))

        button(action, for_=AT_THE_DOOR, once_within=once_within)(minding)
        return handler

    return claim


def typed_at_the_door(action: str) -> Callable[[Handler], Handler]:
    """Claim what is typed for *action*, which is about an info session; refusals as above."""

    def claim(handler: Handler) -> Handler:
        @wraps(handler)
        async def minding(update: Update, context: Context) -> None:
            try:
                await handler(update, context)
            except (NotAllowed, NameMissing):
                raise
            except Refusal as refusal:
                await context.say(refused(context, refusal, PEOPLE))

        typed(action, for_=AT_THE_DOOR)(minding)
        return handler

    return claim


def refused(context: Context, refusal: Refusal, up: str) -> Message:
    """Why it cannot be, with the way back."""
    key = _SAID.get(type(refusal), refusal.text_key)
    values = {
        name: spoken(value, context.language) if isinstance(value, datetime) else value
        for name, value in refusal.parameters.items()
    }
    about = context.button.id.partition("/")[0]
    return Message(context.text(key, **values), (staff.back(context, up, about),))


def parts(context: Context, count: int) -> list[str]:
    """What stands in the data of the button, between slashes.

    Raises:
        Expired: it is not so many things.
    """
    found = context.button.id.split("/")
    if len(found) != count:
        raise Expired
    return found


def session_id(text: str) -> InfoSessionId:
    """Raises:
    Expired: it is no number.
    """
    return InfoSessionId(staff.number(text))


def page_of(
    context: Context, items: Sequence[Item], page: str, action: str, about: str, size: int
) -> tuple[Sequence[Item], Rows]:
    """The items on that page, and the row that turns the pages; its data is `<about>/<page>`."""
    last = max(0, (len(items) - 1) // size)
    at = min(staff.number(page), last)
    turns = tuple(
        context.tap(f"{sign} {other + 1}/{last + 1}", action, f"{about}/{other}")
        for sign, other in (("◀", at - 1), ("▶", at + 1))
        if 0 <= other <= last
    )
    return items[at * size : (at + 1) * size], (turns,) if turns else ()


# Their day.

staff.entry("door.button_day", "door.day", for_=AT_THE_DOOR, place=5)


@staff.waiting(for_=AT_THE_DOOR)
async def what_waits(context: Context) -> tuple[Button, ...]:
    """Somebody to call, people to receive, people who were not reminded."""
    found = await context.services.door.waits(context.person.id)
    return tuple(_waiting(context, each) for each in found)


def _waiting(context: Context, waits: Waits) -> Button:
    moment = spoken(waits.moment, context.language)
    if waits.need is Need.CALL:
        label = context.label("door.waits_call", until=moment)
        return context.tap(label, "door.person", str(waits.sign_up))
    if waits.need is Need.MISSED:
        label = context.label("door.waits_missed", count=waits.people)
        return context.tap(label, "door.missed", str(waits.info_session))
    time = spoken_time(waits.moment, context.language)
    label = context.label("door.waits_receive", time=time)
    return context.tap(label, PEOPLE, str(waits.info_session))


@at_the_door("door.day", up="staff.menu")
async def show_day(_: Update, context: Context) -> None:
    """Where they have something to do, what comes first above."""
    duties = await context.services.door.day(context.person.id)
    shown, turns = _days_page(context, duties)
    lines = [_duty_line(context, each) for each in shown]
    heading = context.text("door.day", today=spoken(_today(context), context.language))
    text = [heading, Markup("\n\n").join(lines) or context.text("door.nothing")]
    rows = [
        (context.tap(_short(context, each.info_session), PEOPLE, str(each.info_session.id)),)
        for each in shown
    ]
    last = staff.back(context)
    if context.colleague.has(Role.COORDINATOR) and duties:
        last = (context.tap(context.label("door.button_fill"), "door.fill"), *last)
    await context.show(Message(Markup("\n\n").join(text), (*rows, *turns, last)))


def _days_page(context: Context, duties: Sequence[Duty]) -> tuple[Sequence[Duty], Rows]:
    return staff.page_of(context, duties, "door.day")


def _duty_line(context: Context, duty: Duty) -> Markup:
    info_session = duty.info_session
    line = context.text(
        "door.day_line",
        starts=spoken(info_session.starts_at, context.language),
        place=info_session.place,
        expected=duty.expected,
        seats=duty.seats,
    )
    mine = []
    if duty.standing.is_named:
        mine.append(context.text("door.you_are_lead"))
    if duty.standing.groups:
        numbers = ", ".join(str(number) for number in sorted(duty.standing.groups))
        mine.append(context.text("door.you_are_guide", groups=numbers))
    return Markup("\n").join((line, *mine))


def _short(context: Context, info_session: InfoSession) -> str:
    return f"{spoken(info_session.starts_at, context.language)} · {info_session.title}"


def _today(context: Context) -> date:
    return today_of(context.services.now())


# One info session.


@at_the_door(PEOPLE, up="door.day")
async def show_session(_: Update, context: Context) -> None:
    await context.show(await session(context, session_id(context.button.id)))


async def session(context: Context, id_: InfoSessionId) -> Message:
    """How it stands, and everything that can be done for those who come.

    Raises:
        Expired: there is none.
    """
    try:
        duty = await context.services.door.duty(context.person.id, id_)
    except InfoSessionClosed:
        raise Expired from None
    up = staff.back(context, "door.day")
    return Message(_stands(context, duty), (*_ways(context, duty), up))


def heading(context: Context, info_session: InfoSession) -> Markup:
    return context.text(
        "door.session",
        title=info_session.title,
        starts=spoken(info_session.starts_at, context.language),
        place=info_session.place,
    )


def _stands(context: Context, duty: Duty) -> Markup:
    text = context.text
    lines = [text("door.filled", expected=duty.expected, seats=duty.seats)]
    if duty.waiting:
        lines.append(text("door.waiting", count=duty.waiting))
    if duty.offers:
        lines.append(text("door.offers", count=duty.offers))
    if duty.can_check_in:
        lines.append(text("door.inside", inside=duty.inside, expected=duty.expected))
    if duty.info_session.state in (State.DRAFT, State.CANCELLED, State.ANONYMISED):
        lines.append(text(f"door.state_{duty.info_session.state}"))
    return heading(context, duty.info_session) + "\n\n" + Markup("\n").join(lines)


def _ways(context: Context, duty: Duty) -> list[tuple[Button, ...]]:
    """What may be done, by who is looking; what is done most stands first."""
    id_, standing = str(duty.info_session.id), duty.standing

    def tap(key: str, action: str, about: str = id_, **values: object) -> Button:
        return context.tap(context.label(key, **values), action, about)

    rows: list[list[Button]] = []
    if standing.leads:
        key = "door.button_check_in" if duty.can_check_in else "door.button_names"
        rows.append([tap(key, "door.list", f"{id_}/all/0")])
    elif standing.is_on:
        rows.append(
            [
                tap("door.button_my_group", "door.list", f"{id_}/g{number}/0", number=number)
                for number in sorted(standing.groups)[:4]
            ]
        )
    walk_ins = standing.is_on and duty.can_check_in
    register = [tap("door.button_register", "door.register")]
    found = [tap("door.button_search", "door.search")]
    rows.append((register if standing.registers or walk_ins else []) + found)
    if standing.leads:
        waiting = tap("door.button_waiting", "door.list", f"{id_}/wait/0")
        rows.append([waiting, tap("door.button_gone", "door.gone", f"{id_}/0")])
    if standing.is_on:
        groups = [tap("door.button_groups", "door.groups")] if duty.groups else []
        asked = [tap("door.button_answers", "door.answers", f"{id_}/0")] if duty.questions else []
        rows.append(groups + asked)
        papers = [
            tap(f"door.button_{kind}", "door.paper", f"{id_}/{kind}") for kind in ("pdf", "csv")
        ]
        rows.append(papers)
    crew = [
        tap("door.button_leads", "door.leads", f"{id_}/0"),
        tap("door.button_plan", "planning.show"),
    ]
    missed = [tap("door.button_missed", "door.missed", count=duty.missed)]
    rows.append(
        (crew if context.colleague.has(Role.COORDINATOR) else []) + (missed if duty.missed else [])
    )
    return [tuple(row) for row in rows if row]
