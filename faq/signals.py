"""Words that decide at once, before any matching: danger, self-harm, "english please".

A signal is one or more word groups joined by `&`; all must occur, in any order. A group may name
several wordings, `papa / mama & hartaanval / beroerte`, and `$who` stands for the wordings that the
same text lists under `groups`, alone or with words beside it: `$hits me`. A word may be mistyped
unless what was typed is itself a word the content knows: "door" is not a typo of "dood".

A hint is a signal that is heard only in a message without a calm word: "hartaanval" alarms,
"mag ik na een hartaanval meedoen aan de testen" does not. What happens now beats what is calm:
"ik zit op de sportproef en er ligt iemand op de grond".
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product

from faq.entry import FixedText
from faq.normalise import words as words_of
from faq.repair import MOST_REPAIRS, Neighbours

Phrase = tuple[str, ...]
"""Words that stand next to each other."""

_LETTERS_ALONE = 7
"""A signal of one shorter word is heard only as it is spelled: "rating" is not "raping"."""

_DRAWN_OUT = re.compile(r"(.)\1{2,}")
"""As in "heeeelp"."""
_PIECES = re.compile(r"\$\w+|[^$\s]+")


def _tolerance(word: str) -> int:
    """Less than for repairs: a wrong repair costs a point, a false alarm frightens somebody."""
    if len(word) < 4:
        return 0
    return 1 if len(word) < 9 else 2


@dataclass(frozen=True)
class Group:
    """Wordings of which one must occur."""

    words: frozenset[str]
    phrases: tuple[Phrase, ...]
    """Those of more than one word."""

    @classmethod
    def of(cls, phrases: Iterable[Phrase]) -> "Group":
        found = sorted(set(phrases))
        return cls(
            frozenset(phrase[0] for phrase in found if len(phrase) == 1),
            tuple(phrase for phrase in found if len(phrase) > 1),
        )

    def __len__(self) -> int:
        return len(self.words) + len(self.phrases)

    @property
    def every_word(self) -> Iterator[str]:
        yield from self.words
        yield from (word for phrase in self.phrases for word in phrase)

    @property
    def rarest(self) -> Iterator[str]:
        """One word of each wording, without which it cannot occur."""
        yield from self.words
        yield from (max(phrase, key=lambda word: (len(word), word)) for phrase in self.phrases)

    def occurs(self, said: frozenset[str], heard: Sequence[frozenset[str]]) -> bool:
        if not self.words.isdisjoint(said):
            return True
        return any(phrase[0] in said and _stands(phrase, heard) for phrase in self.phrases)


@dataclass(frozen=True)
class Signal:
    owner: str
    language: str
    shown: str
    groups: tuple[Group, ...]
    """The one with the fewest wordings first."""
    hint: bool = False

    @property
    def words(self) -> Iterator[str]:
        return (word for group in self.groups for word in group.every_word)

    @property
    def alone(self) -> Iterator[str]:
        """Words of which each is enough."""
        if len(self.groups) == 1:
            yield from self.groups[0].words

    @property
    def in_any_language(self) -> "Signal | None":
        """Its wordings of several words, which are no words of another language by accident."""
        if len(self.groups) > 1 or not self.groups[0].phrases:
            return None
        return replace(self, groups=(Group(frozenset(), self.groups[0].phrases),))

    def occurs(self, said: frozenset[str], heard: Sequence[frozenset[str]]) -> bool:
        return all(group.occurs(said, heard) for group in self.groups)


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
        self._unless: dict[str, list[Signal]] = {}
        self._calm: dict[tuple[str, str], list[Signal]] = {}
        self._now: dict[tuple[str, str], list[Signal]] = {}
        for owner, texts in fixed.items():
            for language, text in texts.items():
                read = partial(_read, owner, language, text.groups)
                self._signals += read(text.signals)
                self._signals += read(text.hints, hint=True)
                self._unless.setdefault(owner, []).extend(read(text.unless))
                self._calm[owner, language] = list(read(text.calm))
                self._now[owner, language] = list(read(text.now))
        self._plainly_calm = {
            owner: [
                plain
                for (calm, _), signals in self._calm.items()
                for signal in signals
                if calm == owner and (plain := signal.in_any_language) is not None
            ]
            for owner in fixed
        }
        listened = {word for signal in self._signals for word in signal.words}
        around = (*self._unless.values(), *self._calm.values(), *self._now.values())
        listened.update(word for signals in around for signal in signals for word in signal.words)
        self._known = known | listened
        self._neighbours = Neighbours(listened - self._exactly(), _tolerance)
        self._by_word: dict[str, list[int]] = {}
        for place, signal in enumerate(self._signals):
            for word in signal.groups[0].rarest:
                self._by_word.setdefault(word, []).append(place)
        self._joined = {
            "".join(phrase): phrase
            for signal in self._signals
            for group in signal.groups
            for phrase in group.phrases
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
        said = frozenset[str]().union(*heard)
        places = sorted({place for word in said for place in self._by_word.get(word, ())})
        found = [
            signal
            for signal in (self._signals[place] for place in places)
            if signal.occurs(said, heard)
        ]
        found.sort(key=lambda signal: (self._order[signal.owner], signal.hint, signal.shown))
        for signal in found:
            owner = signal.owner
            if _any(self._unless.get(owner, ()), said, heard):
                continue
            if not signal.hint or not self._is_calm(owner, signal.language, words):
                return Fired(owner, signal.shown)
            if _any(self._now.get((owner, signal.language), ()), said, heard):
                return Fired(owner, signal.shown)
        return None

    def excused(self, owner: str, words: Sequence[str]) -> bool:
        """Whether the words show that *owner* is not what is meant, whatever they resemble."""
        heard = self._heard(words)
        said = frozenset[str]().union(*heard)
        if _any(self._unless.get(owner, ()), said, heard):
            return True
        languages = (language for calm, language in self._calm if calm == owner)
        return any(self._is_calm(owner, language, words) for language in languages)

    def _is_calm(self, owner: str, language: str, words: Sequence[str]) -> bool:
        """As they are spelled: no typing error may keep a cry for help from being heard. In the
        language of the signal, and what can be of no other: "hier" is "here" in Dutch and
        "yesterday" in French."""
        spelled = [frozenset({word}) for word in words]
        calm = (*self._calm.get((owner, language), ()), *self._plainly_calm.get(owner, ()))
        return _any(calm, frozenset(words), spelled)

    def _heard(self, words: Sequence[str]) -> list[frozenset[str]]:
        """Per word of the message what it may stand for: itself, its repairs, parts written apart
        or together."""
        heard: list[frozenset[str]] = []
        tried = 0
        for place, word in enumerate(words):
            options = {word, _DRAWN_OUT.sub(r"\1", word)}
            if word not in self._known and tried < MOST_REPAIRS:
                tried += 1
                swapped = word[1::-1] + word[2:]  # candidates share a first or second letter
                near = self._neighbours.near(word) or self._neighbours.near(swapped)
                options.update(other for other, _ in near)
            after = word + words[place + 1] if place + 1 < len(words) else ""
            if after in self._known:
                options.add(after)
            heard.append(frozenset(options))
            if (together := self._joined.get(word)) is not None:
                heard += [frozenset({part}) for part in together]
        return heard


def _read(
    owner: str,
    language: str,
    groups: Mapping[str, str],
    lines: Iterable[str],
    *,
    hint: bool = False,
) -> Iterator[Signal]:
    for shown in lines:
        read = [Group.of(_wordings(part, groups)) for part in shown.split("&")]
        if all(read):
            yield Signal(owner, language, shown, tuple(sorted(read, key=len)), hint)


def _wordings(text: str, groups: Mapping[str, str]) -> Iterator[Phrase]:
    """The wordings of one group, `$name` in them replaced by each wording of that name."""
    for wording in text.split("/"):
        parts: list[list[Phrase]] = []
        for piece in _PIECES.findall(wording):
            if piece.startswith("$"):
                parts.append([p for p in _plain(groups.get(piece[1:], "")) if p])
            else:
                parts.append([tuple(words_of(piece))])
        for chosen in product(*parts):
            if phrase := tuple(word for part in chosen for word in part):
                yield phrase


def _plain(text: str) -> Iterator[Phrase]:
    return (tuple(words_of(wording)) for wording in text.split("/"))


def _any(signals: Iterable[Signal], said: frozenset[str], heard: Sequence[frozenset[str]]) -> bool:
    return any(signal.occurs(said, heard) for signal in signals)


def _stands(phrase: Phrase, heard: Sequence[frozenset[str]]) -> bool:
    """The words of the phrase stand next to each other."""
    size = len(phrase)
    return any(
        all(word in heard[start + at] for at, word in enumerate(phrase))
        for start in range(len(heard) - size + 1)
    )
