"""Who receives people and who guides, seen from the plan; choosing them is done at the door."""

from __future__ import annotations

from markupsafe import Markup
from telegram import Update

from bot.info_sessions.drafts import Planned
from bot.info_sessions.model import State
from bot.notifications.message import Message
from bot.people.model import PersonId
from handlers.context import Context
from handlers.planning import look
from handlers.planning_about import About, alone, back, screen


@screen("planning.crew")
async def crew(_: Update, context: Context) -> None:
    about = alone(context)
    await context.show(await _crew(context, about))


async def _crew(context: Context, about: About, first: Markup | None = None) -> Message:
    planned = await look(context, about)
    names = await _names(context)
    id_, label = str(about.id), context.label
    parts = [] if first is None else [first]
    leads = ", ".join(names[each] for each in planned.leads if each in names)
    known = context.text("planning.leads", names=leads) if leads else None
    parts.append(known or context.text("planning.no_leads"))
    rows = [(context.tap(label("planning.button_leads"), "door.leads", f"{id_}/0"),)]
    if planned.plan.groups:
        lines = [
            context.text(
                "planning.group_is",
                number=number,
                place=group.meeting_point,
                size=group.size,
                name=names.get(group.guide, "–") if group.guide is not None else "–",
            )
            for number, group in enumerate(planned.plan.groups, start=1)
        ]
        parts.append(Markup("\n").join(lines))
        rows.append((context.tap(label("planning.button_guides"), "door.guides", id_),))
    others = _others(context, planned)
    if planned.leads and others:
        same = label("planning.button_same_leads", count=len(others))
        rows.append((context.tap(same, "planning.same_leads", about.data),))
    up = back(context, about)
    return Message(Markup("\n\n").join(parts), (*rows, up))


async def _names(context: Context) -> dict[PersonId, str]:
    everybody = await context.services.staff.colleagues(context.person.id)
    return {each.person: each.display_name for each in everybody}


def _others(context: Context, planned: Planned) -> list[About]:
    """The other sessions of the day that are still to come."""
    now = context.services.now()
    return [
        About(each.id)
        for each in planned.sisters
        if each.id != planned.id and each.ends_at > now and each.state is not State.CANCELLED
    ]


@screen("planning.same_leads")
async def same_leads(_: Update, context: Context) -> None:
    """Whoever receives here receives at the other sessions of the day too; they hear of it."""
    about = alone(context)
    door, me = context.services.door, context.person.id
    leads = [each.person for each, leads in await door.hosts(me, about.id) if leads]
    for other in _others(context, await look(context, about)):
        for person in leads:
            await door.set_lead(me, other.id, person, True)
    await context.show(await _crew(context, about, context.text("planning.noted")))
