"""Any update is survived, wherever it comes from (R-20)."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telegram import Update

from bot.services import Services
from handlers.application import Contactpunt
from handlers.commands import NAMES
from handlers.messenger import Messenger
from handlers.raw import arrival_of
from tests.conversations.conftest import Chat, Json
from tests.support.clock import FakeClock
from tests.support.figures import figure
from tests.support.telephone import Telephone

WORDS = (
    *(f"/{name}" for names in NAMES.values() for name in names.values()),
    "/start faq_minimum-age",
    "hoe oud moet je zijn",
    "uitleg over test",
    "wat eten we vanavond",
    "sneeuw \ud83d ruimen",
    "er is een inbreker in mijn huis",
    "Français",
    "85.07.30-033.28",
    "\u202e\x00\ud83d<b>&",
    "x" * 4096,
)
DATA = (
    "questions.show:\ud83d",
    "menu.open:\ud83d",
    "menu.show",
    "menu.open",
    "questions.show:minimum-age@fr",
    "questions.bad:pay",
    "questions.else",
    "browse.topic:uniform/tests/2",
    "language.set:de",
    "privacy.sure",
    "privacy.erase:1795255500",
    "privacy.resume",
)

ids = st.one_of(st.integers(1, 5), st.sampled_from([777000, 1087968824, 136817688, 2**52]))
texts = st.one_of(st.sampled_from(WORDS), st.text(max_size=80))
people = st.fixed_dictionaries(
    {"id": ids, "is_bot": st.booleans(), "first_name": st.text(max_size=64)},
    optional={"language_code": st.sampled_from(["nl", "fr-BE", "zh-hans", "", "x" * 40])},
)
chats = st.fixed_dictionaries(
    {
        "id": st.one_of(ids, st.integers(-(2**50), -1)),
        "type": st.sampled_from(
            ["private", "private", "private", "group", "supergroup", "channel"]
        ),
    },
    optional={"title": st.text(max_size=10)},
)
files = st.just({"file_id": "f", "file_unique_id": "u"})
messages = st.fixed_dictionaries(
    {
        "message_id": st.integers(1, 10**6),
        "date": st.integers(0, 2**31 - 1),
        "chat": chats,
    },
    optional={
        "from": people,
        "text": texts,
        "caption": texts,
        "document": files,
        "sender_chat": chats,
        "edit_date": st.integers(1, 2**31 - 1),
        "something_of_tomorrow": st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
    },
)
queries = st.fixed_dictionaries(
    {"id": st.text(min_size=1, max_size=8), "from": people, "chat_instance": st.just("1")},
    optional={
        "data": st.one_of(st.sampled_from(DATA), st.text(max_size=64)),
        "message": messages,
        "inline_message_id": st.text(max_size=8),
    },
)
kinds_of_tomorrow = st.text(max_size=8).filter(lambda kind: kind not in Update.ALL_TYPES)
contents = st.one_of(
    st.fixed_dictionaries({"message": messages}),
    st.fixed_dictionaries({"message": messages}),
    st.fixed_dictionaries({"callback_query": queries}),
    st.fixed_dictionaries({"edited_message": messages}),
    st.fixed_dictionaries({"channel_post": messages}),
    st.fixed_dictionaries({"business_message": messages}),
    st.dictionaries(kinds_of_tomorrow, st.integers(), max_size=2),
)


def private(raw: Json) -> Json:
    """Half of the messages come from who the private chat belongs to, as on Telegram."""
    for kind in ("message", "edited_message"):
        message = raw.get(kind)
        if message is None:
            continue
        if message["chat"]["type"] == "private" and "from" in message:
            message["chat"]["id"] = message["from"]["id"]
        text = message.get("text", "")
        if text.startswith("/"):
            length = len(text.split()[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
    return raw


async def test_r20_random_updates_raise_nothing(
    assistant: Contactpunt, messenger: Messenger, telephone: Telephone, clock: FakeClock
) -> None:
    seen: dict[str, int] = {}
    raws: list[Json] = []

    @settings(
        max_examples=figure(20_000, 2_000),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(contents)
    def collect(raw: Json) -> None:
        raws.append(json.loads(json.dumps(raw)))

    collect()
    for number, raw in enumerate(raws, 1):
        clock.advance(timedelta(seconds=10))
        arrival = arrival_of({"update_id": number, **private(raw)})
        query = raw.get("callback_query")
        if query:
            telephone.unanswered_taps.add(query["id"])
            telephone.tapper[query["id"]] = query["from"]["id"]
        await assistant.process_update(Update.de_json(json.loads(arrival.body), assistant.bot))
        seen[next(iter(raw), "")] = seen.get(next(iter(raw), ""), 0) + 1

    await messenger.close()
    assert seen["message"] > 100
    assert seen["callback_query"] > 50
    assert telephone.screens


async def test_r20_people_who_are_refused_leave_no_row(
    chat_of: Callable[..., Chat], services: Services, line: Callable[[Json], Any]
) -> None:
    an = chat_of(1)
    raw = an._message(1, text="/start", sender_chat={"id": -1, "type": "channel", "title": "x"})

    await line({"update_id": 1, "message": raw})

    assert await services.people.of_account(an.account) is None
