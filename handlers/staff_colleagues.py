"""Colleagues, for the coordinator: who they are, until when, and ending a role."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from markupsafe import Markup
from telegram import Update

from bot.notifications.message import Button, Message
from bot.services import spoken_day
from bot.staff import Colleague, Role, today_of
from bot.staff.model import Term
from handlers import menu, staff
from handlers.audience import only
from handlers.buttons import Expired, button
from handlers.context import Context
from handlers.days import days_in
from handlers.staff_absence import day_of
from handlers.typed import ask, typed, words

COORDINATORS: Final = only(Role.COORDINATOR)

TERMS: Final = (0, 2, 5, 11)
"""At the end of this month, or so many months on, a role can end with one tap."""

staff.entry("staff.button_colleagues", "staff.colleagues", for_=COORDINATORS, place=20)


@button("staff.colleagues", for_=COORDINATORS)
async def list_(_: Update, context: Context) -> None:
    everybody = await context.services.staff.colleagues(context.person.id)
    shown, turns = staff.page_of(context, everybody, "staff.colleagues")
    rows = [
        (context.tap(_line(context, each), "staff.colleague", str(each.person)),) for each in shown
    ]
    text = context.text("staff.colleagues", count=len(everybody))
    review = context.tap(context.label("staff.button_review"), "staff.review")
    await context.show(Message(text, (*rows, *turns, (review, *staff.back(context)))))


def _line(context: Context, colleague: Colleague) -> str:
    away = "🏖 " if colleague.is_absent else ""
    return f"{away}{colleague.display_name} · {staff.roles(context, colleague)}"


@button("staff.colleague", for_=COORDINATORS)
async def show(_: Update, context: Context) -> None:
    await context.show(message(context, await staff.colleague_of(context, context.button.id)))


def message(context: Context, colleague: Colleague) -> Message:
    whom, label = str(colleague.person), context.label
    lines = [context.text("staff.colleague", name=colleague.display_name)]
    if colleague.service:
        lines.append(Markup("{}").format(colleague.service))
    lines += [term_of(context, term) for term in colleague.terms]
    if colleague.absent_until is not None:
        day = spoken_day(colleague.absent_until, context.language)
        lines.append(context.text("staff.colleague_away", day=day))
    terms = [
        context.tap(
            staff.role_name(context, term.role).capitalize(), "staff.term", f"{whom}/{term.role}"
        )
        for term in colleague.terms
    ]
    away = context.tap(label("staff.button_absence"), "staff.absence", whom)
    end = context.tap(label("staff.button_end_all"), "staff.end", whom)
    rows = (*staff.pairs(terms), (away, end), staff.back(context, "staff.colleagues"))
    return Message(Markup("\n").join(lines), rows)


def term_of(context: Context, term: Term) -> Markup:
    """The role, since when and until when."""
    role, since = staff.role_name(context, term.role), spoken_day(term.starts_on, context.language)
    if term.ends_on is None:
        return context.text("staff.term_open", role=role, since=since)
    day = last_day(context, term.ends_on)
    return context.text("staff.term_until", role=role, since=since, day=day)


def last_day(context: Context, ends_on: date) -> str:
    """People think of the last day; what is stored is the first one without access."""
    return spoken_day(ends_on - timedelta(days=1), context.language)


@button("staff.term", for_=COORDINATORS)
async def show_term(_: Update, context: Context) -> None:
    """One role of a colleague: end it now, or say until when."""
    colleague, role = await _read(context)
    await context.show(_of_term(context, colleague, role))


def _of_term(context: Context, colleague: Colleague, role: Role | None) -> Message:
    term = next((each for each in colleague.terms if each.role is role), None)
    if term is None:
        raise Expired
    id_ = f"{colleague.person}/{role}"
    months = [
        context.tap(spoken_day(day, context.language), "staff.until", f"{id_}/{day}")
        for day in last_days(context)
    ]
    other = context.tap(context.label("staff.button_other_day"), "staff.other_day", id_)
    never = context.tap(context.label("staff.button_no_end"), "staff.until", f"{id_}/-")
    end = context.tap(context.label("staff.button_end"), "staff.end", id_)
    heading = context.text("staff.colleague", name=colleague.display_name)
    text = Markup("\n").join((heading, term_of(context, term)))
    last = (never,) if term.ends_on is not None else ()
    rows = (
        *staff.pairs(months),
        (other, *last),
        (end,),
        staff.back(context, "staff.colleague", str(colleague.person)),
    )
    return Message(text + "\n\n" + context.text("staff.ask_last_day"), rows)


@button("staff.until", for_=COORDINATORS)
async def end_later(_: Update, context: Context) -> None:
    """The last day of a role was chosen; the same screen takes it back."""
    whom_and_role, _slash, day = context.button.id.rpartition("/")
    colleague, role = await _of(context, whom_and_role)
    if role is None:
        raise Expired
    ends_on = None if day == "-" else after(day_of(day))
    await context.services.staff.end_on(context.person.id, colleague.person, role, ends_on)
    context.toast = context.label("staff.noted")
    anew = await staff.colleague_of(context, str(colleague.person))
    await context.show(_of_term(context, anew, role))


def after(day: date) -> date:
    """Raises:
    Expired: there is no day after it.
    """
    try:
        return day + timedelta(days=1)
    except OverflowError:
        raise Expired from None


@button("staff.other_day", for_=COORDINATORS)
async def ask_day(_: Update, context: Context) -> None:
    await _read(context)
    await ask(context, "staff.last_day", context.button.id)
    rows = (staff.back(context, "staff.term", context.button.id),)
    await context.show(Message(context.text("staff.ask_day"), rows))


@typed("staff.last_day", for_=COORDINATORS)
async def day_typed(update: Update, context: Context) -> None:
    colleague, role = await _read(context)
    days = days_in(words(update), _today(context))
    if len(days) != 1 or role is None:
        await ask(context, "staff.last_day", context.button.id)
        rows = (staff.back(context, "staff.term", context.button.id),)
        await context.say(Message(context.text("staff.days_unclear"), rows))
        return
    await context.services.staff.end_on(context.person.id, colleague.person, role, after(days[0]))
    anew = await staff.colleague_of(context, str(colleague.person))
    await context.say(_of_term(context, anew, role))


@button("staff.end", for_=COORDINATORS)
async def consider_ending(_: Update, context: Context) -> None:
    """What ending means, before it happens."""
    colleague, role = await _read(context)
    named = staff.role_name(context, role) if role is not None else staff.roles(context, colleague)
    text = context.text("staff.end", name=colleague.display_name, roles=named)
    sure = context.tap(context.label("staff.button_end_sure"), "staff.ended", context.button.id)
    keep = context.tap(context.label("staff.button_keep"), "staff.colleague", str(colleague.person))
    await context.show(Message(text, ((sure,), (keep,))))


@button("staff.ended", for_=COORDINATORS)
async def end(_: Update, context: Context) -> None:
    """From their next tap on. The way back is a new invitation."""
    colleague, role = await _read(context)
    await context.services.staff.revoke(context.person.id, colleague.person, role)
    if await context.services.staff.me(context.person.id) is None:
        await context.show(menu.message(context, "staff.left"))
        return
    text = context.text("staff.ended", name=colleague.display_name)
    again: tuple[tuple[Button, ...], ...] = ()
    if role is not None:
        label = context.label("staff.button_invite_again")
        again = ((context.tap(label, "staff.invite_as", role),),)
    await context.show(Message(text, (*again, staff.back(context))))


async def _read(context: Context) -> tuple[Colleague, Role | None]:
    return await _of(context, context.button.id)


async def _of(context: Context, data: str) -> tuple[Colleague, Role | None]:
    """The colleague and the role behind the data of a button (`17/editor`; `17`: all roles).

    Raises:
        Expired: there is no such colleague, or they do not have the role.
    """
    whom, _, named = data.partition("/")
    colleague = await staff.colleague_of(context, whom)
    role = staff.role_of(named) if named else None
    if role is not None and role not in colleague.roles:
        raise Expired
    return colleague, role


def last_days(context: Context) -> list[date]:
    """The days a role can end on with one tap."""
    return [end_of_month(_today(context), months) for months in TERMS]


def end_of_month(day: date, months: int) -> date:
    """The last day of the month that is *months* after the one of *day*."""
    year, month = divmod(day.year * 12 + day.month - 1 + months + 1, 12)
    return date(year, month + 1, 1) - timedelta(days=1)


def _today(context: Context) -> date:
    return today_of(context.services.now())
