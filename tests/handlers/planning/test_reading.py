"""What coordinators type on a phone, as they type it."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import brussels
from bot.info_sessions.plan import Question
from handlers.planning_reading import (
    Missing,
    counted_lines,
    day_with_spans,
    moment_in,
    number_in,
    one_line,
    pin_in,
    question_in,
    seats_until,
    several_lines,
    span_in,
)

TODAY = date(2026, 11, 21)
DAY = date(2026, 12, 12)
MORNING = (time(10), time(12))


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        pytest.param("12/12 10u-12u", [MORNING], id="Dutch, short"),
        pytest.param("12/12 10-12u", [MORNING], id="one sign for both"),
        pytest.param("12/12 10 - 12", [MORNING], id="no sign at all"),
        pytest.param("12-12 10u-12u", [MORNING], id="a day with a dash"),
        pytest.param("12-12-2026 van 10 tot 12 uur", [MORNING], id="a year with dashes"),
        pytest.param("zaterdag 12 december van 10u tot 12u", [MORNING], id="in words"),
        pytest.param("12.12. 10.00-12.00 Uhr", [MORNING], id="German"),
        pytest.param("am 12. Dezember von 10 bis 12 Uhr", [MORNING], id="German, in words"),
        pytest.param("le 12 décembre de 10h à 12h", [MORNING], id="French"),
        pytest.param("12 décembre, entre 10h et 12h", [MORNING], id="French, between"),
        pytest.param("12 December 10am-12pm", [MORNING], id="English"),
        pytest.param("12/12 2-4pm", [(time(14), time(16))], id="English afternoon"),
        pytest.param("12/12 14h30–16h15", [(time(14, 30), time(16, 15))], id="minutes"),
        pytest.param("10u-12u 12/12", [MORNING], id="the other way round"),
        pytest.param("12/12 10u", [MORNING], id="only a start: two hours"),
        pytest.param("12/12 10:00", [MORNING], id="only a start, with a colon"),
        pytest.param(
            "12/12 9u-11u, 11u30-13u30 en 14u-16u",
            [(time(9), time(11)), (time(11, 30), time(13, 30)), (time(14), time(16))],
            id="three on one day",
        ),
        pytest.param(
            "12/12\n9:00-11:00\n14:00-16:00",
            [(time(9), time(11)), (time(14), time(16))],
            id="on lines",
        ),
    ],
)
def test_a_day_and_its_hours(text: str, spans: list[tuple[time, time]]) -> None:
    assert day_with_spans(text, TODAY) == (DAY, spans)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("12/12", id="no hours"),
        pytest.param("10u-12u", id="no day"),
        pytest.param("12/12 12u-10u", id="ends before it starts"),
        pytest.param("12/12 10u en 14u", id="two starts"),
        pytest.param("12/12/9999 10u-12u", id="in another age"),
        pytest.param("12/12/0001 10u-12u", id="long ago"),
        pytest.param("31/2 10u-12u", id="no such day"),
        pytest.param("12/12 25u-26u", id="no such hour"),
        pytest.param("12/12 en 13/12 10u-12u", id="two days"),
        pytest.param("3/12 - 10/12", id="days only"),
        pytest.param("3.12 - 10.12", id="German days only"),
        pytest.param("zaterdag", id="no number"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_is_no_day_with_hours(text: str) -> None:
    assert day_with_spans(text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("10u-12u", MORNING),
        ("10-12", MORNING),
        ("van 10:00 tot 12:00", MORNING),
        ("10h", MORNING),
        ("10u-12u, 14u-16u", None),
        ("23u", None),
        ("x", None),
    ],
)
def test_hours_alone(text: str, span: tuple[time, time] | None) -> None:
    assert span_in(text) == span


def test_a_moment_has_its_hour_or_the_usual_one() -> None:
    assert moment_in("5/12 18u", TODAY, time(9)) == brussels(2026, 12, 5, 18)
    assert moment_in("le 5 décembre", TODAY, time(9)) == brussels(2026, 12, 5, 9)
    assert moment_in("18u", TODAY, time(9)) is None
    assert moment_in("5/12 18u 19u", TODAY, time(9)) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("20", 20), ("20 plaatsen", 20), ("+- 20!", 20), ("20 of 30", None), ("veel", None)],
)
def test_one_number(text: str, number: int | None) -> None:
    assert number_in(text) == number


def test_seats_set_apart_until_a_day() -> None:
    released = brussels(2026, 12, 5, 18)

    assert seats_until("10", TODAY) == (10, None)
    assert seats_until("10 plaatsen tot 5/12", TODAY) == (10, released)
    assert seats_until("10, jusqu'au 5 décembre 18h", TODAY) == (10, released)
    assert seats_until("5/12", TODAY) is None
    assert seats_until("10 tot 31/2", TODAY) is None


@pytest.mark.parametrize(
    "line",
    [
        "Voorwaarden 40",
        "Voorwaarden 40 min",
        "Voorwaarden (40 minuten)",
        "Voorwaarden: 40'",
        "- Voorwaarden, 40",
        "40 Voorwaarden",
        "40 min – Voorwaarden",
    ],
)
def test_a_line_with_a_number(line: str) -> None:
    assert counted_lines(line) == [("Voorwaarden", 40)]


def test_lines_keep_their_order_and_the_wrong_one_is_named() -> None:
    assert counted_lines("A 1\n\nB 2") == [("A", 1), ("B", 2)]
    assert counted_lines("A 1\nB\nC 3") == "B"
    assert counted_lines("12") == "12"


@pytest.mark.parametrize(
    "text",
    [
        "50.938, 4.039",
        "50.938 4.039",
        "50,938; 4,039",
        "4.039, 50.938",
        "https://www.google.com/maps/place/Politie/@50.938,4.039,17z/data=x",
        "https://www.google.com/maps?q=50.938,4.039",
        "https://www.google.be/maps/x/@50.1,4.1,17z/data=!3d50.938!4d4.039",
        "https://www.openstreetmap.org/?mlat=50.938&mlon=4.039#map=17/50.1/4.1",
        "https://www.openstreetmap.org/#map=17/50.938/4.039",
        "https://maps.apple.com/?ll=50.938,4.039",
        "geo:50.938,4.039",
    ],
)
def test_a_place_on_the_map(text: str) -> None:
    assert pin_in(text) == (50.938, 4.039)


@pytest.mark.parametrize("text", ["https://maps.app.goo.gl/x", "Markt 1", "91.00, 4.03", "50"])
def test_no_place_on_the_map(text: str) -> None:
    assert pin_in(text) is None


def test_s15_a_question_has_a_purpose_and_a_last_day() -> None:
    asked = "Kom je met een rolstoel?\nDe zaal klaarzetten\n20/12\nja, nee"

    assert question_in(asked, TODAY) == Question(
        "Kom je met een rolstoel?", "De zaal klaarzetten", date(2026, 12, 20), ("ja", "nee")
    )
    assert question_in("Wat wil je weten?\nDe uitleg kiezen\n20 december", TODAY) == Question(
        "Wat wil je weten?", "De uitleg kiezen", date(2026, 12, 20)
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Kom je met een rolstoel?", "purpose"),
        ("Kom je met een rolstoel?\n20/12", "purpose"),
        ("Kom je met een rolstoel?\nDe zaal klaarzetten", "date"),
        ("Kom je met een rolstoel?\nDe zaal klaarzetten\n31/2", "date"),
    ],
)
def test_s15_what_a_question_lacks_is_named(text: str, what: str) -> None:
    assert question_in(text, TODAY) == Missing(what)


def test_what_cannot_be_seen_is_left_out() -> None:
    assert one_line("Zaal\u202e 1\n\x00 (links)") == "Zaal 1 (links)"
    assert several_lines("a \u200b\n\n b") == "a\nb"


@given(st.text())
def test_nothing_typed_breaks_the_reading(text: str) -> None:
    day_with_spans(text, TODAY)
    span_in(text)
    moment_in(text, TODAY, time(9))
    number_in(text)
    seats_until(text, TODAY)
    counted_lines(text)
    pin_in(text)
    question_in(text, TODAY)
