"""T-16: a file is made when it is sent, nothing of it is stored, and it leaves the chat again."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import audit
from bot.errors import MaybeSent, StorageTrouble, TryLater, Undeliverable
from bot.notifications.delivery import LEASE, Delivery
from bot.notifications.errors import Rejected
from bot.notifications.message import File, Message
from bot.notifications.outbox import LONGEST_IN_CHAT, TOO_LATE, Promise, outbox
from bot.notifications.removal import POSSIBLE_FOR, Removal
from bot.people.model import PersonId
from bot.storage.database import Database
from tests.bot.notifications.conftest import NoHurry, Words
from tests.support.clock import FakeClock

HOUR = timedelta(hours=1)


class Chat:
    """Messages that stand in a chat, by number; removing one may fail first."""

    def __init__(self) -> None:
        self.standing: dict[int, Message] = {}
        self.sent = 0
        self.asked = 0
        self.fails_with: Exception | None = None

    async def send(self, account: int, message: Message) -> int:
        self.sent += 1
        self.standing[self.sent] = message
        return self.sent

    async def remove(self, account: int, message_id: int) -> None:
        self.asked += 1
        if self.fails_with is not None:
            raise self.fails_with
        if message_id not in self.standing:
            raise Rejected("message to delete not found")
        del self.standing[message_id]


class Printer:
    """Makes the documents; counts them."""

    def __init__(self) -> None:
        self.made: list[tuple[PersonId, str, str]] = []
        self.is_theirs = True
        self.fails_with: Exception | None = None

    async def __call__(self, person: PersonId, about: str, language: str) -> File | None:
        self.made.append((person, about, language))
        if self.fails_with is not None:
            raise self.fails_with
        return File("lijst.csv", b"An;Bo") if self.is_theirs else None


@pytest.fixture
def chat() -> Chat:
    return Chat()


@pytest.fixture
def printer() -> Printer:
    return Printer()


@pytest.fixture
def delivery(database: Database, chat: Chat, printer: Printer, clock: FakeClock) -> Delivery:
    return a_delivery(database, chat, printer, clock)


def a_delivery(
    database: Database,
    chat: Chat,
    printer: Printer,
    clock: FakeClock,
    kind: Callable[..., Delivery] = Delivery,
) -> Delivery:
    return kind(database, chat, NoHurry(), Words(), now=clock, documents={"test.list": printer})


@pytest.fixture
def removal(database: Database, chat: Chat, clock: FakeClock) -> Removal:
    return Removal(database, chat, clock)


@pytest.fixture
async def an(somebody, promised) -> PersonId:
    """Has a list promised to them."""
    person = await somebody(1)
    await promised("test.k:1", person, document="test.list/17", keep_for=LONGEST_IN_CHAT)
    return person


async def the_row(database: Database):
    async with database.reading() as reader:
        return await reader.one(select(outbox))


async def trail(database: Database) -> list[str]:
    async with database.reading() as reader:
        return [entry.action for entry in await audit.entries(reader)]


async def test_t16_it_is_made_for_who_gets_it_when_they_get_it(
    database, delivery, chat, printer, an
):
    before = await the_row(database)
    await delivery.deliver_due()

    assert printer.made == [(an, "17", "nl")]
    assert chat.standing[1].file == File("lijst.csv", b"An;Bo")
    assert chat.standing[1].text == "nl:test.news"
    for row in (before, await the_row(database)):
        assert "An" not in str(tuple(row))


async def test_t16_it_is_taken_out_of_the_chat_in_time_and_that_stands_in_the_trail(
    database, delivery, removal, chat, clock, an
):
    await delivery.deliver_due()
    clock.advance(LONGEST_IN_CHAT - timedelta(seconds=1))
    assert await removal.remove_due() == 0
    assert len(chat.standing) == 1
    clock.advance(timedelta(seconds=1))

    assert await removal.remove_due() == 1
    assert chat.standing == {}
    assert await removal.remove_due() == 0
    assert await trail(database) == ["notifications.file_removed"]


@pytest.mark.parametrize("trouble", [TryLater("no connection"), MaybeSent("no answer")])
async def test_t16_what_cannot_be_removed_now_is_tried_until_it_is(
    database, delivery, removal, chat, clock, an, trouble
):
    await delivery.deliver_due()
    clock.advance(LONGEST_IN_CHAT)
    chat.fails_with = trouble
    for _ in range(3):
        assert await removal.remove_due() == 0
        clock.advance(HOUR)
    chat.fails_with = None

    assert await removal.remove_due() == 1
    assert chat.standing == {}
    assert await trail(database) == ["notifications.file_removed"]


async def test_t16_when_nothing_goes_it_does_not_hammer(
    database, delivery, removal, chat, clock, somebody, promised
):
    for number in range(5):
        person = await somebody(number + 1)
        key = f"test.k:{number}"
        await promised(key, person, document="test.list/17", keep_for=LONGEST_IN_CHAT)
    await delivery.deliver_due()
    clock.advance(LONGEST_IN_CHAT)
    chat.fails_with = TryLater("too fast")
    await removal.remove_due()
    assert chat.asked == 1
    chat.fails_with = None

    assert await removal.remove_due() == 5


async def test_t16_after_two_days_nothing_can_be_done_and_the_trail_says_so(
    database, delivery, removal, chat, clock, an
):
    await delivery.deliver_due()
    clock.advance(POSSIBLE_FOR)
    chat.fails_with = TryLater("no connection")
    await removal.remove_due()
    await removal.remove_due()

    assert chat.asked == 1
    assert await trail(database) == ["notifications.file_stays"]


@pytest.mark.parametrize(
    "gone", [Rejected("message to delete not found"), Undeliverable("blocked")]
)
async def test_t16_who_removed_it_themselves_is_fine(
    database, delivery, removal, chat, clock, an, gone
):
    await delivery.deliver_due()
    clock.advance(LONGEST_IN_CHAT)
    chat.fails_with = gone
    await removal.remove_due()
    await removal.remove_due()

    assert chat.asked == 1
    assert await trail(database) == ["notifications.file_gone"]


async def test_t16_killed_between_removing_and_noting_it_is_gone_all_the_same(
    database, delivery, chat, clock, an
):
    class Killed(BaseException):
        pass

    class Dying(Chat):
        async def remove(self, account: int, message_id: int) -> None:
            await chat.remove(account, message_id)
            raise Killed

    await delivery.deliver_due()
    clock.advance(LONGEST_IN_CHAT)
    with suppress(Killed):
        await Removal(database, Dying(), clock).remove_due()
    await Removal(database, chat, clock).remove_due()

    assert chat.standing == {}
    assert await trail(database) == ["notifications.file_gone"]


async def test_r12_killed_while_it_is_sent_the_list_still_comes_and_goes(
    database, chat, printer, clock, removal, an
):
    class Killed(BaseException):
        pass

    class Dying(Delivery):
        async def _note(self, letter, outcome, began):
            raise Killed

    with suppress(Killed):
        await a_delivery(database, chat, printer, clock, Dying).deliver_due()
    clock.advance(LEASE)
    await a_delivery(database, chat, printer, clock).deliver_due()
    clock.advance(LONGEST_IN_CHAT)
    await removal.remove_due()

    assert chat.sent == 2
    assert len(printer.made) == 2
    # Of the first one nobody learned the number; its mark says whose it is.
    assert list(chat.standing) == [1]


async def test_t16_who_may_not_have_it_any_more_gets_nothing(database, delivery, printer, chat, an):
    printer.is_theirs = False
    await delivery.deliver_due()
    row = await the_row(database)

    assert chat.standing == {}
    assert (row.state, row.reason, row.remove_at) == ("dropped", "not for them any more", None)


async def test_a_document_that_cannot_be_made_is_looked_at_by_somebody(
    database, delivery, printer, chat, an
):
    printer.fails_with = ZeroDivisionError()
    await delivery.deliver_due()
    row = await the_row(database)

    assert chat.standing == {}
    assert (row.state, row.reason) == ("dead", "cannot be made: ZeroDivisionError")


async def test_without_the_database_it_is_made_a_little_later(
    database, delivery, printer, chat, clock, an
):
    printer.fails_with = StorageTrouble("locked")
    await delivery.deliver_due()
    printer.fails_with = None
    clock.advance(HOUR)
    await delivery.deliver_due()

    assert len(chat.standing) == 1


async def test_what_nobody_keeps_a_term_for_stays_in_the_chat(
    database, delivery, removal, chat, clock, somebody, promised
):
    await promised("test.k:1", await somebody(1))
    await delivery.deliver_due()
    clock.advance(POSSIBLE_FOR)

    assert await removal.remove_due() == 0
    assert len(chat.standing) == 1


@pytest.mark.parametrize(
    ("late", "state"),
    [
        pytest.param(timedelta(), "sent", id="just in time"),
        pytest.param(timedelta(seconds=1), "dropped", id="too late"),
    ],
)
async def test_r16_what_is_of_no_use_any_more_is_not_sent(
    database, delivery, somebody, promised, clock, late, state
):
    await promised("test.k:1", await somebody(1), not_after=clock() + HOUR)
    clock.advance(HOUR + late)
    await delivery.deliver_due()
    row = await the_row(database)

    assert row.state == state
    assert row.reason == (None if state == "sent" else TOO_LATE)


def test_t16_nothing_is_promised_that_could_not_be_removed_in_time() -> None:
    promise = Promise("test.k:1", PersonId(1), "test.news", keep_for=LONGEST_IN_CHAT)

    assert LONGEST_IN_CHAT < POSSIBLE_FOR
    with pytest.raises(ValueError, match="two days"):
        replace(promise, keep_for=POSSIBLE_FOR)
