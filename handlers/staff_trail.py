"""What shows how we work: the audit trail and the data inventory, for who watches over it."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from typing import Final

from markupsafe import Markup
from telegram import Update

from bot.notifications.message import Message
from bot.staff import Role
from handlers import staff
from handlers.audience import only
from handlers.buttons import RESENT, Expired, button
from handlers.context import Context
from handlers.deeds import KINDS, line

READERS: Final = only(Role.COORDINATOR, Role.DPO)

ON_A_PAGE: Final = 10

staff.entry("staff.button_inventory", "staff.inventory", for_=READERS, place=41)
staff.entry("staff.button_trail", "staff.trail", for_=READERS, place=40)


@button("staff.trail", for_=READERS)
async def show(_: Update, context: Context) -> None:
    """A page, the newest first, of everything or of one kind. That it was read stands in it too.

    Behind the colon: the kind, a slash, and the number with which the page before ended.
    """
    kind, _slash, last = context.button.id.partition("/")
    if kind and kind not in KINDS:
        raise Expired
    before = staff.number(last) if last else None
    found = await context.services.staff.trail(
        context.person.id, before=before, most=ON_A_PAGE, actions=KINDS.get(kind, ())
    )
    lines = Markup("\n").join(line(context, each) for each in found)
    shown = context.text("trail.shown", kind=_name(context, kind))
    parts = (context.text("trail.title"), shown, lines or context.text("trail.nothing"))
    turns = []
    if len(found) == ON_A_PAGE:
        older = context.label("staff.button_older")
        turns.append(context.tap(older, "staff.trail", f"{kind}/{found[-1].number}"))
    if before is not None:
        turns.append(context.tap(context.label("trail.button_newest"), "staff.trail", f"{kind}/"))
    choose = context.tap(context.label("trail.button_kind"), "staff.trail_kinds")
    rows = ((tuple(turns),) if turns else ()) + ((choose, *staff.back(context)),)
    await context.show(Message(Markup("\n\n").join(parts), rows))


@button("staff.trail_kinds", for_=READERS)
async def choose_kind(_: Update, context: Context) -> None:
    kinds = [
        context.tap(_name(context, kind).capitalize(), "staff.trail", f"{kind}/")
        for kind in ("", *KINDS)
    ]
    rows = (*((each,) for each in kinds), staff.back(context))
    await context.show(Message(context.text("trail.choose"), rows))


def _name(context: Context, kind: str) -> str:
    return context.label(f"trail.kind_{kind or 'all'}")


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
