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
from bot.staff.model import AbsenceId
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
    ends = []
    if known and known[0].from_on <= _today(context):
        ends.append(context.tap(context.label("staff.button_present"), "staff.present", whom))
    if known:
        data = f"0/{whom}"
        ends.append(context.tap(context.label("staff.button_call_off"), "staff.absences", data))
    rows = (*staff.pairs(choices), (other,), *((each,) for each in ends), _up(context, whom))
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


@button("staff.absences", for_=COLLEAGUES)
async def choose(_: Update, context: Context) -> None:
    """All of them, each with a button that calls it off and no other."""
    page, _slash, whom = context.button.id.partition("/")
    person, _name = await _whom(context, whom)
    known = await context.services.staff.absences(person)
    shown, turns = staff.page_of(context, known, "staff.absences", page=page, after=f"/{whom}")
    rows = tuple(
        (
            context.tap(
                _span(context, each.from_on, each.until_on),
                "staff.call_off",
                f"{each.id}/{whom}",
            ),
        )
        for each in shown
    )
    text = context.text("staff.call_off" if known else "staff.no_absence")
    await context.show(Message(text, (*rows, *turns, staff.back(context, "staff.absence", whom))))


@button("staff.call_off", for_=COLLEAGUES)
async def call_off(_: Update, context: Context) -> None:
    """Exactly this one is gone; the way back is one tap."""
    id_, _slash, whom = context.button.id.partition("/")
    person, _name = await _whom(context, whom)
    absence = AbsenceId(staff.number(id_))
    gone = await context.services.staff.call_off(
        context.person.id, absence, whom=person if whom else None
    )
    if gone is None:
        raise Expired
    text = context.text("staff.called_off", days=_span(context, gone.from_on, gone.until_on))
    again = _data((max(gone.from_on, _today(context)), gone.until_on), whom)
    undo = context.tap(context.label("staff.button_away_after_all"), "staff.away_yes", again)
    await context.show(Message(text, ((undo,), staff.back(context, "staff.absence", whom))))


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
