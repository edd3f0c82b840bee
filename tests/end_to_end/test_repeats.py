"""Telegram may bring an update again, and an app may send a tap again: it changes nothing."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.questions.store import feedback
from tests.support.assistant import Assistant, Talk, data_of, running_assistant, talk
from tests.support.figures import figure
from tests.support.recorder import Outcome, Repeats, outcome
from tests.support.simulator import running_simulator

WHERE = [("polling", "sqlite"), ("webhook", "postgresql")]
TAPS = 20


async def asks_and_judges(an: Talk) -> None:
    await an.types("/start")
    answer = await an.types("Hoe oud moet ik zijn?")
    await an.taps("questions.bad:minimum-age")
    await an.taps("questions.wrong:minimum-age")
    await an.taps("human.open")
    assert "17 jaar" in answer["text"]


async def is_not_understood(bo: Talk) -> None:
    await bo.types("wat eten we vanavond met de kat")
    await bo.types("de kat lust geen zebra")
    await bo.types("Hoe oud moet ik zijn?")
    await bo.types("/annuleer")
    await bo.types("een zebra met kat")


async def browses_in_french(karim: Talk) -> None:
    await karim.types("/start")
    topics = await karim.taps("browse.track:uniform")
    titles = await karim.taps(next(d for d in data_of(topics) if d.startswith("browse.topic:")))
    await karim.taps(next(d for d in data_of(titles) if d.startswith("questions.show:")))
    await karim.types("/langue en")


async def erases_everything(dirk: Talk) -> None:
    await dirk.types("Hoe oud moet ik zijn?")
    await dirk.types("/pauze")
    await dirk.types("/wissen")
    await dirk.taps("privacy.sure")
    await dirk.taps("Zeker, wis alles nu", "gewist")


Act = Callable[[Talk], Awaitable[None]]

CAST: dict[str, tuple[str, Act]] = {
    "An": ("nl", asks_and_judges),
    "Bo": ("nl", is_not_understood),
    "Karim": ("fr", browses_in_french),
    "Dirk": ("nl", erases_everything),
}


async def played(
    folder: Path,
    receiving: str,
    storage: str,
    repeats: Repeats | None = None,
    cast: Mapping[str, tuple[str, Act]] = CAST,
) -> Outcome:
    """Everybody at once; then everything that was still held back."""
    async with (
        running_simulator(enforce_limits=False, retry_scale=0.02) as simulator,
        running_assistant(folder, receiving, storage, simulator, FLOOD_LIMIT="0") as assistant,
    ):
        assert simulator.app is not None
        if repeats is not None:
            repeats.on(simulator.app.state.simulator)
        people = {name: await talk(assistant, name, lang) for name, (lang, _) in cast.items()}
        await asyncio.gather(*(act(people[name]) for name, (_, act) in cast.items()))
        if repeats is not None:
            repeats.release()
        for name, person in people.items():
            if name != "Dirk":  # who was erased would be made anew by it
                await person.types("/help")  # in order per person: everything before is done
        await _queue_is_empty(assistant)
        assert await assistant.bot.stop() == 0
        return await outcome(assistant)


async def _queue_is_empty(assistant: Assistant) -> None:
    """Whatever was brought has been taken: asked by one more person, who comes last."""
    last = await talk(assistant, "Last")
    await last.types("/start")
    assert (await assistant.simulator.get("/updates"))["pending"] <= 1


@pytest.mark.parametrize(("receiving", "storage"), WHERE)
async def test_r09_three_deliveries_in_any_order_are_as_one(
    tmp_path: Path, receiving: str, storage: str
) -> None:
    plain = await played(tmp_path / "plain", receiving, storage)

    for seed in range(figure(20, 2)):
        repeats = Repeats(random.Random(seed))
        repeated = await played(tmp_path / f"seed{seed}", receiving, storage, repeats)

        assert repeats.brought >= 3 * 20
        assert repeated.said == plain.said
        assert repeated.tables == plain.tables


async def test_r09_negative_control_another_number_is_another_update(tmp_path: Path) -> None:
    """Copies that do not look like copies are answered: the comparison would show it."""
    only_bo = {"Bo": CAST["Bo"]}
    plain = await played(tmp_path / "plain", "polling", "sqlite", cast=only_bo)

    repeats = Repeats(random.Random(1), new_numbers=True)
    repeated = await played(tmp_path / "repeated", "polling", "sqlite", repeats, only_bo)

    assert len(repeated.said["Bo"]) > len(plain.said["Bo"])
    assert repeated.tables != plain.tables


@pytest.mark.parametrize(("receiving", "storage"), WHERE)
async def test_r10_twenty_taps_under_twenty_numbers_have_one_effect(
    tmp_path: Path, receiving: str, storage: str
) -> None:
    async with running_assistant(tmp_path, receiving, storage, FLOOD_LIMIT="0") as assistant:
        an = await talk(assistant)
        answer = await an.types("Hoe oud moet ik zijn?")
        seen = await assistant.last_call()

        async def twenty(data: str) -> list[str]:
            taps = [
                an.person.does("tap", message_id=answer["message_id"], data=data, force=True)
                for _ in range(TAPS)
            ]
            return [tap["query_id"] for tap in await asyncio.gather(*taps)]

        asked = [*await twenty("human.open"), *await twenty("questions.good:minimum-age")]
        acknowledged: set[str] = set()
        since = seen
        while len(acknowledged) < len(asked):
            found = await assistant.simulator.calls("answerCallbackQuery", since=since, wait=10)
            assert found, f"only {len(acknowledged)} acknowledged"
            since = max(call["number"] for call in found)
            acknowledged |= {call["parameters"]["callback_query_id"] for call in found}
        said = await assistant.simulator.calls("sendMessage", since=seen)
        judged = await assistant.rows(select(feedback))

    assert acknowledged == set(asked)
    assert len(said) == 1
    assert [(row.entry, row.verdict, row[3]) for row in judged] == [("minimum-age", "good", 1)]
