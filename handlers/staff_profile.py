"""What others see of a colleague: their own choice, field by field, each with its consent."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup
from telegram import Update

from bot.notifications.message import Button, Message
from bot.staff import Colleague, Field
from handlers import menu, staff
from handlers.audience import COLLEAGUES
from handlers.buttons import Expired, button
from handlers.context import Context
from handlers.language import own_name
from handlers.typed import ask, typed, words

SPOKEN: Final = ("nl", "fr", "de", "en", "ar", "es", "it", "pl", "pt", "ro", "ru", "tr")
"""Languages to choose from, four rows of three."""

staff.entry("staff.button_profile", "staff.profile", for_=COLLEAGUES, place=31)


@button("staff.profile", for_=COLLEAGUES)
async def show(_: Update, context: Context) -> None:
    await context.show(message(context, context.colleague))


def message(context: Context, me: Colleague) -> Message:
    """Everything about them, what of it candidates see, and a button to change each."""
    tap, label = context.tap, context.label
    text = context.text(
        "staff.profile",
        name=me.display_name,
        service=me.service or label("staff.not_told"),
        languages=_languages(me.languages) or label("staff.not_told"),
        roles=staff.roles(context, me),
    )
    change = (
        tap(label("staff.change_name"), "staff.rename"),
        tap(label("staff.change_service"), "staff.service"),
        tap(label("staff.change_languages"), "staff.languages"),
    )
    leave = (tap(label("staff.button_leave"), "staff.leave"),)
    rows = (change, *(_switch(context, me, each) for each in Field), leave, staff.back(context))
    return Message(text + "\n\n" + preview(context, me), rows)


def _switch(context: Context, me: Colleague, field: Field) -> tuple[Button, ...]:
    name = context.label(f"staff.field_{field}")
    if field in me.shown:
        return (context.tap(context.label("staff.button_hide", field=name), "staff.hide", field),)
    return (context.tap(context.label("staff.button_show", field=name), "staff.show", field),)


def preview(context: Context, me: Colleague, *, also: Field | None = None) -> Markup:
    """How candidates see them now, or when they agree to *also*."""
    shown = me.shown | ({also} if also is not None else frozenset())
    seen = [
        value
        for field, value in (
            (Field.NAME, me.display_name),
            (Field.SERVICE, me.service),
            (Field.LANGUAGES, _languages(me.languages)),
        )
        if field in shown and value
    ]
    nobody = context.label("staff.seen_as_anybody", zone=context.services.zone.name)
    return context.text("staff.seen", seen=" · ".join(seen) or nobody)


def _languages(codes: tuple[str, ...]) -> str:
    return ", ".join(own_name(code) for code in codes)


@button("staff.show", for_=COLLEAGUES)
async def ask_consent(_: Update, context: Context) -> None:
    """The consent of one field: what it is for, and how it will look."""
    field, me = _field(context), context.colleague
    if not {Field.NAME: me.display_name, Field.SERVICE: me.service}.get(field, me.languages):
        context.toast = context.label("staff.fill_in_first")
        await context.show(message(context, me))
        return
    name = context.label(f"staff.field_{field}")
    text = context.text("staff.ask_consent", field=name) + "\n\n"
    yes = context.tap(context.label("staff.button_consent"), "staff.consent", field)
    no = context.tap(context.label("staff.button_no_consent"), "staff.profile")
    await context.show(Message(text + preview(context, me, also=field), ((yes,), (no,))))


@button("staff.consent", for_=COLLEAGUES)
async def consent(_: Update, context: Context) -> None:
    await context.services.staff.show(context.person.id, _field(context), on=True)
    await _shown_anew(context)


@button("staff.hide", for_=COLLEAGUES)
async def hide(_: Update, context: Context) -> None:
    """Taking consent back is one tap."""
    await context.services.staff.show(context.person.id, _field(context), on=False)
    await _shown_anew(context)


@button("staff.rename", for_=COLLEAGUES)
async def ask_name(_: Update, context: Context) -> None:
    await ask(context, "staff.own_name")
    rows = (staff.back(context, "staff.profile"),)
    await context.show(Message(context.text("staff.ask_own_name"), rows))


@typed("staff.own_name", for_=COLLEAGUES)
async def name_typed(update: Update, context: Context) -> None:
    await context.services.staff.rename(context.person.id, words(update))
    await _shown_anew(context)


@button("staff.service", for_=COLLEAGUES)
async def ask_service(_: Update, context: Context) -> None:
    await ask(context, "staff.own_service")
    rows = (
        (context.tap(context.label("staff.button_no_service"), "staff.no_service"),),
        staff.back(context, "staff.profile"),
    )
    await context.show(Message(context.text("staff.ask_own_service"), rows))


@typed("staff.own_service", for_=COLLEAGUES)
async def service_typed(update: Update, context: Context) -> None:
    await context.services.staff.work_for(context.person.id, words(update))
    await _shown_anew(context)


@button("staff.no_service", for_=COLLEAGUES)
async def no_service(_: Update, context: Context) -> None:
    await context.services.staff.work_for(context.person.id, "")
    await _shown_anew(context)


@button("staff.languages", for_=COLLEAGUES)
async def choose_languages(_: Update, context: Context) -> None:
    await context.show(_choices(context, context.colleague))


def _choices(context: Context, me: Colleague) -> Message:
    buttons = [
        context.tap(f"{'✓ ' if code in me.languages else ''}{own_name(code)}", "staff.speak", code)
        for code in SPOKEN
    ]
    rows = [tuple(buttons[at : at + 3]) for at in range(0, len(buttons), 3)]
    return Message(
        context.text("staff.choose_languages"), (*rows, staff.back(context, "staff.profile"))
    )


@button("staff.speak", for_=COLLEAGUES)
async def speak(_: Update, context: Context) -> None:
    """One tap adds a language, the next takes it away."""
    code, me = context.button.id, context.colleague
    if code not in SPOKEN:
        raise Expired
    chosen = set(me.languages) ^ {code}
    await context.services.staff.speak(
        context.person.id, [each for each in SPOKEN if each in chosen]
    )
    await context.show(_choices(context, await _me(context)))


@button("staff.leave", for_=COLLEAGUES)
async def consider_leaving(_: Update, context: Context) -> None:
    sure = context.tap(context.label("staff.button_leave_sure"), "staff.left")
    keep = context.tap(context.label("staff.button_stay"), "staff.profile")
    await context.show(Message(context.text("staff.leave"), ((sure,), (keep,))))


@button("staff.left", for_=COLLEAGUES)
async def leave(_: Update, context: Context) -> None:
    await context.services.staff.revoke(context.person.id, context.person.id)
    await context.show(menu.message(context, "staff.left"))


async def _shown_anew(context: Context) -> None:
    await context.show(message(context, await _me(context)))


async def _me(context: Context) -> Colleague:
    """Themselves as they are after the change."""
    me = await context.services.staff.me(context.person.id)
    if me is None:
        raise Expired
    return me


def _field(context: Context) -> Field:
    try:
        return Field(context.button.id)
    except ValueError:
        raise Expired from None
