"""What is read or taken along: answers, lists as a file, a picture, who was not reminded."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup
from telegram import Update

from bot.info_sessions.papers import KINDS as PAPERS
from bot.info_sessions.papers import Kind
from bot.notifications.message import Message
from handlers import door, staff
from handlers.buttons import RESENT, Expired
from handlers.context import Context
from handlers.door import PEOPLE, at_the_door, parts, session_id
from handlers.door_person import nameless, with_party

ANSWERS_ON_A_PAGE: Final = 10
"""An answer is up to 300 characters; a message holds 4,096."""

MOST_MISSED: Final = 40

KINDS: Final[dict[str, Kind]] = {each: each for each in PAPERS}


@at_the_door("door.answers")
async def show_answers(_: Update, context: Context) -> None:
    """Each question with the names and what they answered."""
    about, page = parts(context, 2)
    id_ = session_id(about)
    duty = await context.services.door.duty(context.person.id, id_)
    answered = await context.services.door.answered(context.person.id, id_)
    lines = [(asked.text, name, said) for asked, everybody in answered for name, said in everybody]
    shown, turns = door.page_of(context, lines, page, "door.answers", about, ANSWERS_ON_A_PAGE)
    text = [door.heading(context, duty.info_session)]
    last = None
    for question, name, said in shown:
        if question != last:
            text.append("\n" + context.text("door.question", question=question))
            last = question
        name = name or context.label("door.no_name")
        text.append(context.text("door.answer", name=name, answer=said))
    if not lines:
        text.append("\n" + context.text("door.no_answers"))
    rows = (*turns, staff.back(context, PEOPLE, about))
    await context.show(Message(Markup("\n").join(text), rows))


@at_the_door("door.paper")
async def send_list(_: Update, context: Context) -> None:
    """The list as a file: it comes in a message of its own, and goes again by itself."""
    about, kind = parts(context, 2)
    id_ = session_id(about)
    if kind not in KINDS:
        raise Expired
    await context.services.papers.send_list(context.person.id, id_, KINDS[kind])
    context.toast = context.label("door.list_comes")


@at_the_door("door.fill", up="staff.menu", once_within=RESENT)
async def send_picture(_: Update, context: Context) -> None:
    """How full everything is, over time."""
    picture = await context.services.papers.fill(context.person.id, context.language)
    caption = Message(
        context.text("door.fill"),
        ((context.tap(context.label("staff.button_menu"), "staff.open"),),),
    )
    await context.messenger.send_photo(context.account, picture, caption)


@at_the_door("door.missed")
async def show_missed(_: Update, context: Context) -> None:
    """Who got no reminder, because we were down or they cannot be reached."""
    id_ = session_id(context.button.id)
    duty = await context.services.door.duty(context.person.id, id_)
    missed = await context.services.door.unreminded(context.person.id, id_)
    lines = [
        Markup("• {}").format(
            with_party(each.name or nameless(context, each.sign_up_id), each.party)
        )
        for each in missed[:MOST_MISSED]
    ]
    text = door.heading(context, duty.info_session) + "\n\n"
    text += context.text("door.missed" if missed else "door.none_missed")
    names = context.tap(context.label("door.button_names"), "door.list", f"{id_}/out/0")
    body = Markup("\n").join((text, *lines))
    await context.show(Message(body, ((names,), staff.back(context, PEOPLE, str(id_)))))
