"""People: one row per account, at most one write a day, silence respected."""

import asyncio
from datetime import timedelta

import pytest

from bot.clock import brussels
from bot.errors import StorageTrouble
from bot.people.model import language_from
from bot.people.service import People
from bot.storage import sqlite
from bot.storage.database import Database
from tests.support.clock import FakeClock


@pytest.fixture
def service(database: Database, clock: FakeClock) -> People:
    return People(database, clock)


@pytest.mark.parametrize(
    ("hint", "language"),
    [
        pytest.param("fr", "fr", id="offered"),
        pytest.param("fr-BE", "fr", id="with a country"),
        pytest.param("de_DE", "de", id="with an underscore"),
        pytest.param("PT", "nl", id="not offered"),
        pytest.param("", "nl", id="empty"),
        pytest.param(None, "nl", id="unknown"),
    ],
)
def test_the_first_language_is_that_of_their_app(hint: str | None, language: str) -> None:
    assert language_from(hint, ("nl", "fr", "de", "en")) == language


async def test_arriving_twice_is_one_person(service: People) -> None:
    first = await service.arrived(1 << 52, "fr")
    second = await service.arrived(1 << 52, "de")

    assert first == second
    assert (first.language, first.language_chosen, first.reachable) == ("fr", False, True)


async def test_arriving_at_once_is_one_person(service: People) -> None:
    arrived = await asyncio.gather(*(service.arrived(7, "nl") for _ in range(20)))

    assert len({person.id for person in arrived}) == 1


async def test_arriving_again_the_same_day_only_reads(
    sqlite_database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = People(sqlite_database, clock)
    first = await service.arrived(7, "nl")

    async def no_turn(_: sqlite.SqliteEngine) -> None:
        raise StorageTrouble

    monkeypatch.setattr(sqlite.SqliteEngine, "_turn", no_turn)
    clock.advance(timedelta(hours=2))

    assert await service.arrived(7, "nl") == first


async def test_the_day_last_seen_is_that_of_brussels(service: People, clock: FakeClock) -> None:
    clock.set(brussels(2026, 12, 31, 23, 30))
    before = await service.arrived(7, "nl")
    clock.set(brussels(2027, 1, 1, 0, 30))
    after = await service.arrived(7, "nl")

    assert (before.last_seen_on.isoformat(), after.last_seen_on.isoformat()) == (
        "2026-12-31",
        "2027-01-01",
    )


async def test_r14_unreachable_until_they_write_again(service: People) -> None:
    person = await service.arrived(7, "nl")
    await service.unreachable(7)
    blocked = await service.get(person.id)
    back = await service.arrived(7, "nl")

    assert (blocked.reachable, blocked.wants_messages) == (False, False)
    assert (back.reachable, back.wants_messages) == (True, True)


async def test_p17_pausing_and_stopping_hold_until_undone(
    service: People, clock: FakeClock
) -> None:
    person = await service.arrived(7, "nl")
    await service.pause(person.id, True)
    since = clock()
    clock.advance(timedelta(hours=1))
    await service.pause(person.id, True)
    await service.stop(person.id)
    held = await service.arrived(7, "nl")
    await service.pause(person.id, False)
    stopped = await service.get(person.id)
    await service.resume(person.id)
    free = await service.get(person.id)

    assert (held.paused_at, held.stopped_at) == (since, clock())
    assert (stopped.paused_at, stopped.wants_messages) == (None, False)
    assert (free.paused_at, free.stopped_at, free.wants_messages) == (None, None, True)


async def test_a_chosen_language_stays(service: People) -> None:
    person = await service.arrived(7, "nl")
    await service.choose_language(person.id, "de")
    again = await service.arrived(7, "fr")

    assert (again.language, again.language_chosen) == ("de", True)
    with pytest.raises(ValueError, match="pt"):
        await service.choose_language(person.id, "pt")


async def test_only_the_first_source_is_kept_and_nothing_odd(service: People) -> None:
    person = await service.arrived(7, "nl")
    await service.source(person.id, "poster with spaces")
    odd = (await service.get(person.id)).source
    await service.source(person.id, "poster-3")
    await service.source(person.id, "fair-1")

    assert (odd, (await service.get(person.id)).source) == (None, "poster-3")


async def test_nobody_there(service: People) -> None:
    assert await service.of_account(7) is None
    with pytest.raises(LookupError):
        await service.get(7)  # type: ignore[arg-type]
