"""Calendar entries, read by another library than the one that writes them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import vobject

from bot.clock import BRUSSELS, brussels
from bot.files.calendar import Entry, file_of

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
STARTS = brussels(2026, 12, 12, 10)


def an_entry(**fields: Any) -> Entry:
    return Entry(
        **{
            "uid": "4f6e",
            "sequence": 0,
            "title": "Werken bij de politie",
            "starts_at": STARTS,
            "ends_at": STARTS + timedelta(hours=2),
            "place": "Markt 1, Aalst",
            **fields,
        }
    )


def read(entry: Entry) -> Any:
    return vobject.readOne(file_of(entry, NOW).decode())


def test_s10_a_change_is_a_newer_version_of_the_same_entry() -> None:
    first, second = read(an_entry()), read(an_entry(sequence=1, place="Molenstraat 2, Aalst"))

    assert first.vevent.uid.value == second.vevent.uid.value == "4f6e@contactpunt"
    assert [each.vevent.sequence.value for each in (first, second)] == ["0", "1"]
    assert [each.method.value for each in (first, second)] == ["PUBLISH", "PUBLISH"]
    assert second.vevent.location.value == "Molenstraat 2, Aalst"


def test_s10_a_cancelled_one_takes_itself_off() -> None:
    found = read(an_entry(sequence=2, cancelled=True))

    assert found.method.value == "CANCEL"
    assert found.vevent.status.value == "CANCELLED"
    assert found.vevent.sequence.value == "2"


@pytest.mark.parametrize(
    "starts_at",
    [
        pytest.param(brussels(2026, 12, 12, 10), id="winter"),
        pytest.param(brussels(2027, 6, 5, 18, 30), id="summer"),
        pytest.param(brussels(2027, 3, 28, 14), id="the day in March on which clocks change"),
        pytest.param(brussels(2027, 3, 27, 23), id="the evening before"),
        pytest.param(brussels(2027, 10, 31, 10), id="the day in October on which clocks change"),
        pytest.param(brussels(2035, 7, 1, 9), id="in years"),
    ],
)
def test_the_hour_is_that_of_brussels_by_the_rules_in_the_file(starts_at: datetime) -> None:
    """vobject knows the zone only from what the file says of it."""
    found = read(an_entry(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2)))

    start = found.vevent.dtstart.value
    assert start.astimezone(UTC) == starts_at
    assert start.replace(tzinfo=None) == starts_at.astimezone(BRUSSELS).replace(tzinfo=None)
    assert found.vevent.dtend.value.astimezone(UTC) == starts_at + timedelta(hours=2)
    assert found.vtimezone.tzid.value == "Europe/Brussels"
    text = file_of(an_entry(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2)), NOW)
    local = starts_at.astimezone(BRUSSELS)
    assert f"DTSTART;TZID=Europe/Brussels:{local:%Y%m%dT%H%M%S}".encode() in text


def test_signs_that_mean_something_in_the_format_arrive_as_they_were() -> None:
    title = "Vragen; antwoorden, en «meer» \\ 100% ça va\x00\x07"
    found = read(an_entry(title=title, description="Breng mee:\r\n- pen\n- BEGIN:VEVENT"))

    assert found.vevent.summary.value == "Vragen; antwoorden, en «meer» \\ 100% ça va"
    assert found.vevent.description.value == "Breng mee:\n- pen\n- BEGIN:VEVENT"
    assert len(found.vevent_list) == 1


def test_long_lines_are_folded() -> None:
    text = file_of(an_entry(description="é" * 500), NOW)

    assert max(map(len, text.split(b"\r\n"))) <= 75


def test_the_pin_and_the_zone_are_there_when_known() -> None:
    plain = file_of(an_entry(mail="jobs@politie.example"), NOW).decode()
    found = read(
        an_entry(
            latitude=50.93,
            longitude=4.03,
            organiser="Politie Aalst",
            mail="jobs@politie.example",
            url="https://www.politie.be/5440",
        )
    )

    assert "ORGANIZER" not in plain
    assert found.vevent.geo.value == "50.93;4.03"
    assert found.vevent.organizer.value == "mailto:jobs@politie.example"
    assert found.vevent.url.value == "https://www.politie.be/5440"
    assert found.vevent.dtstamp.value == NOW


def test_nobody_who_goes_there_stands_in_it() -> None:
    text = file_of(an_entry(), NOW).decode()

    assert "ATTENDEE" not in text
