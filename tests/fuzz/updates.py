"""Random updates: realistic ones of every kind, bent and broken in every way we could think of.

Seeded, so that what fails can be tried again with the same number.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

Json = dict[str, Any]

NUMBERS: Final = ("85.07.30-033.28", "BE68 5390 0754 7034")
TEXTS: Final = (
    "/start",
    "/start faq_minimum-age",
    "/help",
    "/wissen",
    "/taal fr",
    "/bestaatniet",
    "/start@contactpunt_bot x",
    "Hoe oud moet ik zijn?",
    "en voor burgerpersoneel?",
    "wat eten we vanavond",
    "test",
    "Français",
    "help er is een inbreker in mijn huis",
    *NUMBERS,
    "<b>&amp;</i><a href=",
    "\u202eomgekeerd\u200b\u0000\u0007\u001b[31m",
    "\ud83d",
    "👩‍👩‍👧‍👦" * 30,
    "ß" * 4096,
    "{zone.name} {0} %s %(x)s $x",
    " ",
    "",
)
BUTTONS: Final = (
    "menu.show",
    "menu.open",
    "questions.show:minimum-age",
    "questions.show:minimum-age@fr",
    "questions.show:no-such-answer",
    "questions.bad:minimum-age",
    "questions.wrong:minimum-age",
    "questions.else",
    "browse.track:uniform",
    "browse.topic:uniform/tests/2",
    "browse.topic:uniform/tests/99999999999999999999",
    "language.set:de",
    "language.set:xx",
    "privacy.sure",
    "privacy.export",
    "human.open",
    ":::@@@",
    "x" * 64,
    "é" * 32,
    "\u0000",
    "",
)
KINDS: Final = (
    *("message",) * 12,
    *("callback_query",) * 6,
    "edited_message",
    "my_chat_member",
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "deleted_business_messages",
    "message_reaction",
    "inline_query",
    "shipping_query",
    "pre_checkout_query",
    "poll",
    "poll_answer",
    "chat_member",
    "chat_join_request",
    "something_of_tomorrow",
)
FILE: Final = {"file_id": "f", "file_unique_id": "u"}
SIZE: Final = {"width": 1, "height": 1}
MONEY: Final = {"currency": "EUR", "total_amount": 1, "invoice_payload": "x"}
PAID: Final = ("telegram", "provider")
POLL: Final[Json] = {
    "id": "1",
    "question": "?",
    "options": [],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
    "allows_revoting": False,
    "members_only": False,
}
STREET: Final = {
    "country_code": "BE",
    "state": "",
    "city": "Aalst",
    "street_line1": "Markt 1",
    "street_line2": "",
    "post_code": "9300",
}
OTHERS: Final[dict[str, Json]] = {
    "inline_query": {"id": "1", "from": None, "query": "x", "offset": ""},
    "shipping_query": {
        "id": "1",
        "from": None,
        "invoice_payload": "x",
        "shipping_address": STREET,
    },
    "pre_checkout_query": {"id": "1", "from": None, **MONEY},
    "poll": POLL,
    "poll_answer": {
        "poll_id": "1",
        "user": None,
        "option_ids": [0],
        "option_persistent_ids": ["0"],
    },
    "chat_join_request": {"chat": None, "from": None, "user_chat_id": 7, "date": 0},
    "message_reaction": {
        "chat": None,
        "message_id": 1,
        "user": None,
        "date": 0,
        "old_reaction": [],
        "new_reaction": [{"type": "emoji", "emoji": "👍"}],
    },
    "business_connection": {
        "id": "b",
        "user": None,
        "user_chat_id": 7,
        "date": 0,
        "is_enabled": True,
    },
    "deleted_business_messages": {
        "business_connection_id": "b",
        "chat": None,
        "message_ids": [1],
    },
}
CONTENTS: Final[tuple[Json, ...]] = (
    {"photo": [{**FILE, **SIZE}]},
    {"document": {**FILE, "file_name": "cv.pdf"}},
    {"voice": {**FILE, "duration": 3}},
    {"video": {**FILE, **SIZE, "duration": 1}},
    {"sticker": {**FILE, **SIZE, "type": "regular", "is_animated": False, "is_video": False}},
    {"contact": {"phone_number": "+32470000000", "first_name": "An"}},
    {"location": {"latitude": 50.9, "longitude": 4.0}},
    {"dice": {"emoji": "🎲", "value": 6}},
    {"poll": POLL},
    {"new_chat_members": [{"id": 5, "is_bot": False, "first_name": "Bo"}]},
    {"pinned_message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}}},
    {"group_chat_created": True},
    {"migrate_to_chat_id": -1_000_000_000_001},
    {"successful_payment": {**MONEY, **{f"{by}_payment_charge_id": "1" for by in PAID}}},
    {"web_app_data": {"data": "{}", "button_text": "x"}},
    {"of_tomorrow": {"deep": [{"deeper": [1, 2, {"x": None}]}]}},
    {},
)
NOT_PEOPLE: Final = (777000, 1087968824, 136817688)
WRONG: Final = (
    None,
    True,
    -1,
    0,
    2**31,
    2**52,
    2**63 - 1,
    -(2**63),
    2**64,
    10**40,
    1.5,
    "",
    "7",
    "\u0000",
    "x" * 5000,
    [],
    {},
    [[[[[]]]]],
    {"id": {"id": {"id": 1}}},
)


STRANGERS: Final = range(10_000_000, 20_000_000)
"""People who are met once."""


@dataclass(frozen=True)
class Made:
    """One update without its number."""

    body: Json
    possible: bool
    """Whether Telegram could send it, today or one day: nothing was taken out or made wrong."""

    @property
    def admissible(self) -> int | None:
        """The account of the person in a private chat with us whose update this is.

        An edit counts only when it holds a number we may not have: that is refused aloud.
        """
        for kind in ("message", "callback_query", "my_chat_member", "edited_message"):
            content = self.body.get(kind)
            if not isinstance(content, dict):
                continue
            if kind == "edited_message" and not any(n in str(content) for n in NUMBERS):
                return None
            person = content.get("from")
            message = content.get("message") if kind == "callback_query" else content
            chat = message.get("chat") if isinstance(message, dict) else None
            if not isinstance(person, dict) or person.get("is_bot"):
                return None
            if isinstance(chat, dict) and chat.get("id") != person.get("id"):
                return None
            if "sender_chat" in content or person.get("id") in NOT_PEOPLE:
                return None
            account = person.get("id")
            return account if type(account) is int and 0 < account < 2**52 else None
        return None


class Updates:
    """Updates of *regulars*, who are met again and again, and of strangers."""

    def __init__(self, seed: int, regulars: range) -> None:
        self._chance = random.Random(seed)
        self._regulars = regulars

    def one(self) -> Made:
        """Half of them are as Telegram would send them."""
        kind = self._chance.choice(KINDS)
        update: Json = {kind: self._content(kind)}
        if self._chance.random() < 0.05:
            update["of_tomorrow"] = {"x": 1}
        possible = True
        if self._chance.random() < 0.5:
            for _ in range(self._chance.randint(1, 4)):
                possible = self._bend(update) and possible
        return Made(update, possible)

    def _content(self, kind: str) -> Any:
        if kind == "callback_query":
            return self._tap()
        if kind in ("my_chat_member", "chat_member"):
            return self._membership()
        if kind in OTHERS:
            return self._other(kind)
        message = self._message()
        if "channel" in kind:
            message["chat"] = {"id": -1_000_000_000_777, "type": "channel", "title": "K"}
            message.pop("from", None)
        if kind.startswith("business"):
            message["business_connection_id"] = "b"
        if kind.startswith("edited"):
            message["edit_date"] = 1_795_255_300
        return message

    def _other(self, kind: str) -> Json:
        """A kind we never ask for."""
        content = copy.deepcopy(OTHERS[kind])
        person = self._person()
        for field in ("from", "user"):
            if field in content:
                content[field] = person
        if "chat" in content:
            content["chat"] = self._chat(person)
        return content

    def _message(self) -> Json:
        person = self._person()
        message: Json = {
            "message_id": self._chance.randint(1, 10**6),
            "date": 1_795_255_200,
            "chat": self._chat(person),
            "from": person,
        }
        roll = self._chance.random()
        if roll < 0.7:
            self._write(message, "text")
        else:
            message |= copy.deepcopy(self._chance.choice(CONTENTS))
            if roll < 0.8:
                self._write(message, "caption")
        if self._chance.random() < 0.05:
            message["sender_chat"] = {"id": -1_000_000_000_778, "type": "channel", "title": "K"}
        if self._chance.random() < 0.05:
            message.pop("from")
        if self._chance.random() < 0.1:
            message["reply_to_message"] = {**message, "message_id": 1}
        return message

    def _write(self, message: Json, field: str) -> None:
        text = self._chance.choice(TEXTS)
        if self._chance.random() < 0.2:
            text = "".join(chr(self._chance.randint(1, 0xD7FF)) for _ in range(30))
        message[field] = text
        if text.startswith("/"):
            length = len(text.split()[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]

    def _tap(self) -> Json:
        person = self._person()
        tap: Json = {
            "id": str(self._chance.randint(1, 10**9)),
            "from": person,
            "chat_instance": "1",
            "data": self._chance.choice(BUTTONS),
        }
        roll = self._chance.random()
        if roll < 0.7:
            tap["message"] = {**self._message(), "chat": self._private(person)}
        elif roll < 0.8:
            tap["message"] = {"message_id": 7, "date": 0, "chat": self._private(person)}
        elif roll < 0.9:
            tap["inline_message_id"] = "i"
        return tap

    def _membership(self) -> Json:
        person = self._person()
        bot = {"id": 123456, "is_bot": True, "first_name": "Contactpunt"}
        statuses = ("member", "kicked", "left", "of_tomorrow")
        return {
            "chat": self._chat(person),
            "from": person,
            "date": 1_795_255_200,
            "old_chat_member": {"user": bot, "status": "member"},
            "new_chat_member": {
                "user": bot,
                "status": self._chance.choice(statuses),
                "until_date": 0,
            },
        }

    def _person(self) -> Json:
        roll = self._chance.random()
        who = self._regulars if self._chance.random() < 0.6 else STRANGERS
        id_ = self._chance.choice(NOT_PEOPLE if roll < 0.05 else who)
        person: Json = {"id": id_, "is_bot": roll > 0.97, "first_name": "An"}
        if roll < 0.9:
            person["language_code"] = self._chance.choice(("nl", "fr", "de-AT", "zz", ""))
        if roll < 0.3:
            person["first_name"] = self._chance.choice(("<b>", "\u202e", "x" * 64, ""))
            person["username"] = "an"
        return person

    def _private(self, person: Json) -> Json:
        return {"id": person["id"], "type": "private", "first_name": "An"}

    def _chat(self, person: Json) -> Json:
        if self._chance.random() < 0.85:
            return self._private(person)
        kind = self._chance.choice(("group", "supergroup", "channel", "of_tomorrow"))
        return {"id": -1_000_000_000_000 - self._chance.randint(1, 99), "type": kind, "title": "G"}

    def _bend(self, update: Json) -> bool:
        """Take away, replace or add one thing anywhere below; whether Telegram might do that."""
        places = list(_places(update))
        if not places:
            return True
        holder, key = self._chance.choice(places)
        roll = self._chance.random()
        if isinstance(holder[key], dict) and roll < 0.5:
            holder[key]["of_tomorrow"] = copy.deepcopy(self._chance.choice(WRONG))
            return True
        if roll < 0.5:
            del holder[key]
        else:
            holder[key] = copy.deepcopy(self._chance.choice(WRONG))
        return False


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in items:
        yield node, key
        if isinstance(value, (dict, list)):
            yield from _places(value)
