"""Days as people type them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.days import days_in

TODAY = date(2026, 11, 21)
D = date


@pytest.mark.parametrize(
    ("text", "days"),
    [
        pytest.param("3/12", [D(2026, 12, 3)], id="slash"),
        pytest.param("3-12", [D(2026, 12, 3)], id="dash"),
        pytest.param("3.12.", [D(2026, 12, 3)], id="German"),
        pytest.param("03/12/2026", [D(2026, 12, 3)], id="with a year"),
        pytest.param("03/12/27", [D(2027, 12, 3)], id="with a short year"),
        pytest.param("2027-01-31", [D(2027, 1, 31)], id="ISO"),
        pytest.param("3 december", [D(2026, 12, 3)], id="Dutch"),
        pytest.param("1er décembre 2026", [D(2026, 12, 1)], id="French"),
        pytest.param("3. März", [D(2027, 3, 3)], id="German, in words"),
        pytest.param("3 dec.", [D(2026, 12, 3)], id="short"),
        pytest.param("21/11", [D(2026, 11, 21)], id="today"),
        pytest.param("20/11", [D(2027, 11, 20)], id="over this year, so the next one"),
        pytest.param("20/11/2026", [D(2026, 11, 20)], id="over, but they say so"),
        pytest.param("29/2", [], id="not in the next two years"),
        pytest.param("3/12 - 10/12", [D(2026, 12, 3), D(2026, 12, 10)], id="span"),
        pytest.param("3-12 tot 10-12", [D(2026, 12, 3), D(2026, 12, 10)], id="span with dashes"),
        pytest.param(
            "van 28 december t/m 3 januari", [D(2026, 12, 28), D(2027, 1, 3)], id="new year"
        ),
        pytest.param("du 3 au 10 décembre", [D(2026, 12, 10)], id="only one has its month"),
        pytest.param("31/2", [], id="no such day"),
        pytest.param("3/13", [], id="no such month"),
        pytest.param("3/12 - 31/2", [], id="one of two is none"),
        pytest.param("ergens in december", [], id="no number"),
        pytest.param("5 collega's", [], id="a number and a word"),
        pytest.param("", [], id="nothing"),
        pytest.param("123/12", [], id="too many digits"),
    ],
)
def test_days_are_understood(text: str, days: list[date]) -> None:
    assert days_in(text, TODAY) == days


@given(st.text(alphabet="0123456789/.- december²३", max_size=40))
def test_any_text_can_be_read(text: str) -> None:
    for day in days_in(text, TODAY):
        assert isinstance(day, date)
