"""Working through the inbox: order, patience, parking, stopping."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from markupsafe import Markup
from structlog.testing import capture_logs
from telegram import Update

from bot.errors import MaybeSent, StorageTrouble, TryLater, Undeliverable
from bot.health import Health
from bot.inbox import Inbox
from bot.notifications.errors import MessengerClosed
from bot.storage.database import Database
from handlers.notices import Notices
from handlers.processor import Processor
from handlers.raw import arrival_of
from tests.bot.inbox.test_inbox import Flaky
from tests.handlers.fakes import TOKEN, FakeApi, ok
from tests.handlers.receive.conftest import Told, typed

Handler = Callable[[Update], Awaitable[None]]


class Application:
    """Stands in for PTB's: one handler, whose faults come out."""

    def __init__(self, handler: Handler) -> None:
        self.bot = FakeApi(lambda *_: ok(True)).bot
        self._handler = handler

    async def process_update(self, update: object) -> None:
        assert isinstance(update, Update)
        await self._handler(update)


class Bench:
    """A processor on a real inbox; `handle` is what the handlers do."""

    def __init__(self, database: Database) -> None:
        self.database = Flaky(database)
        self.health = Health()
        self.told = Told()
        self.notices = Notices(self.told, lambda key, language: Markup(f"{key} {language}"))
        self.unreachable: list[int] = []
        self.inbox = Inbox(self.database, health=self.health)

    @asynccontextmanager
    async def running(self, handle: Handler, **more) -> AsyncIterator[Processor]:
        async def gone(account: int) -> None:
            self.unreachable.append(account)

        processor = Processor(
            Application(handle),
            self.inbox,
            notices=self.notices,
            unreachable=gone,
            health=self.health,
            **{"first_retry": 0.001, **more},
        )
        task = asyncio.create_task(processor.run())
        try:
            yield processor
        finally:
            await processor.stop(timedelta(seconds=5))
            await task

    async def arrive(self, processor: Processor, *updates: object) -> None:
        processor.submit(await self.inbox.accept([arrival_of(update) for update in updates]))

    async def finished(self, processor: Processor) -> None:
        async with asyncio.timeout(20):
            while processor.pending:  # noqa: ASYNC110  nobody tells us
                await asyncio.sleep(0.001)

    async def left(self) -> list[int]:
        await self.inbox.flush()
        return [arrival.update_id for arrival in await self.inbox.unfinished()]


@pytest.fixture
def bench(sqlite_database: Database) -> Bench:
    return Bench(sqlite_database)


def account_of(update: Update) -> int:
    assert update.effective_user is not None
    return update.effective_user.id


async def test_r19_each_person_in_order_and_nobody_waits_for_a_slow_one(bench: Bench):
    handled: dict[int, list[int]] = defaultdict(list)
    others_done = asyncio.Event()

    async def handle(update: Update) -> None:
        if account_of(update) == 1:
            async with asyncio.timeout(20):
                await others_done.wait()
        await asyncio.sleep(0)
        handled[account_of(update)].append(update.update_id)
        if sum(len(done) for account, done in handled.items() if account != 1) == 90:
            others_done.set()

    async with bench.running(handle) as processor:
        await bench.arrive(processor, *(typed(id_, 1 + id_ % 10) for id_ in range(100)))
        await bench.finished(processor)

    assert set(handled) == set(range(1, 11))
    assert all(done == sorted(done) for done in handled.values())
    assert await bench.left() == []


async def test_b13_never_two_of_one_person_at_once(bench: Bench):
    at_work: Counter[int] = Counter()

    async def handle(update: Update) -> None:
        at_work[account_of(update)] += 1
        assert at_work[account_of(update)] == 1
        await asyncio.sleep(0.001)
        at_work[account_of(update)] -= 1

    async with bench.running(handle) as processor:
        for id_ in range(60):
            await bench.arrive(processor, typed(id_, id_ % 3))
        await bench.finished(processor)

    assert bench.health.counts["updates_parked"] == 0


async def test_people_at_once_are_bounded(bench: Bench):
    at_work = most = 0

    async def handle(update: Update) -> None:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        await asyncio.sleep(0.001)
        at_work -= 1

    async with bench.running(handle, at_once=5) as processor:
        await bench.arrive(processor, *(typed(id_, id_) for id_ in range(50)))
        await bench.finished(processor)

    assert most == 5


async def test_r20_a_poison_update_is_parked_after_three_tries_and_the_next_goes_on(bench: Bench):
    tries: list[int] = []

    async def handle(update: Update) -> None:
        tries.append(update.update_id)
        if update.update_id == 1:
            raise KeyError("what An wrote")

    with capture_logs() as logs:
        async with bench.running(handle) as processor:
            await bench.arrive(processor, typed(1), typed(2))
            await bench.finished(processor)
    await bench.notices.close()

    assert tries == [1, 1, 1, 2]
    assert await bench.left() == []
    assert bench.health.counts["updates_parked"] == 1
    assert bench.told.notices == [(7, "errors.apology nl")]
    assert "update parked" in {entry["event"] for entry in logs}
    assert "what An wrote" not in repr(logs), "B-32: what was written is in the log"


async def test_r20_an_update_ptb_cannot_read_is_parked_and_the_next_goes_on(bench: Bench):
    handled: list[int] = []

    async def handle(update: Update) -> None:
        handled.append(update.update_id)

    broken = typed(1)
    broken["message"] |= {"date": "yesterday", "entities": [5]}
    async with bench.running(handle) as processor:
        await bench.arrive(processor, broken, typed(2))
        await bench.finished(processor)

    assert handled == [2]
    assert bench.health.counts["updates_parked"] == 1


async def test_r20_tries_are_counted_across_a_restart(bench: Bench):
    tries = 0
    tried = asyncio.Event()

    async def handle(update: Update) -> None:
        nonlocal tries
        tries += 1
        tried.set()
        raise KeyError

    await bench.inbox.accept([arrival_of(typed(1))])
    for _ in range(5):
        tried.clear()
        async with bench.running(handle, first_retry=60.0) as processor:
            left = await bench.inbox.unfinished()
            processor.submit(left)
            if left:
                await tried.wait()

    assert tries == 3
    assert await bench.left() == []


@pytest.mark.parametrize(
    "patience",
    [
        pytest.param(StorageTrouble("locked"), id="the database"),
        pytest.param(TryLater("no connection"), id="telegram"),
        pytest.param(TryLater("too fast", after=timedelta(milliseconds=1)), id="429"),
    ],
)
async def test_r21_trouble_around_us_is_waited_for_and_not_counted(bench: Bench, patience):
    tries = 0

    async def handle(update: Update) -> None:
        nonlocal tries
        tries += 1
        if tries <= 6:
            raise patience

    async with bench.running(handle) as processor:
        await bench.arrive(processor, typed(1))
        await bench.finished(processor)
    await bench.notices.close()

    assert tries == 7
    assert bench.health.counts["updates_parked"] == 0
    assert await bench.left() == []
    storage = isinstance(patience, StorageTrouble)
    assert bench.told.notices == ([(7, "errors.try_again nl")] if storage else [])


async def test_r21_also_when_the_failure_cannot_be_written_down(bench: Bench):
    tries = 0

    async def handle(update: Update) -> None:
        nonlocal tries
        tries += 1
        bench.database.broken = tries <= 5
        raise KeyError

    async with bench.running(handle) as processor:
        await bench.arrive(processor, typed(1))
        await bench.finished(processor)

    assert tries == 8  # five that could not be counted, three that could


async def test_r12_an_unsure_answer_is_given_once_more_and_then_left(bench: Bench):
    answers = 0

    async def handle(update: Update) -> None:
        nonlocal answers
        answers += 1
        raise MaybeSent("read timeout")

    async with bench.running(handle) as processor:
        await bench.arrive(processor, typed(1))
        await bench.finished(processor)

    assert answers == 2
    assert bench.health.counts["updates_parked"] == 0
    assert await bench.left() == []


async def test_b20_somebody_who_blocked_us_is_noted_and_that_is_all(bench: Bench):
    async def handle(update: Update) -> None:
        raise Undeliverable("bot was blocked")

    async with bench.running(handle) as processor:
        await bench.arrive(processor, typed(1))
        await bench.finished(processor)

    assert bench.unreachable == [7]
    assert await bench.left() == []


async def test_a_refused_token_ends_the_process(bench: Bench):
    async def handle(update: Update) -> None:
        raise MessengerClosed("token")

    processor = Processor(Application(handle), bench.inbox, first_retry=0.001)
    await bench.arrive(processor, typed(1))

    with pytest.raises(MessengerClosed):
        await processor.run()
    await processor.stop()
    assert await bench.left() == [1]


async def test_r24_stopping_finishes_what_is_begun_and_leaves_the_rest(bench: Bench):
    begun, go_on = asyncio.Event(), asyncio.Event()
    handled: list[int] = []

    async def handle(update: Update) -> None:
        begun.set()
        await go_on.wait()
        handled.append(update.update_id)

    async with bench.running(handle) as processor:
        await bench.arrive(processor, typed(1), typed(2), typed(3))
        await begun.wait()
        stop = asyncio.create_task(processor.stop())
        await asyncio.sleep(0)
        go_on.set()
        await stop

    assert handled == [1]
    assert await bench.left() == [2, 3]


async def test_r24_what_never_ends_does_not_hold_up_the_stop(bench: Bench):
    begun = asyncio.Event()

    async def handle(update: Update) -> None:
        begun.set()
        await asyncio.Event().wait()

    async with bench.running(handle) as processor:
        await bench.arrive(processor, typed(1))
        await begun.wait()
        await processor.stop(timedelta(milliseconds=20))

    assert await bench.left() == [1]


async def test_t20_a_full_memory_holds_back_the_receiver(bench: Bench):
    go_on = asyncio.Event()

    async def handle(update: Update) -> None:
        await go_on.wait()

    async with bench.running(handle, capacity=10) as processor:
        await bench.arrive(processor, *(typed(id_) for id_ in range(10)))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await processor.room()
        go_on.set()
        async with asyncio.timeout(5):
            await processor.room()
        await bench.finished(processor)


async def test_b43_nothing_is_kept_of_people_who_were_served(bench: Bench):
    seen: set[int] = set()

    async def handle(update: Update) -> None:
        if update.update_id not in seen:
            seen.add(update.update_id)
            raise TryLater("once")

    async with bench.running(handle) as processor:
        await bench.arrive(processor, *(typed(id_, id_) for id_ in range(200)))
        await bench.finished(processor)
        assert (processor._lanes, processor._attempts, processor._retries) == ({}, {}, set())


async def test_t03_a_failure_in_the_log_has_no_token(bench: Bench):
    async def handle(update: Update) -> None:
        raise RuntimeError(f"https://api.telegram.org/bot{TOKEN}/sendMessage")

    with capture_logs() as logs:
        async with bench.running(handle) as processor:
            await bench.arrive(processor, typed(1))
            await bench.finished(processor)

    assert logs
    assert TOKEN not in repr(logs)
