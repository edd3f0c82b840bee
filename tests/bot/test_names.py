"""Names are free text; what we show of them plays no tricks (T-13)."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.names import LONGEST, RESERVED, shown


@given(st.text(max_size=200))
def test_t13_any_name_is_one_short_line_without_hidden_characters(name: str) -> None:
    text = shown(name)

    assert len(text) <= LONGEST
    assert text == text.strip()
    assert not RESERVED & set(text)
    assert not {unicodedata.category(c) for c in text} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert shown(text) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("An", "An"),
        ("Zoë O'Neil-D'Hondt", "Zoë O'Neil-D'Hondt"),
        ("  An \n Peeters ", "An Peeters"),
        ("✅ Politie", "Politie"),
        ("\u202eAn\u202c", "An"),
        ("A" + "\u0301" * 30, "Á\u0301\u0301"),
        (None, ""),
        ("\u200b", ""),
    ],
)
def test_t13_examples(name: str | None, text: str) -> None:
    assert shown(name) == text
