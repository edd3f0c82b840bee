"""What somebody can do about their data: read, take along, erase, pause, stop."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.services import Services
from bot.storage.database import Database
from tests.conversations.conftest import Chat
from tests.support.clock import FakeClock

ChatOf = Callable[..., Chat]
Transcript = Callable[[str, Chat], None]

NUMBER = "85.07.30-033.28"


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
async def test_p3_privacy_names_everything_it_must(
    chat_of: ChatOf, transcript: Transcript, language: str
) -> None:
    somebody = chat_of(1, language)

    await somebody.types("/privacy")

    for word in ("Lokale Politie Aalst", "DPO", "COC", "Telegram", "EDPO", "48", "90", "12"):
        assert word in somebody.text
    transcript(f"privacy_{language}", somebody)


async def test_p4_everything_held_readable_and_as_a_file(
    chat_of: ChatOf, transcript: Transcript
) -> None:
    an = chat_of(1)
    await an.types("hoe oud moet je zijn")
    await an.taps("👍")

    await an.types("/mijngegevens")

    assert an.last.document == "contactpunt.json"
    found = json.loads(an.last.content or b"")
    assert found["data"]["people"]["rows"][0]["account"] == an.account
    assert found["data"]["dialogues"]["rows"][0]["last_entry"] == "minimum-age"
    transcript("my_data", an)


async def test_p5_erasing_takes_two_taps_and_is_done_at_once(
    chat_of: ChatOf, services: Services, transcript: Transcript
) -> None:
    an = chat_of(1)
    await an.types("hoe oud moet je zijn")

    await an.types("/wissen")
    await an.taps("🗑 Ja, wis mijn gegevens")
    held = await services.people.of_account(an.account)
    await an.taps("🗑 Zeker, wis alles nu")

    assert held is not None
    assert await services.people.of_account(an.account) is None
    transcript("erased", an)


async def test_p5_nothing_is_left_in_any_table(chat_of: ChatOf, sqlite_database: Database) -> None:
    an = chat_of(1)
    await an.types("hoe oud moet je zijn")
    await an.taps("👎")
    await an.types("/wissen ja")

    async with sqlite_database.reading() as reader:
        left = [
            await reader.scalar(text(f"SELECT count(*) FROM {table}"))
            for table in ("people", "dialogues", "pressed")
        ]

    assert left == [0, 0, 0]


async def test_p5_a_forwarded_command_erases_nothing(chat_of: ChatOf, services: Services) -> None:
    an = chat_of(1)
    origin = {"type": "hidden_user", "sender_user_name": "Bo", "date": 1}
    command = [{"type": "bot_command", "offset": 0, "length": 7}]

    await an.sends(text="/wissen ja", entities=command, forward_origin=origin)

    assert await services.people.of_account(an.account) is not None
    assert "🗑 Ja, wis mijn gegevens" in an.labels


async def test_p5_erasing_can_be_declined(chat_of: ChatOf, services: Services) -> None:
    an = chat_of(1)

    await an.types("/wissen")
    await an.taps("↩ Nee, niets wissen")

    assert await services.people.of_account(an.account) is not None
    assert "👮 Jobs in uniform" in an.labels


async def test_r18_the_last_button_of_the_erasure_does_not_work_for_ever(
    chat_of: ChatOf, services: Services, clock: FakeClock
) -> None:
    an = chat_of(1)
    await an.types("/wissen")
    await an.taps("🗑 Ja, wis mijn gegevens")

    clock.advance(timedelta(minutes=16))
    await an.taps("🗑 Zeker, wis alles nu")

    assert await services.people.of_account(an.account) is not None
    assert "verlopen" in an.text


async def test_r09_an_erasure_delivered_again_stays_done(
    chat_of: ChatOf, services: Services
) -> None:
    an = chat_of(1)
    await an.types("/wissen ja")

    await an.again()

    assert await services.people.of_account(an.account) is None


async def test_p17_pause_and_stop_are_undone_in_one_tap(
    chat_of: ChatOf, services: Services, transcript: Transcript
) -> None:
    an = chat_of(1)

    await an.types("/pauze")
    await an.types("/pauze")
    await an.types("/stop")
    stopped = await services.people.of_account(an.account)
    await an.taps("▶ Weer gewoon verder")
    resumed = await services.people.of_account(an.account)

    assert stopped is not None
    assert not stopped.wants_messages
    assert resumed is not None
    assert resumed.wants_messages
    transcript("pause_and_stop", an)


async def test_who_paused_or_stopped_still_gets_answers(chat_of: ChatOf) -> None:
    an = chat_of(1)
    await an.types("/pauze")
    await an.types("/stop")

    await an.types("hoe oud moet je zijn")

    assert "17 jaar" in an.text


@pytest.mark.parametrize("deletable", [True, False])
async def test_p7_a_national_number_is_refused_and_taken_away(
    chat_of: ChatOf, sqlite_database: Database, deletable: bool
) -> None:
    an = chat_of(1)
    await an.types("/start")
    an.listen()
    if not deletable:
        an.telephone.refusals["deleteMessage"] = [(400, "Bad Request: message can't be deleted")]

    await an.types(f"mijn nummer is {NUMBER}, mag ik meedoen?")

    (message,) = an.listen()
    assert "een rijksregisternummer" in message.text
    assert ("uit deze chat gewist" in message.text) is deletable
    assert any(NUMBER in m.text for m in an.screen.messages) is not deletable


@pytest.mark.parametrize(
    ("number", "what"),
    [("BE68 5390 0754 7034", "rekeningnummer"), ("4111 1111 1111 1111", "kaartnummer")],
)
async def test_p7_account_and_card_numbers_too(chat_of: ChatOf, number: str, what: str) -> None:
    an = chat_of(1)

    await an.types(number)

    assert what in an.text


@pytest.mark.parametrize("typed", ["/contact {}", "/wissen ja {}", "/start {}", "/foo {}"])
async def test_p7_a_number_behind_a_command_is_refused_too(
    chat_of: ChatOf, services: Services, typed: str
) -> None:
    an = chat_of(1)

    await an.types(typed.format(NUMBER))

    (message,) = an.listen()
    assert "een rijksregisternummer" in message.text
    assert not any(NUMBER in m.text for m in an.screen.messages)
    assert await services.people.of_account(an.account) is not None


async def test_p7_a_number_put_in_later_is_refused_too(chat_of: ChatOf) -> None:
    an = chat_of(1)
    await an.types("hoe oud moet je zijn")
    an.listen()

    await an.edits(f"hoe oud moet je zijn, ik ben {NUMBER}")

    (message,) = an.listen()
    assert "een rijksregisternummer" in message.text


async def test_p7_a_number_in_a_name_does_not_shut_anybody_out(chat_of: ChatOf) -> None:
    an = chat_of(1, name=f"An {NUMBER}")

    await an.types("hoe oud moet je zijn")

    assert "17 jaar" in an.text


async def test_p2_nothing_but_a_number_and_a_language_is_kept_of_a_reader(
    chat_of: ChatOf, services: Services
) -> None:
    an = chat_of(1, name="Annemie Vandenbroucke")
    await an.types("/start")
    await an.types("hoe oud moet je zijn")
    await an.taps("Welk diploma heb ik nodig?")

    person = await services.people.of_account(an.account)
    assert person is not None
    held = json.dumps(await services.privacy.export(person))

    assert "Annemie" not in held
    assert "hoe oud" not in held
