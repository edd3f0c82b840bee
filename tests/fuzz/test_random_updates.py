"""Whatever Telegram or anybody brings: nothing breaks, nobody is stored who was not let in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from telegram import Bot, Update

from bot.inbox import Inbox, inbox
from bot.people.store import people
from bot.services import Services
from bot.storage.database import Database
from handlers import application
from handlers.messenger import Messenger
from handlers.notices import Notices
from handlers.processor import Processor
from handlers.receive import Reception
from tests.fuzz.updates import Json, Made, Updates
from tests.support.assistant import running_assistant, talk
from tests.support.figures import figure
from tests.support.telephone import Telephone

COUNT = figure(20_000, 1_000)
OVER_HTTP = figure(2_000, 80)
REGULARS = range(101, 141)
BATCH = 100
SEED = 20


def made(count: int, seed: int = SEED) -> list[Made]:
    source = Updates(seed, REGULARS)
    return [source.one() for _ in range(count)]


def help_from(account: int, number: int) -> Json:
    """An ordinary message."""
    return {
        "update_id": number,
        "message": {
            "message_id": number,
            "date": 1_795_255_200,
            "chat": {"id": account, "type": "private", "first_name": "An"},
            "from": {"id": account, "is_bot": False, "first_name": "An", "language_code": "nl"},
            "text": "/help",
            "entities": [{"type": "bot_command", "offset": 0, "length": 5}],
        },
    }


@asynccontextmanager
async def pipeline(
    database: Database, services: Services, messenger: Messenger
) -> AsyncIterator[tuple[Reception, Processor]]:
    """Inbox, processor and application as the process has them, with a telephone at the end."""
    app = application.build(messenger._bot, services, messenger, flood=None)
    await app.initialize()
    notices = Notices(messenger, lambda key, tag: services.texts(key, services.enabled(tag)))
    store = Inbox(database)
    processor = Processor(
        app,
        store,
        notices=notices,
        unreachable=services.people.unreachable,
        first_retry=0.001,
    )
    running = asyncio.create_task(processor.run())
    try:
        yield Reception(store, processor, notices), processor
        assert not running.done(), running
    finally:
        await processor.stop()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await notices.close()
        await app.shutdown()


async def done(processor: Processor) -> None:
    while processor.pending:  # noqa: ASYNC110 - it tells nobody when it is through
        await asyncio.sleep(0.01)


async def test_r20_random_updates_break_nothing(
    sqlite_database: Database, services: Services, messenger: Messenger, telephone: Telephone
) -> None:
    updates = made(COUNT)
    async with pipeline(sqlite_database, services, messenger) as (reception, processor):
        for start in range(0, COUNT, BATCH):
            await reception.room()
            await reception.take(
                [
                    {"update_id": number, **json.loads(json.dumps(one.body))}
                    for number, one in enumerate(updates[start : start + BATCH], start)
                ]
            )
        await done(processor)
        before = {account: len(telephone.screen(account).messages) for account in REGULARS}
        await reception.take([help_from(account, COUNT + account) for account in REGULARS])
        await done(processor)
    async with sqlite_database.reading() as reader:
        parked = {
            row.update_id: row.reason
            for row in await reader.all(select(inbox).where(inbox.c.parked_at.is_not(None)))
        }
        unfinished = await reader.all(
            select(inbox).where(inbox.c.parked_at.is_(None), inbox.c.finished_at.is_(None))
        )
        stored = {row.account for row in await reader.all(select(people.c.account))}

    admissible = {one.admissible for one in updates} | set(REGULARS)
    failed_though_possible = {
        number: (reason, updates[number].body)  # what to try again
        for number, reason in parked.items()
        if 0 <= number < COUNT and updates[number].possible
    }
    assert failed_though_possible == {}
    assert list(unfinished) == []
    assert stored <= admissible, stored - admissible
    for account in REGULARS:
        assert len(telephone.screen(account).messages) == before[account] + 1


async def test_r20_the_same_seed_makes_the_same_updates() -> None:
    assert made(50) == made(50)
    assert made(50) != made(50, seed=21)


async def test_r20_negative_control_a_naive_handler_fails_on_many(telephone: Telephone) -> None:
    """What one writes at first; a share of the failures is no longer even read by PTB."""

    def naive(update: Any) -> None:
        if update.callback_query:
            update.callback_query.data.partition(":")
            update.callback_query.message.chat.id.bit_length()
            return
        update.message.from_user.id.bit_length()
        update.message.text.startswith("/")

    bot = Bot("123456:" + "A" * 35, request=telephone, get_updates_request=telephone)
    failures: dict[bool, int] = {True: 0, False: 0}
    updates = made(1000)
    for number, one in enumerate(updates):
        try:
            naive(Update.de_json({"update_id": number, **one.body}, bot))
        except Exception:
            failures[one.possible] += 1

    assert failures[True] > 200
    assert failures[False] > 200
    assert sum(one.possible for one in updates) > 400


@pytest.mark.parametrize("receiving", ["polling", "webhook"])
async def test_r20_the_real_process_lives_through_them(tmp_path: Path, receiving: str) -> None:
    async with running_assistant(tmp_path, receiving, FLOOD_LIMIT="0") as assistant:
        for account in REGULARS:
            await assistant.simulator.person("An", id=account)
        updates = made(OVER_HTTP, seed=21)
        numbers: list[int] = []
        for one in updates:
            found = await assistant.simulator.post("/updates", updates=[one.body])
            numbers += found["update_ids"]
        while (await assistant.simulator.get("/updates"))["pending"] > 1:
            last = await talk(assistant, "Last")
            await last.types("/help", "/mijngegevens")
        await assistant.becomes(
            lambda _, report: report["oldest_seconds"]["inbox"] is None, within=90
        )
        an = await talk(assistant)
        await an.types("/help", "/mijngegevens")
        status, _ = await assistant.health()
        parked = await assistant.rows(
            select(inbox.c.update_id, inbox.c.reason).where(inbox.c.parked_at.is_not(None))
        )
        stored = {row.account for row in await assistant.rows(select(people.c.account))}
        assert await assistant.bot.stop() == 0

    known = dict(zip(numbers, updates, strict=True))
    wrongly = {row.reason for row in parked if row.update_id in known and known[row[0]].possible}
    ours = {one.admissible for one in updates}
    assert wrongly == set()
    assert status == 200
    assert {account for account in stored if account < 5_000_000_000} <= ours
    assert "Traceback" not in assistant.bot.log
