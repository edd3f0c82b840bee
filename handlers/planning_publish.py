"""What becomes of a draft: a look at it, published, announced, copied, thrown away."""

from __future__ import annotations

from markupsafe import Markup
from telegram import Update

from bot.clock import spoken, spoken_span
from bot.info_sessions.announcement import Announced, Where, announcement
from bot.info_sessions.drafts import Planned
from bot.info_sessions.model import InfoSessionClosed, State
from bot.notifications.message import Message
from bot.staff import today_of
from handlers import staff
from handlers.buttons import Expired
from handlers.context import Context
from handlers.info_sessions_screen import invitation
from handlers.language import own_name
from handlers.planning import list_, look, message
from handlers.planning_about import About, alone, answer, back, read, screen
from handlers.planning_reading import day_with_spans, days_typed, moment
from handlers.typed import ask, words

# A draft.


@screen("planning.preview")
async def preview(_: Update, context: Context) -> None:
    """Exactly as a candidate reads it, in the language of who looks."""
    about = alone(context)
    planned = await look(context, about)
    text = invitation(context, planned.as_seen, context.text("planning.preview")).text
    await context.show(Message(text, (back(context, about),)))


@screen("planning.discard")
async def consider_discarding(_: Update, context: Context) -> None:
    about = alone(context)
    planned = await look(context, about)
    if not planned.is_draft:
        raise InfoSessionClosed
    count = len(planned.drafts) if about.together and planned.drafts else 1
    sure = context.tap(
        context.label("planning.button_discard_sure"), "planning.discarded", about.data
    )
    text = context.text("planning.discard", title=planned.plan.title, count=count)
    await context.show(Message(text, ((sure,), back(context, about))))


@screen("planning.discarded")
async def discard(_: Update, context: Context) -> None:
    about = alone(context)
    await context.services.planning.discard(context.person.id, about.id, together=about.together)
    context.toast = context.label("planning.discarded")
    await context.show(await list_(context))


@screen("planning.publish")
async def consider_publishing(_: Update, context: Context) -> None:
    """What publishing means, before it happens: who hears of it, and from when all can sign up."""
    about = alone(context)
    planned = await look(context, about)
    if not planned.is_draft:
        raise InfoSessionClosed
    plan, now = planned.plan, context.services.now()
    together = about.together and len(planned.drafts) > 1
    sessions = planned.drafts if together else (planned.info_session,)
    lines = [
        Markup("• {}").format(spoken_span(each.starts_at, each.ends_at, context.language))
        for each in sessions
    ]
    opens_at = max(planned.info_session.opens_at, now)
    parts = [context.text("planning.publish", title=plan.title), Markup("\n").join(lines)]
    members = planned.members_together if together else planned.members
    if members:
        opens_at = min(max(opens_at, now + plan.head_start), plan.closing_at)
        parts.append(context.text("planning.publish_told", count=members))
    if opens_at > now:
        parts.append(
            context.text("planning.publish_opens", moment=spoken(opens_at, context.language))
        )
    else:
        parts.append(context.text("planning.publish_at_once"))
    sure = context.tap(
        context.label("planning.button_publish_sure"), "planning.published", about.data
    )
    await context.show(Message(Markup("\n\n").join(parts), ((sure,), back(context, about))))


@screen("planning.published")
async def publish(_: Update, context: Context) -> None:
    about = alone(context)
    told = await context.services.planning.publish(
        context.person.id, about.id, together=about.together
    )
    done = context.text("planning.published")
    if told:
        done += " " + context.text("planning.published_told", count=told)
    await context.show(await message(context, About(about.id), done))


# The text to paste.


@screen("planning.paste")
async def choose_text(_: Update, context: Context) -> None:
    about = alone(context)
    planned = await look(context, about)
    _check_known(context, planned)
    rows = [
        tuple(
            context.tap(
                context.label(f"planning.button_{where}", spoken=own_name(language)),
                "planning.text",
                f"{about.id}/{where}/{language}",
            )
            for where in Where
        )
        for language in context.services.languages
    ]
    await context.show(Message(context.text("planning.paste"), (*rows, back(context, about))))


def _check_known(context: Context, planned: Planned) -> None:
    """Raises: InfoSessionClosed, when there is nothing (any more) to invite people to."""
    if planned.is_draft or not planned.info_session.can_change(context.services.now()):
        raise InfoSessionClosed


@screen("planning.text")
async def give_text(_: Update, context: Context) -> None:
    """One tap on the text copies all of it. Of a day, all that can still be signed up for."""
    about, rest = read(context)
    if len(rest) != 2 or rest[0] not in tuple(Where) or rest[1] not in context.services.languages:
        raise Expired
    planned = await look(context, about)
    _check_known(context, planned)
    announced = [Announced(about.id, planned.plan)]
    for sister in planned.sisters:
        if sister.id != about.id and sister.state is State.PUBLISHED:
            other = await look(context, About(sister.id))
            announced.append(Announced(sister.id, other.plan))
    announced.sort(key=lambda each: each.plan.starts_at)
    text = announcement(
        context.texts,
        rest[1],
        Where(rest[0]),
        context.services.zone.name,
        announced,
        context.bot.username,
    )
    up = staff.back(context, "planning.paste", str(about.id))
    await context.show(Message(Markup("<pre>{}</pre>").format(text), (up,)))


# The same again.


@screen("planning.copy")
async def copy(_: Update, context: Context) -> None:
    """Ask for the other day; where there are several on one day, first whether all of them."""
    about, rest = read(context)
    planned = await look(context, about)
    if rest not in ([], ["one"], ["day"]):
        raise Expired
    if not rest and len(planned.sisters) > 1:
        rows = tuple(
            (
                context.tap(
                    context.label(f"planning.button_copy_{which}", count=len(planned.sisters)),
                    "planning.copy",
                    f"{about.id}/{which}",
                ),
            )
            for which in ("one", "day")
        )
        text = context.text("planning.copy_which")
        await context.show(
            Message(text, (*rows, staff.back(context, "planning.show", str(about.id))))
        )
        return
    await _ask_copy(context, f"{about.id}/{rest[0] if rest else 'one'}", "planning.ask_copy")


async def _ask_copy(context: Context, data: str, key: str) -> None:
    await ask(context, "planning.copied", data)
    up = staff.back(context, "planning.show", data.partition("/")[0])
    await context.show(Message(context.text(key), (up,)))


@answer("planning.copied")
async def copied(update: Update, context: Context) -> None:
    about, rest = read(context)
    if rest not in (["one"], ["day"]):
        raise Expired
    planning, text = context.services.planning, words(update)
    today = today_of(context.services.now())
    found = day_with_spans(text, today)
    days = days_typed(text, today)
    if rest == ["one"] and found is not None and len(found[1]) == 1:
        start, end = (moment(found[0], each) for each in found[1][0])
        made = [await planning.copy(context.person.id, about.id, start, end)]
    elif len(days) == 1:
        made = await planning.copy_day(context.person.id, about.id, days[0], alone=rest == ["one"])
    else:
        await _ask_copy(context, context.button.id, "planning.copy_unclear")
        return
    done = context.text("planning.copied", count=len(made))
    await context.say(await message(context, About(made[0], together=len(made) > 1), done))
