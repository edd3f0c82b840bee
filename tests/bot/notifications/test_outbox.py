"""Promises: kept in the transaction that made them, once per key, taken back in time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.notifications.outbox import (
    Promise,
    PromisedButton,
    Sentence,
    outbox,
    pack,
    promise,
    unpack,
    withdraw,
)
from bot.storage.database import Database


async def rows_of(database: Database):
    async with database.reading() as reader:
        return await reader.all(select(outbox).order_by(outbox.c.id))


async def test_r05_a_promise_is_kept_if_and_only_if_the_transaction_is(
    database: Database, somebody, clock
):
    an = await somebody(1)

    async def fail() -> None:
        async with database.transaction() as tx:
            await promise(tx, Promise("test.key:1", an, "test.news"), now=clock())
            raise RuntimeError("the use case failed")

    with pytest.raises(RuntimeError):
        await fail()

    assert await rows_of(database) == []


async def test_the_same_key_is_promised_once(database: Database, somebody, promised):
    an = await somebody(1)

    assert await promised("test.key:1", an)
    assert not await promised("test.key:1", an, text_key="test.other")
    assert [row.text_key for row in await rows_of(database)] == ["test.news"]


async def test_withdrawn_by_key_and_by_prefix(
    database: Database, somebody, promised, delivery, phone
):
    an = await somebody(1)
    for key in ("a_b:1", "a_b:2", "a_b:20", "aXb:3", "other:1"):
        await promised(key, an)

    async with database.transaction() as tx:
        assert await withdraw(tx, keys=["other:1", "never:1"]) == 1
        assert await withdraw(tx, prefix="a_b:2") == 2
        assert await withdraw(tx, prefix="a_b:2") == 0
    await delivery.deliver_due()

    assert [row.key for row in await rows_of(database) if row.state == "sent"] == ["a_b:1", "aXb:3"]


async def test_nothing_is_withdrawn_by_an_empty_prefix(database: Database):
    with pytest.raises(ValueError, match="everything"):
        async with database.transaction() as tx:
            await withdraw(tx, prefix="")


def test_moments_and_days_survive_and_naive_moments_are_refused():
    moment = datetime(2026, 12, 3, 17, 30, tzinfo=UTC)
    parameters = {"at": moment, "on": date(2026, 12, 3), "n": 3, "who": None, "ok": True}
    parameters["role"] = Sentence("staff.role_editor")

    assert unpack(pack(parameters)) == parameters
    with pytest.raises(ValueError, match="time zone"):
        pack({"at": datetime(2026, 12, 3)})  # noqa: DTZ001  that is the point
    with pytest.raises(TypeError, match="span"):
        pack({"span": timedelta(1)})


def test_b15_a_button_that_cannot_be_sent_cannot_be_promised():
    with pytest.raises(ValueError, match="64 bytes"):
        PromisedButton("test.yes", data="x" * 65)
