"""Fixed routes: before everything, in every language, whatever state somebody is in."""

from collections.abc import Callable

import pytest

from bot.errors import StorageTrouble
from bot.services import Services
from bot.storage.database import Database
from tests.conversations.conftest import Chat

ChatOf = Callable[..., Chat]

DANGER = {
    "nl": "er is een inbreker in mijn huis",
    "fr": "au secours, il y a un voleur dans la maison",
    "de": "hilfe, ein einbrecher ist im haus",
    "en": "help, there is a burglar in my house",
}


@pytest.mark.parametrize("typed", sorted(DANGER))
@pytest.mark.parametrize("language", ["nl", "fr"])
async def test_f4_danger_is_answered_at_once_in_the_language_typed(
    chat_of: ChatOf, language: str, typed: str
) -> None:
    somebody = chat_of(1, language)

    await somebody.types(DANGER[typed])

    (message,) = somebody.listen()
    assert message.text.startswith("🚨")
    assert "112" in message.text
    assert message.buttons == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hellup er is een inbreeker in mijn huis", "112"),
        ("ik wil niet meer leven", "1813"),
        ("mijn fiets is gestolen", "Police-on-web"),
        ("ik heb een boete gekregen", "verkeersboetes.be"),
        ("ik ben mijn identiteitskaart kwijt", "DOC STOP"),
        ("ik wil klacht indienen tegen een agent", "Comité P"),
        ("hoe staat het met mijn sollicitatie", "eigen dossier"),
    ],
)
async def test_f4_every_route(chat_of: ChatOf, text: str, words: str) -> None:
    an = chat_of(1)

    await an.types(text)

    assert words in an.text


async def test_f4_a_route_carries_the_zones_own_number(chat_of: ChatOf) -> None:
    an = chat_of(1)

    await an.types("mijn fiets is gestolen")

    assert "Bel 053 00 00 00." in an.text


async def test_f4_behind_a_command_and_under_a_photo(chat_of: ChatOf) -> None:
    an = chat_of(1)

    await an.types(f"/help {DANGER['nl']}")
    await an.sends(photo=[photo()], caption=DANGER["nl"])
    await an.types(f"{DANGER['nl']} 85.07.30-033.28")

    for message in an.listen():
        assert "112" in message.text
        assert message.text.startswith("🚨")


async def test_t20_danger_is_heard_in_a_flood_too(chat_of: ChatOf) -> None:
    an = chat_of(1)
    for _ in range(40):
        await an.types("hallo")
    before = len(an.listen())

    await an.types(DANGER["nl"])

    assert before == 21
    assert an.text.startswith("🚨")


async def test_t20_danger_under_a_photo_is_heard_in_a_flood_too(chat_of: ChatOf) -> None:
    an = chat_of(1)
    for _ in range(40):
        await an.types("hallo")

    await an.sends(photo=[photo()], caption=DANGER["nl"])

    assert an.text.startswith("🚨")


async def test_t20_one_notice_in_a_flood_and_others_go_on(chat_of: ChatOf) -> None:
    an, bo = chat_of(1), chat_of(2)

    for _ in range(60):
        await an.types("hoe oud moet je zijn")
    await bo.types("hoe oud moet je zijn")

    messages = an.listen()
    assert len(messages) == 21
    assert "dat gaat snel" in messages[-1].text
    assert "17 jaar" in bo.text


async def test_r21_danger_is_heard_while_the_database_is_down(
    chat_of: ChatOf, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    an = chat_of(1)

    def down(*_: object, **__: object) -> object:
        raise StorageTrouble("locked")

    monkeypatch.setattr(sqlite_database, "reading", down)
    monkeypatch.setattr(sqlite_database, "transaction", down)
    await an.types(DANGER["nl"])
    with pytest.raises(StorageTrouble):
        await an.types("hoe oud moet je zijn")

    (message,) = an.listen()
    assert message.text.startswith("🚨")


async def test_f4_a_route_leaves_nothing_behind(chat_of: ChatOf, services: Services) -> None:
    an = chat_of(1)

    await an.types(DANGER["nl"])

    person = await services.people.of_account(an.account)
    assert person is not None
    export = await services.privacy.export(person)
    assert export["data"].get("dialogues", {}).get("rows", []) == []


def photo() -> dict[str, object]:
    return {"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}
