"""Everything that puts a new message into a chat, and the answer to a pressed button."""

from __future__ import annotations

import struct
from typing import Any

from bot.simulator.entities import formatted, utf16_length
from bot.simulator.keyboards import markup_of
from bot.simulator.methods.registry import Call, method
from bot.simulator.parameters import Upload
from bot.simulator.refusals import Refused, bad_request
from bot.simulator.state import Chat, Json, Message, StoredFile, text_content

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_ANSWER = 200
MAX_UPLOAD = 50 * 1024 * 1024
MAX_PHOTO = 10 * 1024 * 1024
QUERY_LIFE = 150.0
ACTION_LASTS = 5.0
ACTIONS = frozenset(
    {
        *("typing", "upload_photo", "record_video", "upload_video", "record_voice"),
        *("upload_voice", "upload_document", "choose_sticker", "find_location"),
        *("record_video_note", "upload_video_note"),
    }
)


def checked_text(call: Call) -> Json:
    """The text of a call as message content; 1 to 4,096 characters after the formatting."""
    parameters = call.parameters
    text, entities = formatted(
        parameters.text("text"),
        parameters.text("parse_mode") or None,
        parameters.json("entities", "message entities"),
    )
    if not text:
        raise bad_request("message text is empty")
    if utf16_length(text) > MAX_TEXT:
        raise bad_request("message is too long")
    return text_content(text, entities)


def checked_caption(call: Call) -> Json:
    parameters = call.parameters
    caption, entities = formatted(
        parameters.text("caption"),
        parameters.text("parse_mode") or None,
        parameters.json("caption_entities", "caption entities"),
    )
    if utf16_length(caption) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    if not caption:
        return {}
    return {"caption": caption, "caption_entities": entities} if entities else {"caption": caption}


def put(call: Call, chat: Chat, content: Json, **more: Any) -> Json:
    """The common end of every send: reply, buttons, limits, and the message is there."""
    keyboard = markup_of(call.parameters)
    message = _add(
        call,
        chat,
        content,
        keyboard=keyboard,
        reply_to=_replied(call, chat),
        **more,
    )
    return call.world.message_as_json(message)


def _add(call: Call, chat: Chat, content: Json, **more: Any) -> Message:
    call.sending_to(chat)
    return call.world.add_message(
        chat,
        call.world.bot(),
        content,
        protected=call.parameters.boolean("protect_content"),
        **more,
    )


def _replied(call: Call, chat: Chat) -> int | None:
    given = call.parameters.json("reply_parameters", "reply parameters")
    if given is None:
        wanted = call.parameters.integer("reply_to_message_id")
        lenient = call.parameters.boolean("allow_sending_without_reply")
    elif isinstance(given, dict):
        wanted = int(given.get("message_id", 0))
        lenient = bool(given.get("allow_sending_without_reply"))
    else:
        raise bad_request("object expected as reply parameters")
    if not wanted or wanted in chat.messages:
        return wanted or None
    if not lenient:
        raise bad_request("message to be replied not found")
    return None


@method("sendMessage")
async def send_message(call: Call) -> Any:
    chat = call.reachable_chat()
    return put(call, chat, checked_text(call))


@method("sendDocument")
async def send_document(call: Call) -> Any:
    chat = call.reachable_chat()
    file = _file(call, "document", MAX_UPLOAD)
    return put(call, chat, {"document": document(file), **checked_caption(call)})


@method("sendPhoto")
async def send_photo(call: Call) -> Any:
    chat = call.reachable_chat()
    file = _file(call, "photo", MAX_PHOTO)
    return put(call, chat, {"photo": photo(file), **checked_caption(call)})


def _file(call: Call, kind: str, limit: int) -> StoredFile:
    """The file of a call: uploaded, attached under another name, or known by its id."""
    given = call.parameters.text(kind)
    upload = call.parameters.files.get(given.removeprefix("attach://") if given else kind)
    if upload is None:
        known = call.world.files.get(given)
        if known is not None:
            return known
        if given:
            raise bad_request("wrong file identifier/HTTP URL specified")
        raise bad_request(f"there is no {kind} in the request")
    return _stored(call, upload, limit)


def _stored(call: Call, upload: Upload, limit: int) -> StoredFile:
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > MAX_UPLOAD:
        raise Refused(413, "Request Entity Too Large")
    if len(upload.content) > limit:
        raise bad_request("PHOTO_INVALID_DIMENSIONS: the photo is larger than 10 MB")
    return call.world.keep_file(upload.name, upload.media_type, upload.content)


def document(file: StoredFile) -> Json:
    return {
        "file_name": file.name,
        "mime_type": file.media_type,
        "file_id": file.file_id,
        "file_unique_id": file.file_id,
        "file_size": len(file.content),
    }


def photo(file: StoredFile) -> list[Json]:
    width, height = 800, 600
    if file.content[:8] == b"\x89PNG\r\n\x1a\n" and len(file.content) >= 24:
        width, height = struct.unpack(">II", file.content[16:24])
    return [
        {
            "file_id": file.file_id,
            "file_unique_id": file.file_id,
            "file_size": len(file.content),
            "width": width,
            "height": height,
        }
    ]


def _place(call: Call) -> Json:
    latitude, longitude = call.parameters.number("latitude"), call.parameters.number("longitude")
    if latitude is None or not -90 <= latitude <= 90:
        raise bad_request("latitude is empty" if latitude is None else "wrong latitude")
    if longitude is None or not -180 <= longitude <= 180:
        raise bad_request("longitude is empty" if longitude is None else "wrong longitude")
    return {"latitude": latitude, "longitude": longitude}


@method("sendLocation")
async def send_location(call: Call) -> Any:
    chat = call.reachable_chat()
    return put(call, chat, {"location": _place(call)})


@method("sendVenue")
async def send_venue(call: Call) -> Any:
    chat, place = call.reachable_chat(), _place(call)
    title, address = call.parameters.text("title"), call.parameters.text("address")
    if not title.strip():
        raise bad_request("title is empty")
    if not address.strip():
        raise bad_request("address is empty")
    venue = {"location": place, "title": title, "address": address}
    return put(call, chat, {"location": place, "venue": venue})


@method("sendContact")
async def send_contact(call: Call) -> Any:
    chat = call.reachable_chat()
    number, name = call.parameters.text("phone_number"), call.parameters.text("first_name")
    if not number:
        raise bad_request("phone_number is empty")
    if not name:
        raise bad_request("first_name is empty")
    return put(call, chat, {"contact": {"phone_number": number, "first_name": name}})


@method("copyMessage")
async def copy_message(call: Call) -> Any:
    """The same content under the bot's name, without the author; buttons only when given."""
    chat, source = call.reachable_chat(), call.chat("from_chat_id")
    content = dict(call.message(source, "copy").content)
    if call.parameters.has("caption") and "text" not in content:
        content = {
            name: value for name, value in content.items() if not name.startswith("caption")
        } | checked_caption(call)
    return {"message_id": put(call, chat, content)["message_id"]}


@method("forwardMessage")
async def forward_message(call: Call) -> Any:
    chat, source = call.reachable_chat(), call.chat("from_chat_id")
    original = call.message(source, "forward")
    if original.protected:
        raise bad_request("the message can't be forwarded")
    origin = {"type": "user", "sender_user": original.sender, "date": int(original.sent_at)}
    return put(call, chat, dict(original.content), forwarded_from=origin)


@method("sendChatAction")
async def send_chat_action(call: Call) -> Any:
    chat = call.reachable_chat()
    action = call.parameters.text("action").lower()
    if action not in ACTIONS and action != "cancel":
        raise bad_request("wrong parameter action in request")
    chat.typing_until = call.world.now() + ACTION_LASTS if action != "cancel" else 0.0
    call.world.touch(chat)
    return True


@method("answerCallbackQuery")
async def answer_callback_query(call: Call) -> Any:
    """At most once, and not long after the press."""
    if not call.parameters.has("callback_query_id"):
        raise bad_request("QUERY_ID_INVALID")
    text = call.parameters.text("text")
    if utf16_length(text) > MAX_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    query = call.world.queries.get(call.parameters.text("callback_query_id"))
    if query is None or query.answered or call.world.now() - query.asked_at > QUERY_LIFE:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    query.answered = True
    chat = call.world.chats[query.chat_id]
    if text:
        call.world.toast(chat, text, alert=call.parameters.boolean("show_alert"))
    else:
        call.world.touch(chat)
    return True
