"""Being away: days with a beginning and an end; it ends by itself, or earlier.

The data of the buttons is `<from>/<until>`, and behind it the number of the colleague when a
coordinator speaks for somebody who cannot.
"""

from __future__ import annotations

from datetime import date, timedelta

from markupsafe import Markup
from telegram import Update

from bot.clock import spoken
from bot.notifications.message import Button, Message
from bot.people.model import PersonId
from bot.staff import today_of
from handlers import staff
from handlers.audience import COLLEAGUES
from handlers.buttons import Expired, button
from handlers.context import Context
from handlers.days import days_in
from handlers.typed import ask, typed, words

staff.entry("staff.button_absence", "staff.absence", for_=COLLEAGUES, place=30)


@button("staff.absence", for_=COLLEAGUES)
async def show(_: Update, context: Context) -> None:
    await context.show(await message(context, context.button.id))


async def message(context: Context, whom: str) -> Message:
    """When they are away, and the days that are asked for most."""
    person, name = await _whom(context, whom)
    known = await context.services.staff.absences(person)
    heading = context.text("staff.absence_of", name=name) if whom else context.text("staff.absence")
    lines = [_span(context, each.from_on, each.until_on) for each in known]
    listed = Markup("\n").join(Markup("• {}").format(line) for line in lines)
    parts = [
        heading,
        listed or context.text("staff.no_absence"),
        context.text("staff.absence_hint"),
    ]
    choices = [
        context.tap(context.label(f"staff.away_{key}"), "staff.away", _data(span, whom))
        for key, span in presets(_today(context)).items()
    ]
    other = context.tap(context.label("staff.away_other"), "staff.away_other", whom)
    away = bool(known) and known[0].from_on <= _today(context)
    end = context.label("staff.button_present" if away else "staff.button_call_off")
    present = context.tap(end, "staff.present", whom)
    rows = (*staff.pairs(choices), (other,), *(((present,),) if known else ()), _up(context, whom))
    return Message(Markup("\n\n").join(parts), rows)


def presets(today: date) -> dict[str, tuple[date, date]]:
    """The days behind each ready-made button."""
    monday = today + timedelta(days=7 - today.weekday())
    tomorrow = today + timedelta(days=1)
    return {
        "today": (today, today),
        "tomorrow": (tomorrow, tomorrow),
        "week": (today, monday - timedelta(days=1)),
        "next_week": (monday, monday + timedelta(days=6)),
    }


@button("staff.away", for_=COLLEAGUES)
async def consider(_: Update, context: Context) -> None:
    """What it means, before it happens: open work goes to the others and does not come back."""
    from_on, until_on, whom = _read(context.button.id)
    await context.show(await _question(context, from_on, until_on, whom))


async def _question(context: Context, from_on: date, until_on: date, whom: str) -> Message:
    _, name = await _whom(context, whom)
    days = _span(context, from_on, until_on)
    key = "staff.away_sure_of" if whom else "staff.away_sure"
    text = context.text(key, days=days, name=name) if whom else context.text(key, days=days)
    data = _data((from_on, until_on), whom)
    yes = context.tap(context.label("staff.button_away_yes"), "staff.away_yes", data)
    no = context.tap(context.label("staff.button_away_no"), "staff.absence", whom)
    return Message(text, ((yes,), (no,)))


@button("staff.away_yes", for_=COLLEAGUES)
async def be_away(_: Update, context: Context) -> None:
    from_on, until_on, whom = _read(context.button.id)
    person, _name = await _whom(context, whom)
    known = await context.services.staff.absences(person)
    if (from_on, until_on) not in [(each.from_on, each.until_on) for each in known]:
        await context.services.staff.absent(
            context.person.id, from_on, until_on, whom=person if whom else None
        )
    context.toast = context.label("staff.noted")
    await context.show(await message(context, whom))


@button("staff.away_other", for_=COLLEAGUES)
async def ask_days(_: Update, context: Context) -> None:
    whom = context.button.id
    await _whom(context, whom)
    await ask(context, "staff.away_days", whom)
    rows = (staff.back(context, "staff.absence", whom),)
    await context.show(Message(context.text("staff.ask_away_days"), rows))


@typed("staff.away_days", for_=COLLEAGUES)
async def days_typed(update: Update, context: Context) -> None:
    whom = context.button.id
    days = days_in(words(update), _today(context))
    if len(days) not in (1, 2):
        await ask(context, "staff.away_days", whom)
        rows = (staff.back(context, "staff.absence", whom),)
        await context.say(Message(context.text("staff.days_unclear"), rows))
        return
    await context.say(await _question(context, days[0], days[-1], whom))


@button("staff.present", for_=COLLEAGUES)
async def come_back(_: Update, context: Context) -> None:
    whom = context.button.id
    person, _name = await _whom(context, whom)
    await context.services.staff.back(context.person.id, whom=person if whom else None)
    context.toast = context.label("staff.noted")
    await context.show(await message(context, whom))


async def _whom(context: Context, whom: str) -> tuple[PersonId, str]:
    """Themselves, or for a coordinator the colleague with this number."""
    if not whom:
        return context.person.id, context.colleague.display_name
    other = await staff.colleague_of(context, whom)
    return other.person, other.display_name


def _up(context: Context, whom: str) -> tuple[Button, ...]:
    return staff.back(context, "staff.colleague", whom) if whom else staff.back(context)


def _span(context: Context, from_on: date, until_on: date) -> str:
    first, last = spoken(from_on, context.language), spoken(until_on, context.language)
    if from_on == until_on:
        return first
    return context.label("staff.days", first=first, last=last)


def _data(span: tuple[date, date], whom: str) -> str:
    data = f"{span[0].isoformat()}/{span[1].isoformat()}"
    return f"{data}/{whom}" if whom else data


def _read(data: str) -> tuple[date, date, str]:
    """Raises:
    Expired: these are no days.
    """
    first, _, rest = data.partition("/")
    last, _, whom = rest.partition("/")
    return day_of(first), day_of(last), whom


def day_of(text: str) -> date:
    """Raises:
    Expired: this is no day.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Expired from None


def _today(context: Context) -> date:
    return today_of(context.services.now())
