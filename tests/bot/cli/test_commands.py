"""Commands that need no running process."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import app
from tests.support.index import put_index

TOKEN = "123456:" + "A" * 35


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("CONTACTPUNT_DATA", str(folder))
    monkeypatch.setenv("CONTACTPUNT_BOT_TOKEN", TOKEN)
    return folder


def contactpunt(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def test_o5_check_is_content_with_the_shipped_installation(data: Path) -> None:
    result = contactpunt("check")

    lines = result.stdout.splitlines()
    assert [line for line in lines[:-1] if not line.startswith("warning: ")] == []
    assert lines[-1].startswith("0 problems, ")
    assert result.exit_code == 0
    assert "warning: the example zone: contact.phone: still to be filled in" in lines


def test_o5_check_names_everything_at_once(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTACTPUNT_BOT_TOKEN", "wrong")
    monkeypatch.setenv("CONTACTPUNT_HTTP_LISTEN", "wrong")
    monkeypatch.setenv("CONTACTPUNT_TOKN", "x")
    zone = write(
        tmp_path / "zone.yaml",
        "name: Zone\nopening_hours: {monday: [late]}\ntexts:\n  menu.nothing_like_it:\n    nl: x\n",
    )
    monkeypatch.setenv("CONTACTPUNT_ZONE", str(zone))
    texts = write(data / "texts" / "nl" / "menu.yaml", '\nmenu.title: "<h1>"\n')
    twice = write(data / "texts" / "fr" / "menu.yaml", 'menu.title: "a"\nmenu.title: "b"\n')
    entry = write(data / "faq" / "content" / "own.yaml", "- id: own\n  topic: nowhere\n")

    result = contactpunt("check")

    for place in (
        "CONTACTPUNT_BOT_TOKEN: ",
        "CONTACTPUNT_HTTP_LISTEN: ",
        f"{zone}:2: opening_hours.monday.0: ",
        f"{texts}:2: menu.title: ",
        f"{twice}:2: ",
        f"{entry}:",
        "warning: CONTACTPUNT_TOKN: ",
    ):
        assert any(line.startswith(place) for line in result.stdout.splitlines()), place
    assert result.exit_code == 1


def test_o5_own_wording_of_the_zone_is_checked_too(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone = write(tmp_path / "zone.yaml", "name: Zone\ntexts:\n  menu.nothing_like_it:\n    nl: x\n")
    monkeypatch.setenv("CONTACTPUNT_ZONE", str(zone))

    result = contactpunt("check", "--quiet")

    assert f"{zone}:4: texts.menu.nothing_like_it.nl: is not a sentence" in result.stdout
    assert result.exit_code == 1


def test_check_without_a_token(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONTACTPUNT_BOT_TOKEN")

    result = contactpunt("check", "--quiet")

    assert result.stdout.startswith("CONTACTPUNT_BOT_TOKEN: is missing")
    assert result.exit_code == 1


def test_run_without_a_token(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONTACTPUNT_BOT_TOKEN")

    result = contactpunt("run")

    assert result.stderr.startswith("CONTACTPUNT_BOT_TOKEN: is missing")
    assert result.exit_code == 3


def test_ask_explains(data: Path) -> None:
    put_index(data)

    result = contactpunt("ask", "Hoe oud moet ik zijn?", "--lang", "nl", "--explain")

    assert result.stdout.splitlines()[0] == "sure"
    assert "minimum-age" in result.stdout
    for fact in ("compared as", "nearest phrasing", "score", "runner-up", "thresholds"):
        assert fact in result.stdout
    assert result.exit_code == 0


def test_ask_names_the_route(data: Path) -> None:
    put_index(data)

    result = contactpunt("ask", "er is een inbreker in mijn huis")

    assert result.stdout.splitlines()[0] == "route: emergency"


def test_unanswered_of_a_new_installation(data: Path) -> None:
    put_index(data)

    result = contactpunt("unanswered")

    assert result.stdout == "# Nothing was left unanswered in the last 90 days.\n"


def test_backup_and_restore(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTACTPUNT_BACKUP_KEY", "a-key-that-nobody-guesses")
    assert contactpunt("db", "upgrade").stdout == "The database was brought up to date.\n"
    assert contactpunt("db", "upgrade").stdout == "It is up to date.\n"

    made = Path(contactpunt("backup", str(tmp_path / "elsewhere")).stdout.strip())
    restored = contactpunt("restore", str(made))
    monkeypatch.setenv("CONTACTPUNT_BACKUP_KEY", "another-key-nobody-guesses")
    refused = contactpunt("restore", str(made))

    assert made.parent == tmp_path / "elsewhere"
    assert restored.exit_code == 0
    assert refused.stderr.startswith("Nothing was restored: ")
    assert refused.exit_code == 1


def test_backup_without_a_database(data: Path) -> None:
    result = contactpunt("backup")

    assert "No backup was made: there is no database to copy." in result.stderr
    assert result.exit_code == 1


def test_inventory_names_every_table() -> None:
    result = contactpunt("privacy", "inventory")

    for table in ("people", "inbox", "outbox", "dialogues", "unanswered", "feedback", "pressed"):
        assert f" {table} " in result.stdout


def test_f6_check_warns_of_what_expires(data: Path) -> None:
    soon = (datetime.now(UTC) + timedelta(days=5)).date()
    entry = write(
        data / "faq" / "content" / "own.yaml", f"- id: minimum-age\n  valid_until: {soon}\n"
    )

    result = contactpunt("check")

    (line,) = [line for line in result.stdout.splitlines() if "is hidden after" in line]
    assert line.startswith(f"warning: {entry}:2: minimum-age.valid_until: ")
