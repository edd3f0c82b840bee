"""Whole conversations with the real process, as people have them: typed, tapped, over HTTP."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest
from sqlalchemy import select

from bot.people.store import people
from bot.questions.store import unanswered
from tests.support.assistant import Assistant, data_of, talk

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROUTES = [
    pytest.param("nl", "help er is een inbreker in mijn huis", "Bel nu 112", id="emergency nl"),
    pytest.param("nl", "hellup er is een inbrekr in mijn huis", "Bel nu 112", id="emergency typo"),
    pytest.param("fr", "au secours il y a un cambrioleur chez moi", "112", id="emergency fr"),
    pytest.param("de", "Hilfe, ein Einbrecher ist in meinem Haus", "112", id="emergency de"),
    pytest.param("en", "help there is a burglar in my house", "Call 112 now", id="emergency en"),
    pytest.param("nl", "ik wil niet meer leven", "1813", id="self-harm"),
    pytest.param("nl", "ik wil aangifte doen van diefstal", "aangifte", id="report-crime"),
    pytest.param("nl", "ik heb een verkeersboete gekregen", "verkeersboetes.be", id="fine"),
    pytest.param("nl", "ik ben mijn identiteitskaart kwijt", "DOC STOP", id="lost-document"),
    pytest.param("nl", "ik wil een klacht indienen over een agent", "Comité P", id="complaint"),
    pytest.param(
        "nl", "wat is de stand van mijn sollicitatie", "informatieportaal", id="own-application"
    ),
]


async def test_two_people_at_once_each_get_their_own_answers(assistant: Assistant) -> None:
    an, karim = await talk(assistant), await talk(assistant, "Karim", "fr")

    welcome, bienvenue = await asyncio.gather(an.types("/start"), karim.types("/start"))
    antwoord, reponse = await asyncio.gather(
        an.types("Hoe oud moet ik zijn?", "17 jaar"), karim.types("Quel âge faut-il avoir ?", "17")
    )

    assert "automatische assistent" in welcome["text"]
    assert "assistant automatique" in bienvenue["text"]
    assert "inschrijven" in antwoord["text"]
    assert "ans" in reponse["text"]
    await an.nothing_more(2)
    await karim.nothing_more(2)


async def test_a_question_with_a_typo_is_answered_in_one_message(assistant: Assistant) -> None:
    an = await talk(assistant)

    answer = await an.types("hoe oud moet je zijn om te soliciteren")

    assert "minstens 17 jaar" in answer["text"]
    assert "🤖" in answer["text"]
    assert {"questions.good:minimum-age", "questions.bad:minimum-age"} <= set(data_of(answer))
    assert "human.open" in data_of(answer)
    await an.nothing_more(1)


@pytest.mark.parametrize(("language", "text", "wanted"), ROUTES)
async def test_fixed_routes_win(
    assistant: Assistant, language: str, text: str, wanted: str
) -> None:
    person = await talk(assistant, language_code=language)

    answer = await person.types(text)

    assert wanted in answer["text"]
    await person.nothing_more(1)


async def test_did_you_mean_and_its_way_out(assistant: Assistant) -> None:
    an = await talk(assistant)

    offer = await an.types("test")
    titles = [data for data in data_of(offer) if data.startswith("questions.show:")]
    answer = await an.taps(titles[0])
    await an.types("test")
    human = await an.taps("questions.else")

    assert 1 <= len(titles) <= 3
    assert data_of(offer)[-1] == "questions.else"
    assert "🤖" in answer["text"]
    assert "questions.show" not in str(human["buttons"])


async def test_clarifies_once_and_then_offers_a_human(assistant: Assistant) -> None:
    an = await talk(assistant)

    asked_back = await an.types("wat eten we vanavond met de kat")
    human = await an.types("de kat lust geen zebra")

    assert "browse.track:uniform" in data_of(asked_back)
    assert human["text"] != asked_back["text"]
    assert "browse.track:uniform" not in data_of(human)
    assert "menu.open" in data_of(human)
    await an.nothing_more(2)


async def test_a_question_nobody_could_answer_is_kept_without_the_person(
    assistant: Assistant,
) -> None:
    an = await talk(assistant)
    asked = "mag mijn zebra mee, mail zebra@example.org of bel 0470 12 34 56"

    await an.types(asked)
    kept = [row.text for row in await assistant.rows(select(unanswered)) if "zebra" in row.text]

    assert any("mee" in text for text in kept)
    assert not any("example.org" in text or "0470" in text for text in kept)


async def test_browsing_to_an_answer_takes_three_taps(assistant: Assistant) -> None:
    an = await talk(assistant)

    menu = await an.types("/start")
    topics = await an.taps("browse.track:uniform")
    topic = next(data for data in data_of(topics) if data.startswith("browse.topic:"))
    titles = await an.taps(topic)
    entry = next(data for data in data_of(titles) if data.startswith("questions.show:"))
    answer = await an.taps(entry)

    assert menu["message_id"] == topics["message_id"] == titles["message_id"]
    assert "🤖" in answer["text"]


async def test_changing_the_language(assistant: Assistant) -> None:
    an = await talk(assistant)

    await an.types("/taal")
    chosen = await an.taps("language.set:fr")
    answer = await an.types("Hoe oud moet ik zijn?")
    back = await an.types("Nederlands")

    assert "français" in chosen["text"]
    assert "17 jaar" in answer["text"]  # the language of the question
    assert "Nederlands" in back["text"]


async def test_a_deep_link_opens_an_answer(assistant: Assistant) -> None:
    an = await talk(assistant)

    opened = await an.types("/start faq_minimum-age")
    nowhere = await an.types("/start faq_no-such-answer")

    assert "automatische assistent" in opened["text"]
    assert "minstens 17 jaar" in opened["text"]
    assert "Contactpunt" in nowhere["text"]
    await an.nothing_more(2)


async def test_my_data_as_text_and_as_a_file(assistant: Assistant) -> None:
    an = await talk(assistant, "Annelies")

    await an.types("Hoe oud moet ik zijn?")
    await an.types("/mijngegevens", "bewaar ik over jou")
    sent = await an.person.sees(lambda message: message["document"] is not None)
    async with (
        aiohttp.ClientSession() as session,
        session.get(
            f"{assistant.simulator.address}/sim/files/{sent['document']['file_id']}"
        ) as response,
    ):
        found = json.loads(await response.read())

    assert sent["document"]["file_name"] == "contactpunt.json"
    assert [row["account"] for row in found["data"]["people"]["rows"]] == [an.id]
    assert "minimum-age" in json.dumps(found["data"]["dialogues"])
    assert "Annelies" not in json.dumps(found["data"]["people"])


async def test_erasure_takes_two_taps_and_is_done(assistant: Assistant) -> None:
    an = await talk(assistant)

    await an.types("Hoe oud moet ik zijn?")
    await an.types("/wissen", "Alles wissen?")
    await an.taps("privacy.sure", "Zeker weten?")
    before = await _accounts(assistant)
    await an.taps("Zeker, wis alles nu", "gewist")
    after = await _accounts(assistant)

    assert an.id in before
    assert an.id not in after


async def test_r18_a_button_of_another_time_explains_itself(assistant: Assistant) -> None:
    an = await talk(assistant)
    menu = await an.types("/start")

    await an.person.does("tap", message_id=menu["message_id"], data="sessions.seat:17", force=True)
    expired = await an.below(menu["message_id"])
    await an.person.does("tap", message_id=1_000_000, data="privacy.erase:1", force=True)
    gone = await an.below(expired["message_id"])

    assert "verlopen" in expired["text"]
    assert "verlopen" in gone["text"]
    assert "browse.track:uniform" in data_of(expired)
    assert an.id in await _accounts(assistant)


async def test_an_edited_message_does_nothing(assistant: Assistant) -> None:
    an = await talk(assistant)
    sent = await an.person.types("/start")
    await an.below(sent["message_id"])

    await an.person.does("edit", message_id=sent["message_id"], text="/wissen ja")

    await an.nothing_more(1)
    assert an.id in await _accounts(assistant)


async def test_files_are_refused_with_the_reason(assistant: Assistant) -> None:
    an = await talk(assistant)

    photo = await an.sends("photo")
    document = await an.sends("document")
    voice = await an.sends("voice")

    assert "Foto's" in photo["text"]
    assert "Bestanden" in document["text"]
    assert "luisteren" in voice["text"]
    assert not await assistant.simulator.calls("getFile")
    await an.nothing_more(3)


async def test_a_national_number_is_refused_and_taken_away(assistant: Assistant) -> None:
    an = await talk(assistant)
    number = "85.07.30-033.28"

    sent = await an.person.types(f"mijn nummer is {number}, kan ik beginnen?")
    answer = await an.below(sent["message_id"])
    await an.person.look()

    assert "rijksregisternummer" in answer["text"]
    assert sent["message_id"] not in an.person.messages
    assert number not in assistant.bot.log
    if assistant.database_url.startswith("sqlite"):
        files = assistant.bot.data.glob("contactpunt.sqlite*")
        assert not any(number.encode() in file.read_bytes() for file in files)


async def test_a_group_is_left_without_a_word(assistant: Assistant) -> None:
    an = await talk(assistant)
    seen = await assistant.last_call()

    group = await assistant.simulator.post("/groups", title="Klas 6B", members=[an.id])
    left = await assistant.simulator.calls("leaveChat", since=seen, wait=10)
    await an.types("/start")

    assert [call["account"] for call in left] == [group["id"]]
    spoken = await assistant.simulator.calls("sendMessage", since=seen)
    assert [call["account"] for call in spoken] == [an.id]


async def test_nothing_was_refused_by_telegram_and_nothing_private_was_logged(
    assistant: Assistant,
) -> None:
    """Last of the module: everything above went over this one process."""
    refused = [call for call in await assistant.simulator.calls() if call["ok"] is False]

    assert [call for call in refused if call["method"] != "deleteMessage"] == []
    for private in ("AAAAAAAAAA", "zebra", "inbreker", "Annelies", "Karim"):
        assert private not in assistant.bot.log
    assert '"error"' not in assistant.bot.log


async def _accounts(assistant: Assistant) -> set[int]:
    return {row.account for row in await assistant.rows(select(people.c.account))}
