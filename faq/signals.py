"""Words that decide at once, before any matching: danger, self-harm, "english please".

A signal is one or more word groups joined by `&`; all must occur, in any order. A group may name
several wordings, `papa / mama & hartaanval / beroerte`. A word may be mistyped unless what was
typed is itself a word the content knows: "door" is not a typo of "dood".

A hint is a signal that is heard only in a message without a calm word: "hartaanval" alarms,
"mag ik na een hartaanval meedoen aan de testen" does not.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from faq.entry import FixedText
from faq.normalise import words as words_of
from faq.repair import MOST_REPAIRS, Neighbours

Phrase = tuple[str, ...]
"""Words that stand next to each other."""
Group = tuple[Phrase, ...]
"""Wordings of which one must occur."""

_LETTERS_ALONE = 7
"""A signal of one shorter word is heard only as it is spelled: "rating" is not "raping"."""

_DRAWN_OUT = re.compile(r"(.)\1{2,}")
"""As in "heeeelp"."""


def _tolerance(word: str) -> int:
    """Less than for repairs: a wrong repair costs a point, a false alarm frightens somebody."""
    if len(word) < 5:
        return 0
    return 1 if len(word) < 9 else 2


@dataclass(frozen=True)
class Signal:
    owner: str
    shown: str
    groups: tuple[Group, ...]
    hint: bool

    @property
    def words(self) -> Iterator[str]:
        return (word for group in self.groups for phrase in group for word in phrase)

    @property
    def alone(self) -> Iterator[str]:
        """Words of which each is enough."""
        if len(self.groups) == 1:
            yield from (phrase[0] for phrase in self.groups[0] if len(phrase) == 1)


@dataclass(frozen=True)
class Fired:
    owner: str
    signal: str


class Signals:
    """All signals of one kind (routes, or actions)."""

    def __init__(
        self, fixed: Mapping[str, Mapping[str, FixedText]], known: frozenset[str] = frozenset()
    ) -> None:
        """*fixed*: per owner its texts; owners that come first win. *known*: real words."""
        self._order = {owner: place for place, owner in enumerate(fixed)}
        self._signals: list[Signal] = []
        self._unless: dict[str, list[Phrase]] = {}
        self._calm: dict[str, list[Phrase]] = {}
        for owner, texts in fixed.items():
            for text in texts.values():
                self._signals += _read(owner, text.signals, hint=False)
                self._signals += _read(owner, text.hints, hint=True)
                self._unless.setdefault(owner, []).extend(_phrases(text.unless))
                self._calm.setdefault(owner, []).extend(_phrases(text.calm))
        listened = {word for signal in self._signals for word in signal.words}
        for phrases in (*self._unless.values(), *self._calm.values()):
            listened.update(word for phrase in phrases for word in phrase)
        self._known = known | listened
        self._neighbours = Neighbours(listened - self._exactly(), _tolerance)
        self._by_word: dict[str, list[int]] = {}
        for place, signal in enumerate(self._signals):
            for phrase in signal.groups[0]:
                rarest = max(phrase, key=lambda word: (len(word), word))
                self._by_word.setdefault(rarest, []).append(place)
        self._joined = {
            "".join(phrase): phrase
            for signal in self._signals
            for group in signal.groups
            for phrase in group
            if len(phrase) > 1
        }

    def _exactly(self) -> set[str]:
        """Short words that are a signal by themselves and part of no longer one."""
        alone = {word for signal in self._signals for word in signal.alone}
        joined = {
            word for signal in self._signals for word in signal.words if word not in signal.alone
        }
        return {word for word in alone - joined if len(word) < _LETTERS_ALONE}

    def fired(self, words: Sequence[str]) -> Fired | None:
        """The first owner (in the order of the file) with a signal, if any."""
        heard = self._heard(words)
        said = {word for options in heard for word in options}
        places = sorted({place for word in said for place in self._by_word.get(word, ())})
        found = [
            signal
            for signal in (self._signals[place] for place in places)
            if all(_occurs(group, heard) for group in signal.groups)
        ]
        found.sort(key=lambda signal: (self._order[signal.owner], signal.shown))
        for signal in found:
            if _among(self._unless.get(signal.owner, ()), heard):
                continue
            if not signal.hint or not self._is_calm(signal.owner, words):
                return Fired(signal.owner, signal.shown)
        return None

    def excused(self, owner: str, words: Sequence[str]) -> bool:
        """Whether the words show that *owner* is not what is meant, whatever they resemble."""
        unless = self._unless.get(owner, ())
        return _among(unless, self._heard(words)) or self._is_calm(owner, words)

    def _is_calm(self, owner: str, words: Sequence[str]) -> bool:
        """As they are spelled: no typing error may keep a cry for help from being heard."""
        return _among(self._calm.get(owner, ()), [frozenset({word}) for word in words])

    def _heard(self, words: Sequence[str]) -> list[frozenset[str]]:
        """Per word of the message what it may stand for: itself, its repairs, parts written apart
        or together."""
        heard: list[frozenset[str]] = []
        tried = 0
        for place, word in enumerate(words):
            options = {word, _DRAWN_OUT.sub(r"\1", word)}
            if word not in self._known and tried < MOST_REPAIRS:
                tried += 1
                options.update(near for near, _ in self._neighbours.near(word))
            after = word + words[place + 1] if place + 1 < len(words) else ""
            if after in self._known:
                options.add(after)
            heard.append(frozenset(options))
            if (together := self._joined.get(word)) is not None:
                heard += [frozenset({part}) for part in together]
        return heard


def _phrases(texts: Iterable[str]) -> list[Phrase]:
    return [phrase for text in texts if (phrase := tuple(words_of(text)))]


def _read(owner: str, signals: Iterable[str], *, hint: bool) -> Iterable[Signal]:
    for shown in signals:
        groups = tuple(tuple(_phrases(part.split("/"))) for part in shown.split("&"))
        if all(groups):
            yield Signal(owner, shown, groups, hint)


def _occurs(group: Group, heard: Sequence[frozenset[str]]) -> bool:
    return any(_stands(phrase, heard) for phrase in group)


def _among(phrases: Iterable[Phrase], heard: Sequence[frozenset[str]]) -> bool:
    said = frozenset[str]().union(*heard)
    return any(phrase[0] in said and _stands(phrase, heard) for phrase in phrases)


def _stands(phrase: Phrase, heard: Sequence[frozenset[str]]) -> bool:
    """The words of the phrase stand next to each other."""
    size = len(phrase)
    return any(
        all(word in heard[start + at] for at, word in enumerate(phrase))
        for start in range(len(heard) - size + 1)
    )
