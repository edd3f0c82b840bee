"""Names at the door: a scanned code, the list, some typed letters; one tap and they are in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from markupsafe import Markup
from telegram import Update

from bot.clock import spoken
from bot.info_sessions.door import LETTERS
from bot.info_sessions.door_views import Duty, Scan
from bot.info_sessions.model import Ending, InfoSessionId, NoSuchSignUp, Status
from bot.info_sessions.views import Participant
from bot.notifications.message import Button, Message
from handlers import door, staff
from handlers.audience import ANYBODY
from handlers.buttons import Expired
from handlers.context import Context
from handlers.door import (
    ON_A_PAGE,
    PEOPLE,
    Rows,
    at_the_door,
    parts,
    session_id,
    typed_at_the_door,
)
from handlers.door_person import message as person_message
from handlers.door_person import nameless, sign_up_id, with_party
from handlers.payloads import opening
from handlers.typed import ask, words

Filter = Callable[[Participant], bool]

FILTERS: Final[dict[str, Filter]] = {
    "all": lambda each: each.status is Status.CONFIRMED,
    "out": lambda each: each.status is Status.CONFIRMED and each.checked_in_at is None,
    "wait": lambda each: each.status in (Status.OFFERED, Status.WAITING),
}
"""By what stands in the data of the button; `g2` is tour group 2."""

LONGEST_SEARCH: Final = 40


# Scanned.


@opening("c_", for_=ANYBODY, introduced=False)
async def scanned(context: Context, code: str) -> Message | None:
    """A personal code under somebody's camera: for a colleague there, who it is and one button."""
    try:
        found = await context.services.door.scanned(context.person.id, code)
    except NoSuchSignUp:
        return None
    return person_message(context, found, scanned=True)


# The list.


@at_the_door("door.list")
async def show_list(_: Update, context: Context) -> None:
    about, shown, page = parts(context, 3)
    await context.show(await _list(context, session_id(about), shown, page))


async def _list(context: Context, id_: InfoSessionId, shown: str, page: str) -> Message:
    """Names, six to a page; what is typed while they are on the screen looks for a name."""
    wanted = _filter(shown)
    duty = await context.services.door.duty(context.person.id, id_)
    everybody = await context.services.door.participants(context.person.id, id_)
    found = [each for each in everybody if wanted(each)]
    found.sort(key=lambda each: (each.status is Status.WAITING, each.place or 0, _spelled(each)))
    lines, turns = door.page_of(context, found, page, "door.list", f"{id_}/{shown}", ON_A_PAGE)
    rows = [(_line(context, duty, each, f"{shown}/{page}"),) for each in lines]
    await ask(context, "door.letters", str(id_))
    last = (*_other_list(context, duty, shown), *staff.back(context, PEOPLE, str(id_)))
    return Message(_above(context, duty, found, shown), (*rows, *turns, last))


def _filter(shown: str) -> Filter:
    """Raises:
    Expired: there is no such list.
    """
    if shown.startswith("g"):
        number = staff.number(shown[1:])
        return lambda each: each.group == number and each.status is Status.CONFIRMED
    try:
        return FILTERS[shown]
    except KeyError:
        raise Expired from None


def _above(context: Context, duty: Duty, found: Sequence[Participant], shown: str) -> Markup:
    text = context.text
    lines = [door.heading(context, duty.info_session)]
    if shown == "wait":
        lines.append(text("door.list_waiting") if found else text("door.nobody_waits"))
    elif shown.startswith("g"):
        people = sum(each.party for each in found)
        lines.append(text("door.list_group", number=shown[1:], count=people))
    elif duty.can_check_in:
        lines.append(text("door.inside", inside=duty.inside, expected=duty.expected))
        if shown == "out" and not found:
            lines.append(text("door.all_in"))
    elif not found:
        lines.append(text("door.nobody"))
    if found:
        lines.append(text("door.hint_check_in" if duty.can_check_in else "door.hint_names"))
    return Markup("\n\n").join(lines)


def _other_list(context: Context, duty: Duty, shown: str) -> tuple[Button, ...]:
    """The list next to this one: who is not in yet, or everybody."""
    if shown not in ("all", "out") or not duty.can_check_in:
        return ()
    other = "out" if shown == "all" else "all"
    label = context.label(f"door.button_only_{other}")
    return (context.tap(label, "door.list", f"{duty.info_session.id}/{other}/0"),)


def _line(context: Context, duty: Duty, each: Participant, came_from: str = "") -> Button:
    """One name. Where people come in now, a tap on who is not in yet checks them in."""
    label = with_party(each.name or nameless(context, each.sign_up_id), each.party)
    if each.status is not Status.CONFIRMED:
        sign = "☎" if each.status is Status.OFFERED else "⏳"
        return context.tap(f"{sign} {label}", "door.person", str(each.sign_up_id))
    if each.group is not None and not came_from.startswith("g"):
        label += " · " + context.label("door.in_group", number=each.group)
    if each.language is not None and each.language != duty.info_session.language:
        label += f" · {each.language}"
    if each.checked_in_at is not None:
        return context.tap(f"✅ {label}", "door.person", str(each.sign_up_id))
    if duty.can_check_in:
        data = f"{each.sign_up_id}/{came_from}" if came_from else str(each.sign_up_id)
        return context.tap(f"⬜ {label}", "door.in", data)
    return context.tap(label, "door.person", str(each.sign_up_id))


def _spelled(each: Participant) -> tuple[str, int]:
    return ((each.name or "").casefold(), each.sign_up_id)


# Looked for.


@at_the_door("door.search")
async def search(_: Update, context: Context) -> None:
    id_ = session_id(context.button.id)
    await door.session(context, id_)  # whether there is something to look for, for them
    await ask(context, "door.letters", str(id_))
    rows = (staff.back(context, PEOPLE, str(id_)),)
    await context.show(Message(context.text("door.ask_letters"), rows))


@typed_at_the_door("door.letters")
async def letters_typed(update: Update, context: Context) -> None:
    id_ = session_id(context.button.id)
    typed_letters = words(update)[:LONGEST_SEARCH]
    found = await context.services.door.find(context.person.id, id_, typed_letters)
    duty = await context.services.door.duty(context.person.id, id_)
    await ask(context, "door.letters", str(id_))
    if len(found) == 1:
        line = await context.services.door.line(context.person.id, found[0].sign_up_id)
        await context.say(person_message(context, line))
        return
    text = context.text("door.found", typed=typed_letters, count=len(found))
    if not found and not duty.standing.is_on and len(typed_letters) < LETTERS:
        text = context.text("door.more_letters")
    elif not found:
        text = context.text("door.not_found", typed=typed_letters)
    elif len(found) > ON_A_PAGE:
        text += "\n" + context.text("door.found_more")
    rows: Rows = tuple((_line(context, duty, each),) for each in found[:ON_A_PAGE])
    await context.say(Message(text, (*rows, *_way_out(context, duty))))


def _way_out(context: Context, duty: Duty) -> Rows:
    about = str(duty.info_session.id)
    names = context.tap(context.label("door.button_names"), "door.list", f"{about}/all/0")
    register = context.tap(context.label("door.button_register"), "door.register", about)
    may_register = duty.standing.registers or (duty.standing.is_on and duty.can_check_in)
    first = (names,) if duty.standing.leads else ()
    second = (register,) if may_register else ()
    rows = ((*first, *second),) if first or second else ()
    return (*rows, staff.back(context, PEOPLE, about))


# In, and out again.


@at_the_door("door.in", up="door.person")
async def check_in(_: Update, context: Context) -> None:
    """From the list: in the list, which shows the tick. From elsewhere: who it was."""
    number, _slash, came_from = context.button.id.partition("/")
    shown, _slash, page = came_from.partition("/")
    if came_from:
        _filter(shown), staff.number(page)
    found = await context.services.door.check_in(context.person.id, sign_up_id(number))
    context.toast = _toast(context, found)
    if came_from:
        await context.show(await _list(context, found.info_session.id, shown, page))
        return
    await ask(context, "door.letters", str(found.info_session.id))
    await context.show(person_message(context, found))


def _toast(context: Context, found: Scan) -> str:
    name = found.sign_up.name or nameless(context, found.sign_up.id)
    if not found.again:
        return context.label("door.now_in", name=name)
    assert found.checked_in_at is not None
    at = spoken(found.checked_in_at, context.language)
    return context.label("door.was_in", name=name, at=at, by=_by(context, found))


def _by(context: Context, found: Scan) -> str:
    return found.by_name or context.label("door.a_colleague")


@at_the_door("door.out", up="door.person")
async def undo(_: Update, context: Context) -> None:
    id_ = sign_up_id(context.button.id)
    found = await context.services.door.undo_check_in(context.person.id, id_)
    if not found.again:
        context.toast = context.label("door.now_out")
    await ask(context, "door.letters", str(found.info_session.id))
    await context.show(person_message(context, found))


# Who does not come any more.

DEPARTED_ON_A_PAGE: Final = 15


@at_the_door("door.gone")
async def show_departed(_: Update, context: Context) -> None:
    about, page = parts(context, 2)
    id_ = session_id(about)
    duty = await context.services.door.duty(context.person.id, id_)
    gone = await context.services.door.departed(context.person.id, id_)
    shown, turns = door.page_of(context, gone, page, "door.gone", about, DEPARTED_ON_A_PAGE)
    lines = [
        context.text(
            "door.gone_line",
            name=with_party(each.name or nameless(context, each.sign_up_id), each.party),
            how=_how(context, each.how),
            at=spoken(each.at, context.language),
        )
        for each in shown
    ]
    listed = Markup("\n").join(lines) or context.text("door.nobody_gone")
    text = door.heading(context, duty.info_session) + "\n\n" + listed
    await context.show(Message(text, (*turns, staff.back(context, PEOPLE, about))))


def _how(context: Context, how: Ending) -> str:
    return context.label(f"door.ended_{how}")
