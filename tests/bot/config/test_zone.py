from datetime import datetime
from pathlib import Path

import pytest

from bot.clock import brussels
from bot.config import Problem, WrongConfiguration, Zone, load_zone

HOURS = {
    "monday": ["09:00-12:00", "13:00-16:30"],
    "friday": ["09:00-12:00"],
    "saturday": [],
}


def problems_of(path: Path, text: str) -> list[Problem]:
    path.write_text(text)
    with pytest.raises(WrongConfiguration) as refused:
        load_zone(path)
    return [problem for problem in refused.value.problems if isinstance(problem, Problem)]


def a_zone(**fields: object) -> Zone:
    return Zone.model_validate({"name": "Lokale Politie Voorbeeld", **fields})


def test_example_zone_marks_what_is_to_be_filled_in() -> None:
    zone = load_zone()

    assert zone.name == "Lokale Politie Aalst"
    assert zone.number == 5440
    assert zone.languages == ("nl", "fr", "de", "en")
    assert zone.filled("page") == "https://www.politie.be/5440/over-ons/werken-bij-de-politie"
    assert zone.unfilled == [
        *("contact.phone", "contact.mail", "contact.desk", "controller", "dpo"),
        *("links.sessions_page", "links.appointment_page", "opening_hours"),
    ]


def test_what_is_unfilled_is_never_handed_out() -> None:
    zone = load_zone()

    names = ("phone", "mail", "desk", "dpo", "controller", "sessions_page", "appointment_page")
    assert [zone.filled(name) for name in names] == [None] * len(names)
    assert "FILL IN" not in repr(zone)
    with pytest.raises(KeyError):
        zone.filled("fax")


def test_filled_zone() -> None:
    zone = a_zone(
        contact={
            "phone": "053 73 27 27",
            "mail": "jobs@politie.example",
            "page": "https://politie.example/jobs",
            "desk": "Straat 1, 9300 Aalst",
        },
        controller="Politiezone",
        dpo="dpo@politie.example",
        links={
            "sessions_page": "https://politie.example/sessies",
            "appointment_page": "https://politie.example/afspraak",
        },
        opening_hours=HOURS,
        routes={"complaint": {"mail": "klachten@politie.example"}},
    )

    assert zone.unfilled == []
    assert zone.filled("desk") == "Straat 1, 9300 Aalst"
    assert zone.routes["complaint"].mail == "klachten@politie.example"


def test_s8_materials_are_called_by_language() -> None:
    page = "https://politie.example/presentatie"
    zone = a_zone(materials=[{"page": page, "title": {"nl": " De presentatie ", "fr": "Exposé"}}])

    (material,) = zone.materials
    assert material.page == page
    assert [material.called(language) for language in ("fr", "nl", "de")] == [
        *("Exposé", "De presentatie", "De presentatie")
    ]
    assert load_zone().materials == ()


@pytest.mark.parametrize(
    ("material", "message"),
    [
        pytest.param("{page: 'http://x.be', title: {nl: x}}", "https://", id="no https"),
        pytest.param("{title: {nl: x}}", "is missing", id="no page"),
        pytest.param("{page: 'https://x.be', title: {}}", "at least 1", id="no title"),
        pytest.param("{page: 'https://x.be', title: {nl: ' '}}", "words", id="an empty title"),
        pytest.param("{page: 'https://x.be', title: {Dutch: x}}", "language", id="no code"),
    ],
)
def test_s8_wrong_materials_are_named(tmp_path: Path, material: str, message: str) -> None:
    found = problems_of(tmp_path / "zone.yaml", f"name: Zone\nmaterials:\n  - {material}\n")

    assert [problem for problem in found if message in str(problem) and ":3: " in str(problem)]


def test_o5_every_problem_with_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "zone.yaml"

    problems = problems_of(
        file,
        "number: 12\n"
        "languages: [nl, Nederlands, nl]\n"
        "contact:\n"
        "  phone: veel\n"
        "  mail: jobs at politie\n"
        "  page: http://politie.example\n"
        "  fax: 1\n"
        "opening_hours:\n"
        "  maandag: ['09:00-12:00']\n"
        "  tuesday: ['9-12', '12:00-09:00']\n"
        "closing_days:\n"
        "  - 2026-12-24\n"
        "  - 2026-02-30\n"
        "routes:\n"
        "  parking: {phone: '101'}\n",
    )

    assert {problem.file for problem in problems} == {str(file)}
    assert sorted((problem.line, problem.field) for problem in problems) == [
        (1, "name"),
        (1, "number"),
        (2, "languages"),
        (4, "contact.phone"),
        (5, "contact.mail"),
        (6, "contact.page"),
        (7, "contact.fax"),
        (9, "opening_hours.maandag"),
        (10, "opening_hours.tuesday.0"),
        (10, "opening_hours.tuesday.1"),
        (13, "closing_days.1"),
        (15, "routes.parking"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("name: a\nname: b\n", "twice", id="the same field twice"),
        pytest.param("name: *x\n", "alias", id="an alias"),
        pytest.param("- name\n", "field", id="a list"),
        pytest.param("name: [\n", "expected", id="not closed"),
    ],
)
def test_file_that_cannot_be_read(tmp_path: Path, text: str, message: str) -> None:
    (problem,) = problems_of(tmp_path / "zone.yaml", text)

    assert message in problem.message


def test_file_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(WrongConfiguration, match="cannot be read"):
        load_zone(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        pytest.param(brussels(2026, 11, 23, 9, 0), True, id="when the doors open"),
        pytest.param(brussels(2026, 11, 23, 8, 59), False, id="a minute before"),
        pytest.param(brussels(2026, 11, 23, 12, 0), False, id="when the doors close"),
        pytest.param(brussels(2026, 11, 23, 14, 0), True, id="the second period"),
        pytest.param(brussels(2026, 11, 24, 10, 0), False, id="a day without hours"),
        pytest.param(brussels(2026, 5, 25, 10, 0), False, id="Whit Monday, a public holiday"),
        pytest.param(brussels(2026, 12, 28, 10, 0), False, id="a closing day of the zone"),
        pytest.param(brussels(2026, 7, 20, 9, 30), True, id="in summer time"),
    ],
)
def test_open_at(moment: datetime, is_open: bool) -> None:
    zone = a_zone(opening_hours=HOURS, closing_days=["2026-12-24 to 2027-01-03"])

    assert zone.open_at(moment) is is_open


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        pytest.param(
            brussels(2026, 11, 21, 10), brussels(2026, 11, 23, 9), id="Saturday to Monday"
        ),
        pytest.param(
            brussels(2026, 11, 23, 9), brussels(2026, 11, 23, 13), id="open now: the next one"
        ),
        pytest.param(
            brussels(2026, 5, 22, 15), brussels(2026, 5, 29, 9), id="over a public holiday"
        ),
        pytest.param(
            brussels(2026, 12, 21, 17), brussels(2027, 1, 4, 9), id="over the closing days"
        ),
        pytest.param(
            brussels(2026, 3, 27, 13), brussels(2026, 3, 30, 9), id="over the change of the clock"
        ),
    ],
)
def test_next_opening(moment: datetime, opening: datetime) -> None:
    zone = a_zone(opening_hours=HOURS, closing_days=["2026-12-24 to 2027-01-03"])

    found = zone.next_opening(moment)

    assert found == opening
    assert found is not None
    assert str(found.tzinfo) == "UTC"


def test_without_hours_it_is_never_open() -> None:
    zone = load_zone()

    assert zone.open_at(brussels(2026, 11, 23, 10)) is False
    assert zone.next_opening(brussels(2026, 11, 23, 10)) is None
