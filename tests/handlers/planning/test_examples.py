"""Every example in a question is understood when somebody types it, in each language."""

import re
from collections.abc import Callable
from datetime import date, time
from html import unescape

import pytest

from bot.texts import Texts
from handlers.planning_fields import FIELDS
from handlers.planning_reading import (
    Missing,
    counted_lines,
    day_with_spans,
    days_typed,
    pin_in,
    question_in,
    seats_until,
    span_in,
)

TODAY = date(2026, 11, 21)
DAY = date(2026, 12, 12)
LATER = date(2026, 12, 19)
MORNING, AFTERNOON = (time(10), time(12)), (time(14), time(16))

Read = Callable[[str], object]


def day(text: str) -> object:
    return days_typed(text, TODAY)


def spans(text: str) -> object:
    found = day_with_spans(text, TODAY)
    return found if found is None else found[1]


def other(text: str) -> object:
    return day_with_spans(text, TODAY) or days_typed(text, TODAY)


def question(text: str) -> object:
    found = question_in(text, TODAY)
    return None if isinstance(found, Missing) else (found.delete_on, len(found.choices))


def pool(text: str) -> object:
    found = seats_until(text, TODAY)
    return found is not None and (found[0], found[1] is not None)


def lines(text: str) -> object:
    found = counted_lines(text)
    return found if isinstance(found, str) else [number for _, number in found]


THREE = [(time(9), time(11)), (time(11, 30), time(13, 30)), AFTERNOON]
EXAMPLES: dict[str, tuple[Read, list[object]]] = {
    "ask_new": (spans, [[MORNING]]),
    "ask_new_day": (spans, [THREE]),
    "when_unclear": (spans, [[MORNING], [(time(9), time(11)), AFTERNOON]]),
    "ask_date": (day, [[DAY]]),
    "ask_hours": (span_in, [MORNING]),
    "ask_pin": (pin_in, [(50.938, 4.039)]),
    "ask_pool": (pool, [(10, True)]),
    "ask_parts": (lines, [[10, 40, 20]]),
    "ask_stops": (lines, [[15, 15]]),
    "ask_groups": (lines, [[10, 10]]),
    "ask_question": (question, [(date(2026, 12, 20), 2)]),
    "ask_copy": (day, [[date(2027, 1, 16)]]),
    "copy_unclear": (day, [[date(2027, 1, 16)]]),
    "ask_other_when": (other, [[LATER], (LATER, [AFTERNOON])]),
    "ask_other_day": (day, [[LATER]]),
    "ask_other_hours": (span_in, [AFTERNOON]),
    "wrong_ends_at": (span_in, [MORNING]),
    "wrong_pin": (pin_in, [(50.938, 4.039)]),
    "wrong_pools": (pool, [(10, True)]),
    "wrong_parts": (lines, [[10]]),
    "wrong_groups": (lines, [[10]]),
}


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts.load()


def examples(texts: Texts, key: str, language: str) -> list[str]:
    said = str(texts(f"planning.{key}", language))
    return [unescape(found) for found in re.findall(r"<code>(.*?)</code>", said, re.DOTALL)]


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
@pytest.mark.parametrize("key", EXAMPLES)
def test_an_example_is_understood(texts: Texts, key: str, language: str) -> None:
    read, means = EXAMPLES[key]

    assert [read(each) for each in examples(texts, key, language)] == means


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
@pytest.mark.parametrize("name", ["title", "place", "room", "seats", "opens", "closes", "bring"])
def test_an_example_of_a_field_is_understood(texts: Texts, name: str, language: str) -> None:
    reads = FIELDS[name].reads
    assert reads is not None

    assert [reads(each, TODAY) is None for each in examples(texts, f"ask_{name}", language)] == [
        False
    ]
