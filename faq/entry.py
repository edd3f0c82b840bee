"""What editors write: entries, fixed routes, actions, small talk, topics, facts, hard words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from faq.yaml_reader import Located, Problem, Steps

LONGEST_ID = 45
"""Button data is `feature.action:id` in at most 64 bytes (Bot API); the rest is the feature's."""

ZONE_PLACES = frozenset(
    {"name", "phone", "mail", "page", "desk", "sessions_page", "appointment_page"}
)
"""What an answer may ask of the zone: `{zone.phone}`. A line with an unfilled place is left out."""

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _iso_day(value: object) -> object:
    if isinstance(value, date):
        return value
    if isinstance(value, str) and _ISO_DAY.fullmatch(value):
        return value
    raise ValueError("a day is written as 2026-11-21")


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, str) else value


Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=LONGEST_ID)]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=35)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Lines = Annotated[tuple[Line, ...], BeforeValidator(_one_or_more)]
Day = Annotated[date, BeforeValidator(_iso_day)]
Track = Literal["uniform", "civilian"]


class Written(BaseModel):
    """Strict about fields: a misspelled one is named, never dropped."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Source(Written):
    url: Line
    checked_on: Day
    """The day the source was read (possibly a stored copy), not the day an editor confirmed it."""
    facts: Lines = ()


class EntryText(Written):
    """One entry in one language."""

    question: str = ""
    phrasings: Lines = ()
    answer: str = ""
    """What is shown at once: its first sentence answers."""
    more: str = ""
    """For who wants to read on; shown when asked for."""
    simply: str = ""
    """The same in very short sentences, for who finds the answer hard to read."""
    volatile: str | None = None
    """A part that changes often; shown with the day it was last checked."""


class Entry(Written):
    id: str
    topic: str = ""
    tracks: tuple[Track, ...] = ()
    owner: str = ""
    checked_on: Day | None = None
    """When an editor of the zone opened the live page; until then the answer says it must be
    confirmed."""
    valid_until: Day | None = None
    related: Lines = ()
    sources: tuple[Source, ...] = ()
    languages: dict[Tag, EntryText]
    untranslated: dict[Tag, Line] = Field(default_factory=dict)
    """Why a language is missing, by tag."""

    def expired(self, today: date) -> bool:
        return self.valid_until is not None and self.valid_until < today


class FixedText(Written):
    """A route, action or piece of small talk in one language."""

    title: str = ""
    phrasings: Lines = ()
    groups: dict[str, Line] = Field(default_factory=dict)
    """Wordings that many signals use, by name: a signal says `$who` for the one named who."""
    signals: Lines = ()
    """Word groups that fire at once; `&` joins groups that must all occur, in any order, and `/`
    separates wordings of one group."""
    hints: Lines = ()
    """Signals that a calm word takes away as well."""
    unless: Lines = ()
    """Words that take the force of the signals, and of a mere likeness, away; written as signals
    are."""
    calm: Lines = ()
    """Words that take the force of the hints, and of a mere likeness, away: about the job or about
    the past; written as signals are."""
    now: Lines = ()
    """Words that give hints their force back, whatever is calm: it happens here and now."""
    answer: str = ""


class Fixed(Written):
    id: Id
    languages: dict[Tag, FixedText]


class Route(Fixed):
    """Comes before all matching: where to go, at once."""


class Action(Fixed):
    """Something the assistant does, asked for in words."""


class Smalltalk(Fixed):
    """A greeting, thanks or insult: only when the message is nothing else."""


class Elsewhere(Written):
    """What people ask with our words that is not ours: "renew my driving licence". Its phrasings
    per language compete with the entries, so that none of those answers; it is never shown."""

    id: Id
    languages: dict[Tag, Lines]


class WordText(Written):
    """A difficult word in one language: the forms it is written in, and what it means."""

    forms: Annotated[tuple[Line, ...], Field(min_length=1)]
    means: Annotated[Line, StringConstraints(max_length=120)]


class Word(Written):
    """Explained under a plain answer that uses it."""

    id: Id
    languages: dict[Tag, WordText]


class Synonym(Written):
    """Words of one meaning, per language: what one of them says, the others say too."""

    id: Id
    languages: dict[Tag, Lines]


class Learned(Written):
    """A question that somebody asked, taken in for an entry: see `faq.memory`."""

    id: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}$")]
    """The later it was taken in, the higher."""
    entry: Line
    language: Tag
    phrasing: Line
    accepted_on: Day
    asked: Annotated[int, Field(ge=0)] = 0
    """How often it stood among what nobody answered, and when last: to put it back."""
    asked_on: Day | None = None


class Topic(Written):
    id: Id
    languages: dict[Tag, Line]


class Fact(Written):
    """What an entry rests on, in our words."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Z]+\d{1,4}[a-z]?$")]
    statement: Line
    mark: Literal["solid", "dated", "conflict"]
    source: Lines = ()
    version: str = ""


@dataclass(frozen=True)
class Content:
    """Everything the assistant can say, checked and merged."""

    entries: tuple[Entry, ...] = ()
    routes: tuple[Route, ...] = ()
    actions: tuple[Action, ...] = ()
    smalltalk: tuple[Smalltalk, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    topics: tuple[Topic, ...] = ()
    facts: tuple[Fact, ...] = ()
    words: tuple[Word, ...] = ()
    synonyms: tuple[Synonym, ...] = ()
    learned: tuple[Learned, ...] = ()
    """Not among the phrasings of their entries: see `faq.memory`."""
    digest: str = ""
    """Changes whenever any word of it changes, what was learned aside."""
    written: dict[tuple[str, str], Located] = field(default_factory=dict, compare=False, repr=False)
    """What stands where: `written["entries", "minimum-age"]`, for messages to editors."""

    @cached_property
    def by_id(self) -> dict[str, Entry]:
        return {entry.id: entry for entry in self.entries}

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """Every language that occurs, the best supplied first."""
        counts: dict[str, int] = {}
        for texts in self._all_languages():
            for tag in texts:
                counts[tag] = counts.get(tag, 0) + 1
        return tuple(sorted(counts, key=lambda tag: (-counts[tag], tag)))

    def entry_of(self, id_: str) -> Entry | None:
        return self.by_id.get(id_)

    def route_of(self, id_: str) -> Route | None:
        return next((route for route in self.routes if route.id == id_), None)

    def smalltalk_of(self, id_: str) -> Smalltalk | None:
        return next((talk for talk in self.smalltalk if talk.id == id_), None)

    def problem(self, kind: str, id_: str, message: str, steps: Steps = ()) -> Problem:
        """A problem with one field of an item, at the line where that field stands."""
        field_ = ".".join((id_, *(str(step) for step in steps)))
        located = self.written.get((kind, id_))
        if located is None:
            return Problem(kind, 1, message, field_)
        place = located.place(steps)
        return Problem(place.file, place.line, message, field_)

    def _all_languages(self) -> Iterable[Iterable[str]]:
        yield from (entry.languages for entry in self.entries)
        for group in (self.routes, self.actions, self.smalltalk):
            yield from (fixed.languages for fixed in group)
