"""What shows how we work: the audit trail and the data inventory, for who watches over it."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from typing import Final

from markupsafe import Markup
from telegram import Update

from bot.audit import Entry
from bot.clock import spoken
from bot.notifications.message import Message
from bot.staff import Role
from handlers import staff
from handlers.audience import only
from handlers.buttons import RESENT, button
from handlers.context import Context

READERS: Final = only(Role.COORDINATOR, Role.DPO)

ON_A_PAGE: Final = 10

SIGNS: Final = 6
"""Of the keyed hash of a person: enough to see that it is the same one."""

staff.entry("staff.button_inventory", "staff.inventory", for_=READERS, place=41)
staff.entry("staff.button_trail", "staff.trail", for_=READERS, place=40)


@button("staff.trail", for_=READERS)
async def show(_: Update, context: Context) -> None:
    """A page, the newest first. That it was read stands in it too."""
    before = staff.number(context.button.id) if context.button.id else None
    found = await context.services.staff.trail(context.person.id, before=before, most=ON_A_PAGE)
    lines = Markup("\n").join(_line(context, each) for each in found)
    parts = [context.text("staff.trail"), lines or context.text("staff.trail_ends")]
    rows = [staff.back(context)]
    if len(found) == ON_A_PAGE:
        older = context.label("staff.button_older")
        rows.insert(0, (context.tap(older, "staff.trail", str(found[-1].number)),))
    await context.show(Message(Markup("\n\n").join(parts), tuple(rows)))


@button("staff.inventory", for_=READERS, once_within=RESENT)
async def send_inventory(_: Update, context: Context) -> None:
    """The register of everything that is kept, for a spreadsheet (as Excel in Belgium reads it)."""
    await context.services.staff.permit(context.person.id, *READERS.roles, action="inventory.read")
    written = io.StringIO()
    table = csv.writer(written, delimiter=";", lineterminator="\r\n")
    lines = list(context.services.privacy.inventory())
    table.writerow(asdict(lines[0]))
    table.writerows(asdict(line).values() for line in lines)
    content = ("\ufeff" + written.getvalue()).encode()
    to_menu = (context.tap(context.label("staff.button_menu"), "staff.open"),)
    caption = Message(context.text("staff.inventory"), (to_menu,))
    await context.messenger.send_document(context.account, "inventory.csv", content, caption)


def _line(context: Context, entry: Entry) -> Markup:
    who = entry.actor[:SIGNS] if entry.actor else "–"
    whom = f" → {entry.about[:SIGNS]}" if entry.about else ""
    return Markup("{} · <code>{}</code> ({}) · {}{}{}").format(
        spoken(entry.at, context.language),
        who,
        _role(context, entry.role),
        entry.action,
        f" · {entry.object}" if entry.object else "",
        whom,
    )


def _role(context: Context, role: str) -> str:
    known = role in [each.value for each in Role]
    return staff.role_name(context, Role(role)) if known else context.label(f"staff.as_{role}")
