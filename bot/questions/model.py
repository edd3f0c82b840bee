"""What a question can lead to, and the rules that decide on it. No I/O."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final, NewType

from markupsafe import Markup, escape

from faq.match import Outcome

EntryId = NewType("EntryId", str)

MOST_TITLES: Final = 3
"""How many entries «did you mean» offers."""

PAGE: Final = 8
"""Entries of a topic on one screen of a phone."""


@dataclass(frozen=True)
class Title:
    """An entry by its question."""

    entry: EntryId
    text: str


@dataclass(frozen=True)
class Source:
    url: str
    read_on: date


@dataclass(frozen=True)
class Answer:
    """An approved answer. *written_in* differs from *language* when there is no translation."""

    entry: EntryId
    language: str
    written_in: str
    topic: str
    title: str
    text: Markup
    volatile: Markup | None
    sources: tuple[Source, ...]
    confirmed_on: date | None
    """When an editor of the zone opened the live page; None: it still has to be confirmed."""
    related: tuple[Title, ...]
    more: Markup | None = None
    """For who wants to read on."""
    simply: Markup | None = None
    """The same in very short sentences."""


@dataclass(frozen=True)
class Explained:
    """A hard word, as it is written in the answer, and what it means."""

    word: str
    means: str


@dataclass(frozen=True)
class DidYouMean:
    """Close, not sure: at most three titles, and «something else»."""

    language: str
    titles: tuple[Title, ...]
    careful: bool = False
    """The question held something too personal for a chat."""


@dataclass(frozen=True)
class Clarify:
    """Nothing fits: ask once to say it differently."""

    language: str
    careful: bool = False


@dataclass(frozen=True)
class Human:
    """We do not know: a person is offered, and what came closest, if anything."""

    language: str
    titles: tuple[Title, ...] = ()
    careful: bool = False


@dataclass(frozen=True)
class FixedRoute:
    """Comes before everything: where to go, at once."""

    name: str
    language: str
    text: Markup


@dataclass(frozen=True)
class Wanted:
    """Something the assistant does, asked for in words: `human`, `book`, `language` …"""

    action: str
    language: str


@dataclass(frozen=True)
class Chat:
    """A greeting, thanks or insult, and the line that answers it."""

    kind: str
    language: str
    text: Markup


@dataclass(frozen=True)
class TopicNamed:
    """Somebody typed the name of a topic."""

    topic: str
    language: str


@dataclass(frozen=True)
class Both:
    """Two questions in one message, each with its own reply."""

    parts: tuple[Answer | Wanted, ...]
    language: str


Reply = Answer | DidYouMean | Clarify | Human | FixedRoute | Wanted | Chat | TopicNamed | Both


@dataclass(frozen=True)
class Topic:
    """A topic with the entries of one track, in the order of the content."""

    id: str
    title: str
    entries: tuple[Title, ...]

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.entries) // PAGE))

    def page(self, number: int) -> tuple[Title, ...]:
        """The entries of page *number*, counted from 1; one that does not exist is empty."""
        return self.entries[(number - 1) * PAGE : number * PAGE] if number > 0 else ()


class Verdict(StrEnum):
    """What a reader thinks of an answer; the last four are reasons for a thumb down."""

    GOOD = "good"
    BAD = "bad"
    OTHER_QUESTION = "other"
    UNCLEAR = "vague"
    WRONG = "wrong"
    INCOMPLETE = "short"


@dataclass(frozen=True)
class Dialogue:
    """What we remember of a conversation: the last entry, and whether we just asked back."""

    last_entry: EntryId | None = None
    clarified: bool = False

    def after(self, reply: Reply) -> Dialogue:
        match reply:
            case Answer(entry=entry):
                return Dialogue(entry)
            case Both(parts=parts):
                entries = [part.entry for part in parts if isinstance(part, Answer)]
                return Dialogue(entries[-1] if entries else self.last_entry)
            case DidYouMean() | Clarify():
                return replace(self, clarified=True)
            case _:
                return replace(self, clarified=False)


class Step(StrEnum):
    ANSWER = "answer"
    OFFER = "offer"
    CLARIFY = "clarify"
    HUMAN = "human"


def next_step(outcome: Outcome, dialogue: Dialogue) -> Step:
    """Never ask back twice in a row: who was not understood the second time gets a person."""
    if outcome is Outcome.SURE:
        return Step.ANSWER
    if dialogue.clarified:
        return Step.HUMAN
    return Step.OFFER if outcome is Outcome.UNSURE else Step.CLARIFY


_PLACE = re.compile(r"\{zone\.(\w+)\}")


def filled(text: str, fact: Callable[[str], str | None]) -> Markup:
    """Put the facts of the zone into *text*; a line with one that is not known is left out."""
    lines = []
    for line in text.strip().splitlines():
        values = {name: fact(name) for name in _PLACE.findall(line)}
        if None not in values.values():
            lines.append(_PLACE.sub(lambda place: str(escape(values[place[1]])), line))  # noqa: B023
    joined = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return Markup(joined)  # noqa: S704 - checked content, escaped facts
