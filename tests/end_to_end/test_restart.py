"""kill -9 between any two steps of a dialogue: nobody who talks to us notices."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.assistant import Assistant, Talk, data_of, running_assistant, talk
from tests.support.simulator import Json

pytestmark = pytest.mark.asyncio(loop_scope="module")

Step = Callable[[Talk], Awaitable[Json]]


def types(text: str) -> Step:
    async def step(person: Talk) -> Json:
        return await person.types(text)

    return step


def taps(data: str) -> Step:
    """The first button whose data begins so."""

    async def step(person: Talk) -> Json:
        await person.person.look()
        for message in sorted(person.person.messages.values(), key=lambda m: -m["message_id"]):
            found = [one for one in data_of(message) if one.startswith(data)]
            if found:
                return await person.taps(found[0])
        raise AssertionError(f"no button {data} in {person.person.bot_said()}")

    return step


DIALOGUES: dict[str, tuple[Step, ...]] = {
    "clarify, then a human": (
        types("wat eten we vanavond met de kat"),
        types("de kat lust geen zebra"),
        types("Hoe oud moet ik zijn?"),
    ),
    "did you mean, then something else": (types("test"), taps("questions.else")),
    "did you mean, then a title": (types("test"), taps("questions.show:")),
    "a follow-up": (types("Hoe oud moet ik zijn?"), types("en voor burgerpersoneel?")),
    "thumb down and why": (
        types("Hoe oud moet ik zijn?"),
        taps("questions.bad"),
        taps("questions.wrong"),
    ),
    "browsing": (
        types("/start"),
        taps("browse.track:civilian"),
        taps("browse.topic:"),
        taps("questions.show:"),
    ),
    "language": (types("/taal"), taps("language.set:de"), types("/hilfe")),
    "erasure": (types("/wissen"), taps("privacy.sure"), taps("privacy.erase"), types("/start")),
    "pause and go on": (types("/pauze"), types("/pauze"), types("/stop"), taps("privacy.resume")),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def assistant(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Assistant]:
    data: Path = tmp_path_factory.mktemp("data")
    async with running_assistant(data, "polling", request.param) as running:
        yield running


async def undisturbed(assistant: Assistant, name: str) -> list[Json]:
    """What a person sees after each step of a dialogue in which nothing happens."""
    person = await talk(assistant)
    return [_shown(await step(person)) for step in DIALOGUES[name]]


def _shown(message: Json) -> Json:
    # The last button of the erasure names the moment until which it works.
    data = ["privacy.erase" if d.startswith("privacy.erase") else d for d in data_of(message)]
    return {"text": message["text"], "data": data}


async def test_r17_every_dialogue_goes_on_at_the_same_step(assistant: Assistant) -> None:
    """All dialogues together, a kill between any two steps of each."""
    shown = await asyncio.gather(*(undisturbed(assistant, name) for name in DIALOGUES))
    wanted = dict(zip(DIALOGUES, shown, strict=True))
    people = {name: await talk(assistant) for name in DIALOGUES}
    seen: dict[str, list[Json]] = {name: [] for name in DIALOGUES}

    for at in range(max(map(len, DIALOGUES.values()))):
        if at:
            # Killed between an answer and its note, it is said twice; that is not between
            # two steps.
            await assistant.finished()
            await assistant.killed_and_restarted()
        going = {name: steps[at] for name, steps in DIALOGUES.items() if at < len(steps)}
        said = await asyncio.gather(*(step(people[name]) for name, step in going.items()))
        for name, message in zip(going, said, strict=True):
            seen[name].append(_shown(message))

    assert seen == wanted


async def test_r17_an_answer_that_a_kill_cut_off_still_comes(assistant: Assistant) -> None:
    """Killed while the question is being answered: once it runs again, the answer is there."""
    people = {name: await talk(assistant) for name in ("An", "Bo", "Chloé")}
    await people["An"].types("wat eten we vanavond met de kat")
    await assistant.simulator.fault("drop", "sendMessage", times=0)
    seen = await assistant.last_call()
    sent = {name: await one.person.types("de kat lust geen zebra") for name, one in people.items()}
    while len(await assistant.simulator.calls("sendMessage", since=seen)) < len(people):
        await assistant.simulator.calls("sendMessage", since=await assistant.last_call(), wait=5)
    await assistant.bot.kill()
    await assistant.simulator.delete("/faults")
    await assistant.killed_and_restarted()

    human = await people["An"].below(sent["An"]["message_id"])
    asked_back = await people["Bo"].below(sent["Bo"]["message_id"])

    assert "browse.track:uniform" not in data_of(human)  # the step they were at
    assert "browse.track:uniform" in data_of(asked_back)
    for one in people.values():
        await one.nothing_more(2 if one is people["An"] else 1)


async def test_r17_start_stop_and_help_always_escape(assistant: Assistant) -> None:
    """From after every step of every dialogue."""
    places = [(name, at) for name, steps in DIALOGUES.items() for at in range(1, len(steps) + 1)]

    async def escapes(name: str, at: int) -> None:
        person = await talk(assistant, "Emma")
        for step in DIALOGUES[name][:at]:
            await step(person)
        german = name == "language" and at > 1
        helped = await person.types("/help")
        stopped = await person.types("/stop")
        begun = await person.types("/start")

        assert ("/loeschen" if german else "/wissen") in helped["text"]
        assert "privacy.resume" in data_of(stopped)
        assert "Emma" in begun["text"]
        assert "browse.track:uniform" in data_of(begun)

    await asyncio.gather(*(escapes(name, at) for name, at in places))
