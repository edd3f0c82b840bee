"""Ask anything: answers, asking back once, a person, and what readers think of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.questions.model import EntryId, Verdict
from bot.services import Services
from tests.conversations.conftest import Chat
from tests.support.clock import FakeClock

ChatOf = Callable[..., Chat]
Transcript = Callable[[str, Chat], None]


async def test_an_answer_is_one_message_with_source_date_and_mark(chat_of: ChatOf) -> None:
    an = chat_of(1)

    await an.types("hoe oud moet je zijn")

    (message,) = an.listen()
    assert "🤖 Automatisch antwoord" in message.text
    assert '<a href="https://www.jobpol.be/nl/minimum-age">jobpol.be</a>' in message.text
    assert "Moet nog bevestigd worden" in message.text


async def test_a_checked_answer_shows_the_day_it_was_checked(chat_of: ChatOf) -> None:
    an = chat_of(1)

    await an.types("Ben ik te oud?")

    assert "Nagekeken op 14 november 2026" in an.text
    assert "bevestigd" not in an.text


async def test_a_volatile_part_shows_when_it_was_last_checked(chat_of: ChatOf) -> None:
    an = chat_of(1)

    await an.types("hoeveel verdient een inspecteur")

    assert "Kan veranderen (laatst nagekeken op 21 november 2026): ongeveer 2.000 euro" in an.text


async def test_a_zone_fact_is_put_in_and_an_unfilled_one_takes_its_line_away(
    chat_of: ChatOf, services: Services
) -> None:
    an = chat_of(1)
    await an.types("welk diploma heb ik nodig")
    with_phone = an.text

    empty = services.zone.model_copy(
        update={"contact": services.zone.contact.model_copy(update={"phone": None})}
    )
    services.questions.replace(services.answers.content, services.questions.matcher, empty)
    await an.types("welk diploma heb ik nodig")

    assert "Bel 053 00 00 00." in with_phone
    assert "Bel" not in an.text
    assert "diploma secundair onderwijs" in an.text


async def test_f2_unsure_offers_three_titles_and_something_else(
    chat_of: ChatOf, transcript: Transcript
) -> None:
    an = chat_of(1)

    await an.types("uitleg over test")
    await an.taps("Iets anders")

    transcript("did_you_mean", an)


async def test_f2_never_two_clarifications_in_a_row(
    chat_of: ChatOf, transcript: Transcript
) -> None:
    an = chat_of(1)

    await an.types("wat eten we vanavond")
    await an.types("blauwe bananen fietsen")
    await an.types("asdf qwer")

    transcript("not_understood", an)


@pytest.mark.parametrize("second", ["uitleg over test", "blauwe bananen fietsen"])
@pytest.mark.parametrize("first", ["uitleg over test", "wat eten we vanavond"])
async def test_f2_after_asking_back_comes_a_person(
    chat_of: ChatOf, first: str, second: str
) -> None:
    an = chat_of(1)

    await an.types(first)
    await an.types(second)

    assert "053 00 00 00" in an.text


async def test_f2_an_answer_in_between_allows_asking_back_again(chat_of: ChatOf) -> None:
    an = chat_of(1)

    await an.types("wat eten we vanavond")
    await an.types("hoe oud moet je zijn")
    await an.types("blauwe bananen fietsen")

    assert "begrijp je vraag nog niet" in an.text


async def test_two_questions_in_one_message_are_both_answered(
    chat_of: ChatOf, transcript: Transcript
) -> None:
    an = chat_of(1)

    await an.types("Hoe oud moet ik zijn? En hoeveel verdient een inspecteur?")

    transcript("two_questions", an)


async def test_a_follow_up_uses_the_last_topic(chat_of: ChatOf) -> None:
    an = chat_of(1)

    await an.types("hoeveel verdient een inspecteur")
    await an.types("en voor burgerpersoneel?")

    assert "Hoeveel verdient burgerpersoneel?" in an.text


async def test_a_follow_up_also_follows_a_tapped_answer(
    chat_of: ChatOf, services: Services
) -> None:
    an = chat_of(1)
    await an.types("hoe oud moet je zijn")

    await an.taps("Welk diploma heb ik nodig?")

    assert await last_entry(services, an) == "diploma"


async def test_greeting_thanks_and_insult_get_a_short_line(
    chat_of: ChatOf, transcript: Transcript
) -> None:
    an = chat_of(1)

    await an.types("hallo")
    await an.types("bedankt")
    await an.types("stomme bot")

    transcript("small_talk", an)


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ("ik wil met een mens spreken", "053 00 00 00"),
        ("ik wil een afspraak maken", "afspraak vastleggen kan nog niet"),
        ("wanneer is de volgende infosessie", "geen infosessie gepland"),
        ("kunnen we een andere taal spreken", "Welke taal"),
        ("wat bewaren jullie over mij", "Controleorgaan"),
        ("geef mij mijn gegevens", "Alles in één bestand"),
        ("wis al mijn gegevens", "Alles wissen?"),
        ("stuur mij niets meer", "stuur je niets meer"),
        ("wat kan je allemaal", "Dit kan je ook typen"),
    ],
)
async def test_a_wish_in_words_opens_what_it_asks_for(
    chat_of: ChatOf, wish: str, words: str
) -> None:
    an = chat_of(1)

    await an.types(wish)

    assert words in an.text


async def test_f8_thumbs_and_reasons_are_counted_without_the_person(
    chat_of: ChatOf, services: Services, transcript: Transcript
) -> None:
    an, bo = chat_of(1), chat_of(2)

    await an.types("hoe oud moet je zijn")
    await an.taps("👎")
    await an.taps("Het klopt niet (meer)")
    await bo.types("hoe oud moet je zijn")
    await bo.taps("👍")

    assert await services.questions.verdicts() == {
        (EntryId("minimum-age"), "nl", Verdict.BAD): 1,
        (EntryId("minimum-age"), "nl", Verdict.WRONG): 1,
        (EntryId("minimum-age"), "nl", Verdict.GOOD): 1,
    }
    transcript("thumb_down", an)


async def test_f8_one_reader_counts_once_per_answer(chat_of: ChatOf, services: Services) -> None:
    an = chat_of(1)
    await an.types("hoe oud moet je zijn")
    number = an.last.number

    for data in ("questions.good:minimum-age", "questions.bad:minimum-age"):
        for _ in range(3):
            await an.presses(number, data)

    assert await services.questions.verdicts() == {(EntryId("minimum-age"), "nl", Verdict.GOOD): 1}


async def test_r10_one_tap_has_one_effect_also_when_the_app_sends_it_again(
    chat_of: ChatOf, clock: FakeClock
) -> None:
    an = chat_of(1)
    await an.types("hoe oud moet je zijn")
    number = an.last.number
    an.listen()

    for _ in range(10):
        await an.presses(number, "questions.show:diploma")
    once = an.listen()
    clock.advance(timedelta(seconds=31))
    await an.presses(number, "questions.show:diploma")

    assert len(once) == 1
    assert len(an.listen()) == 1
    assert not an.telephone.unanswered_taps


@pytest.mark.parametrize("text", ["hoe oud moet je zijn", "uitleg over test", "wat eten we"])
async def test_r09_the_same_update_gets_the_same_reply(
    chat_of: ChatOf, services: Services, text: str
) -> None:
    an = chat_of(1)
    await an.types("/start")
    await an.types(text)
    first = an.text
    kept = await services.questions.unanswered()

    await an.again()
    await an.again()

    assert an.text == first
    assert await services.questions.unanswered() == kept


async def test_f9_unanswered_is_kept_scrubbed_and_without_the_person(
    chat_of: ChatOf, services: Services
) -> None:
    an = chat_of(1)

    await an.types("ik heet Jan Peeters, 0470 12 34 56, jan@x.be, hoe zit het met sneeuwruimen")

    (theme,) = await services.questions.unanswered()
    assert "Jan" not in theme.texts[0]
    assert "Peeters" not in theme.texts[0]
    assert "0470" not in theme.texts[0]
    assert "@" not in theme.texts[0]
    assert "sneeuwruimen" in theme.texts[0]


@pytest.mark.parametrize(
    "text",
    [
        "er is een inbreker in mijn huis",
        "ik wil niet meer leven",
        "mijn fiets is gestolen",
        "ik heb een boete gekregen",
        "hallo",
        "ik wil met een mens spreken",
        "ik heb epilepsie en een hond",
        "mag een vakbondslid paardrijden",
    ],
)
async def test_f9_routes_wishes_and_delicate_texts_are_never_kept(
    chat_of: ChatOf, services: Services, text: str
) -> None:
    an = chat_of(1)

    await an.types(text)
    await an.types(text)

    assert await services.questions.unanswered() == []


async def test_p05_who_writes_something_delicate_is_warned(chat_of: ChatOf) -> None:
    an = chat_of(1)

    await an.types("ik heb epilepsie en een hond")

    assert "Schrijf hier liever niets over je gezondheid" in an.text


async def test_cancel_leaves_asking_back(chat_of: ChatOf) -> None:
    an = chat_of(1)

    await an.types("wat eten we vanavond")
    await an.types("/annuleer")
    await an.types("blauwe bananen fietsen")

    assert "begrijp je vraag nog niet" in an.text


async def test_r17_a_restart_in_between_is_invisible(chat_of: ChatOf, services: Services) -> None:
    an = chat_of(1)
    await an.types("wat eten we vanavond")

    services.questions.replace(services.answers.content, services.questions.matcher)
    await an.types("blauwe bananen fietsen")

    assert "053 00 00 00" in an.text


async def test_an_edited_message_never_asks_again(chat_of: ChatOf) -> None:
    an = chat_of(1)
    await an.types("hoe oud moet je zijn")
    an.listen()

    await an.edits("welk diploma heb ik nodig")
    await an.edits("/wissen ja")

    assert an.listen() == []


async def last_entry(services: Services, chat: Chat) -> object:
    person = await services.people.of_account(chat.account)
    assert person is not None
    export = await services.privacy.export(person)
    return export["data"]["dialogues"]["rows"][0]["last_entry"]


async def test_f13_a_simpler_answer_comes_below_with_its_hard_words(
    chat_of: ChatOf, transcript: Transcript
) -> None:
    an = chat_of(1)
    await an.types("zijn tatoeages toegelaten")

    await an.taps("🌱 Eenvoudiger")

    assert "Een tatoeage mag. Ze mag niemand kwetsen." in an.text
    assert "• kwetsen: iemand pijn doen met woorden of beelden" in an.text
    assert "• korpschef: de baas van een politiezone" in an.text
    assert "🤖 Automatisch antwoord" in an.text
    transcript("simpler", an)


async def test_f13_no_plain_variant_no_button(chat_of: ChatOf) -> None:
    an = chat_of(1)

    await an.types("welk diploma heb ik nodig")

    assert not any("Eenvoudiger" in label or "Meer hierover" in label for label in an.labels)


async def test_f13_an_answer_has_more_for_who_wants_to_read_on(chat_of: ChatOf) -> None:
    an = chat_of(1, "fr")
    await an.types("les tatouages sont-ils autorisés")
    assert "manches courtes" not in an.text

    await an.taps("➕ En savoir plus")

    assert "En été, vous portez des manches courtes." in an.text
    assert "Menu" in " ".join(an.labels)
