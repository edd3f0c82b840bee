"""Promises are kept: in the person's language, in order, once, whatever the messenger does."""

import asyncio
import os
import random
from collections import Counter
from contextlib import suppress
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.errors import MaybeSent, StorageTrouble, TryLater, Undeliverable
from bot.health import Health
from bot.notifications.delivery import LEASE, Delivery
from bot.notifications.errors import MessengerClosed, Rejected
from bot.notifications.message import Button
from bot.notifications.outbox import Promise, PromisedButton, Sentence, outbox, promise
from bot.notifications.pacing import Pacer
from bot.people.service import People
from bot.storage.database import Database
from tests.bot.notifications.conftest import NoHurry, Phone, Words
from tests.support.clock import FakeClock

PROOF = os.environ.get("CONTACTPUNT_PROOF") == "1"
LATER = timedelta(minutes=15)


async def ends(database: Database) -> dict[str, str]:
    async with database.reading() as reader:
        return {row.key: row.state for row in await reader.all(select(outbox))}


async def row_of(database: Database, key: str):
    async with database.reading() as reader:
        return await reader.one(select(outbox).where(outbox.c.key == key))


async def test_said_in_the_language_the_person_has_when_it_is_sent(
    database, somebody, promised, delivery, phone, clock
):
    an = await somebody(1, "nl")
    await promised("test.k:1", an, parameters={"day": date(2026, 12, 3), "n": 2})
    await People(database, now=clock).choose_language(an, "fr")

    await delivery.deliver_due()

    assert phone.arrived == [(1, "fr:test.news day=jeu. 3 déc. n=2")]
    row = await row_of(database, "test.k:1")
    assert (row.state, row.message_id, row.parameters, row.buttons) == ("sent", 1, None, None)


async def test_a_sentence_in_a_sentence_is_said_in_the_same_language(
    somebody, promised, delivery, phone
):
    person = await somebody(1, "fr")
    await promised("a", person, parameters={"role": Sentence("staff.role_editor")})
    await delivery.deliver_due()

    assert phone.arrived == [(1, "fr:test.news role=fr:staff.role_editor")]


async def test_buttons_are_said_too(database, somebody, promised, clock):
    seen = []

    class Screen(Phone):
        async def send(self, account, message):
            seen.append(message.buttons)
            return 1

    delivery = Delivery(database, Screen(), NoHurry(), Words(), now=clock)
    an = await somebody(1, "de")
    await promised("test.k:1", an, buttons=((PromisedButton("test.yes", data="test.yes:1"),),))

    await delivery.deliver_due()

    assert seen == [((Button("de:test.yes", "test.yes:1"),),)]


async def test_not_before_its_moment(somebody, promised, delivery, phone, clock):
    await promised("test.k:1", await somebody(1), not_before=clock() + timedelta(hours=1))

    await delivery.deliver_due()
    assert phone.arrived == []
    clock.advance(timedelta(hours=1))
    await delivery.deliver_due()
    assert len(phone.arrived) == 1


async def test_delivered_once_however_often_asked(somebody, promised, delivery, phone, clock):
    await promised("test.k:1", await somebody(1))

    await asyncio.gather(*(delivery.deliver_due() for _ in range(5)))
    clock.advance(timedelta(days=2))
    await delivery.deliver_due()

    assert len(phone.arrived) == 1


async def test_b26_one_person_hears_in_order_also_after_a_delay(
    somebody, promised, delivery, phone, clock
):
    an, bo = await somebody(1), await somebody(2)
    for number in range(3):
        await promised(f"test.an:{number}", an, f"test.{number}")
    await promised("test.bo:1", bo)

    async def busy(account, message):
        if account == 1 and phone.tried[1] == 1:
            raise TryLater("busy")

    phone.before = busy
    await delivery.deliver_due()
    assert phone.arrived == [(2, "nl:test.news")]
    clock.advance(LATER)
    await delivery.deliver_due()
    assert [text for account, text in phone.arrived if account == 1] == [
        "nl:test.0",
        "nl:test.1",
        "nl:test.2",
    ]


async def test_people_are_written_to_side_by_side(somebody, promised, delivery, phone):
    for account in (1, 2):
        await promised(f"test.k:{account}", await somebody(account))
    both = asyncio.Barrier(2)

    async def meet(account, message):
        async with asyncio.timeout(5):
            await both.wait()

    phone.before = meet
    await delivery.deliver_due()

    assert sorted(account for account, _ in phone.arrived) == [1, 2]


async def test_r14_blocked_people_never_stop_the_rest(
    database, somebody, promised, delivery, phone, clock
):
    count = 1000 if PROOF else 200
    gone = {account for account in range(count) if account % 100 < 23}
    for account in range(count):
        person = await somebody(account)
        await promised(f"test.a:{account}", person)
        await promised(f"test.b:{account}", person)

    async def blocked(account, message):
        if account in gone:
            raise Undeliverable("bot was blocked by the user")

    phone.before = blocked
    await delivery.deliver_due()
    clock.advance(timedelta(days=1))
    await delivery.deliver_due()

    assert {account: phone.tried[account] for account in gone} == dict.fromkeys(gone, 1)
    assert Counter(account for account, _ in phone.arrived) == dict.fromkeys(
        set(range(count)) - gone, 2
    )
    assert Counter((await ends(database)).values()) == {
        "sent": 2 * (count - len(gone)),
        "dropped": 2 * len(gone),
    }


async def test_r14_a_message_from_them_revives(
    database, somebody, promised, delivery, phone, clock
):
    an = await somebody(1)
    people = People(database, now=clock)
    await people.unreachable(1)
    await promised("test.k:1", an)
    await delivery.deliver_due()
    await people.arrived(1, "nl")
    await promised("test.k:2", an)
    await delivery.deliver_due()

    assert await ends(database) == {"test.k:1": "dropped", "test.k:2": "sent"}


@pytest.mark.parametrize("wish", ["pause", "stop"])
async def test_p17_who_wants_silence_is_not_written_to_until_they_want_to(
    database, somebody, promised, delivery, phone, clock, wish
):
    an = await somebody(1)
    people = People(database, now=clock)
    await promised("test.k:1", an)
    await (people.pause(an, True) if wish == "pause" else people.stop(an))

    await delivery.deliver_due()
    assert phone.arrived == []
    assert await delivery.waiting_for() is None
    await people.resume(an)
    await delivery.deliver_due()
    assert len(phone.arrived) == 1


async def test_r12_an_unclear_outcome_is_repeated_once_at_most(
    database, somebody, promised, delivery, phone, clock
):
    await promised("test.k:1", await somebody(1))

    async def timed_out(account, message):
        raise MaybeSent("read timeout")

    phone.after = timed_out
    for _ in range(10):
        await delivery.deliver_due()
        clock.advance(LATER)

    assert len(phone.arrived) == 2
    row = await row_of(database, "test.k:1")
    assert (row.state, row.reason) == ("dead", "sent twice, unknown whether it arrived")


async def test_r12_what_was_not_sent_is_never_doubled(
    database, somebody, promised, delivery, phone, clock
):
    await promised("test.k:1", await somebody(1))

    async def no_connection(account, message):
        if phone.tried[1] <= 20:
            raise TryLater("no connection")

    phone.before = no_connection
    for _ in range(30):
        await delivery.deliver_due()
        clock.advance(LATER)

    assert len(phone.arrived) == 1
    assert await ends(database) == {"test.k:1": "sent"}


async def test_r11_a_lease_nobody_ended_is_taken_up_after_a_minute(
    database, somebody, promised, phone, clock
):
    await promised("test.k:1", await somebody(1))
    killed = await _killed_while_sending(database, phone, clock)
    assert killed == 1

    successor = Delivery(database, phone, NoHurry(), Words(), now=clock)
    await successor.deliver_due()
    assert len(phone.arrived) == 1  # the lease still runs
    clock.advance(LEASE)
    await successor.deliver_due()
    assert len(phone.arrived) == 2
    assert await ends(database) == {"test.k:1": "sent"}


async def test_r12_killed_at_every_send_it_still_arrives_twice_at_most(
    database, somebody, promised, phone, clock
):
    await promised("test.k:1", await somebody(1))
    for _ in range(5):
        await _killed_while_sending(database, phone, clock)
        clock.advance(LEASE)

    assert len(phone.arrived) == 2
    assert await ends(database) == {"test.k:1": "dead"}


async def _killed_while_sending(database: Database, phone: Phone, clock: FakeClock) -> int:
    """The message arrives, and the process dies before it can note so."""
    before = len(phone.arrived)

    class Killed(BaseException):
        pass

    class Dying(Delivery):
        async def _note(self, letter, outcome, began):
            raise Killed

    with suppress(Killed):
        await Dying(database, phone, NoHurry(), Words(), now=clock).deliver_due()
    return len(phone.arrived) - before


async def test_r13_a_429_stops_everybody_until_its_end(database, somebody, promised, phone, clock):
    slept = []
    seconds = 0.0

    async def sleep(span: float) -> None:
        nonlocal seconds
        slept.append(span)
        seconds += span

    pacer = Pacer(monotonic=lambda: seconds, sleep=sleep)
    delivery = Delivery(database, phone, pacer, Words(), now=clock, at_once=1)
    for account in (1, 2):
        await promised(f"test.k:{account}", await somebody(account))

    async def flood(account, message):
        if account == 1 and phone.tried[1] == 1:
            raise TryLater("too fast", after=timedelta(seconds=9))
        assert seconds >= 9

    phone.before = flood
    await delivery.deliver_due()
    clock.advance(timedelta(seconds=9))
    await delivery.deliver_due()

    assert slept == [9]
    assert await ends(database) == {"test.k:1": "sent", "test.k:2": "sent"}


async def test_a_message_that_is_refused_is_dead_and_the_person_stays_reachable(
    database, somebody, promised, delivery, phone
):
    an = await somebody(1)
    await promised("test.k:1", an, "test.too_long")
    await promised("test.k:2", an)

    async def refuse(account, message):
        if "too_long" in message.text:
            raise Rejected("message is too long")

    phone.before = refuse
    await delivery.deliver_due()

    assert await ends(database) == {"test.k:1": "dead", "test.k:2": "sent"}


async def test_a_sentence_that_does_not_exist_is_dead_and_stops_nobody(
    database, somebody, promised, delivery
):
    an = await somebody(1)
    await promised("test.k:1", an, "missing.sentence")
    await promised("test.k:2", an)

    await delivery.deliver_due()

    assert await ends(database) == {"test.k:1": "dead", "test.k:2": "sent"}
    assert (await row_of(database, "test.k:1")).reason == "cannot be written: KeyError"


async def test_a_refused_token_ends_it_and_loses_nothing(
    database, somebody, promised, delivery, phone, clock
):
    await promised("test.k:1", await somebody(1))

    async def refuse(account, message):
        raise MessengerClosed("token")

    phone.before = refuse
    with pytest.raises(MessengerClosed):
        await delivery.deliver_due()
    phone.before = None
    await delivery.deliver_due()

    assert await ends(database) == {"test.k:1": "sent"}


async def test_r24_told_to_stop_it_finishes_what_is_under_way(
    database, somebody, promised, delivery, phone
):
    for number in range(3):
        await promised(f"test.k:{number}", await somebody(1))
    sending, go_on = asyncio.Event(), asyncio.Event()

    async def slow(account, message):
        sending.set()
        await go_on.wait()

    phone.before = slow
    job = asyncio.create_task(delivery.deliver_due())
    await sending.wait()
    job.cancel()
    await asyncio.wait([job])
    go_on.set()
    await delivery.close()

    assert sorted((await ends(database)).values()) == ["pending", "pending", "sent"]


async def test_r21_the_database_going_away_after_the_send_doubles_nothing(
    database, somebody, promised, phone, clock
):
    await promised("test.k:1", await somebody(1))
    fragile = Fragile(database)

    async def break_it(account, message):
        fragile.failures = 1

    phone.after = break_it
    await Delivery(fragile, phone, NoHurry(), Words(), now=clock).deliver_due()

    assert await ends(database) == {"test.k:1": "sent"}
    assert len(phone.arrived) == 1


class Fragile:
    """A database whose next *failures* transactions cannot be."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.failures = 0
        self.reading = database.reading

    def transaction(self):
        if self.failures:
            self.failures -= 1
            raise StorageTrouble("locked")
        return self._database.transaction()


async def test_the_oldest_late_message_is_known(somebody, promised, delivery, clock):
    assert await delivery.waiting_for() is None
    await promised("test.k:1", await somebody(1), not_before=clock() + timedelta(hours=1))
    assert await delivery.waiting_for() is None
    clock.advance(timedelta(hours=3))

    assert await delivery.waiting_for() == timedelta(hours=2)


FAULTS = ("429", "500", "502", "connect", "read", "reset", "json")


async def test_r11_r12_every_notification_ends_and_nobody_reads_one_more_than_twice(
    sqlite_database, clock
):
    """A messenger that fails 30 % of the calls, in every way there is."""
    people_count, each = (1000, 10) if PROOF else (200, 10)
    chance = random.Random(11)
    arrived: Counter[str] = Counter()
    unclear: Counter[str] = Counter()

    class Rough:
        async def send(self, account, message):
            text = str(message.text)
            fault = chance.choice(FAULTS) if chance.random() < 0.3 else None
            match fault:
                case "429":
                    raise TryLater("too fast", after=timedelta(seconds=chance.randint(1, 30)))
                case "500" | "502" | "connect":
                    raise TryLater(fault)
                case "read" | "reset" | "json":
                    unclear[text] += 1
                    arrived[text] += chance.random() < 0.5
                    raise MaybeSent(fault)
            arrived[text] += 1
            return 1

    class Unhurried(NoHurry):
        def stop_for(self, span: timedelta) -> None:
            """A clock of its own; see test_pacing."""

    people = People(sqlite_database, now=clock)
    for account in range(people_count):
        person = (await people.arrived(account, "nl")).id
        async with sqlite_database.transaction() as tx:
            for number in range(each):
                key = f"test.k:{account}-{number}"
                await promise(tx, Promise(key, person, f"test.{account}-{number}"), now=clock())
    health = Health()
    delivery = Delivery(sqlite_database, Rough(), Unhurried(), Words(), now=clock, health=health)
    for _ in range(400):
        await delivery.deliver_due()
        clock.advance(timedelta(minutes=11))
        if await _nothing_open(sqlite_database):
            break

    async with sqlite_database.reading() as reader:
        rows = await reader.all(select(outbox))
    assert len(rows) == people_count * each
    assert {row.state for row in rows} <= {"sent", "dead"}
    assert all(row.reason for row in rows if row.state == "dead")
    assert all(unclear[f"nl:{row.text_key}"] == 2 for row in rows if row.state == "dead")
    assert max(arrived.values()) == 2
    assert all(copies - 1 <= unclear[text] for text, copies in arrived.items())
    assert all(arrived[f"nl:{row.text_key}"] for row in rows if row.state == "sent")
    assert health.counts["messages_sent"] == sum(row.state == "sent" for row in rows)


async def _nothing_open(database: Database) -> bool:
    async with database.reading() as reader:
        open_row = select(outbox.c.id).where(outbox.c.ended_at.is_(None)).limit(1)
        return await reader.first(open_row) is None
