"""`contactpunt unanswered`: questions that nobody answered get their entry."""

import re
import sqlite3
from pathlib import Path
from typing import NoReturn

import pytest

from bot import learning
from faq import loader
from faq.case import Case
from tests.bot.cli.test_commands import contactpunt, data
from tests.conversations.conftest import SMALL

__all__ = ["data"]

ASKED = "krijg ge veel ballekes op uw rekening als flik"
ENTRY = "pay"


@pytest.fixture
def kept(data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with the same question three times, and another one; few answers and cases."""
    shipped = loader.load
    monkeypatch.setattr(loader, "load", lambda overlay=None: shipped(SMALL, overlay))
    contactpunt("db", "upgrade")
    with sqlite3.connect(data / "contactpunt.sqlite") as database:
        for text in (ASKED, f"{ASKED.capitalize()}?", ASKED, "is er een kantine met soep"):
            database.execute(
                "INSERT INTO unanswered (text, language, best, asked_on)"
                " VALUES (?, 'nl', 'pay', date('now'))",
                [text],
            )
    monkeypatch.setattr(learning, "from_folder", lambda: CASES)
    return data


CASES = [Case("hoeveel verdien ik als inspecteur", "nl", "pay"), Case("dansles", "nl", "")]


def listed() -> dict[str, str]:
    """The number of each text in the list."""
    said = contactpunt("unanswered").stdout
    return dict(re.findall(r'- "(.*)"  # (\d+)', said))


def test_a_question_is_taken_in_by_its_number_and_taken_back(kept: Path) -> None:
    numbers = listed()

    taken = contactpunt("unanswered", "accept", numbers[ASKED], ENTRY, "--yes")
    left = listed()
    answered = contactpunt("ask", ASKED.upper())
    undone = contactpunt("unanswered", "undo")
    again = listed()

    assert numbers[ASKED] == "1"
    assert taken.exit_code == 0, taken.output
    assert "0 cases that would go wrong" in taken.stdout
    assert list(left) == ["is er een kantine met soep"]
    assert answered.stdout.splitlines()[0] == "sure"
    assert answered.stdout.splitlines()[2].split()[:3] == ["1", "1.000", ENTRY]
    assert undone.stdout.startswith(f"Taken back: {ASKED!r}")
    assert set(again) == {ASKED, "is er een kantine met soep"}
    assert contactpunt("unanswered").stdout.count(", 3 x") == 1
    assert contactpunt("unanswered", "undo").exit_code == 1
    assert contactpunt("ask", ASKED).stdout.splitlines()[0] != "sure"


def test_taken_in_stands_beside_the_shipped_phrasings(kept: Path) -> None:
    contactpunt("unanswered", "accept", ASKED, ENTRY, "--yes")
    contactpunt("unanswered", "accept", 'soep in de "refter" [naam]', ENTRY, "--yes")

    first, second = learning.learned_in(kept / "faq" / "learned.yaml")
    made = loader.load(overlay=kept / "faq")

    assert (first.phrasing, first.asked, first.id) == (ASKED, 3, "1")
    assert (second.phrasing, second.asked, second.id) == ('soep in de "refter"', 0, "2")
    assert made.learned == (first, second)
    assert made.entries == loader.load().entries


def test_what_would_make_a_case_fail_is_refused(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        learning,
        "from_folder",
        lambda: [Case("Hoe oud moet ik minstens zijn, zeg?", "nl", "minimum-age")],
    )
    question = ["unanswered", "accept", "hoe oud moet ik minstens zijn, zeg", ENTRY, "--yes"]

    refused = contactpunt(*question)
    file = kept / "faq" / "learned.yaml"
    untouched = not file.exists()
    forced = contactpunt(*question, "--anyway")

    assert refused.exit_code == 1
    assert "1 cases that would go wrong" in refused.stdout
    assert "Nothing was taken in" in refused.stderr
    assert untouched
    assert forced.exit_code == 0
    assert len(learning.learned_in(file)) == 1


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        pytest.param(["99", ENTRY], "no unanswered question has the number 99", id="number"),
        pytest.param([ASKED, "nothing"], "there is no entry nothing", id="entry"),
        pytest.param([ASKED, ENTRY, "--language", "tlh"], "has no text in 'tlh'", id="language"),
    ],
)
def test_what_cannot_be_taken_in(kept: Path, arguments: list[str], reason: str) -> None:
    result = contactpunt("unanswered", "accept", *arguments, "--yes")

    assert reason in result.stderr
    assert result.exit_code == 1


def test_nothing_happens_without_a_yes(kept: Path) -> None:
    result = contactpunt("unanswered", "accept", "1", ENTRY)

    assert result.exit_code == 1
    assert ASKED in listed()
    assert not (kept / "faq" / "learned.yaml").exists()


def test_both_happen_or_neither(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> NoReturn:
        raise learning.CannotLearn("the disk is full")

    monkeypatch.setattr(learning, "_write", full)

    result = contactpunt("unanswered", "accept", "1", ENTRY, "--yes")

    assert result.exit_code == 1
    assert ASKED in listed()
