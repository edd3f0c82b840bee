"""Changing one thing at a time about an info session; the first few in a row, after «new»."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from markupsafe import Markup
from telegram import Update

from bot.clock import spoken_span
from bot.info_sessions.drafts import Change, Planned
from bot.info_sessions.plan import Plan
from bot.notifications.message import Button, Message
from bot.staff import today_of
from handlers import staff
from handlers.buttons import Expired
from handlers.context import Context
from handlers.planning import counts_for, look, message
from handlers.planning_about import About, answer, read, screen
from handlers.planning_fields import FIELDS, QUIET, SECTIONS, Field, fields_of, to_pin
from handlers.planning_reading import day_with_spans, moment
from handlers.typed import ask, words

STEPS: Final = ("language", "track", "title", "place", "seats")
"""What is asked one after the other of a new info session; everything else has a good default."""

GUIDED: Final = "g"
"""In the data of a button: the next question follows."""

LONGEST_VALUE: Final = 120
"""Characters of one thing in the overview of its section."""

USUAL_SEATS: Final = 20
CHOICES_IN_A_ROW: Final = 2


# A new one.


@screen("planning.new")
async def new(_: Update, context: Context) -> None:
    await _ask_when(context, "planning.ask_new")


@screen("planning.day")
async def day(_: Update, context: Context) -> None:
    await _ask_when(context, "planning.ask_new_day")


async def _ask_when(context: Context, key: str) -> None:
    if context.button.id:
        raise Expired
    await ask(context, "planning.when")
    number = context.text("planning.step", number=1, steps=len(STEPS) + 1)
    text = number + "\n\n" + context.text(key)
    await context.show(Message(text, (staff.back(context, "planning.menu"),)))


@answer("planning.when")
async def when(update: Update, context: Context) -> None:
    """The day and the hours were typed: from now on there is a draft."""
    found = day_with_spans(words(update), today_of(context.services.now()))
    if found is None:
        await ask(context, "planning.when")
        rows = (staff.back(context, "planning.menu"),)
        await context.say(Message(context.text("planning.when_unclear"), rows))
        return
    spans = [(moment(found[0], start), moment(found[0], end)) for start, end in found[1]]
    planning = context.services.planning
    made = await planning.create_day(context.person.id, await _usual(context, *spans[0]), spans)
    said = "\n".join(spoken_span(*span, context.language) for span in spans)
    understood = context.text("planning.made", when=said, count=len(made))
    await _step(context, About(made[0], together=len(made) > 1), STEPS[0], understood)


async def _usual(context: Context, starts_at: datetime, ends_at: datetime) -> Plan:
    """What is so as a rule: where the last one was, in the zone's first language."""
    planning, me = context.services.planning, context.person.id
    zone, language = context.services.zone, context.services.languages[0]
    plan = Plan(
        title=_usual_title(context, language),
        starts_at=starts_at,
        ends_at=ends_at,
        place=(zone.filled("desk") or zone.name)[:160],
        seats=USUAL_SEATS,
        language=language,
    )
    known = [each.info_session.id for each in await planning.overview(me)]
    if not known:
        return plan
    _, last = await planning.plan_of(me, max(known))
    plan = replace(plan, place=last.place, room=last.room)
    return replace(plan, latitude=last.latitude, longitude=last.longitude)


def _usual_title(context: Context, language: str) -> str:
    zone = context.services.zone.name
    return context.texts.plain("planning.usual_title", language, zone=zone)[:120]


def _spoken_there(context: Context, language: str) -> Change:
    """Another language; a title that nobody chose is then said in it."""
    usual = {_usual_title(context, each) for each in context.services.languages}

    def change(plan: Plan) -> Plan:
        title = _usual_title(context, language) if plan.title in usual else plan.title
        return replace(plan, language=language, title=title)

    return change


@screen("planning.step")
async def step(_: Update, context: Context) -> None:
    """What stands there is right: on to the next question."""
    about, rest = read(context)
    if len(rest) != 1 or rest[0] not in STEPS:
        raise Expired
    await _step(context, about, _next(rest[0]))


def _next(name: str) -> str | None:
    at = STEPS.index(name) + 1
    return STEPS[at] if at < len(STEPS) else None


async def _step(
    context: Context, about: About, name: str | None, first: Markup | None = None
) -> None:
    """Ask the next thing, or show the draft when there is nothing more to ask."""
    if name is None:
        ready = context.text("planning.ready")
        await context.show(await message(context, about, ready))
        return
    await _question(context, await look(context, about), about, name, guided=True, first=first)


# One thing.


@screen("planning.part")
async def part(_: Update, context: Context) -> None:
    """Everything of one kind, as it is now, with a button for each."""
    about, rest = read(context)
    if len(rest) != 1 or rest[0] not in (*SECTIONS, QUIET):
        raise Expired
    await context.show(await _section(context, about, rest[0]))


async def _section(
    context: Context, about: About, section: str, first: Markup | None = None
) -> Message:
    planned = await look(context, about)
    names = fields_of(section, planned)
    lines = [
        context.text(
            "planning.field_is",
            name=context.label(f"planning.field_{name}"),
            value=_short(FIELDS[name].value(context, planned.plan)) or "–",
        )
        for name in names
    ]
    buttons = [
        context.tap(
            context.label(f"planning.field_{name}"), "planning.field", f"{about.data}/{name}"
        )
        for name in names
    ]
    parts = [] if first is None else [first]
    parts += [_whose(context, planned, about), Markup("\n").join(lines)]
    parts.append(context.text("planning.tap_to_change"))
    rows = (*staff.pairs(buttons), staff.back(context, "planning.show", about.data))
    return Message(Markup("\n\n").join(parts), rows)


def _short(value: str) -> str:
    """One line of an overview."""
    line = " ".join(value.split())
    return line if len(line) <= LONGEST_VALUE else line[: LONGEST_VALUE - 1].rstrip() + "…"


def _whose(context: Context, planned: Planned, about: About) -> Markup:
    title = Markup("<b>{}</b>").format(planned.plan.title)
    if not about.together or len(planned.alike(context.services.now())) < 2:
        return title
    return title + "\n" + counts_for(context, planned, about)


@screen("planning.field")
async def field(_: Update, context: Context) -> None:
    about, name, guided = _field_of(context)
    await _question(context, await look(context, about), about, name, guided=guided)


def _field_of(context: Context) -> tuple[About, str, bool]:
    """Raises: Expired, for a field that does not exist."""
    about, rest = read(context)
    if not 1 <= len(rest) <= 2 or rest[0] not in FIELDS or rest[1:] not in ([], [GUIDED]):
        raise Expired
    return about, rest[0], len(rest) == 2


async def _question(
    context: Context,
    planned: Planned,
    about: About,
    name: str,
    *,
    guided: bool,
    first: Markup | None = None,
) -> None:
    """Ask for one thing: a few buttons, or words to type with an example."""
    known = FIELDS[name]
    if not planned.is_draft and not known.is_quiet:
        raise Expired
    data = f"{about.data}/{name}"
    now = known.value(context, planned.plan)
    parts = [] if first is None else [first]
    if guided:
        number = STEPS.index(name) + 2
        parts.append(context.text("planning.step", number=number, steps=len(STEPS) + 1))
    parts.append(context.text(f"planning.ask_{_kind(name)}"))
    written = known.written(planned.plan) if known.written is not None else ""
    if known.only_this and about.together:
        parts.append(context.text("planning.only_this"))
    rows: list[tuple[Button, ...]] = []
    if known.choices is not None:
        rows += _choices(context, known, data, now, guided=guided)
    else:
        action = "planning.pinned" if name == "pin" else "planning.typed"
        await ask(context, action, data + ("/" + GUIDED if guided else ""))
        if written and not guided:
            parts.append(context.text("planning.to_copy", now=written))
    if guided:
        if known.choices is None:
            parts.append(context.text("planning.now_is", value=now))
            rows.append(
                (context.tap(context.label("planning.button_keep"), "planning.step", data),)
            )
        rows.append(
            (context.tap(context.label("planning.button_later"), "planning.show", about.data),)
        )
    else:
        if known.clears is not None and now:
            clear = context.label(
                f"planning.clear_{'default' if name in ('opens', 'closes') else 'empty'}"
            )
            rows.append((context.tap(clear, "planning.clear", data),))
        rows.append(staff.back(context, "planning.part", f"{about.data}/{_home(name, planned)}"))
    await context.show(Message(Markup("\n\n").join(parts), tuple(rows)))


def _kind(name: str) -> str:
    return "pool" if name.startswith("pool_") else name


def _home(name: str, planned: Planned) -> str:
    return FIELDS[name].section if planned.is_draft else QUIET


def _choices(
    context: Context, known: Field, data: str, now: str, *, guided: bool
) -> list[tuple[Button, ...]]:
    assert known.choices is not None
    buttons = []
    for choice in known.choices(context):
        said = known.said(context, choice)
        label = f"✓ {said}" if said == now else said
        more = f"/{GUIDED}" if guided else ""
        buttons.append(context.tap(label, "planning.set", f"{data}/{choice}{more}"))
    in_a_row = 4 if len(buttons) > 6 else CHOICES_IN_A_ROW
    return [tuple(buttons[at : at + in_a_row]) for at in range(0, len(buttons), in_a_row)]


@screen("planning.set")
async def set_(_: Update, context: Context) -> None:
    """One of the choices was tapped."""
    about, rest = read(context)
    guided = len(rest) == 3 and rest[2] == GUIDED
    known = FIELDS.get(rest[0]) if len(rest) == 2 or guided else None
    if known is None or known.choices is None or known.chosen is None:
        raise Expired
    if rest[1] not in known.choices(context):
        raise Expired
    change = known.chosen(rest[1])
    if rest[0] == "language":
        change = _spoken_there(context, rest[1])
    await _amend(context, about, rest[0], change, guided=guided)


@screen("planning.clear")
async def clear(_: Update, context: Context) -> None:
    about, name, _guided = _field_of(context)
    change = FIELDS[name].clears
    if change is None:
        raise Expired
    await _amend(context, about, name, change, guided=False)


@answer("planning.pinned", on_the_map=True)
@answer("planning.typed")
async def typed_(update: Update, context: Context) -> None:
    """What was asked for is typed; for the pin, a place on the map can be shared instead."""
    about, name, guided = _field_of(context)
    change = _read(update, context, name)
    if change is None:
        unclear = context.text("planning.unclear")
        await _question(
            context, await look(context, about), about, name, guided=guided, first=unclear
        )
        return
    await _amend(context, about, name, change, guided=guided)


def _read(update: Update, context: Context, name: str) -> Change | None:
    there = update.message.location if update.message is not None else None
    if there is not None:
        return to_pin(there.latitude, there.longitude) if name == "pin" else None
    reads = FIELDS[name].reads
    return reads(words(update), today_of(context.services.now())) if reads is not None else None


async def _amend(
    context: Context, about: About, name: str, change: Change, *, guided: bool
) -> None:
    together = about.together and not FIELDS[name].only_this
    await context.services.planning.amend(context.person.id, about.id, change, together=together)
    if guided:
        await _step(context, about, _next(name) if name in STEPS else None)
        return
    planned = await look(context, about)
    noted = context.text("planning.noted")
    await context.show(await _section(context, about, _home(name, planned), noted))
