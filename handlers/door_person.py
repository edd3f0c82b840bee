"""One person on the list: who it is, and what a colleague can do for them."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup
from telegram import Update

from bot.clock import spoken
from bot.info_sessions.door_views import Scan
from bot.info_sessions.model import LARGEST_PARTY, SignUpId, Status
from bot.notifications.message import Button, Message
from handlers import door, staff
from handlers.buttons import Expired
from handlers.context import Context
from handlers.door import PEOPLE, at_the_door, parts
from handlers.language import own_name
from handlers.typed import ask

Row = tuple[Button, ...]


def sign_up_id(text: str) -> SignUpId:
    """Raises:
    Expired: it is no number.
    """
    return SignUpId(staff.number(text))


def nameless(context: Context, id_: SignUpId) -> str:
    """What to call who gave no name."""
    return context.label("door.nameless", number=id_)


def with_party(name: str, party: int) -> str:
    """«An +2»: she comes with two others."""
    return name if party == 1 else f"{name} +{party - 1}"


def name_of(context: Context, found: Scan) -> str:
    return found.sign_up.name or nameless(context, found.sign_up.id)


@at_the_door("door.person")
async def show(_: Update, context: Context) -> None:
    found = await context.services.door.line(context.person.id, sign_up_id(context.button.id))
    await ask(context, "door.letters", str(found.info_session.id))
    await context.show(message(context, found))


def message(context: Context, found: Scan, *, scanned: bool = False) -> Message:
    """Everything about one sign-up; under a scan stands one button, the one that is needed."""
    text, sign_up = context.text, found.sign_up
    lines = [text("door.person", name=name_of(context, found), party=_party(context, found))]
    lines.append(_state(context, found))
    if found.group is not None and sign_up.is_open:
        number, place = found.group.number, found.group.meeting_point
        lines.append(text("door.person_group", number=number, meeting_point=place))
    if found.language is not None and found.language != context.language:
        lines.append(text("door.person_language", spoken=own_name(found.language)))
    body = door.heading(context, found.info_session) + "\n\n" + Markup("\n").join(lines)
    return Message(body, _scan_rows(context, found) if scanned else _rows(context, found))


def _party(context: Context, found: Scan) -> str:
    return context.label("door.party", count=found.sign_up.party)


def _state(context: Context, found: Scan) -> Markup:
    text, sign_up = context.text, found.sign_up
    if found.ended is not None:
        return text("door.no_seat", how=context.label(f"door.ended_{found.ended}"))
    if sign_up.status is Status.WAITING:
        return text("door.on_waiting_list", position=found.position)
    if sign_up.status is Status.OFFERED:
        assert sign_up.offer_until is not None
        until = spoken(sign_up.offer_until, context.language)
        key = "door.is_offered" if sign_up.person_id is not None else "door.must_be_called"
        return text(key, until=until)
    if found.checked_in_at is not None:
        at = spoken(found.checked_in_at, context.language)
        by = found.by_name or context.label("door.a_colleague")
        return text("door.is_in", at=at, by=by)
    return text("door.is_not_in" if found.can_check_in else "door.has_a_seat")


def _scan_rows(context: Context, found: Scan) -> tuple[Row, ...]:
    main = _check_in(context, found)
    return (main,) if main else ((_names(context, found),),)


def _check_in(context: Context, found: Scan) -> Row:
    id_ = str(found.sign_up.id)
    if found.checked_in_at is not None:
        return (context.tap(context.label("door.button_undo"), "door.out", id_),)
    if found.is_expected and found.can_check_in:
        return (context.tap(context.label("door.button_in"), "door.in", id_),)
    return ()


def _names(context: Context, found: Scan) -> Button:
    """Back to the list they came from, or would have."""
    about = str(found.info_session.id)
    mine = found.group is not None and found.group.number in found.standing.groups
    if not found.standing.leads and mine and found.group is not None:
        group = found.group.number
        label = context.label("door.button_my_group", number=group)
        return context.tap(label, "door.list", f"{about}/g{group}/0")
    if not found.standing.leads:
        return context.tap(context.label("staff.back"), PEOPLE, about)
    shown = "all" if found.is_expected or found.ended is not None else "wait"
    return context.tap(context.label("door.button_names"), "door.list", f"{about}/{shown}/0")


def _rows(context: Context, found: Scan) -> tuple[Row, ...]:
    sign_up, standing = found.sign_up, found.standing
    tap, label, id_ = context.tap, context.label, str(found.sign_up.id)
    rows = [_check_in(context, found)]
    if sign_up.status is Status.OFFERED and sign_up.person_id is None and standing.registers:
        rows.append((tap(label("door.button_comes"), "door.yes", id_),))
        rows.append((tap(label("door.button_comes_not"), "door.no", id_),))
    if sign_up.is_open and standing.registers and found.checked_in_at is None:
        party = tap(label("door.button_party"), "door.party", id_)
        rows.append((party, tap(label("door.button_remove"), "door.remove", id_)))
    if found.is_expected and standing.leads and found.group is not None:
        rows.append((tap(label("door.button_regroup"), "door.regroup", id_),))
    rows.append((_names(context, found),))
    return tuple(row for row in rows if row)


async def shown_anew(context: Context, id_: SignUpId) -> None:
    found = await context.services.door.line(context.person.id, id_)
    await context.show(message(context, found))


# Somebody called about an offer.


@at_the_door("door.yes", up="door.person")
async def accept(_: Update, context: Context) -> None:
    await _answer(context, yes=True)


@at_the_door("door.no", up="door.person")
async def refuse(_: Update, context: Context) -> None:
    await _answer(context, yes=False)


async def _answer(context: Context, *, yes: bool) -> None:
    id_ = sign_up_id(context.button.id)
    await context.services.door.answer_for(context.person.id, id_, yes)
    context.toast = context.label("staff.noted")
    await shown_anew(context, id_)


# Taken off the list.


@at_the_door("door.remove", up="door.person")
async def consider_removing(_: Update, context: Context) -> None:
    """What it means, before it happens."""
    found = await context.services.door.line(context.person.id, sign_up_id(context.button.id))
    key = "door.remove" if found.sign_up.person_id is not None else "door.remove_by_name"
    text = context.text(key, name=name_of(context, found))
    sure = context.tap(context.label("door.button_remove_sure"), "door.removed", context.button.id)
    keep = context.tap(context.label("staff.button_keep"), "door.person", context.button.id)
    await context.show(Message(text, ((sure,), (keep,))))


@at_the_door("door.removed", up="door.person")
async def remove(_: Update, context: Context) -> None:
    id_ = sign_up_id(context.button.id)
    await context.services.door.withdraw_for(context.person.id, id_)
    context.toast = context.label("staff.noted")
    await shown_anew(context, id_)


# With how many they come.

IN_A_ROW: Final = 5


def party_choices(most: int) -> list[int]:
    """One to five, then fives: at most two rows of buttons."""
    choices = [*range(1, min(most, 5) + 1), *range(10, most + 1, 5)]
    return sorted({*choices, most}) if most > 5 else choices


@at_the_door("door.party", up="door.person")
async def ask_party(_: Update, context: Context) -> None:
    found = await context.services.door.line(context.person.id, sign_up_id(context.button.id))
    most = max(found.info_session.party_max, found.sign_up.party)
    buttons = [
        context.tap(
            f"✓ {count}" if count == found.sign_up.party else str(count),
            "door.resize",
            f"{found.sign_up.id}/{count}",
        )
        for count in party_choices(most)
    ]
    rows = [tuple(buttons[at : at + IN_A_ROW]) for at in range(0, len(buttons), IN_A_ROW)]
    text = context.text("door.ask_party", name=name_of(context, found))
    up = staff.back(context, "door.person", context.button.id)
    await context.show(Message(text, (*rows, up)))


@at_the_door("door.resize", up="door.person")
async def resize(_: Update, context: Context) -> None:
    number, count = parts(context, 2)
    party = staff.number(count)
    if not 1 <= party <= LARGEST_PARTY:
        raise Expired
    id_ = sign_up_id(number)
    await context.services.door.party_for(context.person.id, id_, party)
    context.toast = context.label("staff.noted")
    await shown_anew(context, id_)
