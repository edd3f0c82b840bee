"""Inviting colleagues: a link for one person, and the yes of who knows them."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup
from telegram import Update

from bot.notifications.message import Button, Message
from bot.people.model import PersonId
from bot.services import spoken_day
from bot.staff import Role
from bot.staff.model import OPENING, Invitation, InvitationId, Stage, plain_code
from handlers import menu, staff
from handlers.audience import ANYBODY, only
from handlers.buttons import RESENT, Expired, button
from handlers.context import Context
from handlers.payloads import opening
from handlers.staff_absence import day_of
from handlers.staff_colleagues import after, last_day, last_days
from handlers.typed import ask, typed, words

INVITERS: Final = only(Role.COORDINATOR)

CODE_LENGTH: Final = 26


@staff.waiting(for_=INVITERS)
async def waiting(context: Context) -> tuple[Button, ...]:
    open_ = await context.services.staff.invitations(context.person.id)
    return tuple(
        context.tap(
            context.label("staff.waits_for_yes", name=each.name), "staff.invitation", str(each.id)
        )
        for each in open_
        if _may_answer(each, context.person.id)
    )


staff.entry("staff.button_invite", "staff.invite", for_=INVITERS, place=21)


@button("staff.invite", for_=INVITERS)
async def choose_role(_: Update, context: Context) -> None:
    roles = [
        context.tap(staff.role_name(context, role).capitalize(), "staff.invite_as", role)
        for role in Role
    ]
    to_list = context.tap(context.label("staff.button_invitations"), "staff.invitations")
    rows = (*staff.pairs(roles), (to_list,), staff.back(context))
    await context.show(Message(context.text("staff.invite_whom"), rows))


@button("staff.invite_as", for_=INVITERS)
async def ask_name(_: Update, context: Context) -> None:
    role = staff.role_of(context.button.id)
    await ask(context, "staff.invited_name", role)
    text = context.text("staff.ask_invited_name", role=staff.role_name(context, role))
    await context.show(Message(text, (staff.back(context, "staff.invite"),)))


@typed("staff.invited_name", for_=INVITERS)
async def invite(update: Update, context: Context) -> None:
    """The name was typed: here is the link. The code in it is shown this once."""
    role = staff.role_of(context.button.id)
    invited = await context.services.staff.invite(
        context.person.id, role, name=words(update), asked_in=context.update_id
    )
    link = f"https://t.me/{context.bot.username}?start={OPENING}{invited.code}"
    text = context.text(
        "staff.invited", name=invited.name, role=staff.role_name(context, role), link=link
    )
    again = context.tap(context.label("staff.button_invite_more"), "staff.invite")
    withdraw = context.tap(
        context.label("staff.button_withdraw"), "staff.withdraw", str(invited.id)
    )
    rows = ((_to_end(context, invited),), (again,), (withdraw,), staff.back(context))
    await context.say(Message(text, rows))


def _to_end(context: Context, invited: Invitation) -> Button:
    return context.tap(context.label("staff.button_offer"), "staff.offer", str(invited.id))


@button("staff.offer", for_=INVITERS, once_within=RESENT)
async def ask_until(_: Update, context: Context) -> None:
    """In a new message: the one with the link stays."""
    await context.say(_days(context, await _invitation(context)))


def _days(context: Context, invited: Invitation) -> Message:
    buttons = [
        context.tap(spoken_day(day, context.language), "staff.offer_until", f"{invited.id}/{day}")
        for day in last_days(context)
    ]
    never = context.tap(
        context.label("staff.button_no_end"), "staff.offer_until", f"{invited.id}/-"
    )
    role = staff.role_name(context, invited.role)
    if invited.ends_on is None:
        text = context.text("staff.offer_open", name=invited.name, role=role)
    else:
        day = last_day(context, invited.ends_on)
        text = context.text("staff.offer_until", name=invited.name, role=role, day=day)
    rows = (*staff.pairs(buttons), (never,), staff.back(context, "staff.invite"))
    return Message(text, rows)


@button("staff.offer_until", for_=INVITERS)
async def offer_until(_: Update, context: Context) -> None:
    """The last day of the offered role was chosen; the same screen takes it back."""
    id_, _slash, day = context.button.id.partition("/")
    number = InvitationId(staff.number(id_))
    ends_on = None if day == "-" else after(day_of(day))
    invited = await context.services.staff.offer_until(context.person.id, number, ends_on)
    context.toast = context.label("staff.noted")
    await context.show(_days(context, invited))


@opening(OPENING, for_=ANYBODY)
async def proposed(context: Context, payload: str) -> Message | None:
    """The link was opened. Whether the code is right is only told to who presses the button."""
    code = plain_code(payload)
    if not code.isascii() or len(code) != CODE_LENGTH:
        return None
    accept = context.tap(context.label("staff.button_redeem"), "staff.redeem", code)
    refuse = context.tap(context.label("staff.button_no_thanks"), "menu.show")
    text = context.text("staff.proposed", zone=context.services.zone.name)
    return Message(text, ((accept,), (refuse,)))


@button("staff.redeem", for_=ANYBODY)
async def redeem(update: Update, context: Context) -> None:
    user = update.effective_user
    redeemed = await context.services.staff.redeem(
        context.person.id, context.button.id, called=user.full_name if user is not None else ""
    )
    role = context.label(f"staff.role_{redeemed.role}")
    if redeemed.stage is Stage.ACCEPTED:
        to_menu = (context.tap(context.label("staff.button_menu"), "staff.menu"),)
        await context.show(Message(context.text("staff.welcome", role=role), (to_menu,)))
        return
    key = "staff.wait_for_second" if redeemed.stage is Stage.CONFIRMED else "staff.wait_for_yes"
    await context.show(Message(context.text(key, role=role), (menu.back(context),)))


@button("staff.confirm", for_=INVITERS)
async def confirm(_: Update, context: Context) -> None:
    await _answer(context, yes=True)


@button("staff.decline", for_=INVITERS)
async def decline(_: Update, context: Context) -> None:
    await _answer(context, yes=False)


async def _answer(context: Context, *, yes: bool) -> None:
    id_ = InvitationId(staff.number(context.button.id))
    stage = await context.services.staff.confirm(context.person.id, id_, yes=yes)
    await context.show(Message(context.text(f"staff.now_{stage}"), (staff.back(context),)))


@button("staff.invitations", for_=INVITERS)
async def list_(_: Update, context: Context) -> None:
    """Those that wait for somebody: first for who is looking, then the newest."""
    found = await context.services.staff.invitations(context.person.id)
    found.sort(key=lambda each: (not _may_answer(each, context.person.id), -each.id))
    shown, turns = staff.page_of(context, found, "staff.invitations")
    rows = tuple(
        (context.tap(_line(context, each), "staff.invitation", str(each.id)),) for each in shown
    )
    key = "staff.invitations" if found else "staff.no_invitations"
    text = context.text(key, count=len(found))
    await context.show(Message(text, (*rows, *turns, staff.back(context, "staff.invite"))))


def _line(context: Context, invited: Invitation) -> str:
    role = staff.role_name(context, invited.role)
    return " · ".join((invited.name, role, context.label(f"staff.stage_{invited.stage}")))


@button("staff.invitation", for_=INVITERS)
async def show(_: Update, context: Context) -> None:
    invited = await _invitation(context)
    rows: list[tuple[Button, ...]] = []
    parts = [context.text("staff.invitation", line=_line(context, invited))]
    if _may_answer(invited, context.person.id):
        key = "staff.ask_yes" if invited.stage is Stage.REDEEMED else "staff.ask_second_yes"
        parts.append(context.text(key, name=invited.name))
        yes = context.tap(context.label("staff.yes"), "staff.confirm", str(invited.id))
        no = context.tap(context.label("staff.no"), "staff.decline", str(invited.id))
        rows.append((yes, no))
    withdraw = context.tap(
        context.label("staff.button_withdraw"), "staff.withdraw", str(invited.id)
    )
    if invited.stage is Stage.OPEN:
        rows.append((_to_end(context, invited),))
    rows += [(withdraw,), staff.back(context, "staff.invitations")]
    await context.show(Message(Markup("\n\n").join(parts), tuple(rows)))


@button("staff.withdraw", for_=INVITERS)
async def consider_withdrawing(_: Update, context: Context) -> None:
    invited = await _invitation(context)
    sure = context.tap(
        context.label("staff.button_withdraw_sure"), "staff.withdrawn", str(invited.id)
    )
    keep = context.tap(context.label("staff.button_keep"), "staff.invitations")
    text = context.text("staff.withdraw", name=invited.name)
    await context.show(Message(text, ((sure,), (keep,))))


@button("staff.withdrawn", for_=INVITERS)
async def withdraw(_: Update, context: Context) -> None:
    id_ = InvitationId(staff.number(context.button.id))
    await context.services.staff.withdraw(context.person.id, id_)
    rows = (staff.back(context, "staff.invitations"),)
    await context.show(Message(context.text("staff.now_withdrawn"), rows))


async def _invitation(context: Context) -> Invitation:
    """Raises:
    Expired: it is decided, over, or never was.
    """
    id_ = staff.number(context.button.id)
    found = await context.services.staff.invitations(context.person.id)
    invited = next((each for each in found if each.id == id_), None)
    if invited is None:
        raise Expired
    return invited


def _may_answer(invited: Invitation, person: PersonId) -> bool:
    """Whether a yes of *person* is waited for; the use case decides."""
    if invited.stage is Stage.REDEEMED:
        return invited.inviter == person
    return invited.stage is Stage.CONFIRMED and person not in (invited.inviter, invited.redeemer)
