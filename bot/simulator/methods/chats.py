"""What is known about a chat, and leaving it."""

from __future__ import annotations

from typing import Any

from bot.simulator.methods.registry import Call, method
from bot.simulator.refusals import bad_request, forbidden


@method("getChat")
async def get_chat(call: Call) -> Any:
    chat = call.chat()
    return {
        **call.world.chat_as_json(chat),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }


@method("getChatMember")
async def get_chat_member(call: Call) -> Any:
    chat, user_id = call.chat(), call.parameters.integer("user_id")
    if user_id == call.world.bot_id:
        return {"user": call.world.bot(), "status": "member" if chat.bot_is_member else "left"}
    person = call.world.people.get(user_id)
    if person is None:
        raise bad_request("user not found")
    here = user_id == chat.id or user_id in chat.members
    return {"user": person.as_user(), "status": "member" if here else "left"}


@method("getChatMemberCount")
async def get_chat_member_count(call: Call) -> Any:
    chat = call.chat()
    return 2 if chat.private else len(chat.members) + int(chat.bot_is_member)


@method("leaveChat")
async def leave_chat(call: Call) -> Any:
    chat = call.chat()
    if chat.private:
        raise bad_request("chat member status can't be changed in private chats")
    if not chat.bot_is_member:
        raise forbidden(f"bot is not a member of the {chat.kind} chat")
    chat.bot_is_member = False
    call.world.touch(chat)
    return True
