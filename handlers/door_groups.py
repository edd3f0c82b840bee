"""The tour: who walks with which group and who guides it; and who leads the info session."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup
from telegram import Update

from bot.info_sessions.door_views import GroupSheet
from bot.info_sessions.model import InfoSessionId
from bot.notifications.message import Button, Message
from bot.people.model import PersonId
from bot.staff import Colleague, Role
from handlers import door, staff
from handlers.buttons import Expired
from handlers.context import Context
from handlers.door import ON_A_PAGE, PEOPLE, at_the_door, parts, session_id
from handlers.door_person import shown_anew, sign_up_id

GROUPS_ON_A_PAGE: Final = 10
"""Two to a row."""

MOST_CHOICES: Final = 14
"""Groups to choose from at once: seven rows."""


@at_the_door("door.groups")
async def show(_: Update, context: Context) -> None:
    await context.show(await _groups(context, *_about_and_page(context)))


def _about_and_page(context: Context) -> tuple[InfoSessionId, str]:
    about, _, page = context.button.id.partition("/")
    return session_id(about), page or "0"


async def _groups(context: Context, id_: InfoSessionId, page: str = "0") -> Message:
    """Every group with its guide, its meeting point and how many people it has."""
    duty = await context.services.door.duty(context.person.id, id_)
    sheets = await context.services.door.groups(context.person.id, id_)
    about = str(id_)
    shown, turns = door.page_of(context, sheets, page, "door.groups", about, GROUPS_ON_A_PAGE)
    lines = [_sheet(context, each) for each in shown]
    without = duty.expected - sum(each.people for each in sheets)
    if without > 0:
        lines.append(context.text("door.without_group", count=without))
    mine = duty.standing
    buttons = [
        context.tap(
            context.label("door.button_group", number=each.number),
            "door.list",
            f"{id_}/g{each.number}/0",
        )
        for each in shown
        if mine.leads or each.number in mine.groups
    ]
    divide = context.tap(context.label("door.button_divide"), "door.divide", about)
    guides = context.tap(context.label("door.button_guides"), "door.guides", about)
    more = [divide] if mine.leads and without > 0 else []
    more += [guides] if context.colleague.has(Role.COORDINATOR) else []
    text = door.heading(context, duty.info_session) + "\n\n" + Markup("\n").join(lines)
    rows = (
        *staff.pairs(buttons),
        *((tuple(more),) if more else ()),
        *turns,
        staff.back(context, PEOPLE, about),
    )
    return Message(text, rows)


def _sheet(context: Context, each: GroupSheet) -> Markup:
    return context.text(
        "door.group",
        number=each.number,
        meeting_point=each.meeting_point,
        guide=_guide(context, each),
        people=each.people,
        size=each.size,
    )


def _guide(context: Context, each: GroupSheet) -> str:
    if each.guide is None:
        return context.label("door.no_guide")
    return each.guide_name or context.label("door.a_colleague")


@at_the_door("door.divide")
async def divide(_: Update, context: Context) -> None:
    """Whoever has no group yet gets one; the others keep theirs."""
    id_ = session_id(context.button.id)
    count = await context.services.door.divide(context.person.id, id_)
    context.toast = context.label("door.divided", count=count)
    await context.show(await _groups(context, id_))


# Somebody else's group.


@at_the_door("door.regroup", up="door.person")
async def ask_group(_: Update, context: Context) -> None:
    found = await context.services.door.line(context.person.id, sign_up_id(context.button.id))
    sheets = await context.services.door.groups(context.person.id, found.info_session.id)
    now = found.group.number if found.group is not None else None
    buttons = [
        context.tap(
            ("✓ " if each.number == now else "")
            + context.label("door.button_group_room", number=each.number, left=_left(each)),
            "door.into",
            f"{found.sign_up.id}/{each.number}",
        )
        for each in sheets[:MOST_CHOICES]
    ]
    lines = [_sheet(context, each) for each in sheets]
    text = context.text("door.ask_group") + "\n\n" + Markup("\n").join(lines)
    up = staff.back(context, "door.person", context.button.id)
    await context.show(Message(text, (*staff.pairs(buttons), up)))


def _left(each: GroupSheet) -> int:
    return max(0, each.size - each.people)


@at_the_door("door.into", up="door.person")
async def into_group(_: Update, context: Context) -> None:
    about, number = parts(context, 2)
    id_ = sign_up_id(about)
    await context.services.door.into_group(context.person.id, id_, staff.number(number))
    context.toast = context.label("staff.noted")
    await shown_anew(context, id_)


# Guides.


@at_the_door("door.guides")
async def choose_group(_: Update, context: Context) -> None:
    """Which group gets another guide."""
    id_, page = _about_and_page(context)
    await context.show(await _guides(context, id_, page))


async def _guides(context: Context, id_: InfoSessionId, page: str = "0") -> Message:
    await context.services.door.hosts(context.person.id, id_)  # only for coordinators
    sheets = await context.services.door.groups(context.person.id, id_)
    shown, turns = door.page_of(context, sheets, page, "door.guides", str(id_), ON_A_PAGE)
    rows = [
        (
            context.tap(
                context.label("door.button_guide", number=each.number, name=_guide(context, each)),
                "door.guide",
                f"{id_}/{each.number}/0",
            ),
        )
        for each in shown
    ]
    up = staff.back(context, "door.groups", str(id_))
    return Message(context.text("door.ask_which_guide"), (*rows, *turns, up))


@at_the_door("door.guide")
async def choose_guide(_: Update, context: Context) -> None:
    about, number, page = parts(context, 3)
    id_, which = session_id(about), staff.number(number)
    hosts = await context.services.door.hosts(context.person.id, id_)
    sheets = await context.services.door.groups(context.person.id, id_)
    sheet = next((each for each in sheets if each.number == which), None)
    if sheet is None:
        raise Expired
    data = f"{id_}/{which}"
    shown, turns = door.page_of(context, hosts, page, "door.guide", data, ON_A_PAGE)
    rows = [
        (
            context.tap(
                _host(context, each, chosen=each.person == sheet.guide),
                "door.guided",
                f"{data}/{each.person}",
            ),
        )
        for each, _ in shown
    ]
    nobody: tuple[Button, ...] = ()
    if sheet.guide is not None:
        nobody = (context.tap(context.label("door.button_no_guide"), "door.guided", f"{data}/-"),)
    last = (*nobody, *staff.back(context, "door.guides", str(id_)))
    await context.show(Message(_sheet(context, sheet), (*rows, *turns, last)))


def _host(context: Context, colleague: Colleague, *, chosen: bool) -> str:
    away = "🏖 " if colleague.is_absent else ""
    sign = "✓ " if chosen else ""
    return f"{sign}{away}{colleague.display_name} · {staff.roles(context, colleague)}"


@at_the_door("door.guided")
async def guide(_: Update, context: Context) -> None:
    about, number, whom = parts(context, 3)
    id_ = session_id(about)
    person = None if whom == "-" else PersonId(staff.number(whom))
    await context.services.door.set_guide(context.person.id, id_, staff.number(number), person)
    context.toast = context.label("staff.noted")
    await context.show(await _guides(context, id_))


# Who leads.


@at_the_door("door.leads")
async def show_leads(_: Update, context: Context) -> None:
    about, page = parts(context, 2)
    await context.show(await _leads(context, session_id(about), page))


async def _leads(context: Context, id_: InfoSessionId, page: str) -> Message:
    """Everybody who could lead; a tap lets them, the next one no more."""
    duty = await context.services.door.duty(context.person.id, id_)
    hosts = await context.services.door.hosts(context.person.id, id_)
    shown, turns = door.page_of(context, hosts, page, "door.leads", str(id_), ON_A_PAGE)
    rows = [
        (
            context.tap(
                _host(context, each, chosen=leads),
                "door.lead",
                f"{id_}/{each.person}/{int(not leads)}/{page}",
            ),
        )
        for each, leads in shown
    ]
    names = ", ".join(each.display_name for each, leads in hosts if leads)
    key = "door.leads" if names else "door.no_leads"
    values = {"names": names} if names else {}
    text = door.heading(context, duty.info_session) + "\n\n" + context.text(key, **values)
    return Message(text, (*rows, *turns, staff.back(context, PEOPLE, str(id_))))


@at_the_door("door.lead")
async def set_lead(_: Update, context: Context) -> None:
    about, whom, on, page = parts(context, 4)
    id_, person = session_id(about), PersonId(staff.number(whom))
    if on not in ("0", "1"):
        raise Expired
    staff.number(page)
    await context.services.door.set_lead(context.person.id, id_, person, on == "1")
    context.toast = context.label("staff.noted")
    await context.show(await _leads(context, id_, page))
