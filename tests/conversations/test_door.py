"""Who is let in: people in private chats; and what is not text is refused with the reason."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from bot.services import Services
from bot.storage.database import Database
from tests.conversations.conftest import Chat, Json
from tests.support.telephone import Telephone

ChatOf = Callable[..., Chat]
Line = Callable[[Json], Any]

FILE = {"file_id": "f", "file_unique_id": "u"}
PHOTO = {**FILE, "width": 1, "height": 1}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param({"document": FILE}, "Bestanden open ik niet", id="document"),
        pytest.param({"photo": [PHOTO]}, "Foto's en video's", id="photo"),
        pytest.param({"video": {**PHOTO, "duration": 1}}, "Foto's en video's", id="video"),
        pytest.param(
            {"animation": {**PHOTO, "duration": 1}, "document": FILE}, "Bestanden", id="animation"
        ),
        pytest.param({"voice": {**FILE, "duration": 1}}, "niet luisteren", id="voice"),
        pytest.param({"audio": {**FILE, "duration": 1}}, "niet luisteren", id="audio"),
        pytest.param(
            {"video_note": {**FILE, "length": 1, "duration": 1}}, "niet luisteren", id="video note"
        ),
        pytest.param(
            {"contact": {"phone_number": "+32470000000", "first_name": "An"}},
            "telefoonnummer of contactkaart",
            id="contact",
        ),
        pytest.param({"location": {"longitude": 4.0, "latitude": 51.0}}, "Bel 112", id="location"),
        pytest.param(
            {
                "location": {"longitude": 4.0, "latitude": 51.0},
                "venue": {
                    "location": {"longitude": 4.0, "latitude": 51.0},
                    "title": "x",
                    "address": "y",
                },
            },
            "waar je bent",
            id="venue",
        ),
        pytest.param(
            {
                "sticker": {
                    **PHOTO,
                    "type": "regular",
                    "is_animated": False,
                    "is_video": False,
                }
            },
            "alleen woorden",
            id="sticker",
        ),
        pytest.param({"dice": {"emoji": "🎲", "value": 3}}, "alleen woorden", id="dice"),
    ],
)
async def test_p09_what_is_not_text_is_refused_and_nothing_is_downloaded(
    chat_of: ChatOf, telephone: Telephone, content: Json, words: str
) -> None:
    an = chat_of(1)

    await an.sends(**content)

    (message,) = an.listen()
    assert words in message.text
    assert "getFile" not in [name for name, _ in telephone.calls]


async def test_p09_an_album_is_refused_once(chat_of: ChatOf) -> None:
    an = chat_of(1)

    for _ in range(5):
        await an.sends(photo=[PHOTO], media_group_id="13579")
    first = an.listen()
    await an.again()
    await an.sends(photo=[PHOTO], media_group_id="24680")

    assert len(first) == 1
    assert len(an.listen()) == 1


@pytest.mark.parametrize(
    "content",
    [
        pytest.param({"new_chat_title": "x"}, id="title"),
        pytest.param(
            {"message_auto_delete_timer_changed": {"message_auto_delete_time": 1}}, id="t"
        ),
        pytest.param({"write_access_allowed": {}}, id="write access"),
        pytest.param({"a_kind_of_tomorrow": {"x": 1}}, id="unknown"),
    ],
)
async def test_r20_telegrams_own_notes_are_ignored(chat_of: ChatOf, content: Json) -> None:
    an = chat_of(1)

    await an.sends(**content)

    assert an.listen() == []


def group_message(**more: Any) -> Json:
    return {
        "message_id": 5,
        "date": 1_795_255_200,
        "chat": {"id": -100123, "type": "supergroup", "title": "x"},
        "from": {"id": 7, "is_bot": False, "first_name": "X"},
        "text": "/start",
        "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
        **more,
    }


def private(person: Json, **more: Any) -> Json:
    chat = {"id": person["id"], "type": "private"}
    return group_message(chat=chat, **{"from": person}, **more)


BOT_MEMBER = {"user": {"id": 99, "is_bot": True, "first_name": "C"}, "status": "member"}

STRANGERS = [
    pytest.param({"message": group_message()}, True, id="group"),
    pytest.param({"edited_message": group_message()}, True, id="edited in a group"),
    pytest.param({"channel_post": group_message(**{"from": None})}, True, id="channel post"),
    pytest.param(
        {
            "my_chat_member": {
                "chat": {"id": -5, "type": "group", "title": "x"},
                "from": {"id": 7, "is_bot": False, "first_name": "X"},
                "date": 1_795_255_200,
                "old_chat_member": {**BOT_MEMBER, "status": "left"},
                "new_chat_member": BOT_MEMBER,
            }
        },
        True,
        id="added to a group",
    ),
    pytest.param(
        {"message": private({"id": 777000, "is_bot": False, "first_name": "Telegram"})},
        False,
        id="Telegram itself",
    ),
    pytest.param(
        {"message": private({"id": 1087968824, "is_bot": True, "first_name": "Group"})},
        False,
        id="anonymous admin",
    ),
    pytest.param(
        {"message": private({"id": 55, "is_bot": True, "first_name": "Bot"})}, False, id="bot"
    ),
    pytest.param(
        {
            "message": private(
                {"id": 8, "is_bot": False, "first_name": "X"},
                sender_chat={"id": -1, "type": "channel", "title": "x"},
            )
        },
        False,
        id="a channel's identity",
    ),
    pytest.param(
        {
            "edited_message": private(
                {"id": 8, "is_bot": False, "first_name": "X"},
                sender_chat={"id": -1, "type": "channel", "title": "x"},
                text="BE68 5390 0754 7034",
            )
        },
        False,
        id="a channel's identity puts a number in later",
    ),
    pytest.param(
        {"edited_message": private({"id": 8, "is_bot": False, "first_name": "X"})},
        False,
        id="edited",
    ),
    pytest.param(
        {"business_message": private({"id": 8, "is_bot": False, "first_name": "X"})},
        False,
        id="business",
    ),
    pytest.param(
        {
            "poll": {
                "id": "1",
                "question": "q",
                "options": [],
                "total_voter_count": 0,
                "is_closed": False,
                "is_anonymous": True,
                "type": "regular",
                "allows_multiple_answers": False,
                "allows_revoting": False,
                "members_only": False,
            }
        },
        False,
        id="poll",
    ),
    pytest.param({"tomorrow": {}}, False, id="unknown kind"),
]


@pytest.mark.parametrize(("content", "leaves"), STRANGERS)
async def test_t22_who_is_no_person_in_private_gets_nothing_and_leaves_nothing(
    line: Line, telephone: Telephone, sqlite_database: Database, content: Json, leaves: bool
) -> None:
    await line({"update_id": 1, **content})

    assert bool(telephone.left) is leaves
    assert telephone.screens == {}
    async with sqlite_database.reading() as reader:
        assert await reader.scalar(text("SELECT count(*) FROM people")) == 0


async def test_b41_a_block_marks_unreachable_and_the_next_message_undoes_it(
    chat_of: ChatOf, services: Services
) -> None:
    an = chat_of(1)
    await an.types("/start")

    await an.blocks()
    blocked = await services.people.of_account(an.account)
    await an.blocks("member")
    back = await services.people.of_account(an.account)

    assert blocked is not None
    assert back is not None
    assert (blocked.reachable, back.reachable) == (False, True)


async def test_r14_who_blocked_us_just_now_is_noted_and_nothing_breaks(
    chat_of: ChatOf, services: Services, telephone: Telephone
) -> None:
    an = chat_of(1)
    await an.types("/start")
    telephone.refusals["sendMessage"] = [(403, "Forbidden: bot was blocked by the user")]

    await an.types("hoe oud moet je zijn")

    person = await services.people.of_account(an.account)
    assert person is not None
    assert not person.reachable
