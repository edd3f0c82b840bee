"""Somebody writes a language we have no answers in: a kind line in it, and a person."""

from collections.abc import Callable

import pytest

from tests.conversations.conftest import Chat

ChatOf = Callable[..., Chat]


@pytest.mark.parametrize(
    ("asked", "own_name"),
    [
        pytest.param("polis olmak istiyorum", "Türkçe", id="tr"),
        pytest.param("كم الراتب", "بالعربية", id="ar"),
        pytest.param("chcę pracować w policji", "po polsku", id="pl"),
        pytest.param("vreau să lucrez la poliție", "română", id="ro"),
        pytest.param("яка зарплата", "українською", id="uk"),
        pytest.param("какая зарплата", "по-русски", id="ru"),
        pytest.param("quiero trabajar en la policía", "español", id="es"),
        pytest.param("vorrei diventare poliziotto", "italiano", id="it"),
    ],
)
async def test_f2_a_kind_line_and_a_person(chat_of: ChatOf, asked: str, own_name: str) -> None:
    an = chat_of(1)

    await an.types(asked)

    assert own_name in an.text
    assert "112" in an.text
    assert "Nederlands, Frans, Duits en Engels" in an.text
    await an.taps("👤 Praat met iemand")
    assert "053 00 00 00" in an.text
