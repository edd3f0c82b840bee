"""Commands about info sessions: a dry run first, then drafts, then published."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import app
from bot.exits import Exit

FILE = """\
common: {title: Werken bij de politie, place: "Markt 1, Aalst", seats: 20, date: 2099-03-20}
sessions:
  - {name: morning, start: 10:00, end: 12:00, bring: Je identiteitskaart}
  - {name: afternoon, start: 14:00, end: 16:00, pools: [{for: school, seats: 5}]}
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONTACTPUNT_DATA", str(tmp_path / "data"))
    written = tmp_path / "march.yaml"
    written.write_text(FILE)
    return written


def sessions(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["sessions", *map(str, arguments)])


def test_a_dry_run_shows_exactly_what_would_be_made(file: Path) -> None:
    shown = sessions("import", file)
    nothing = sessions("list")

    assert shown.stdout == (
        "morning: would be made as a draft\n"
        "    title: Werken bij de politie\n"
        "    when: Fri 2099-03-20 10:00 to Fri 2099-03-20 12:00\n"
        "    place: Markt 1, Aalst\n"
        "    for: both, in nl\n"
        "    seats: 20 for everybody\n"
        "    signing up: from as soon as it is published until Fri 2099-03-20 09:00\n"
        "    rules: with a waiting list, at most 1 together, free seats shown: exact,"
        " head start 48 h, names kept 30 days\n"
        "    bring: Je identiteitskaart\n"
        "afternoon: would be made as a draft\n"
        "    title: Werken bij de politie\n"
        "    when: Fri 2099-03-20 14:00 to Fri 2099-03-20 16:00\n"
        "    place: Markt 1, Aalst\n"
        "    for: both, in nl\n"
        "    seats: 20 for everybody, 5 for school\n"
        "    signing up: from as soon as it is published until Fri 2099-03-20 13:00\n"
        "    rules: with a waiting list, at most 1 together, free seats shown: exact,"
        " head start 48 h, names kept 30 days\n"
        "Nothing was changed: --go makes the drafts, --publish publishes them too.\n"
    )
    assert nothing.exit_code == 1
    assert nothing.stderr == ("No info session is planned: contactpunt sessions import FILE.yaml\n")


def test_drafts_then_published_each_once(file: Path) -> None:
    made, again = sessions("import", file, "--go"), sessions("import", file, "--go")
    published = sessions("import", file, "--publish")
    foretold, listed = sessions("import", file), sessions("list")

    assert made.stdout == (
        "morning: was made (number 1)\n"
        "afternoon: was made (number 2)\n"
        "Candidates do not see drafts: --publish publishes them, or do it in chat.\n"
    )
    assert again.stdout.startswith(
        "morning: was there already (draft, number 1, Fri 2099-03-20 10:00) and stays as it is\n"
    )
    assert published.stdout == (
        "morning: was a draft and is published (number 1)\n"
        "afternoon: was a draft and is published (number 2)\n"
        "0 members of the interest list are told.\n"
    )
    assert (
        "morning: is there already (published, number 1, Fri 2099-03-20 10:00) and would stay"
        in foretold.stdout
    )
    lines = [line.split() for line in listed.stdout.splitlines()]
    assert [(line[0], line[1], line[-1]) for line in lines[1:]] == [
        ("1", "published", "morning"),
        ("2", "published", "afternoon"),
    ]
    assert "0/25" in listed.stdout


def test_what_is_wrong_is_said_with_file_line_and_field_and_nothing_is_made(file: Path) -> None:
    file.write_text(FILE.replace("14:00", "vier uur").replace("seats: 20", "seats: -1"))
    for how in ((), ("--go",), ("--publish",)):
        refused = sessions("import", file, *how)

        assert refused.exit_code == Exit.WRONG_CONFIGURATION
        assert refused.stdout == ""
        assert refused.stderr == (
            f"{file}:1: common.seats: input should be greater than or equal to 0\n"
            f"{file}:4: sessions.1.start: is not a time such as 10:00\n"
        )
    assert sessions("list").exit_code == 1
