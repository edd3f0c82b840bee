"""Changing and removing what already stands in a chat."""

from __future__ import annotations

from typing import Any

from bot.simulator.keyboards import markup_of
from bot.simulator.methods.registry import Call, method
from bot.simulator.methods.sending import checked_caption, checked_text
from bot.simulator.refusals import bad_request
from bot.simulator.state import Chat, Json, Message

DELETABLE_FOR = 48 * 3600.0
MAX_DELETED_AT_ONCE = 100

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)


def _own_message(call: Call, chat: Chat) -> Message:
    message = call.message(chat, "edit")
    if not message.from_bot or message.forwarded_from is not None:
        raise bad_request("message can't be edited")
    return message


def _edit(call: Call, chat: Chat, message: Message, content: Json) -> Json:
    """New content and new buttons; leaving the buttons out takes them away."""
    keyboard = markup_of(call.parameters, inline_only=True)
    if content == message.content and (keyboard or None) == (message.keyboard or None):
        raise bad_request(NOT_MODIFIED)
    call.sending_to(chat)
    if content != message.content:
        message.edited_at = call.world.now()
    message.content, message.keyboard = content, keyboard
    call.world.touch(chat, message)
    return call.world.message_as_json(message)


@method("editMessageText")
async def edit_message_text(call: Call) -> Any:
    chat = call.reachable_chat()
    content = checked_text(call)
    message = _own_message(call, chat)
    if "text" not in message.content:
        raise bad_request("there is no text in the message to edit")
    return _edit(call, chat, message, content)


@method("editMessageCaption")
async def edit_message_caption(call: Call) -> Any:
    chat = call.reachable_chat()
    message = _own_message(call, chat)
    if not any(kind in message.content for kind in ("document", "photo")):
        raise bad_request("there is no caption in the message to edit")
    kept = {name: value for name, value in message.content.items() if "caption" not in name}
    return _edit(call, chat, message, kept | checked_caption(call))


@method("editMessageReplyMarkup")
async def edit_message_reply_markup(call: Call) -> Any:
    chat = call.reachable_chat()
    message = _own_message(call, chat)
    return _edit(call, chat, message, message.content)


@method("deleteMessage")
async def delete_message(call: Call) -> Any:
    chat = call.reachable_chat()
    message = call.message(chat, "delete")
    if call.world.now() - message.sent_at > DELETABLE_FOR:
        raise bad_request("message can't be deleted for everyone")
    call.world.delete_message(chat, message.message_id)
    return True


@method("deleteMessages")
async def delete_messages(call: Call) -> Any:
    """Those that cannot be found or are too old are skipped."""
    chat = call.reachable_chat()
    wanted = call.parameters.json("message_ids", "message identifiers")
    if not isinstance(wanted, list) or not wanted:
        raise bad_request("message identifiers are not specified")
    if len(wanted) > MAX_DELETED_AT_ONCE:
        raise bad_request("too many message identifiers specified")
    for message_id in wanted:
        message = chat.messages.get(message_id) if isinstance(message_id, int) else None
        if message and call.world.now() - message.sent_at <= DELETABLE_FOR:
            call.world.delete_message(chat, message.message_id)
    return True


@method("setMessageReaction")
async def set_message_reaction(call: Call) -> Any:
    chat = call.reachable_chat()
    message = call.message(chat, "react")
    given = call.parameters.json("reaction", "reaction types") or []
    if not isinstance(given, list) or len(given) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    for reaction in given:
        emoji = reaction.get("emoji") if isinstance(reaction, dict) else None
        if not isinstance(emoji, str) or not emoji or emoji.isascii():
            raise bad_request("REACTION_INVALID")
    message.reactions = given
    call.world.touch(chat, message)
    return True
