"""Browsing: every answer within three taps, also in long topics; old buttons explain themselves."""

from collections.abc import Callable

import pytest

from bot.config import Zone
from bot.services import Services
from bot.storage.database import Database
from handlers.buttons import CLAIMS
from tests.conversations.browsing import three_taps_from_start
from tests.conversations.conftest import Chat
from tests.support.clock import FakeClock

ChatOf = Callable[..., Chat]
Transcript = Callable[[str, Chat], None]


async def test_f5_browsing_by_track_and_topic(chat_of: ChatOf, transcript: Transcript) -> None:
    an = chat_of(1)

    await an.types("/vragen")
    await an.taps("👮 Jobs in uniform")
    await an.taps("De testen (2/2)")
    await an.taps("◀")
    await an.taps("Wat vraagt de taaltest?")

    transcript("browsing", an)


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
async def test_f5_every_entry_is_within_three_taps_of_the_start(
    chat_of: ChatOf, services: Services, clock: FakeClock, language: str
) -> None:
    an = chat_of(1, language)

    reached = await three_taps_from_start(an, clock)

    assert reached == {entry.id for entry in services.answers.content.entries}


async def test_a_topic_can_be_typed(chat_of: ChatOf) -> None:
    an = chat_of(1)

    await an.types("loon en voordelen")

    assert "Hoeveel verdient een inspecteur?" in an.labels
    assert "Hoeveel verdient burgerpersoneel?" in an.labels


@pytest.mark.parametrize(
    "data",
    [
        "questions.show:gone",
        "questions.show",
        "questions.good:gone",
        "questions.wrong:" + "x" * 45,
        "browse.topic:uniform/gone/1",
        "browse.topic:uniform/pay/99999",
        "browse.topic:uniform/pay/²",
        "browse.topic:",
        "browse.track:everything",
        "language.set:xx",
        "language.keep:",
        "privacy.erase:1",
        "privacy.erase:99999999999",
        "privacy.erase:-1",
        "privacy.erase:é",
        "info_sessions.join:17",
        "nonsense",
        ":::@@@",
        "questions.show:minimum-age@xx@fr",
        "",
    ],
)
async def test_r18_an_old_or_made_up_button_explains_itself_with_a_fresh_menu(
    chat_of: ChatOf, data: str
) -> None:
    an = chat_of(1)
    await an.types("/start")
    an.listen()

    await an.presses(an.last.number, data)

    if data.startswith("questions.show:minimum-age"):
        assert "17" in an.text  # an unknown language is no reason to refuse
        return
    assert "Deze knop is verlopen" in an.text
    assert "👮 Jobs in uniform" in an.labels
    assert not an.telephone.unanswered_taps


@pytest.mark.parametrize(
    "id_", ["", "1", "-1", "9" * 40, "minimum-age", "ünïcode", "a/b/c", "@", "²", "1/²", "both/²"]
)
async def test_t05_any_data_on_any_button_is_survived(chat_of: ChatOf, id_: str) -> None:
    for number, action in enumerate(sorted(CLAIMS), 1):
        somebody = chat_of(number)
        await somebody.types("/start")

        await somebody.presses(somebody.last.number, f"{action}:{id_}")

        assert somebody.last.text, action
        assert not somebody.telephone.unanswered_taps, action


async def test_t05_a_press_works_for_who_presses_never_for_who_is_named(
    chat_of: ChatOf, services: Services
) -> None:
    an, bo = chat_of(1), chat_of(2)
    await an.types("/start")
    await bo.types("/wissen")
    await bo.taps("🗑 Ja, wis mijn gegevens")
    data = bo.last.buttons[0][0]["callback_data"]

    await an.presses(an.last.number, data)

    assert await services.people.of_account(an.account) is None
    assert await services.people.of_account(bo.account) is not None


async def test_r18_a_button_of_a_deleted_message_still_answers(chat_of: ChatOf) -> None:
    an = chat_of(1)
    await an.types("/start")
    number = an.last.number
    an.screen.messages.clear()

    await an.presses(number, "browse.track:uniform")

    assert "Voorwaarden" in an.labels


async def test_no_button_leads_nowhere(
    chat_of: ChatOf, services: Services, sqlite_database: Database
) -> None:
    an = chat_of(1)
    seen: set[str] = set()
    for opener in (
        "/start",
        "/help",
        "/privacy",
        "/taal",
        "/wissen",
        "/pauze",
        "/stop",
        "/contact",
        "uitleg over test",
        "hoe oud moet je zijn",
        "wat eten we vanavond",
    ):
        await an.types(opener)
        for row in an.last.buttons:
            for button in row:
                if "callback_data" in button:
                    seen.add(button["callback_data"].partition(":")[0])

    assert seen <= set(CLAIMS)


async def test_h1_a_zone_that_filled_in_nothing_still_shows_a_way_to_a_person(
    chat_of: ChatOf, services: Services
) -> None:
    services.zone = Zone(name="Lokale Politie Aalst")
    somebody = chat_of(1)

    await somebody.types("/contact")

    assert "jobpol.be" in somebody.text
    assert not somebody.text.endswith(":")
