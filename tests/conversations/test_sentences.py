"""Every sentence is said somewhere, in every language, with the same placeholders."""

import re
from pathlib import Path

import pytest

from bot.texts import Texts

ROOT = Path(__file__).parents[2]
LANGUAGES = ("nl", "fr", "de", "en")


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts.load()


def test_f1_the_languages_say_the_same_sentences(texts: Texts) -> None:
    assert texts.missing(LANGUAGES) == []


def test_the_languages_have_the_same_placeholders(texts: Texts) -> None:
    different = [
        (language, key)
        for key in texts.keys
        for language in LANGUAGES
        if texts.placeholders(key, language) != texts.placeholders(key, "nl")
    ]

    assert different == []


def test_every_sentence_is_used(texts: Texts) -> None:
    source = "".join(
        file.read_text(encoding="utf-8")
        for folder in ("bot", "handlers")
        for file in (ROOT / folder).rglob("*.py")
    )
    written = set(re.findall(r'f?"([a-z_]+\.[a-z_]*(?:\{[^"]*?\})?[a-z_]*)"', source))
    patterns = [re.compile(re.sub(r"\\\{.*\\\}", "[a-z_]+", re.escape(name))) for name in written]

    unused = [key for key in texts.keys if not any(p.fullmatch(key) for p in patterns)]

    assert unused == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_fits_a_phone(texts: Texts, language: str) -> None:
    values: dict[str, object] = {
        name: 20 if name == "count" else "x" * 20
        for key in texts.keys
        for name in texts.placeholders(key)
    }

    for key in texts.keys:
        limit = 60 if key.startswith("menu.") and "_" not in key else 2200
        assert len(texts.plain(key, language, **values)) <= max(limit, 150), key
