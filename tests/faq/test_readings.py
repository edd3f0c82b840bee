"""Check: what is shown at once, the plain variant, and the explained words."""

from datetime import date

import pytest

from faq.check import LONG, LONGEST_AT_ONCE, LONGEST_SIMPLY, check
from faq.entry import Content, Entry, Word

TODAY = date(2026, 11, 21)
SHORT = "Ja, dat mag. "


def found(**text: str) -> list[str]:
    languages = {
        tag: {"question": f"{tag}?", "phrasings": [tag], "answer": SHORT} | text
        for tag in ("nl", "fr", "de", "en")
    }
    entry = Entry.model_validate({"id": "one", "languages": languages})
    problems = check(Content(entries=(entry,)), TODAY).problems
    return [p.message for p in problems if p.field.startswith("one.languages.nl")]


def test_f13_a_long_answer_needs_a_plain_variant() -> None:
    long = SHORT * (LONG // len(SHORT) + 1)

    assert "is missing: the answer is long" in found(answer=long)
    assert found(answer=long, simply="Dat mag. Vraag het ons.") == []
    assert found(answer=SHORT) == []


def test_an_answer_fits_a_screen_and_the_rest_is_more() -> None:
    long = SHORT * (LONGEST_AT_ONCE // len(SHORT) + 1)

    (message,) = found(answer=long, simply="Dat mag.")

    assert message.endswith(f"what goes beyond {LONGEST_AT_ONCE} is for 'more'")
    assert found(answer=SHORT, more=long) == []


@pytest.mark.parametrize(
    ("simply", "message"),
    [
        pytest.param("Dat mag. " * 40, f"more than {LONGEST_SIMPLY}", id="long"),
        pytest.param("Dat mag vanaf je 17 jaar.", "numbers that the answer lacks: 17", id="number"),
        pytest.param(
            "De administratieve verantwoordelijkheid ligt bij de verantwoordelijke instanties.",
            "is hard to read",
            id="hard",
        ),
        pytest.param("Dat <u>mag</u>.", "is not allowed", id="markup"),
    ],
)
def test_f13_a_plain_variant_is_short_plain_and_says_nothing_else(
    simply: str, message: str
) -> None:
    assert any(message in problem for problem in found(simply=simply))


def test_numbers_in_the_plain_variant_are_the_same_in_every_language() -> None:
    languages = {
        tag: {
            "question": f"{tag}?",
            "phrasings": [tag],
            "answer": "Dat mag vanaf 17 of 18.",
            "simply": f"Dat mag vanaf {18 if tag == 'fr' else 17}.",
        }
        for tag in ("nl", "fr", "de", "en")
    }
    entry = Entry.model_validate({"id": "one", "languages": languages})

    (problem,) = check(Content(entries=(entry,)), TODAY).problems

    assert problem.field == "one.languages.fr.simply"
    assert problem.message == "other numbers than in nl: lacks 17; adds 18"


def test_f13_a_word_is_explained_once_and_in_every_language() -> None:
    def word(id_: str, *tags: str) -> Word:
        text = {"forms": ["reserve"], "means": "een lijst"}
        return Word.model_validate({"id": id_, "languages": dict.fromkeys(tags, text)})

    content = Content(words=(word("a", "nl", "fr", "de", "en"), word("b", "nl", "fr", "de")))

    problems = check(content, TODAY).problems

    assert sorted({problem.message for problem in problems}) == [
        "'reserve' is explained under a too",
        "is missing",
    ]
