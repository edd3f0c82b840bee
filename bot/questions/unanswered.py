"""What we could not answer, for the editor: alike questions together, and as cases to paste."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from rapidfuzz import fuzz

from bot.questions.model import EntryId
from bot.questions.vocabulary import plain

ALIKE: Final = 80.0
"""rapidfuzz.token_set_ratio (0 to 100) from which two unanswered questions are one theme."""


@dataclass(frozen=True)
class Unanswered:
    """A question we could not answer, scrubbed, without the person."""

    text: str
    language: str
    best: EntryId | None
    asked_on: date


@dataclass(frozen=True)
class Theme:
    """Unanswered questions that look alike."""

    language: str
    best: EntryId | None
    texts: tuple[str, ...]
    last_asked_on: date

    @property
    def count(self) -> int:
        return len(self.texts)


def themes(questions: Sequence[Unanswered]) -> Sequence[Theme]:
    """Group what is alike; the first of a group stands for it."""
    groups: list[list[Unanswered]] = []
    for question in questions:
        for group in groups:
            first = group[0]
            if first.language == question.language and (
                fuzz.token_set_ratio(plain(first.text), plain(question.text)) >= ALIKE
            ):
                group.append(question)
                break
        else:
            groups.append([question])
    themes = [
        Theme(
            group[0].language,
            group[0].best,
            tuple(question.text for question in group),
            max(question.asked_on for question in group),
        )
        for group in groups
    ]
    return sorted(themes, key=lambda theme: -theme.count)


def as_cases(themes: Sequence[Theme]) -> str:
    """The themes as YAML for `faq/cases`: an editor keeps the lines and corrects the entry."""
    lines = []
    for theme in themes:
        lines.append(f"# {theme.count} x, last on {theme.last_asked_on.isoformat()}")
        lines.append(f"- entry: {theme.best or 'null'}")
        lines.append("  asked:")
        lines += [f"    - {_quoted(text)}" for text in dict.fromkeys(theme.texts)]
    return "\n".join(lines) + "\n" if lines else ""


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
