"""`contactpunt faq site`: the answers of this installation as web pages."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import app


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    (folder / "faq" / "content").mkdir(parents=True)
    monkeypatch.setenv("CONTACTPUNT_DATA", str(folder))
    monkeypatch.delenv("CONTACTPUNT_BOT_TOKEN", raising=False)
    return folder


def site(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["faq", "site", *arguments])


def test_f12_the_pages_hold_what_the_zone_changed_and_need_no_token(
    data: Path, tmp_path: Path
) -> None:
    own = "- id: minimum-age\n  languages:\n    nl: {question: Vanaf welke leeftijd juist?}\n"
    (data / "faq" / "content" / "own.yaml").write_text(own)

    result = site(str(tmp_path / "www" / "faq"), "--bot", "@PolitieVoorbeeldBot")

    assert result.exit_code == 0, result.output
    page = (tmp_path / "www" / "faq" / "index.html").read_text()
    assert "Vanaf welke leeftijd juist?" in page
    assert "https://t.me/PolitieVoorbeeldBot?start=faq_minimum-age" in page


def test_f12_broken_content_writes_nothing(data: Path, tmp_path: Path) -> None:
    (data / "faq" / "content" / "own.yaml").write_text("- id: own\n  topic: nowhere\n")

    result = site(str(tmp_path / "www"))

    assert result.exit_code != 0
    assert "own.yaml:" in result.output
    assert not (tmp_path / "www").exists()


@pytest.mark.parametrize("bot", ["x", 'evil" onclick="x', "https://t.me/x", "a b"])
def test_f12_what_is_no_name_of_a_bot_is_refused(data: Path, tmp_path: Path, bot: str) -> None:
    result = site(str(tmp_path / "www"), "--bot", bot)

    assert result.exit_code == 1
    assert "is not a name of a bot" in result.output


def test_f12_a_folder_that_cannot_be_made_is_said_in_a_sentence(data: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    result = site(str(tmp_path / "file" / "www"))

    assert result.exit_code == 1
    assert "could not be written" in result.output
