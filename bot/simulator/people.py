"""What a person can do in the app: type, tap, edit, block, send a photo."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

from bot.simulator.entities import found_in, utf16_length
from bot.simulator.methods.sending import MAX_TEXT, document, photo
from bot.simulator.simulator import Simulator
from bot.simulator.state import Chat, Json, Message, Person, Query, text_content

Action = Callable[[Simulator, Person, Json], Json]

A_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPj/HwADBwIAMCbHYQAAAABJRU5E"
    "rkJggg=="
)


class CannotDo(Exception):
    def __init__(self, reason: str, status: int = 409) -> None:
        super().__init__(reason)
        self.status = status


def get(simulator: Simulator, person_id: int) -> Person:
    person = simulator.world.people.get(person_id)
    if person is None:
        raise CannotDo("there is no such person", 404)
    return person


def shown(simulator: Simulator, person: Person) -> Json:
    chat = simulator.world.chats[person.id]
    return {**person.as_user(), "started": chat.open, "blocked": chat.blocked}


def add(simulator: Simulator, given: Json) -> Person:
    wanted = given.get("id")
    if wanted is not None and (not isinstance(wanted, int) or not 0 < wanted < 2**52):
        raise CannotDo("id must be a positive number of at most 52 bits", 400)
    return simulator.world.add_person(
        str(given.get("first_name") or "Iemand"),
        id=wanted,
        language_code=given.get("language_code", "nl"),
        last_name=given.get("last_name"),
        username=given.get("username"),
    )


def change(simulator: Simulator, person: Person, given: Json) -> Person:
    for name in ("first_name", "last_name", "username", "language_code", "deactivated"):
        if name in given:
            setattr(person, name, given[name])
    simulator.world.touch(simulator.world.chats[person.id])
    return person


def add_group(simulator: Simulator, given: Json) -> Json:
    """Somebody adds the bot to a group."""
    world = simulator.world
    chat = Chat(
        int(given.get("id") or -1_000_000_000_000 - world.number("group")),
        kind=str(given.get("type") or "supergroup"),
        title=str(given.get("title") or "Groep"),
        open=True,
        members=[int(member) for member in given.get("members", [])],
    )
    if chat.id >= 0 or chat.kind not in ("group", "supergroup"):
        raise CannotDo("a group has a negative id and the type group or supergroup", 400)
    world.chats[chat.id] = chat
    if chat.members:
        adder = get(simulator, chat.members[0])
        _membership(simulator, chat, adder, "left", "member")
    return world.chat_as_json(chat)


def chat_since(simulator: Simulator, person: Person, since: int) -> Json:
    """The private chat as the page shows it; only what changed after version *since*."""
    world, chat = simulator.world, simulator.world.chats[person.id]
    profile = world.profile
    language = (person.language_code or "")[:2]
    toasts = [toast for toast in chat.toasts if toast.version > since > 0]
    waiting = [
        {"message_id": query.message_id, "data": query.data}
        for query in world.queries.values()
        if query.chat_id == chat.id and not query.answered
    ]
    return {
        "version": chat.version or 1,
        "person": shown(simulator, person),
        "messages": [
            _message_shown(world_message)
            for world_message in chat.messages.values()
            if world_message.version > since
        ],
        "deleted": [number for number, version in chat.deleted.items() if version > since],
        "toast": {"text": toasts[-1].text, "alert": toasts[-1].alert} if toasts else None,
        "waiting": waiting,
        "typing": chat.typing_until > world.now(),
        "commands": world.commands_for(chat, language),
        "bot": {
            "name": profile.names.get(language) or profile.names.get("", world.bot_name),
            "username": world.username,
            "description": profile.descriptions.get(language) or profile.descriptions.get("", ""),
        },
    }


def _message_shown(message: Message) -> Json:
    content = message.content
    return {
        "message_id": message.message_id,
        "from": "bot" if message.from_bot else "person",
        "text": content.get("text") or content.get("caption") or "",
        "entities": content.get("entities") or content.get("caption_entities") or [],
        "buttons": message.buttons,
        "edited": message.edited_at is not None,
        "date": int(message.sent_at),
        "document": content.get("document"),
        "photo": (content.get("photo") or [None])[-1],
        "other": {
            kind: content[kind]
            for kind in ("venue", "location", "contact", "sticker", "voice")
            if kind in content and not (kind == "location" and "venue" in content)
        },
        "reactions": [reaction.get("emoji") for reaction in message.reactions],
        "reply_to": message.reply_to,
    }


def _say(simulator: Simulator, person: Person, given: Json, content: Json) -> Json:
    world = simulator.world
    chat = world.chats[person.id]
    if "chat" in given:
        chat = world.chats.get(int(given["chat"])) or chat
    if chat.blocked or person.deactivated:
        raise CannotDo("this person has blocked the bot or is gone")
    chat.open = True
    reply_to = given.get("reply_to")
    message = world.add_message(
        chat, person.as_user(), content, reply_to=reply_to if isinstance(reply_to, int) else None
    )
    update_id = simulator.updates.add("message", world.message_as_json(message))
    return {"message_id": message.message_id, "update_id": update_id}


def _text_given(given: Json) -> Json:
    text = given.get("text")
    if not isinstance(text, str) or not text.strip():
        raise CannotDo("text is empty", 400)
    if utf16_length(text) > MAX_TEXT:
        raise CannotDo(f"text is longer than {MAX_TEXT}", 400)
    return text_content(text, found_in(text))


def text(simulator: Simulator, person: Person, given: Json) -> Json:
    return _say(simulator, person, given, _text_given(given))


def edit(simulator: Simulator, person: Person, given: Json) -> Json:
    world, chat = simulator.world, simulator.world.chats[person.id]
    message = chat.messages.get(given.get("message_id", 0))
    if message is None or message.from_bot or "text" not in message.content:
        raise CannotDo("this person has no such text", 404)
    message.content, message.edited_at = _text_given(given), world.now()
    world.touch(chat, message)
    update_id = simulator.updates.add("edited_message", world.message_as_json(message))
    return {"message_id": message.message_id, "update_id": update_id}


def tap(simulator: Simulator, person: Person, given: Json) -> Json:
    """Press a button that is on the message now; `force` presses one that is not there."""
    world, chat = simulator.world, simulator.world.chats[person.id]
    data, force = given.get("data"), bool(given.get("force"))
    message = chat.messages.get(given.get("message_id", 0))
    if not isinstance(data, str):
        raise CannotDo("data is missing", 400)
    if not force and (message is None or not message.has_button(data)):
        raise CannotDo("that button is not on the message", 404)
    if chat.blocked:
        raise CannotDo("this person has blocked the bot")
    chat.open = True
    message_id = message.message_id if message else int(given.get("message_id", 0))
    number = world.number("query", int(world.now() * 1_000_000))
    query = Query(str(number), person.id, chat.id, message_id, data, world.now())
    world.queries[query.id] = query
    # A message that is gone comes as an "inaccessible" one: date 0, no text.
    place = (
        world.message_as_json(message)
        if message
        else {"message_id": message_id, "date": 0, "chat": world.chat_as_json(chat)}
    )
    update_id = simulator.updates.add(
        "callback_query",
        {
            "id": query.id,
            "from": person.as_user(),
            "message": place,
            "chat_instance": str(-7_000_000_000 - person.id),
            "data": data,
        },
    )
    world.touch(chat)
    return {"query_id": query.id, "update_id": update_id}


def block(simulator: Simulator, person: Person, given: Json) -> Json:
    return _block(simulator, person, True)


def unblock(simulator: Simulator, person: Person, given: Json) -> Json:
    return _block(simulator, person, False)


def _block(simulator: Simulator, person: Person, blocked: bool) -> Json:
    chat = simulator.world.chats[person.id]
    if not chat.open or chat.blocked == blocked:
        return {"update_id": None}
    chat.blocked = blocked
    simulator.world.touch(chat)
    before, after = ("member", "kicked") if blocked else ("kicked", "member")
    return {"update_id": _membership(simulator, chat, person, before, after)}


def _membership(
    simulator: Simulator, chat: Chat, person: Person, before: str, after: str
) -> int | None:
    def status(name: str) -> Json:
        until: Json = {"until_date": 0} if name == "kicked" else {}
        return {"user": simulator.world.bot(), "status": name, **until}

    return simulator.updates.add(
        "my_chat_member",
        {
            "chat": simulator.world.chat_as_json(chat),
            "from": person.as_user(),
            "date": int(simulator.world.now()),
            "old_chat_member": status(before),
            "new_chat_member": status(after),
        },
    )


def _file_given(given: Json, default: bytes) -> bytes:
    """Bytes in `content` as base64; a small stand-in without it."""
    try:
        return base64.b64decode(given["content"], validate=True) if "content" in given else default
    except (binascii.Error, TypeError, ValueError):
        raise CannotDo("content must be base64", 400) from None


def _caption(given: Json) -> Json:
    return {"caption": str(given["caption"])} if given.get("caption") else {}


def send_photo(simulator: Simulator, person: Person, given: Json) -> Json:
    content = _file_given(given, A_PIXEL)
    file = simulator.world.keep_file("photo.png", "image/png", content)
    return _say(simulator, person, given, {"photo": photo(file), **_caption(given)})


def send_document(simulator: Simulator, person: Person, given: Json) -> Json:
    name = str(given.get("name") or "document.pdf")
    media_type = str(given.get("media_type") or "application/pdf")
    content = _file_given(given, b"%PDF-1.4\n")
    file = simulator.world.keep_file(name, media_type, content)
    return _say(simulator, person, given, {"document": document(file), **_caption(given)})


def send_contact(simulator: Simulator, person: Person, given: Json) -> Json:
    contact = {
        "phone_number": str(given.get("phone_number") or "+32470000000"),
        "first_name": str(given.get("first_name") or person.first_name),
        "user_id": person.id,
    }
    return _say(simulator, person, given, {"contact": contact})


def send_location(simulator: Simulator, person: Person, given: Json) -> Json:
    place = {
        "latitude": float(given.get("latitude", 50.94)),
        "longitude": float(given.get("longitude", 4.04)),
    }
    return _say(simulator, person, given, {"location": place})


def send_sticker(simulator: Simulator, person: Person, given: Json) -> Json:
    file = simulator.world.keep_file("sticker.webp", "image/webp", A_PIXEL)
    sticker = {
        "file_id": file.file_id,
        "file_unique_id": file.file_id,
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": False,
        "is_video": False,
        "emoji": str(given.get("emoji") or "👍"),
    }
    return _say(simulator, person, given, {"sticker": sticker})


def send_voice(simulator: Simulator, person: Person, given: Json) -> Json:
    file = simulator.world.keep_file("voice.ogg", "audio/ogg", b"OggS")
    voice = {
        "file_id": file.file_id,
        "file_unique_id": file.file_id,
        "duration": int(given.get("duration", 3)),
        "mime_type": "audio/ogg",
        "file_size": len(file.content),
    }
    return _say(simulator, person, given, {"voice": voice})


def raw_update(simulator: Simulator, person: Person, given: Json) -> Json:
    raw = given.get("raw", given)
    if not isinstance(raw, dict):
        raise CannotDo("raw must be an object", 400)
    return {"update_id": simulator.updates.inject(raw)}


ACTIONS: dict[str, Action] = {
    "text": text,
    "tap": tap,
    "edit": edit,
    "block": block,
    "unblock": unblock,
    "photo": send_photo,
    "document": send_document,
    "contact": send_contact,
    "location": send_location,
    "sticker": send_sticker,
    "voice": send_voice,
    "update": raw_update,
}
