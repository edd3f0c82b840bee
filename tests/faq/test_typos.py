"""Typing errors that are made on purpose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from faq.typos import NEIGHBOURS, with_errors

QUESTION = "Hoé oud moet je zijn om te solliciteren?"

WRITTEN = [
    "Hoé oud moet je eijn om te solliciteren?",
    "Hoé oud moet je zjin om te solliciteren?",
    "Hoe oud moet je zijn om te sollciteren?",
    "Hoe oud moet je zijn om te solliciteren?",
    "Hod oud moet je zijn om te solliciteren?",
    "Hoé our moet je zijn om te ssolliciteren?",
]


def test_the_same_everywhere() -> None:
    """Written down: another machine or version of Python must make the same errors."""
    assert [with_errors(QUESTION, seed) for seed in range(6)] == WRITTEN


@given(st.text(max_size=60), st.integers(0, 50))
def test_one_or_two_errors_and_never_nothing_left(text: str, seed: int) -> None:
    typed = with_errors(text, seed)

    assert OSA.distance(text, typed) <= 4, "an accent that is lost may be two characters"
    assert bool(typed) == bool(text)
    if not any(character.isalpha() for character in text):
        assert typed == text


@pytest.mark.parametrize(
    ("key", "around"), [("q", "azsw"), ("e", "zrsd"), ("m", "plo"), ("w", "qsx"), ("n", "bhj")]
)
def test_keys_lie_as_on_a_belgian_keyboard(key: str, around: str) -> None:
    assert set(NEIGHBOURS[key]) <= set(around)
    assert all(key in NEIGHBOURS[other] for other in NEIGHBOURS[key])


def test_every_kind_of_error_is_made() -> None:
    typed = [with_errors("één jaar", seed) for seed in range(300)]

    assert {len(text) for text in typed} >= {6, 7, 8, 9, 10}
    assert any("eé" in text or "ée" in text or "een" in text for text in typed)
