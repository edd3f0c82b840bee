"""The same answers as pages without a server: `contactpunt faq site FOLDER` (F12).

One page per language. An entry has the anchor it has in deep links: `index.html#minimum-age` and
`t.me/…?start=faq_minimum-age` are the same answer.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from babel import Locale
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.clock import BRUSSELS, Now, spoken
from bot.questions.answers import LEADING, Answers
from bot.questions.model import Answer, Explained
from bot.texts import Texts

_HERE: Final = Path(__file__).parent
_AS_THEY_ARE: Final = ("site.css", "search.js")


@dataclass(frozen=True)
class Shown:
    """One entry on a page. *words*: how people ask it, for the search."""

    answer: Answer
    words: str
    hard_words: Sequence[Explained]


@dataclass(frozen=True)
class Section:
    id: str
    title: str
    entries: Sequence[Shown]


@dataclass(frozen=True)
class Other:
    """The same page in another language."""

    language: str
    name: str
    file: str


def build(folder: Path, answers: Answers, texts: Texts, now: Now, bot: str = "") -> list[Path]:
    """Write the pages into *folder*, over those of last time; the same content, the same bytes.

    *bot*: its name on Telegram; with it every answer links to itself there.
    """
    languages = answers.zone.languages
    pages = {file_of(tag, languages): _page(answers, texts, tag, now, bot) for tag in languages}
    pages |= {name: (_HERE / name).read_text(encoding="utf-8") for name in _AS_THEY_ARE}
    folder.mkdir(parents=True, exist_ok=True)
    return [_written(folder / name, text) for name, text in pages.items()]


def file_of(language: str, languages: Sequence[str]) -> str:
    """The zone's first language is what a visitor gets who names no file."""
    return "index.html" if language == languages[0] else f"{language}.html"


def _page(answers: Answers, texts: Texts, language: str, now: Now, bot: str) -> str:
    environment = Environment(
        loader=PackageLoader("bot.site", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["paragraphs"] = paragraphs
    environment.filters["day"] = lambda day: spoken(day, language)
    languages = answers.zone.languages

    def text(key: str, **values: object) -> Markup:
        return texts(f"site.{key}", language, **values)

    return environment.get_template("page.html").render(
        text=text,
        language=language,
        zone=answers.zone,
        sections=list(_sections(answers, language)),
        others=[
            Other(tag, _own_name(tag), file_of(tag, languages))
            for tag in languages
            if tag != language
        ],
        prevails=language != LEADING,
        made_on=now().astimezone(BRUSSELS).date(),
        bot=bot.removeprefix("@"),
    )


def _sections(answers: Answers, language: str) -> Iterator[Section]:
    for topic in answers.topics("", language):
        shown = []
        for title in topic.entries:
            answer = answers.show(title.entry, language)
            entry = answers.content.by_id[title.entry]
            asked = " · ".join(entry.languages[answer.written_in].phrasings)
            shown.append(Shown(answer, asked, answers.hard_words(answer)))
        yield Section(topic.id, topic.title, shown)


def paragraphs(text: Markup) -> Markup:
    """Lines as HTML sees them: an empty one begins a paragraph."""
    parts = (part.replace("\n", "<br>\n") for part in re.split(r"\n{2,}", text.strip()))
    return Markup("\n".join(f"<p>{part}</p>" for part in parts))  # noqa: S704 - safe already


def _own_name(language: str) -> str:
    return (Locale.parse(language).get_display_name() or language).capitalize()


def _written(path: Path, text: str) -> Path:
    """Whole or not at all: somebody may be reading the page now."""
    draft = path.with_name(f".{path.name}.new")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, path)  # noqa: PTH105 - replaces on Windows too
    return path
