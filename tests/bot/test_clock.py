"""Time is aware UTC inside, Brussels at the edges."""

from datetime import UTC, date, datetime

import pytest

from bot.clock import brussels, spoken, utc_now


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        pytest.param((2026, 12, 3, 18, 30), (2026, 12, 3, 17, 30), id="winter"),
        pytest.param((2026, 7, 3, 18, 30), (2026, 7, 3, 16, 30), id="summer"),
        pytest.param((2027, 10, 31, 2, 30), (2027, 10, 31, 0, 30), id="the first of two"),
        pytest.param((2027, 3, 28, 2, 30), (2027, 3, 28, 1, 30), id="the hour that is not there"),
    ],
)
def test_r15_what_clocks_in_brussels_show(
    local: tuple[int, int, int, int, int], utc: tuple[int, int, int, int, int]
) -> None:
    assert brussels(*local) == datetime(*utc, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", "do 3 dec 18:30"),
        ("fr", "jeu. 3 déc. 18:30"),
        ("de", "Do 3 Dez. 18:30"),
        ("en", "Thu 3 Dec 18:30"),
    ],
)
def test_moments_are_said_in_brussels_time(language: str, said: str) -> None:
    plain = spoken(brussels(2026, 12, 3, 18, 30), language).replace(",", "").replace("Do.", "Do")

    assert plain == said


def test_a_day_is_said_without_a_time() -> None:
    assert spoken(date(2026, 12, 3), "nl") == "do 3 dec"


def test_r15_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        spoken(datetime(2026, 12, 3, 18, 30), "nl")  # noqa: DTZ001


def test_now_is_aware() -> None:
    assert utc_now().tzinfo is UTC
