"""What we hold about somebody, and their say over it: read, take along, erase, pause, stop."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, Final

from markupsafe import Markup
from telegram import Update

from bot.notifications.message import Message
from bot.people.model import INACTIVE_AFTER
from bot.services import spoken_day
from handlers import menu, profile
from handlers.audience import ANYBODY
from handlers.buttons import RESENT, Expired, button
from handlers.commands import command
from handlers.context import Context
from handlers.language import own_name

SURE_WITHIN: Final = timedelta(minutes=15)
"""How long the last button of the erasure works; after that it asks anew."""

YES: Final = frozenset({"ja", "oui", "yes", "jawel"})


@button("privacy.show", for_=ANYBODY)
@command("privacy", for_=ANYBODY)
async def explain(_: Update, context: Context) -> None:
    zone, text, tap, label = context.services.zone, context.text, context.tap, context.label
    who = text("privacy.controller", controller=zone.filled("controller") or zone.name)
    dpo = zone.filled("dpo")
    guard = text("privacy.dpo", dpo=dpo) if dpo else text("privacy.dpo_through_zone")
    months = INACTIVE_AFTER.days // 30
    parts = (text("privacy.title"), who + "\n" + guard, text("privacy.body", months=months))
    rows = (
        (tap(label("privacy.button_export"), "privacy.export"),),
        (tap(label("privacy.button_delete"), "privacy.delete"),),
        (tap(label("menu.human"), "human.show"), *menu.back(context)),
    )
    page = zone.filled("privacy_page")
    more = (text("privacy.more", page=page),) if page else ()
    await context.show(Message(Markup("\n\n").join((*parts, *more)), rows))


@button("privacy.export", for_=ANYBODY, once_within=RESENT)
@command("export", for_=ANYBODY)
async def export(_: Update, context: Context) -> None:
    """Everything we hold: readable at once, and the same as a file for machines."""
    found = await context.services.privacy.export(context.person)
    to_menu = (context.tap(context.label("menu.open"), "menu.open"),)
    await context.say(Message(_readable(context, found), (to_menu,)))
    content = json.dumps(found, ensure_ascii=False, indent=2).encode()
    caption = Message(context.text("privacy.export_file"))
    await context.messenger.send_document(context.account, "contactpunt.json", content, caption)


def _readable(context: Context, found: dict[str, Any]) -> Markup:
    lines = []
    for table, held in found["data"].items():
        rows = held["rows"]
        if not rows:
            continue
        known = context.texts.has(f"privacy.data_{table}", "nl")
        about = context.label(f"privacy.data_{table}") if known else table
        lines.append(context.text("privacy.export_line", about=about, count=len(rows)))
    person = context.person
    return context.text(
        "privacy.export_text",
        account=person.account,
        spoken=own_name(person.language),
        since=spoken_day(person.created_at, context.language),
        seen=spoken_day(person.last_seen_on, context.language),
        lines=Markup("\n").join(lines),
    )


@button("privacy.delete", for_=ANYBODY)
@command("delete", for_=ANYBODY)
async def consider(update: Update, context: Context) -> None:
    """What erasing means; the first of two taps. Typed: /wissen, and then /wissen ja.

    A forwarded «/wissen ja» was written by somebody else, or for another day: it only asks.
    """
    message = update.message
    own_words = message is not None and message.forward_origin is None
    if own_words and (context.args or ("",))[0].casefold() in YES:
        await _erase(context)
        return
    rows = (
        (context.tap(context.label("privacy.button_erase"), "privacy.sure"),),
        (context.tap(context.label("privacy.button_keep"), "menu.show"),),
    )
    await context.show(Message(context.text("privacy.delete_text"), rows))


@button("privacy.sure", for_=ANYBODY)
async def confirm(_: Update, context: Context) -> None:
    """The second tap is asked in the same message, and only for a while."""
    until = context.services.now() + SURE_WITHIN
    rows = (
        (
            context.tap(
                context.label("privacy.button_sure"), "privacy.erase", str(int(until.timestamp()))
            ),
        ),
        (context.tap(context.label("privacy.button_keep"), "menu.show"),),
    )
    await context.show(Message(context.text("privacy.sure"), rows))


@button("privacy.erase", for_=ANYBODY)
async def erase(_: Update, context: Context) -> None:
    until = context.button.id
    if not (until.isascii() and until.isdigit() and len(until) <= 12):
        raise Expired
    left = int(until) - context.services.now().timestamp()
    if not 0 <= left <= SURE_WITHIN.total_seconds():
        raise Expired
    await _erase(context)


async def _erase(context: Context) -> None:
    """Nothing is written about this person after the erasure, not even that they tapped."""
    colleague = await context.services.staff.me(context.person.id)
    await context.services.privacy.forget(context.person)
    if colleague is not None:
        await profile.hide_from(context.bot, context.account)
    await context.show(Message(context.text("privacy.deleted")))


@command("pause", for_=ANYBODY)
async def pause(_: Update, context: Context) -> None:
    """Freeze; the same command or the button ends it."""
    paused = context.person.paused_at is not None
    await context.services.people.pause(context.person.id, on=not paused)
    if paused:
        await context.say(menu.message(context, "privacy.resumed"))
        return
    await context.say(Message(context.text("privacy.paused"), _go_on(context)))


@command("stop", for_=ANYBODY)
async def stop(_: Update, context: Context) -> None:
    await context.services.people.stop(context.person.id)
    await context.show(Message(context.text("privacy.stopped"), _go_on(context)))


@button("privacy.resume", for_=ANYBODY)
async def resume(_: Update, context: Context) -> None:
    await context.services.people.resume(context.person.id)
    await context.show(menu.message(context, "privacy.resumed"))


def _go_on(context: Context) -> tuple[tuple[Any, ...], ...]:
    return (
        (context.tap(context.label("privacy.button_resume"), "privacy.resume"),),
        (context.tap(context.label("privacy.button_delete"), "privacy.delete"),),
    )
