"""What we say to the Bot API, and what we make of its answers."""

import asyncio
import json
from datetime import timedelta

import pytest
from markupsafe import Markup
from structlog.testing import capture_logs
from telegram.error import TimedOut

from bot.errors import MaybeSent, TryLater, Undeliverable
from bot.health import Health
from bot.notifications.errors import Rejected
from bot.notifications.message import Button, Message
from bot.notifications.pacing import Pacer
from handlers.messenger import Messenger
from handlers.transport import TokenRefused
from tests.handlers.fakes import TOKEN, Answer, FakeApi, ok, refused

SENT = {"message_id": 12, "date": 0, "chat": {"id": 7, "type": "private"}}
HELLO = Message(
    Markup("Dag <b>An</b> &amp; co"),
    ((Button("Ja", "test.yes:1"), Button("Pagina", url="https://www.jobpol.be")),),
)


class Script:
    """Answers per method, one after the other; the last one stays."""

    def __init__(self, **answers: list[Answer] | Answer) -> None:
        self._answers = {
            name: list(given) if isinstance(given, list) else [given]
            for name, given in answers.items()
        }

    def __call__(self, method: str, parameters: dict) -> Answer:
        given = self._answers.get(method, [ok(SENT)])
        return given.pop(0) if len(given) > 1 else given[0]


def messenger_on(**answers) -> tuple[Messenger, FakeApi]:
    api = FakeApi(Script(**answers))
    return Messenger(api.bot, Pacer()), api


async def test_said_as_html_with_buttons_and_without_a_preview():
    messenger, api = messenger_on()

    assert await messenger.say(7, HELLO) == 12

    [said] = api.named("sendMessage")
    assert said == {
        "chat_id": 7,
        "text": "Dag <b>An</b> &amp; co",
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
        "reply_markup": {
            "inline_keyboard": [
                [
                    {"text": "Ja", "callback_data": "test.yes:1"},
                    {"text": "Pagina", "url": "https://www.jobpol.be"},
                ]
            ]
        },
    }


async def test_a_preview_when_asked_for():
    messenger, api = messenger_on()
    await messenger.say(7, Message(Markup("https://www.jobpol.be"), preview=True))

    assert "link_preview_options" not in api.named("sendMessage")[0]
    assert "reply_markup" not in api.named("sendMessage")[0]


async def test_t14_formatting_that_is_refused_goes_once_as_plain_text():
    unreadable = refused(400, "Bad Request: can't parse entities: Unexpected end tag")
    messenger, api = messenger_on(sendMessage=[unreadable, ok(SENT)])
    text = Markup('Zie <a href="https://x.be">hier</a> &lt;3 <b>nu</b>')

    with capture_logs() as logs:
        assert await messenger.say(7, Message(text)) == 12

    plain = api.named("sendMessage")[1]
    assert plain["text"] == "Zie hier (https://x.be) <3 nu"
    assert "parse_mode" not in plain
    assert [entry["log_level"] for entry in logs] == ["error"]
    assert "hier" not in json.dumps(logs)


async def test_t14_and_not_more_than_once():
    messenger, api = messenger_on(sendMessage=refused(400, "Bad Request: can't parse entities"))

    with pytest.raises(Rejected):
        await messenger.say(7, HELLO)
    assert len(api.calls) == 2


async def test_changed_in_place():
    messenger, api = messenger_on()

    assert await messenger.change(7, 5, HELLO) == 5
    assert api.named("editMessageText")[0]["message_id"] == 5


async def test_b18_not_modified_is_success():
    messenger, api = messenger_on(
        editMessageText=refused(400, "Bad Request: message is not modified: specified new …")
    )

    assert await messenger.change(7, 5, HELLO) == 5
    assert api.named("sendMessage") == []


@pytest.mark.parametrize(
    "reason",
    [
        "message to edit not found",
        "message can't be edited",
        "there is no text in the message to edit",
    ],
)
async def test_b18_what_cannot_be_edited_is_said_anew(reason: str):
    messenger, api = messenger_on(editMessageText=refused(400, f"Bad Request: {reason}"))

    assert await messenger.change(7, 5, HELLO) == 12
    assert len(api.named("sendMessage")) == 1


async def test_b42_a_group_that_became_a_supergroup_is_written_to_there():
    moved = []

    async def migrated(old: int, new: int) -> None:
        moved.append((old, new))

    script = Script(sendMessage=[refused(400, "upgraded", migrate_to_chat_id=-1009), ok(SENT)])
    api = FakeApi(script)
    messenger = Messenger(api.bot, Pacer(), migrated=migrated)

    assert await messenger.say(-9, HELLO) == 12
    assert [said["chat_id"] for said in api.named("sendMessage")] == [-9, -1009]
    assert moved == [(-9, -1009)]


@pytest.mark.parametrize(
    ("answer", "ours"),
    [
        (refused(403, "Forbidden: bot was blocked by the user"), Undeliverable),
        (refused(400, "Bad Request: chat not found"), Undeliverable),
        (refused(400, "Bad Request: BUTTON_DATA_INVALID"), Rejected),
        (refused(401, "Unauthorized"), TokenRefused),
        (refused(502, "Bad Gateway"), TryLater),
        (TimedOut(), MaybeSent),
    ],
)
async def test_faults_in_our_own_words(answer: Answer, ours: type[Exception]):
    messenger, _ = messenger_on(sendMessage=answer)

    with pytest.raises(ours) as raised:
        await messenger.say(7, HELLO)
    assert TOKEN not in repr(raised.value)


async def test_r13_a_429_silences_answers_and_notifications_until_its_end():
    seconds = 0.0

    async def sleep(span: float) -> None:
        nonlocal seconds
        seconds += span

    health = Health()
    api = FakeApi(Script(sendMessage=[refused(429, "Too Many", retry_after=6), ok(SENT)]))
    pacer = Pacer(monotonic=lambda: seconds, sleep=sleep)
    messenger = Messenger(api.bot, pacer, health=health)
    with pytest.raises(TryLater) as raised:
        await messenger.say(7, HELLO)
    assert raised.value.after == timedelta(seconds=6)
    assert pacer.wait_for(99) == 6

    await messenger.say(8, HELLO)

    assert seconds == 6
    assert health.counts["sender_stops"] == 1


async def test_b17_acknowledging_never_holds_up_the_answer_and_never_raises():
    go_on = asyncio.Event()

    async def answers(method: str, parameters: dict) -> Answer:
        if method == "answerCallbackQuery":
            await go_on.wait()
            return refused(400, "Bad Request: query is too old")
        return ok(SENT)

    api = FakeApi(answers)
    messenger = Messenger(api.bot, Pacer())
    await messenger.acknowledge("99", "x" * 300)
    assert await messenger.say(7, HELLO) == 12
    go_on.set()
    await messenger.close()

    assert api.named("answerCallbackQuery") == [{"callback_query_id": "99", "text": "x" * 200}]


async def test_a_deleted_message_or_not():
    messenger, _ = messenger_on(deleteMessage=[ok(True), refused(400, "message can't be deleted")])

    assert await messenger.delete(7, 5) is True
    assert await messenger.delete(7, 5) is False


async def test_a_document_with_its_caption():
    messenger, api = messenger_on(sendDocument=ok(SENT))

    assert await messenger.send_document(7, "mijn.json", b"{}", HELLO) == 12

    [call] = api.named("sendDocument")
    assert call["caption"] == str(HELLO.text)
    assert call["reply_markup"]["inline_keyboard"][0][0]["text"] == "Ja"


async def test_a_picture_with_its_caption_and_a_pin_on_the_map():
    messenger, api = messenger_on(sendPhoto=ok(SENT), sendVenue=ok(SENT))

    assert await messenger.send_photo(7, b"\x89PNG", HELLO) == 12
    assert await messenger.send_venue(7, "Onthaal", "Markt 1", 50.9, 4.0) == 12

    [photo], [venue] = api.named("sendPhoto"), api.named("sendVenue")
    assert photo["caption"] == str(HELLO.text)
    assert (venue["title"], venue["address"]) == ("Onthaal", "Markt 1")
    assert (venue["latitude"], venue["longitude"]) == (50.9, 4.0)
