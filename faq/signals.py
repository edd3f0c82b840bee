"""Words that decide at once, before any matching: danger, self-harm, "english please".

A signal is one or more word groups joined by `&`; all must occur, in any order. A word may be
mistyped unless what was typed is itself a word the content knows: "door" is not a typo of "dood".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from faq.entry import FixedText
from faq.normalise import words as words_of
from faq.repair import MOST_REPAIRS, Neighbours

Group = tuple[str, ...]

_LETTERS_ALONE = 7
"""A signal of one shorter word is heard only as it is spelled: "rating" is not "raping"."""


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
        self._unless: dict[str, list[Group]] = {}
        for owner, texts in fixed.items():
            for text in texts.values():
                self._signals += _read(owner, text.signals)
                groups = [tuple(words_of(phrase)) for phrase in text.unless]
                self._unless.setdefault(owner, []).extend(group for group in groups if group)
        listened = {word for signal in self._signals for group in signal.groups for word in group}
        listened |= {word for groups in self._unless.values() for g in groups for word in g}
        self._known = known | listened
        self._neighbours = Neighbours(listened - self._exactly(), _tolerance)
        self._by_word: dict[str, list[int]] = {}
        for place, signal in enumerate(self._signals):
            rarest = max(signal.groups[0], key=lambda word: (len(word), word))
            self._by_word.setdefault(rarest, []).append(place)
        self._joined = {"".join(g): g for s in self._signals for g in s.groups if len(g) > 1}

    def _exactly(self) -> set[str]:
        """Short words that are a signal by themselves and part of no longer one."""
        alone = {s.groups[0][0] for s in self._signals if s.groups == ((s.groups[0][0],),)}
        joined = {
            w for s in self._signals for g in s.groups for w in g if len(s.groups) + len(g) > 2
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
            if not any(_occurs(group, heard) for group in self._unless.get(signal.owner, ())):
                return Fired(signal.owner, signal.shown)
        return None

    def _heard(self, words: Sequence[str]) -> list[frozenset[str]]:
        """Per word of the message what it may stand for: itself, its repairs, parts written apart
        or together."""
        heard: list[frozenset[str]] = []
        tried = 0
        for place, word in enumerate(words):
            options = {word}
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


def _read(owner: str, signals: Iterable[str]) -> Iterable[Signal]:
    for shown in signals:
        groups = tuple(tuple(words_of(part)) for part in shown.split("&"))
        if all(groups) and groups:
            yield Signal(owner, shown, groups)


def _occurs(group: Group, heard: Sequence[frozenset[str]]) -> bool:
    """The words of the group stand next to each other."""
    size = len(group)
    return any(
        all(word in heard[start + at] for at, word in enumerate(group))
        for start in range(len(heard) - size + 1)
    )
