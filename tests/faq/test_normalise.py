"""One spelling for matching."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.normalise import LONGEST, normalised
from faq.turns import questions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hóe oud,  moet ik zijn?", "hoe oud moet ik zijn"),
        ("coördinator_zijn", "coordinator zijn"),
        ("l'âge", "l age"),
        ("STRASSE straße", "strasse strasse"),
        ("𝐇𝐞𝐥𝐩", "help"),
        ("\u200b\u202e", ""),
        ("؟ ساعدني", "ساعدني"),
        ("😀", ""),
    ],
)
def test_normalised(text: str, expected: str) -> None:
    assert normalised(text) == expected


@given(st.text(max_size=700))
def test_twice_is_once_and_short(text: str) -> None:
    once = normalised(text)

    assert normalised(once) == once
    assert len(once) <= LONGEST


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(" " * 4096, id="blanks"),
        pytest.param("a" * 4096, id="one letter"),
        pytest.param(", " * 2048, id="commas"),
        pytest.param(" en" * 1365, id="joins"),
        pytest.param("en dan ook nog " * 273, id="almost joins"),
        pytest.param("?!.;\n" * 819, id="ends"),
        pytest.param("e\u0301" * 2048, id="combining marks"),
        pytest.param("ﷺ" * 4096, id="one character that becomes eighteen"),
        pytest.param("_-_-" * 1024, id="separators"),
    ],
)
def test_t19_patterns_are_linear(text: str) -> None:
    started = time.thread_time()

    normalised(text)
    questions(text, "nl")

    assert time.thread_time() - started < 0.02
