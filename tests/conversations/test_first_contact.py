"""A newcomer: the first message, deep links, the menu, and languages."""

from collections.abc import Callable

import pytest

from bot.services import Services
from handlers.commands import NAMES, spellings
from tests.conversations.conftest import Chat

ChatOf = Callable[..., Chat]
Transcript = Callable[[str, Chat], None]


async def test_p1_a_newcomer_reads_who_this_is_and_asks_at_once(
    chat_of: ChatOf, transcript: Transcript
) -> None:
    an = chat_of(1)

    await an.types("/start")
    await an.types("hoe oud moet je zijn")

    transcript("newcomer", an)


@pytest.mark.parametrize("payload", ["", " faq_minimum-age", " faq_gone", " x", " <b>&", " a b"])
async def test_p1_start_is_exactly_one_message_that_says_it_is_automatic(
    chat_of: ChatOf, payload: str
) -> None:
    an = chat_of(1)

    await an.types("/start" + payload)

    (message,) = an.listen()
    assert "automatische assistent" in message.text
    assert "Lokale Politie Aalst" in message.text
    assert "/contact" in message.text


@pytest.mark.parametrize(("language", "words"), [("fr", "17 ans"), ("de", "17 Jahren")])
async def test_f10_a_deep_link_opens_the_answer_in_the_readers_language(
    chat_of: ChatOf, language: str, words: str
) -> None:
    somebody = chat_of(3, language)

    await somebody.types("/start faq_minimum-age")

    assert words in somebody.text


async def test_t23_a_payload_changes_nothing(chat_of: ChatOf, services: Services) -> None:
    an = chat_of(1)
    await an.types("/stop")
    await an.types("hoe oud moet je zijn")
    before = await state(services, an)

    for payload in ("faq_pay", "faq_gone", "privacy", "erase", "x" * 64, "-", "é", "../x"):
        await an.types(f"/start {payload}")

    assert await state(services, an) == before


async def test_language_is_telegrams_at_first_and_changes_any_time(
    chat_of: ChatOf, transcript: Transcript
) -> None:
    chloe = chat_of(3, "fr-BE")

    await chloe.types("/start")
    await chloe.types("/taal")
    await chloe.taps("Deutsch")
    await chloe.types("Français")
    await chloe.types("/language en")
    await chloe.taps("🌍 Language · Taal")
    await chloe.taps("↩ Menu")

    transcript("language", chloe)


async def test_an_unknown_language_gets_the_first_of_the_zone(chat_of: ChatOf) -> None:
    somebody = chat_of(4, "uk")

    await somebody.types("/start")

    assert "automatische assistent" in somebody.text


async def test_f1_a_question_in_another_language_is_answered_in_it(
    chat_of: ChatOf, transcript: Transcript
) -> None:
    an = chat_of(1, "nl")

    await an.types("quel âge faut-il avoir ?")
    await an.taps("Suis-je trop âgé ?")
    await an.types("en hoeveel verdient een inspecteur?")
    await an.types("quel est le salaire")
    await an.taps("🌍 Continuer en français")

    transcript("another_language", an)


@pytest.mark.parametrize("typed", ["x x x x", "<b>&amp;</b> <i>", "zzqq vvkk", "😀😀", "112358"])
async def test_f1_what_is_no_language_is_no_reason_to_switch(chat_of: ChatOf, typed: str) -> None:
    for number, language in enumerate(("nl", "fr", "de", "en"), 1):
        somebody = chat_of(number, language)

        await somebody.types("/start")
        menu = somebody.labels
        await somebody.types(typed)

        assert set(menu[:2]) <= set(somebody.labels)


async def test_p01_who_never_pressed_start_reads_first_who_this_is(chat_of: ChatOf) -> None:
    an, bo = chat_of(1), chat_of(2)
    notice = "Ik ben de automatische assistent van Lokale Politie Aalst."

    await an.types("hoe oud moet je zijn")
    first = an.text
    await an.types("en voor burgerpersoneel?")
    second = an.text
    await an.types("/wissen ja")
    await an.types("wat eten we vanavond")
    await bo.types("/start")
    await bo.types("hoe oud moet je zijn")

    assert notice in first
    assert "17 jaar" in first
    assert notice not in second
    assert notice in an.text
    assert notice not in bo.text


async def test_p01_r17_a_first_message_handled_again_says_it_again(chat_of: ChatOf) -> None:
    """After a crash between the commit and the answer, nobody has read the first notice."""
    an = chat_of(1)

    await an.types("hoe oud moet je zijn")
    first = an.text
    await an.again()

    assert "automatische assistent van Lokale Politie Aalst" in first
    assert an.text == first


async def test_p01_a_newcomer_who_types_start_in_words_reads_it_once(chat_of: ChatOf) -> None:
    an = chat_of(1)

    await an.types("start")

    assert an.text.count("automatische assistent") == 1


async def test_p01_danger_comes_before_who_we_are(chat_of: ChatOf) -> None:
    an = chat_of(1)

    await an.types("er is een inbreker in huis")

    assert an.last.text.startswith("🚨")


async def test_f1_a_missing_translation_is_labelled(chat_of: ChatOf) -> None:
    emma = chat_of(5, "en")

    await emma.types("/start faq_civilian-diploma")

    assert "Welk diploma vraagt een burgerjob?" in emma.text
    assert "not available in English yet" in emma.text


@pytest.mark.parametrize("word", ["diploma", "Diploma!", "hallo", "loon"])
async def test_f1_a_word_of_ones_own_language_is_no_reason_to_switch(
    chat_of: ChatOf, word: str
) -> None:
    an = chat_of(1, "nl")

    await an.types(word)

    assert "🌍" not in " ".join(an.labels)


@pytest.mark.parametrize("name", sorted(NAMES))
async def test_every_command_answers_under_each_of_its_names(chat_of: ChatOf, name: str) -> None:
    an = chat_of(1)

    for spelling in spellings(name):
        await an.types(f"/{spelling}")

        assert an.listen(), f"/{spelling} says nothing"
        assert "commando ken ik niet" not in an.text, spelling


async def test_names_of_commands_are_each_claimed_once() -> None:
    every = [spelling for name in NAMES for spelling in spellings(name)]

    assert len(every) == len(set(every))
    assert all(1 <= len(word) <= 32 and word.isascii() for word in every)


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
async def test_a_button_of_the_menu_can_be_typed(chat_of: ChatOf, language: str) -> None:
    somebody = chat_of(1, language)
    await somebody.types("/start")

    for label in [*somebody.labels]:
        await somebody.types("/start")
        await somebody.taps(label)
        tapped = somebody.text
        await somebody.types(label.partition(" ")[2].lower() + "!")

        assert somebody.text == tapped


@pytest.mark.parametrize(
    ("language", "words"),
    [
        pytest.param("fr", "le texte néerlandais prévaut", id="fr"),
        pytest.param("de", "niederländische Text gilt", id="de"),
        pytest.param("en", "the Dutch text prevails", id="en"),
    ],
)
async def test_p11_help_says_that_dutch_prevails(
    chat_of: ChatOf, language: str, words: str
) -> None:
    somebody = chat_of(1, language)

    await somebody.types("/help")

    assert words in somebody.text


async def test_something_else_can_be_typed(chat_of: ChatOf) -> None:
    an = chat_of(1)
    await an.types("/start")
    await an.types("uitleg over test")

    await an.types("iets anders")

    assert "Dan staat het er bij mij niet tussen" in an.text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        pytest.param("Contact", "Zo bereik je een mens", id="contact"),
        pytest.param("vragen", "Waar denk je aan?", id="topics"),
        pytest.param("wissen", "Alles wissen?", id="delete only asks"),
        pytest.param("start", "automatische assistent", id="start"),
        pytest.param("annuleer!", "we laten dit los", id="cancel"),
        pytest.param("mijngegevens", "Alles in één bestand", id="export"),
    ],
)
async def test_a_command_can_be_typed_without_its_slash(
    chat_of: ChatOf, typed: str, words: str
) -> None:
    an = chat_of(1)
    await an.types("/start")

    await an.types(typed)

    assert words in an.text


async def test_an_unknown_command_shows_the_menu(chat_of: ChatOf) -> None:
    an = chat_of(1)

    await an.types("/bestaatniet")

    assert "commando ken ik niet" in an.text
    assert "👮 Jobs in uniform" in an.labels


async def test_help_and_the_menus_screens(chat_of: ChatOf, transcript: Transcript) -> None:
    an = chat_of(1)

    await an.types("/help")
    await an.taps("↩ Menu")
    await an.taps("👤 Praat met iemand")
    await an.taps("↩ Menu")
    await an.taps("📅 Infosessies")
    await an.types("/afspraak")

    transcript("menu", an)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("<b>Bob</b>", "<b>Bob</b>", id="mark-up"),
        pytest.param("‮An‬", "An", id="right-to-left override"),
        pytest.param("✅ Politie 🤖", "Politie", id="a badge of ours"),
        pytest.param("x" * 64, "x" * 39 + "…", id="too long"),
        pytest.param("A\u200bn\x00", "An", id="hidden characters"),
    ],
)
async def test_t13_a_name_cannot_play_tricks(chat_of: ChatOf, name: str, shown: str) -> None:
    somebody = chat_of(1, name=name)

    await somebody.types("/start")

    from markupsafe import escape

    assert somebody.last.text.startswith(f"Dag {escape(shown)}! 👋")


async def state(services: Services, chat: Chat) -> object:
    person = await services.people.of_account(chat.account)
    assert person is not None
    export = await services.privacy.export(person)
    return person, export["data"]


async def test_r17_start_leaves_asking_back_and_undoes_stop(
    chat_of: ChatOf, services: Services
) -> None:
    an = chat_of(1)
    await an.types("wat eten we vanavond")
    await an.types("/stop")

    await an.types("/start")
    await an.types("blauwe bananen fietsen")

    person = await services.people.of_account(an.account)
    assert person is not None
    assert person.wants_messages
    assert "begrijp je vraag nog niet" in an.text
