"""What we could not answer, for the editor: what asks for the same together, and as cases to paste.

Every question has a number, by which `contactpunt unanswered accept` takes it in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz

from bot.questions.model import EntryId
from bot.questions.vocabulary import plain

if TYPE_CHECKING:
    from faq.features import Floats

    Likeness = Callable[[Sequence[str]], Floats]

ALIKE: Final = 80.0
"""rapidfuzz.token_set_ratio (0 to 100) from which two unanswered questions are one theme."""

MEANT: Final = 0.70
"""`Matcher.likeness` (0 to 1) from which two questions in other words are one theme: of the pairs
of cases it then takes together, six in ten ask for the same entry."""


@dataclass(frozen=True)
class Unanswered:
    """A question we could not answer, scrubbed, without the person."""

    text: str
    language: str
    best: EntryId | None
    asked_on: date
    number: int = 0
    """Of its row; it never belongs to another question."""


@dataclass(frozen=True)
class Theme:
    """Unanswered questions that ask for the same, as far as we can tell."""

    language: str
    best: EntryId | None
    texts: tuple[str, ...]
    last_asked_on: date
    numbers: tuple[int, ...] = ()
    """Of the texts."""
    nearest: tuple[tuple[EntryId, float], ...] = ()
    """What comes closest now, with its score."""

    @property
    def count(self) -> int:
        return len(self.texts)


def themes(questions: Sequence[Unanswered], likeness: Likeness | None = None) -> Sequence[Theme]:
    """Group what is alike, in its words or by *likeness*; the first of a group stands for it."""
    like = likeness([question.text for question in questions]) if likeness else None
    groups: list[list[int]] = []
    for at, question in enumerate(questions):
        for group in groups:
            first = questions[group[0]]
            if first.language == question.language and (
                fuzz.token_set_ratio(plain(first.text), plain(question.text)) >= ALIKE
                or (like is not None and like[group[0]][at] >= MEANT)
            ):
                group.append(at)
                break
        else:
            groups.append([at])
    found = [_theme([questions[at] for at in group]) for group in groups]
    return sorted(found, key=lambda theme: -theme.count)


def _theme(group: Sequence[Unanswered]) -> Theme:
    return Theme(
        group[0].language,
        group[0].best,
        tuple(question.text for question in group),
        max(question.asked_on for question in group),
        tuple(question.number for question in group),
    )


def same(questions: Sequence[Unanswered], text: str, language: str) -> Sequence[Unanswered]:
    """The questions that are written alike, capitals and signs aside."""
    wanted = plain(text)
    return [each for each in questions if each.language == language and plain(each.text) == wanted]


def as_cases(themes: Sequence[Theme]) -> str:
    """The themes as YAML for `faq/cases`: an editor keeps the lines and corrects the entry."""
    lines = []
    for theme in themes:
        near = ", ".join(f"{entry} {score:.2f}" for entry, score in theme.nearest)
        lines.append(
            f"# {theme.count} x, last on {theme.last_asked_on.isoformat()}"
            + (f"; nearest: {near}" if near else "")
        )
        lines.append(f"- entry: {theme.best or 'null'}")
        lines.append("  asked:")
        lines += [f"    - {_quoted(text)}{note}" for text, note in _numbered(theme).items()]
    return "\n".join(lines) + "\n" if lines else ""


def _numbered(theme: Theme) -> dict[str, str]:
    """Each text once, with the number by which it is accepted, as a comment."""
    notes = dict.fromkeys(theme.texts, "")
    for text, number in reversed(list(zip(theme.texts, theme.numbers, strict=False))):
        times = theme.texts.count(text)
        notes[text] = f"  # {number}" + (f", {times} x" if times > 1 else "")
    return notes


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
