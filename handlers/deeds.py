"""What stands in the audit trail, said in words: kinds of deeds, and a sentence for each."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from bot.audit import Entry
from bot.clock import spoken
from bot.staff import Field, Role
from bot.texts import LEADING
from handlers.context import Context

KINDS: Final[dict[str, tuple[str, ...]]] = {
    "roles": (
        "staff.invited",
        "staff.withdrawn",
        "staff.offer_limited",
        "staff.redeemed",
        "staff.confirmed",
        "staff.declined",
        "staff.role_given",
        "staff.end_moved",
        "staff.role_ended",
        "staff.role_kept",
    ),
    "own": (
        "staff.absent",
        "staff.back",
        "staff.called_off",
        "staff.changed",
        "staff.shown",
        "staff.hidden",
    ),
    "planning": (
        "info_sessions.created",
        "info_sessions.edited",
        "info_sessions.discarded",
        "info_sessions.imported",
        "info_sessions.copied",
        "info_sessions.published",
        "info_sessions.changed",
        "info_sessions.resized",
        "info_sessions.closed",
        "info_sessions.cancelled",
        "info_sessions.leads",
        "info_sessions.guides",
        "info_sessions.divided",
    ),
    "people": (
        "info_sessions.registered",
        "info_sessions.removed",
        "info_sessions.answered",
        "info_sessions.walked_in",
        "info_sessions.party_changed",
        "info_sessions.regrouped",
        "info_sessions.scanned",
        "info_sessions.line_read",
        "info_sessions.checked_in",
        "info_sessions.check_in_undone",
        "info_sessions.list_read",
        "info_sessions.searched",
        "info_sessions.departed_read",
        "info_sessions.missed_read",
        "info_sessions.answers_read",
        "info_sessions.list_asked",
        "info_sessions.list_made",
        "info_sessions.lists_sent",
        "notifications.file_removed",
        "notifications.file_gone",
        "notifications.file_stays",
    ),
    "reading": ("audit.read", "inventory.read", "staff.roles_read", "backup.restored"),
    "refused": ("staff.not_allowed", "staff.wrong_code"),
}
"""The actions of each kind somebody can choose to see; every action is of one kind."""

SIGNS: Final = 6
"""Of the keyed hash of a person: enough to see that it is the same one."""


def line(context: Context, entry: Entry) -> Markup:
    """One entry as a sentence in the language of who reads it."""
    at, deed = spoken(entry.at, context.language), _deed(context, entry)
    role = _role(context, entry.role)
    if entry.actor is None:
        return context.text("trail.line_of_nobody", at=at, role=role, deed=deed)
    return context.text("trail.line", at=at, who=entry.actor[:SIGNS], role=role, deed=deed)


def _deed(context: Context, entry: Entry) -> Markup:
    what = _object(context, entry.object)
    key = f"trail.{entry.action.replace('.', '_')}"
    if not context.texts.has(key, LEADING):
        return context.text("trail.other", deed=entry.action, what=what)
    values = {"whom": _whom(context, entry), "what": what}
    wanted = context.texts.placeholders(key)
    return context.text(key, **{name: value for name, value in values.items() if name in wanted})


def _whom(context: Context, entry: Entry) -> str | Markup:
    if entry.about is None:
        return context.label("trail.somebody")
    if entry.about == entry.actor:
        return context.label("trail.oneself")
    return Markup("<code>{}</code>").format(entry.about[:SIGNS])


def _object(context: Context, object_: str) -> str:
    kind, _, number = object_.partition(":")
    match kind:
        case "":
            return context.label("trail.nothing_named")
        case "role" if number in [role.value for role in Role]:
            return context.label(f"staff.role_{number}")
        case "field" if number in [field.value for field in Field]:
            return context.label(f"staff.field_{number}")
    key = f"trail.object_{kind}"
    known = key if context.texts.has(key, LEADING) else "trail.object_other"
    return context.label(known, number=number or kind)


def _role(context: Context, role: str) -> str:
    known = role in [each.value for each in Role]
    return context.label(f"staff.role_{role}" if known else f"trail.as_{role}")
