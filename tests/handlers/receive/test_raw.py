"""What is read of an update before it is stored."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.raw import REDACTED, Sender, arrival_of, sender_of

AN = {"id": 7, "is_bot": False, "first_name": "An", "language_code": "nl"}
CHAT = {"id": 7, "type": "private"}


def message(**more) -> dict:
    return {"message_id": 1, "date": 1, "chat": CHAT, "from": AN} | more


def typed(text: str, update_id: int = 1) -> dict:
    return {"update_id": update_id, "message": message(text=text)}


@pytest.mark.parametrize(
    ("update", "key"),
    [
        pytest.param(typed("hoi"), 7, id="the person"),
        pytest.param({"update_id": 1, "callback_query": {"id": "5", "from": AN}}, 7, id="a press"),
        pytest.param({"update_id": 1, "my_chat_member": {"chat": CHAT, "from": AN}}, 7, id="block"),
        pytest.param(
            {"update_id": 1, "channel_post": {"chat": {"id": -100, "type": "channel"}}},
            -100,
            id="nobody, so the chat",
        ),
        pytest.param({"update_id": 31, "poll": {"id": "3"}}, 31, id="neither"),
        pytest.param({"update_id": 31, "message": {"from": {"id": "7"}}}, 31, id="odd id"),
        pytest.param({"update_id": 31, "message": {"from": {"id": 2**70}}}, 31, id="huge id"),
    ],
)
def test_b13_whose_updates_come_one_after_the_other(update: dict, key: int):
    assert arrival_of(update).order_key == key


def test_p08_a_national_number_is_gone_before_it_is_stored():
    arrival = arrival_of(typed("mijn nummer is 85.07.30-033 28, ok?"))

    assert "033" not in arrival.body
    assert json.loads(arrival.body)[REDACTED] == ["national_number"]
    assert json.loads(arrival.body)["message"]["text"].endswith(", ok?")


@pytest.mark.parametrize(
    "update",
    [
        pytest.param({"message": message(caption="BE68 5390 0754 7034")}, id="caption"),
        pytest.param({"edited_message": message(text="BE68 5390 0754 7034")}, id="edit"),
        pytest.param(
            {"message": message(reply_to_message=message(text="BE68539007547034"))}, id="r"
        ),
        pytest.param({"message": message(from_={}, poll={"q": ["BE68539007547034"]})}, id="list"),
    ],
)
def test_p09_wherever_somebody_can_write_it(update: dict):
    body = json.loads(arrival_of({"update_id": 1} | update).body)

    assert body[REDACTED] == ["bank_account"]
    assert "7034" not in json.dumps(body)


def test_what_telegram_made_is_left_alone():
    query = {"id": "4539578763621486", "from": AN, "chat_instance": "4539578763621486"}
    update = {"update_id": 1, "callback_query": query}

    assert json.loads(arrival_of(update).body) == update


def test_nobody_can_pretend_that_something_was_redacted():
    assert REDACTED not in json.loads(arrival_of(typed("hoi") | {REDACTED: ["x"]}).body)


@pytest.mark.parametrize(
    "nonsense",
    [None, [], "text", 5, {}, {"update_id": "1"}, {"update_id": True}, {"update_id": 2**64}],
)
def test_b07_what_is_no_update_is_unusable_and_recognised_again(nonsense: object):
    first, again = arrival_of(nonsense), arrival_of(nonsense)

    assert first.unusable
    assert first.update_id < 0
    assert first == again
    assert first.update_id != arrival_of("something else").update_id


def test_r20_an_update_that_is_too_deep_keeps_its_number():
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    arrival = arrival_of({"update_id": 5, "message": deep})

    assert (arrival.update_id, bool(arrival.unusable)) == (5, True)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(_json, st.text())
def test_r20_any_content_makes_an_arrival_that_can_be_stored(content: object, text: str):
    for update in (content, {"update_id": 1, "message": content}, typed(text)):
        arrival = arrival_of(update)
        arrival.body.encode("ascii")
        assert "\0" not in arrival.body
        assert -(2**63) <= arrival.order_key < 2**63
        sender_of(update)


def test_whom_to_tell():
    assert sender_of(typed("hoi")) == Sender(7, "nl")
    pressed = {"update_id": 1, "callback_query": {"from": AN, "message": message()}}
    assert sender_of(pressed) == Sender(7, "nl")


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 1, "edited_message": message()},
        {"update_id": 1, "message": message(chat={"id": -5, "type": "group"})},
        {"update_id": 1, "message": message() | {"from": AN | {"is_bot": True}}},
        {"update_id": 1, "message": {"chat": CHAT}},
        {"update_id": 1, "callback_query": {"from": AN}},
        {"update_id": 1, "message": 5},
    ],
)
def test_t22_whom_not_to_tell(update: dict):
    assert sender_of(update) is None
