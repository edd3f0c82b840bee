"""T4, T-26: everything that can stand in the trail is said in words, and belongs to one kind."""

import ast
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.audit import Entry
from bot.audit.model import ACTION_FORM
from bot.texts import Texts
from handlers import buttons, deeds

ROOT = Path(__file__).parents[3]
LANGUAGES = ("nl", "fr", "de", "en")
TEXTS = Texts.load()
FEATURES = ("audit", "backup", "info_sessions", "inventory", "notifications", "staff")
NO_ACTIONS = frozenset({"audit.key"})
"""Looks like an action and is a file."""

NOTING = frozenset({"record", "_note", "_note_by_anybody", "permit", "_at", "_at_sign_up"})


def constants(node: ast.AST) -> set[str]:
    pieces = {
        id(piece)
        for each in ast.walk(node)
        if isinstance(each, ast.JoinedStr)
        for piece in each.values
    }
    return {
        each.value
        for each in ast.walk(node)
        if isinstance(each, ast.Constant)
        and id(each) not in pieces
        and isinstance(each.value, str)
        and ACTION_FORM.fullmatch(each.value)
        and each.value.partition(".")[0] in FEATURES
    }


def written() -> set[str]:
    """The actions that the code notes, found in its text."""
    sure, perhaps = set(), set()
    for folder in ("bot", "handlers"):
        for file in (ROOT / folder).rglob("*.py"):
            if file.name == "tables.py" or file.name == "deeds.py" or "migrations" in file.parts:
                continue
            tree = ast.parse(file.read_text(encoding="utf-8"))
            if folder == "bot":
                perhaps |= constants(tree)
            for node in ast.walk(tree):
                if isinstance(node, ast.Call):
                    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                    if name in NOTING:
                        given = [*node.args, *(each.value for each in node.keywords)]
                        sure |= set().union(*(constants(each) for each in given), set())
    spoken = {key for key in perhaps if key in TEXTS.keys}
    pressed = {key for key in perhaps if key in buttons.CLAIMS}
    return (sure | (perhaps - spoken - pressed)) - NO_ACTIONS


def test_t4_every_action_is_of_one_kind() -> None:
    known = [action for kind in deeds.KINDS.values() for action in kind]

    assert len(known) == len(set(known))
    assert written() - set(known) == set()


def test_t4_every_action_has_a_sentence() -> None:
    known = {action for kind in deeds.KINDS.values() for action in kind}

    assert {each for each in known if f"trail.{each.replace('.', '_')}" not in TEXTS.keys} == set()


class Reader:
    """As much of a context as a sentence needs."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.texts = TEXTS

    def text(self, key: str, **values: object) -> object:
        return self.texts(key, self.language, **values)

    def label(self, key: str, **values: object) -> str:
        return self.texts.plain(key, self.language, **values)


def said(language: str, action: str, **fields: object) -> str:
    given = {"actor": "a" * 32, "role": "coordinator", "about": None, "object": "", **fields}
    entry = Entry(1, datetime(2026, 11, 21, 9, 0, tzinfo=UTC), action=action, **given)  # type: ignore[arg-type]
    return re.sub(r"<[^>]+>", "", str(deeds.line(Reader(language), entry)))  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
def test_t4_whatever_is_known_of_it_there_is_a_sentence(language: str) -> None:
    for actions in deeds.KINDS.values():
        for action in actions:
            for about in (None, "a" * 32, "b" * 32):
                for object_ in ("", "role:editor", "field:name", "info_sessions:5", "later:9"):
                    line = said(language, action, about=about, object=object_)
                    assert line.startswith("• "), line
                    assert "{" not in line
                    assert len(line) < 200


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        (
            {"action": "staff.role_given", "about": "b" * 32, "object": "role:editor"},
            "• za 21 nov 10:00 · aaaaaa (coördinator) gaf een rol aan bbbbbb: redacteur",
        ),
        (
            {"action": "staff.absent", "about": "a" * 32, "role": "editor"},
            "• za 21 nov 10:00 · aaaaaa (redacteur) meldde een afwezigheid van zichzelf",
        ),
        (
            {"action": "staff.role_ended", "actor": None, "role": "clock", "object": "role:dpo"},
            "• za 21 nov 10:00 · klok: zette een rol stop van iemand: "
            "functionaris voor gegevensbescherming",
        ),
        (
            {"action": "info_sessions.scanned", "object": "sign_ups:17"},
            "• za 21 nov 10:00 · aaaaaa (coördinator) scande de code van iemand (inschrijving 17)",
        ),
        (
            {"action": "later.done", "object": "later:3", "role": "none"},
            "• za 21 nov 10:00 · aaaaaa (geen rol) deed: later.done (3)",
        ),
    ],
)
def test_t4_as_it_is_read(entry: dict[str, object], sentence: str) -> None:
    assert said("nl", **entry) == sentence  # type: ignore[arg-type]
