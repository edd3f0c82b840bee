"""Info sessions in a file: everything that is wrong is named with its line and field."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.clock import brussels
from bot.config.problems import WrongConfiguration
from bot.info_sessions.model import PoolKind, SeatsShown, Track
from bot.info_sessions.plan import Group, Part, Plan, PlannedPool, Question
from bot.info_sessions.plan_files import FIELDS, Wanted, read

NOW = brussels(2026, 11, 22, 5)
LANGUAGES = ("nl", "fr")
README = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")

SMALLEST = """\
sessions:
  - name: march
    title: Werken bij de politie
    date: 2027-03-20
    start: 10:00
    end: 12u30
    place: Markt 1, Aalst
    seats: 20
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "march.yaml"


def taken(file: Path, text: str) -> list[Wanted]:
    file.write_text(text, encoding="utf-8")
    return read(file, LANGUAGES, NOW)


def problems(file: Path, text: str) -> list[str]:
    with pytest.raises(WrongConfiguration) as caught:
        taken(file, text)
    return [str(problem).removeprefix(f"{file}:") for problem in caught.value.problems]


def test_the_smallest_one_gets_good_defaults(file: Path) -> None:
    (wanted,) = taken(file, SMALLEST)

    assert wanted.name == "march"
    assert wanted.plan == Plan(
        "Werken bij de politie",
        brussels(2027, 3, 20, 10),
        brussels(2027, 3, 20, 12, 30),
        "Markt 1, Aalst",
        20,
    )


def test_the_example_of_the_readme_is_taken_as_it_stands(file: Path) -> None:
    (text,) = re.findall(r"```yaml\n(common:.*?)```", README, re.DOTALL)
    morning, noon, afternoon = taken(file, text)

    assert [each.name for each in (morning, noon, afternoon)] == [
        *("march-morning", "march-noon", "march-afternoon")
    ]
    assert (morning.plan.language, noon.plan.language) == ("nl", "fr")
    assert noon.plan.title == "Travailler à la police"
    assert afternoon.plan == Plan(
        title="Werken bij de politie",
        starts_at=brussels(2027, 3, 20, 15, 30),
        ends_at=brussels(2027, 3, 20, 17, 30),
        place="Politiehuis, Sint-Jozefsplein 2, 9300 Aalst",
        seats=20,
        track=Track.BOTH,
        opens_at=brussels(2027, 2, 20, 18),
        closes_at=brussels(2027, 3, 19, 12),
        latitude=50.9376,
        longitude=4.0403,
        series="march-2027",
        party_max=2,
        seats_shown=SeatsShown.EXACT,
        head_start=timedelta(hours=48),
        bring="Je identiteitskaart.",
        accessibility="Er is een lift. Een rolstoel kan overal mee, ook op de rondleiding.",
        house_rules="Geen foto's op de rondleiding.",
        pools=(PlannedPool(PoolKind.SCHOOL, 5, brussels(2027, 3, 13, 18)),),
        parts=(Part("Welkom", 15), Part("Voorwaarden en testen", 45)),
        stops=(Part("Dispatching", 15), Part("Hondenbrigade", 15)),
        groups=(Group(10, "Inkom"), Group(10, "Garage")),
        questions=(
            Question(
                "Eet je een broodje mee?",
                "genoeg broodjes bestellen",
                date(2027, 3, 22),
                ("Ja", "Nee"),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("was", "becomes", "problem"),
    [
        pytest.param("2027-03-20", "20 maart", "4: sessions.0.date: is not a day", id="day"),
        pytest.param("2027-03-20", "2027-02-30", "4: sessions.0.date: is not a day", id="no day"),
        pytest.param("2027-03-20", "2026-03-20", "4: sessions.0.date: lies in the past", id="past"),
        pytest.param("10:00", "25:00", "5: sessions.0.start: is not a time", id="hour"),
        pytest.param("12u30", "9:00", "6: sessions.0.end: must be later", id="end before start"),
        pytest.param("march", "Maart 20", "2: sessions.0.name: may have small letters", id="name"),
        pytest.param(
            "seats: 20", "seats: zero", "8: sessions.0.seats: input should be", id="seats"
        ),
        pytest.param(
            "seats: 20", "seats: 0", "8: sessions.0.seats: there must be at least", id="none"
        ),
        pytest.param(
            "seats: 20", "seats: 9999", "8: sessions.0.seats: input should be less", id="too many"
        ),
        pytest.param(
            "    title: Werken bij de politie\n",
            "",
            "2: sessions.0.title: is missing",
            id="no title",
        ),
        pytest.param("place:", "plaats:", "7: sessions.0.plaats: is not a field", id="unknown"),
        pytest.param("Markt 1, Aalst", '" "', "7: sessions.0.place: is empty", id="nothing"),
    ],
)
def test_what_is_wrong_is_named_with_line_and_field(
    file: Path, was: str, becomes: str, problem: str
) -> None:
    assert was in SMALLEST
    found = problems(file, SMALLEST.replace(was, becomes, 1))

    assert any(problem in each for each in found), found


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("track: police", "9: sessions.0.track: input should be"),
        ("language: de", "9: sessions.0.language: is not a language of the zone: nl, fr"),
        ("pin: [50.9]", "9: sessions.0.pin"),
        ("pin: [500.9, 4.03]", "9: sessions.0.pin: is not a place on the globe"),
        ("pools: [{for: general, seats: 5}]", "9: sessions.0.pools: each kind stands there once"),
        ("pools: [{for: press, seats: 5}]", "9: sessions.0.pools.0.for"),
        ("pools: [{for: school, seats: 5, release: vrijdag}]", "sessions.0.pools.0.release: is no"),
        ("opens: 2027-03-20 11:00", "9: sessions.0.opens: must not be later than the close"),
        ("closes: 2027-03-20 10:30", "9: sessions.0.closes: must lie in the future"),
        ("opens: gisteren", "9: sessions.0.opens: is not a moment such as"),
        ("waiting_list: misschien", "9: sessions.0.waiting_list"),
        ("party_max: 31", "9: sessions.0.party_max"),
        ("seats_shown: ongeveer", "9: sessions.0.seats_shown"),
        ("kept_days: 31", "9: sessions.0.kept_days"),
        ("head_start_hours: 400", "9: sessions.0.head_start_hours"),
        ("series: De Maartreeks", "9: sessions.0.series"),
        ("programme: [{title: Welkom}]", "sessions.0.programme.0"),
        ("programme: [{title: Welkom, minutes: 0}]", "sessions.0.programme.0.minutes"),
        ("groups: [{size: 0, meeting_point: Inkom}]", "sessions.0.groups.0.size"),
        ("bring: " + "x" * 501, "9: sessions.0.bring"),
        ("questions: [{text: Kom je met de auto?}]", "sessions.0.questions.0"),
    ],
)
def test_each_field_is_looked_at(file: Path, line: str, problem: str) -> None:
    found = problems(file, f"{SMALLEST}    {line}\n")

    assert any(problem in each for each in found), found


@pytest.mark.parametrize("missing", ["purpose", "delete_on"])
def test_s15_a_question_without_purpose_or_delete_date_is_refused(file: Path, missing: str) -> None:
    fields = {"text": "Rolstoel?", "purpose": "een plaats vooraan", "delete_on": "2027-03-22"}
    del fields[missing]
    said = "".join(f"        {field}: {value}\n" for field, value in fields.items())
    found = problems(file, f"{SMALLEST}    questions:\n      -\n{said}")

    assert found == [f"11: sessions.0.questions.0.{missing}: is missing"]


def test_s15_answers_are_not_kept_for_longer_than_anything_else(file: Path) -> None:
    question = "{text: Rolstoel?, purpose: plaats, delete_on: 2027-06-01}"
    found = problems(file, f"{SMALLEST}    questions: [{question}]\n")

    why = "delete_on must be the day of the session, or at most 30 days later"
    assert found == [f"9: sessions.0.questions: {why}"]


def test_everything_is_said_at_once_and_the_common_part_once(file: Path) -> None:
    text = """\
common:
  title: Werken
  place: Markt
  seats: veel
  date: 2027-03-20
sessions:
  - {name: one, start: 10:00, end: 12:00}
  - {name: two, start: 13, end: 15:00}
stray: 1
"""
    found = problems(file, text)

    assert [each.partition(": ")[0] for each in found] == ["4", "8", "9"]
    assert [each.split(": ")[1] for each in found] == ["common.seats", "sessions.1.start", "stray"]


@pytest.mark.parametrize(
    ("second", "problem"),
    [
        pytest.param("{name: one, start: 14:00, end: 15:00}", "'one' stands here twice", id="name"),
        pytest.param(
            "{name: two, start: 11:00, end: 13:00}", "is at the same time as 'one'", id="room"
        ),
        pytest.param(
            "{name: two, start: 11:00, end: 13:00, room: Zaal 2, series: day}",
            "is at the same time as 'one'",
            id="series",
        ),
    ],
)
def test_two_that_cannot_be_together(file: Path, second: str, problem: str) -> None:
    text = f"""\
common: {{title: W, place: Markt, seats: 5, date: 2027-03-20, room: Zaal 1}}
sessions:
  - {{name: one, start: 10:00, end: 12:00, series: day}}
  - {second}
"""
    (found,) = problems(file, text)

    assert found.startswith("4: sessions.1.")
    assert problem in found


@pytest.mark.parametrize(
    "text", ["", "sessions:\n", "sessions: []\n", "- name: x\n", "sessions: {a: 1}\n", "a: [", "\0"]
)
def test_what_is_no_such_file_is_refused(file: Path, text: str) -> None:
    assert len(problems(file, text)) == 1


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongConfiguration, match="cannot be read"):
        read(tmp_path / "nowhere.yaml", LANGUAGES, NOW)


def test_every_field_the_plan_may_find_wrong_alone_has_its_words() -> None:
    """What is not in `FIELDS` is found before, with better words."""
    one = Plan("", NOW, NOW, "", 0, room="", bring="x" * 999, party_max=0, kept_days=0)

    assert set(one.problems(NOW)) - set(FIELDS) == {
        *("title", "place", "room", "party_max", "kept_days", "bring")
    }
