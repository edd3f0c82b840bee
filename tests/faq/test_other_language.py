"""Which language somebody writes that we have no answers in."""

import pytest

from faq.case import from_folder
from faq.other_language import other_language


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("polis olmak istiyorum", "tr"),
        ("kaç yaşında olmam gerekiyor", "tr"),
        ("كم الراتب", "ar"),
        ("chcę pracować w policji", "pl"),
        ("vreau să lucrez la poliție", "ro"),
        ("яка зарплата", "uk"),
        ("какая зарплата", "ru"),
        ("quiero trabajar en la policía", "es"),
        ("vorrei diventare poliziotto", "it"),
        ("ik heet Łukasz en wil agent worden", None),
        ("ciao", None),
        ("😀", None),
        ("", None),
    ],
)
def test_other_language(text: str, tag: str | None) -> None:
    assert other_language(text) == tag


def test_none_of_our_own_cases_is_taken_for_another() -> None:
    taken = [case.question for case in from_folder() if other_language(case.question)]

    assert taken == []
