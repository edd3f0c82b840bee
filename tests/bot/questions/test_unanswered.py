"""How what we could not answer is grouped and shown."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from bot.questions.model import EntryId
from bot.questions.unanswered import Theme, Unanswered, as_cases, same, themes
from faq.features import Floats
from tests.conversations.conftest import small_content

DAY = date(2026, 11, 22)


def unanswered(*texts: str, language: str = "nl") -> list[Unanswered]:
    return [Unanswered(text, language, None, DAY, number) for number, text in enumerate(texts, 1)]


def by_length(texts: Sequence[str]) -> Floats:
    """Alike when they are as long: nobody's words decide."""
    return np.array([[len(one) == len(other) for other in texts] for one in texts], np.float32)


def test_f9_the_same_meaning_in_other_words_is_one_theme() -> None:
    asked = unanswered("aap", "noot", "mies", "wim", "een langer iets")

    found = themes(asked, by_length)

    assert [theme.texts for theme in found] == [
        ("aap", "wim"),
        ("noot", "mies"),
        ("een langer iets",),
    ]
    assert found[0].numbers == (1, 4)


def test_f9_languages_stay_apart() -> None:
    asked = [*unanswered("aap"), *unanswered("wim", language="fr")]

    assert [theme.count for theme in themes(asked, by_length)] == [1, 1]


def test_f9_the_matcher_sees_what_is_meant() -> None:
    _, matcher = small_content()
    texts = [
        "hoeveel loon krijg ik daar",
        "wedde per maand",
        "vanaf welke leeftijd",
        "minstens oud",
    ]

    like = matcher.likeness(texts)

    assert like.shape == (4, 4)
    assert like[0, 1] > like[0, 2]
    assert like[2, 3] > like[0, 3]
    assert matcher.likeness([]).shape == (0, 0)


def test_each_text_is_shown_once_with_the_number_to_accept_it_by() -> None:
    theme = Theme("nl", None, ("a", "b", "a"), DAY, (3, 5, 9), ((EntryId("pay"), 0.456),))

    assert as_cases([theme]) == (
        "# 3 x, last on 2026-11-22; nearest: pay 0.46\n"
        "- entry: null\n"
        "  asked:\n"
        '    - "a"  # 3, 2 x\n'
        '    - "b"  # 5\n'
    )


def test_the_same_question_is_found_however_it_is_written() -> None:
    asked = unanswered("Hoe oud?", "hoe  oud", "hoe jong")

    assert [each.number for each in same(asked, "hoe oud", "nl")] == [1, 2]
    assert same(asked, "hoe oud", "fr") == []
