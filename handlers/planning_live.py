"""What people know of already: another moment or place, more seats, no sign-ups, called off."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from markupsafe import Markup
from telegram import Update

from bot.clock import BRUSSELS, spoken_span
from bot.info_sessions.drafts import Planned, same_hour
from bot.info_sessions.model import InfoSessionClosed, PoolKind
from bot.info_sessions.plan import MOST_SEATS
from bot.notifications.message import Message
from bot.staff import today_of
from handlers import staff
from handlers.buttons import Expired
from handlers.context import Context
from handlers.planning import counts_for, look, message
from handlers.planning_about import About, alone, answer, back, read, screen
from handlers.planning_reading import (
    day_with_spans,
    days_typed,
    moment,
    number_in,
    one_line,
    span_in,
)
from handlers.typed import ask, words

WHAT: Final = ("when", "hours", "place", "room")
"""What people are told of, and asked whether it still suits them."""

STEPS: Final = (-5, -1, 1, 5)
"""How many seats more or fewer one tap makes."""

_MOMENT: Final = "%Y%m%d%H%M"


# What people know of already.


async def _to_change(context: Context, about: About) -> Planned:
    """Raises: InfoSessionClosed, when nothing can be changed any more."""
    planned = await look(context, about)
    if not planned.info_session.can_change(context.services.now()):
        raise InfoSessionClosed
    return planned


@screen("planning.change")
async def change(_: Update, context: Context) -> None:
    about = alone(context)
    planned = await _to_change(context, about)
    buttons = [
        context.tap(
            context.label(f"planning.field_{what}"), "planning.other", f"{about.data}/{what}"
        )
        for what in (("when", "place", "room") if about.together else WHAT)
    ]
    parts = [context.text("planning.change", title=planned.plan.title)]
    if about.together:
        parts.append(counts_for(context, planned, about))
    parts.append(_told(context, planned, about))
    rows = (*staff.pairs(buttons), back(context, about))
    await context.show(Message(Markup("\n\n").join(parts), rows))


def _told(context: Context, planned: Planned, about: About, key: str = "planning.told") -> Markup:
    """How many people hear of it."""
    told = planned.told_together if about.together else planned.told
    return context.text(key, count=told) if told else context.text("planning.told_nobody")


@screen("planning.other")
async def ask_other(_: Update, context: Context) -> None:
    """Another day, other hours, another place or room: say who hears of it, and ask."""
    about, rest = read(context)
    if len(rest) != 1 or rest[0] not in WHAT:
        raise Expired
    await _ask_other(context, about, await _to_change(context, about), rest[0])


async def _ask_other(
    context: Context, about: About, planned: Planned, what: str, first: Markup | None = None
) -> None:
    await ask(context, "planning.other_typed", f"{about.data}/{what}")
    asked = "day" if what == "when" and about.together else what
    parts = [] if first is None else [first]
    parts.append(context.text(f"planning.ask_other_{asked}"))
    if what in ("place", "room"):
        parts.append(_told(context, planned, about, "planning.told_at_once"))
    up = staff.back(context, "planning.change", about.data)
    await context.show(Message(Markup("\n\n").join(parts), (up,)))


@answer("planning.other_typed")
async def other_typed(update: Update, context: Context) -> None:
    about, rest = read(context)
    if len(rest) != 1:
        raise Expired
    planned, what, typed = await _to_change(context, about), rest[0], words(update)
    if what in ("place", "room"):
        new = {what: one_line(typed)}
        told = await context.services.planning.change(
            context.person.id,
            about.id,
            place=new.get("place"),
            room=new.get("room"),
            together=about.together,
        )
        await _changed(context, about, told)
        return
    times = _other_times(typed, planned, context.services.now(), about, what)
    if times is None:
        await _ask_other(context, about, planned, what, context.text("planning.unclear"))
        return
    data = "/".join((about.data, *(each.strftime(_MOMENT) for each in times)))
    parts = [
        context.text("planning.moved_to", span=_spans(context, planned, about, *times)),
        _told(context, planned, about),
    ]
    sure = context.tap(context.label("planning.button_change_sure"), "planning.moved", data)
    up = staff.back(context, "planning.change", about.data)
    await context.say(Message(Markup("\n\n").join(parts), ((sure,), up)))


def _spans(
    context: Context, planned: Planned, about: About, starts_at: datetime, ends_at: datetime
) -> str:
    """When it will be; of a day, when each of its sessions will be."""
    if not about.together:
        return spoken_span(starts_at, ends_at, context.language)
    day = starts_at.astimezone(BRUSSELS).date()
    spans = [
        (same_hour(each.starts_at, day), each.ends_at - each.starts_at)
        for each in planned.known(context.services.now())
    ]
    return "\n".join(spoken_span(start, start + long, context.language) for start, long in spans)


def _other_times(
    typed: str, planned: Planned, now: datetime, about: About, what: str
) -> tuple[datetime, datetime] | None:
    """The new start and end; the hours stay when only a day is typed."""
    plan = planned.plan
    day = plan.starts_at.astimezone(BRUSSELS).date()
    if what == "hours":
        span = span_in(typed)
        return None if span is None else (moment(day, span[0]), moment(day, span[1]))
    found = day_with_spans(typed, today_of(now))
    if found is not None:
        if len(found[1]) != 1 or about.together:
            return None
        return moment(found[0], found[1][0][0]), moment(found[0], found[1][0][1])
    days = days_typed(typed, today_of(now))
    if len(days) != 1:
        return None
    start = same_hour(plan.starts_at, days[0])
    return start, start + (plan.ends_at - plan.starts_at)


@screen("planning.moved")
async def move(_: Update, context: Context) -> None:
    about, rest = read(context)
    if len(rest) != 2:
        raise Expired
    starts_at, ends_at = (_moment_of(each) for each in rest)
    planning, me = context.services.planning, context.person.id
    if about.together:
        day = starts_at.astimezone(BRUSSELS).date()
        told = await planning.change(me, about.id, day=day, together=True)
    else:
        told = await planning.change(me, about.id, starts_at=starts_at, ends_at=ends_at)
    await _changed(context, about, told)


def _moment_of(data: str) -> datetime:
    """Raises: Expired, for what is no moment."""
    try:
        found = datetime.strptime(data + "+0000", "%Y%m%d%H%M%z")
    except ValueError:
        raise Expired from None
    if not 2000 <= found.year <= 2200:
        raise Expired
    return found


async def _changed(context: Context, about: About, told: int) -> None:
    done = context.text("planning.noted")
    if told:
        done = context.text("planning.changed", count=told)
    await context.show(await message(context, about, done))


# Seats.


@screen("planning.seats")
async def seats(_: Update, context: Context) -> None:
    about = alone(context)
    await context.show(await _seats(context, about))


async def _seats(context: Context, about: About, first: Markup | None = None) -> Message:
    planned = await _to_change(context, about)
    lines, rows = [], []
    for pool in planned.pools:
        kind = context.label(f"planning.kind_{pool.kind}")
        lines.append(
            context.text("planning.pool_is", kind=kind, seats=pool.seats, taken=pool.taken)
        )
        rows.append(
            tuple(
                context.tap(
                    f"{step:+d}".replace("-", "−"),
                    "planning.resize",
                    f"{about.id}/{pool.kind}/{max(pool.taken, min(pool.seats + step, MOST_SEATS))}",
                )
                for step in STEPS
            )
        )
        if len(planned.pools) == 1:
            other = context.label("planning.button_other_number")
            rows.append((context.tap(other, "planning.size", str(about.id)),))
    parts = [] if first is None else [first]
    parts += [Markup("\n").join(lines), context.text("planning.seats_hint")]
    return Message(Markup("\n\n").join(parts), (*rows, back(context, About(about.id))))


@screen("planning.resize")
async def resize(_: Update, context: Context) -> None:
    """The number stands in the button: twice is the same as once."""
    about, rest = read(context)
    if len(rest) != 2 or rest[0] not in tuple(PoolKind):
        raise Expired
    await _resize(context, about, PoolKind(rest[0]), staff.number(rest[1]))


@screen("planning.size")
async def ask_size(_: Update, context: Context) -> None:
    about = alone(context)
    await _to_change(context, about)
    await ask(context, "planning.size_typed", str(about.id))
    up = staff.back(context, "planning.seats", str(about.id))
    await context.show(Message(context.text("planning.ask_seats"), (up,)))


@answer("planning.size_typed")
async def size_typed(update: Update, context: Context) -> None:
    about, _rest = read(context)
    count = number_in(words(update))
    if count is None:
        await ask(context, "planning.size_typed", str(about.id))
        up = staff.back(context, "planning.seats", str(about.id))
        await context.say(Message(context.text("planning.unclear"), (up,)))
        return
    await _resize(context, about, PoolKind.GENERAL, count)


async def _resize(context: Context, about: About, kind: PoolKind, count: int) -> None:
    offers = await context.services.planning.seats(context.person.id, about.id, kind, count)
    done = context.text("planning.noted")
    if offers:
        done = context.text("planning.offered", count=offers)
    await context.show(await _seats(context, about, done))


# The end.


@screen("planning.close")
async def consider_closing(_: Update, context: Context) -> None:
    about = alone(context)
    planned = await look(context, about)
    if not planned.info_session.is_open(context.services.now()):
        raise InfoSessionClosed
    text = context.text("planning.close", title=planned.plan.title)
    sure = context.tap(context.label("planning.button_close_sure"), "planning.closed", about.data)
    await context.show(Message(text, ((sure,), back(context, about))))


@screen("planning.closed")
async def close(_: Update, context: Context) -> None:
    about = alone(context)
    await context.services.planning.close(context.person.id, about.id)
    await context.show(await message(context, About(about.id), context.text("planning.closed")))


@screen("planning.cancel")
async def consider_cancelling(_: Update, context: Context) -> None:
    """How many hear of it, before it happens."""
    about = alone(context)
    planned = await _to_change(context, about)
    parts = [context.text("planning.cancel", title=planned.plan.title)]
    if about.together:
        parts.append(counts_for(context, planned, about))
    parts.append(_told(context, planned, about))
    sure = context.tap(
        context.label("planning.button_cancel_sure"), "planning.cancelled", about.data
    )
    rows = ((sure,), back(context, about))
    await context.show(Message(Markup("\n\n").join(parts), rows))


@screen("planning.cancelled")
async def cancel(_: Update, context: Context) -> None:
    about = alone(context)
    await _to_change(context, about)
    told = await context.services.planning.cancel(
        context.person.id, about.id, together=about.together
    )
    done = context.text("planning.cancelled", count=told)
    await context.show(await message(context, About(about.id), done))
