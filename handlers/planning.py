"""Planning info sessions, for coordinators: the list, a draft, and what is published."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from markupsafe import Markup
from telegram import Update

from bot.clock import spoken, spoken_span, spoken_time
from bot.info_sessions.drafts import Planned
from bot.info_sessions.model import (
    InfoSession,
    PoolKind,
    State,
)
from bot.info_sessions.views import Fill
from bot.notifications.message import Button, Message
from handlers import staff
from handlers.context import Context
from handlers.info_sessions_card import track_said
from handlers.language import own_name
from handlers.planning_about import PLANNERS, About, read, screen

ON_A_PAGE: Final = 5
"""Info sessions on one screen, so that turning the page, «new» and the way back fit beside them."""

FEWEST_SAID: Final = 5
"""Smaller groups are said to be smaller, not how small."""

SIGNS: Final = {
    State.DRAFT: "📝",
    State.PUBLISHED: "🟢",
    State.CLOSED: "🔒",
    State.HELD: "✔",
    State.ANONYMISED: "✔",
    State.CANCELLED: "✖",
}

staff.entry("planning.entry", "planning.menu", for_=PLANNERS, place=10)


# The list.


@screen("planning.menu")
async def menu_(_: Update, context: Context) -> None:
    await context.show(await list_(context, context.button.id))


async def list_(context: Context, page: str = "") -> Message:
    """All info sessions: those to come first, then those of the last month."""
    fills = await context.services.planning.overview(context.person.id)
    now = context.services.now()
    coming = [each for each in fills if each.info_session.ends_at > now]
    past = [each for each in fills if each.info_session.ends_at <= now]
    ordered = coming + past[::-1]
    shown, turns = staff.page_of(context, ordered, "planning.menu", page=page, most=ON_A_PAGE)
    rows = [
        (context.tap(line(context, each), "planning.show", str(each.info_session.id)),)
        for each in shown
    ]
    title = "planning.list" if coming else "planning.list_none"
    parts = [context.text(title, **({"count": len(coming)} if coming else {}))]
    waiting = await _interest(context)
    if waiting:
        parts.append(waiting)
    new = (
        context.tap(context.label("planning.button_new"), "planning.new"),
        context.tap(context.label("planning.button_day"), "planning.day"),
    )
    return Message(Markup("\n\n").join(parts), (*rows, *turns, new, staff.back(context)))


def line(context: Context, fill: Fill) -> str:
    """One info session in the list: how far it is, when, how full."""
    info_session = fill.info_session
    parts = [f"{SIGNS[info_session.state]} {spoken(info_session.starts_at, context.language)}"]
    if info_session.state in (State.PUBLISHED, State.CLOSED):
        waiting = f" ⏳{info_session.waiting}" if info_session.waiting else ""
        offers = f" ✉{fill.offers}" if fill.offers else ""
        parts.append(f"{fill.taken}/{fill.seats}{waiting}{offers}")
    return " · ".join((*parts, info_session.title))


async def _interest(context: Context) -> Markup | None:
    found = await context.services.planning.interest(context.person.id)
    if not found:
        return None
    lines = [
        context.text(
            "planning.waiting_line",
            track=track_said(context, track),
            spoken=own_name(language),
            people=people if people >= FEWEST_SAID else f"<{FEWEST_SAID}",
        )
        for track, language, people in found
    ]
    return Markup("\n").join((context.text("planning.waiting"), *lines))


# One of them.


@screen("planning.show")
async def show(_: Update, context: Context) -> None:
    about, _rest = read(context)
    await context.show(await message(context, about))


async def message(context: Context, about: About, first: Markup | None = None) -> Message:
    """The screen of one info session, under what just happened (*first*)."""
    planned = await look(context, about)
    shown = (_draft if planned.is_draft else _live)(context, planned, about)
    return shown if first is None else replace(shown, text=first + "\n\n" + shown.text)


async def look(context: Context, about: About) -> Planned:
    return await context.services.planning.look(context.person.id, about.id)


def _draft(context: Context, planned: Planned, about: About) -> Message:
    label, data = context.label, about.data

    def tap(name: str, action: str, more: str = "") -> Button:
        return context.tap(label(f"planning.button_{name}"), action, data + more)

    parts = [context.text("planning.draft"), summary(context, planned)]
    rows: list[tuple[Button, ...]] = [
        (tap("basics", "planning.part", "/basics"), tap("where", "planning.part", "/where")),
        (tap("seats", "planning.part", "/seats"), tap("signing", "planning.part", "/signing")),
        (
            tap("programme", "planning.part", "/programme"),
            tap("practical", "planning.part", "/practical"),
        ),
        (tap("questions", "planning.questions"), tap("crew", "planning.crew")),
        (tap("preview", "planning.preview"), tap("copy", "planning.copy")),
    ]
    switch = _switch(context, planned, about)
    if switch is not None:
        parts.append(counts_for(context, planned, about))
        rows.append((switch,))
    rows.append((tap("publish", "planning.publish"), tap("discard", "planning.discard")))
    rows.append(staff.back(context, "planning.menu"))
    return Message(Markup("\n\n").join(parts), tuple(rows))


def _switch(context: Context, planned: Planned, about: About) -> Button | None:
    """Change all of the day, or only this one; None where there is only one."""
    count = len(planned.alike(context.services.now()))
    if count < 2:
        return None
    other = About(about.id, not about.together)
    if about.together:
        return context.tap(context.label("planning.button_alone"), "planning.show", other.data)
    label = context.label("planning.button_together", count=count)
    return context.tap(label, "planning.show", other.data)


def counts_for(context: Context, planned: Planned, about: About) -> Markup:
    """Whether what is changed now counts for all of the day."""
    which = "together" if about.together else "alone"
    count = len(planned.alike(context.services.now()))
    return context.text(f"planning.counts_{which}", count=count)


def _live(context: Context, planned: Planned, about: About) -> Message:
    info_session, label = planned.info_session, context.label
    id_ = str(planned.id)

    def tap(name: str, action: str, more: str = "", data: str = id_) -> Button:
        return context.tap(label(f"planning.button_{name}"), action, data + more)

    state = info_session.state
    now = context.services.now()
    parts = [context.text(f"planning.state_{_stage(info_session, now)}"), summary(context, planned)]
    people = tap("people", "info_sessions.people")
    again = (tap("copy", "planning.copy"), tap("preview", "planning.preview"))
    if not info_session.can_change(now):
        there = () if state in (State.CANCELLED, State.ANONYMISED) else ((people,),)
        return Message(
            Markup("\n\n").join(parts), (*there, again, staff.back(context, "planning.menu"))
        )
    end: tuple[Button, ...] = (tap("cancel", "planning.cancel", data=about.data),)
    if info_session.is_open(now):
        end = (tap("close", "planning.close"), *end)
    switch = _switch(context, planned, about)
    if switch is not None:
        parts.append(counts_for(context, planned, about))
    rows = (
        (people, tap("seats", "planning.seats")),
        (
            tap("change", "planning.change", data=about.data),
            tap("quiet", "planning.part", "/quiet", data=about.data),
        ),
        (tap("paste", "planning.paste"), tap("crew", "planning.crew")),
        again,
        *(((switch,),) if switch is not None else ()),
        end,
        staff.back(context, "planning.menu"),
    )
    return Message(Markup("\n\n").join(parts), rows)


def _stage(info_session: InfoSession, now: Any) -> str:
    """How far a published info session is, in one word of `planning.state_…`."""
    if info_session.state is State.PUBLISHED:
        if not info_session.is_open(now):
            return "closed"
        return "published" if now >= info_session.opens_at else "head_start"
    return "held" if info_session.state is State.ANONYMISED else info_session.state.value


def summary(context: Context, planned: Planned) -> Markup:
    """What it is, when and where, and how full: a few lines."""
    plan, info_session, language = planned.plan, planned.info_session, context.language
    where = f"{plan.place}, {plan.room}" if plan.room else plan.place
    lines = [
        Markup("<b>{}</b>").format(plan.title),
        Markup("{}").format(spoken_span(plan.starts_at, plan.ends_at, language)),
        Markup("📍 {}").format(where),
        Markup("{} · {}").format(track_said(context, plan.track), own_name(plan.language)),
        seats(context, planned),
    ]
    if info_session.state is State.PUBLISHED:
        key = "opens" if context.services.now() < info_session.opens_at else "closes"
        moment = info_session.opens_at if key == "opens" else info_session.ends_signing_up_at
        lines.append(context.text(f"planning.signing_{key}", moment=spoken(moment, language)))
    others = [each for each in planned.sisters if each.id != planned.id]
    if others:
        hours = ", ".join(spoken_time(each.starts_at, language) for each in others)
        lines.append(context.text("planning.sisters", hours=hours))
    return Markup("\n").join(lines)


def seats(context: Context, planned: Planned) -> Markup:
    """The seats, those set apart too, and once it is published how many are taken."""
    pools = [
        context.text(
            "planning.pool", count=pool.seats, kind=context.label(f"planning.kind_{pool.kind}")
        )
        for pool in planned.pools
        if pool.kind is not PoolKind.GENERAL and pool.seats
    ]
    general = sum(pool.seats for pool in planned.pools if pool.kind is PoolKind.GENERAL)
    lines = [Markup(" + ").join((context.text("planning.seats", count=general), *pools))]
    if not planned.is_draft:
        lines.append(
            context.text(
                "planning.taken", count=planned.taken, waiting=planned.info_session.waiting
            )
        )
    return Markup(" · ").join(lines)
