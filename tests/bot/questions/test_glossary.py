"""Hard words of an answer, explained."""

from dataclasses import replace

import pytest
from markupsafe import Markup

from bot.questions.glossary import MOST, Glossary
from bot.questions.model import Answer, EntryId, Explained
from faq.entry import Content, Word


def glossary(**means: str) -> Glossary:
    words = (
        Word.model_validate(
            {"id": f"w{at}", "languages": {"nl": {"forms": forms.split("_"), "means": meaning}}}
        )
        for at, (forms, meaning) in enumerate(means.items())
    )
    return Glossary(Content(words=tuple(words)))


ANSWER = Answer(
    entry=EntryId("reserve"),
    language="nl",
    written_in="nl",
    topic="selection",
    title="Wat is de reserve?",
    text=Markup("Je komt in de <b>Wervingsreserve</b>."),
    volatile=None,
    sources=(),
    confirmed_on=None,
    related=(),
)


def test_f13_a_form_is_found_in_any_case_and_shown_as_the_list_writes_it() -> None:
    words = glossary(wervingsreserve_werfreserve="de lijst van wie geslaagd is")

    assert words.explained(ANSWER) == (
        Explained("wervingsreserve", "de lijst van wie geslaagd is"),
    )


def test_f13_a_word_within_another_is_not_that_word() -> None:
    words = glossary(reserve="een voorraad")

    assert words.explained(ANSWER) == ()


def test_f13_the_longest_form_wins() -> None:
    words = glossary(proef="een test", **{"medische proef": "een test bij de dokter"})
    answer = replace(ANSWER, text=Markup("Daarna komt de medische proef."))

    assert [word.word for word in words.explained(answer)] == ["medische proef"]


def test_f13_words_of_the_plain_variant_come_first_and_each_only_once() -> None:
    words = glossary(reserve="een lijst", korpschef="de baas")
    answer = replace(
        ANSWER, text=Markup("De korpschef en de reserve."), simply=Markup("De reserve, de Reserve.")
    )

    assert [word.word for word in words.explained(answer)] == ["reserve", "korpschef"]


def test_f13_a_list_of_words_stays_short() -> None:
    many = {f"woord{letter}": "iets" for letter in "abcdefghij"}
    answer = replace(ANSWER, text=Markup(" ".join(many)))

    assert len(glossary(**many).explained(answer)) == MOST


@pytest.mark.parametrize("language", ["fr", "en"])
def test_f13_a_language_without_a_list_explains_nothing(language: str) -> None:
    words = glossary(wervingsreserve="een lijst")

    assert words.explained(replace(ANSWER, written_in=language)) == ()
