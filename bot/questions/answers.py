"""The approved content as a reader of one zone sees it: no database, no matching."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from bot.clock import BRUSSELS, Now
from bot.config import Zone
from bot.questions.glossary import Glossary
from bot.questions.model import (
    Answer,
    Chat,
    EntryId,
    Explained,
    FixedRoute,
    Source,
    Title,
    Topic,
    filled,
)
from faq.entry import Content, Entry

LEADING = "nl"
"""Dutch prevails: it stands in, labelled, where an answer has no translation."""


class UnknownEntry(LookupError):
    """The entry was taken away, has expired, or never existed."""


class Answers:
    """One content and one zone; replaced as a whole on a reload."""

    def __init__(self, content: Content, zone: Zone, now: Now) -> None:
        self.content = content
        self.zone = zone
        self._now = now
        self._glossary = Glossary(content)

    def show(self, entry: EntryId, language: str) -> Answer:
        """The answer of *entry*.

        Raises:
            UnknownEntry: it is gone.
        """
        found = self.content.entry_of(entry)
        if found is None or found.expired(self._today()):
            raise UnknownEntry(entry)
        written_in = _written_in(found, language)
        text = found.languages[written_in]
        return Answer(
            entry=EntryId(found.id),
            language=language,
            written_in=written_in,
            topic=found.topic,
            title=text.question,
            text=filled(text.answer, self.zone.filled),
            volatile=filled(text.volatile, self.zone.filled) if text.volatile else None,
            sources=tuple(Source(source.url, source.checked_on) for source in found.sources),
            confirmed_on=found.checked_on,
            related=self.titles(found.related, language),
            more=filled(text.more, self.zone.filled) or None,
            simply=filled(text.simply, self.zone.filled) or None,
        )

    def hard_words(self, answer: Answer) -> tuple[Explained, ...]:
        """The hard words of *answer* with their meaning, in the order they occur in it."""
        return self._glossary.explained(answer)

    def titles(self, ids: Iterable[str], language: str) -> tuple[Title, ...]:
        """Entries by their question; those that are gone or expired are left out."""
        titles = {}
        for id_ in ids:
            entry = self.content.entry_of(id_)
            if entry is not None and not entry.expired(self._today()):
                question = entry.languages[_written_in(entry, language)].question
                titles[id_] = Title(EntryId(id_), question)
        return tuple(titles.values())

    def topics(self, track: str, language: str) -> Sequence[Topic]:
        """The topics of *track* («uniform» or «civilian», "" for both) that have entries."""
        made = (self.topic_of(topic.id, track, language) for topic in self.content.topics)
        return [topic for topic in made if topic is not None]

    def topic_of(self, id_: str, track: str, language: str) -> Topic | None:
        """One topic, unless it has no entries."""
        topic = next((topic for topic in self.content.topics if topic.id == id_), None)
        if topic is None:
            return None
        entries = self.titles(
            (
                entry.id
                for entry in self.content.entries
                if entry.topic == id_ and (not track or track in entry.tracks)
            ),
            language,
        )
        name = topic.languages.get(language) or topic.languages[LEADING]
        return Topic(id_, name, entries) if entries else None

    def route(self, name: str, language: str) -> FixedRoute:
        """Where to go, with the zone's own numbers where it has them."""
        route = self.content.route_of(name)
        if route is None:
            raise LookupError(f"the matcher names the route {name!r}, which has no text")
        text = route.languages.get(language) or route.languages[LEADING]
        own = self.zone.routes.get(name)

        def fact(place: str) -> str | None:
            return getattr(own, place, None) or self.zone.filled(place)

        return FixedRoute(name, language, filled(text.answer, fact))

    def chat(self, kind: str, language: str) -> Chat | None:
        """The line that answers small talk of *kind*."""
        talk = self.content.smalltalk_of(kind)
        if talk is None:
            return None
        text = talk.languages.get(language) or talk.languages[LEADING]
        return Chat(kind, language, filled(text.answer, self.zone.filled))

    def _today(self) -> date:
        return self._now().astimezone(BRUSSELS).date()


def _written_in(entry: Entry, language: str) -> str:
    return next(
        (tag for tag in (language, LEADING) if tag in entry.languages),
        next(iter(entry.languages)),
    )
