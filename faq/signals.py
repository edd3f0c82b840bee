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
from itertools import pairwise, product
from operator import contains

from faq.entry import FixedText
from faq.normalise import words as words_of
from faq.repair import MOST_REPAIRS, Neighbours, tolerance
from faq.typos import NEIGHBOURS

Phrase = tuple[str, ...]
"""Words that stand next to each other."""

_LETTERS_ALONE = 7
"""A signal of one shorter word is heard only as it is spelled: "rating" is not "raping"."""

_DRAWN_OUT = re.compile(r"(.)\1{2,}")
"""As in "heeeelp"."""
_PIECES = re.compile(r"\$\w+|[^$\s]+")


_LONG = 7
"""Two errors are heard from here in a word that is no signal by itself."""


def _tolerance(word: str) -> int:
    """Less than for repairs: a wrong repair costs a point, a false alarm frightens somebody."""
    if len(word) < 4:
        return 0
    return 1 if len(word) < 9 else 2


Wording = str | Phrase
"""One word, or several next to each other."""


@dataclass(frozen=True)
class Signal:
    owner: str
    language: str
    shown: str
    groups: tuple[frozenset[Wording], ...]
    """Of each, one wording must occur. The one with the fewest wordings first."""
    hint: bool = False

    @property
    def wordings(self) -> Iterator[Wording]:
        return (wording for group in self.groups for wording in group)

    @property
    def words(self) -> Iterator[str]:
        return (word for wording in self.wordings for word in _words(wording))

    @property
    def alone(self) -> set[str]:
        """Words of which each is enough."""
        wordings = self.groups[0] if len(self.groups) == 1 else ()
        return {wording for wording in wordings if isinstance(wording, str)}

    @property
    def in_any_language(self) -> "Signal | None":
        """Its wordings of several words, which are no words of another language by accident."""
        phrases = frozenset(one for one in self.groups[0] if not isinstance(one, str))
        if len(self.groups) > 1 or not phrases:
            return None
        return replace(self, groups=(phrases,))


class _Lines:
    """Signals, found by what is said without trying each."""

    def __init__(self, signals: Iterable[Signal]) -> None:
        self._by_wording: dict[Wording, list[Signal]] = {}
        for signal in signals:
            for wording in signal.groups[0]:
                self._by_wording.setdefault(wording, []).append(signal)

    def occurring(self, said: frozenset[Wording]) -> Iterator[Signal]:
        """Those that are said; one may come more than once."""
        for wording in said:
            for signal in self._by_wording.get(wording, ()):
                if all(not group.isdisjoint(said) for group in signal.groups[1:]):
                    yield signal

    def occur(self, said: frozenset[Wording]) -> bool:
        return any(True for _ in self.occurring(said))


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
        signals: list[Signal] = []
        unless: dict[str, list[Signal]] = {}
        calm: dict[tuple[str, str], list[Signal]] = {}
        now: dict[tuple[str, str], list[Signal]] = {}
        for owner, texts in fixed.items():
            for language, text in texts.items():
                read = partial(_read, owner, language, text.groups)
                signals += read(text.signals)
                signals += read(text.hints, hint=True)
                unless.setdefault(owner, []).extend(read(text.unless))
                calm[owner, language] = list(read(text.calm))
                now[owner, language] = list(read(text.now))
        plainly_calm = {
            owner: [
                plain
                for (other, _), lines in calm.items()
                for signal in lines
                if other == owner and (plain := signal.in_any_language) is not None
            ]
            for owner in fixed
        }
        around = [
            signal
            for lines in (*unless.values(), *calm.values(), *now.values())
            for signal in lines
        ]
        listened = {word for signal in (*signals, *around) for word in signal.words}
        self._known = known | listened
        heard = listened - _exactly(signals)
        self._neighbours = Neighbours(heard, _tolerance)
        self._accompanied = heard - {word for signal in signals for word in signal.alone}
        self._distant = Neighbours((w for w in self._accompanied if len(w) >= _LONG), tolerance)
        self._signals = _Lines(signals)
        self._unless = {owner: _Lines(lines) for owner, lines in unless.items()}
        self._calm = {
            (owner, language): _Lines((*lines, *plainly_calm[owner]))
            for (owner, language), lines in calm.items()
        }
        self._now = {key: _Lines(lines) for key, lines in now.items()}
        self._joined = {"".join(phrase): phrase for phrase in _phrases(signals)}
        self._beginnings: dict[tuple[str, str], list[Phrase]] = {}
        for phrase in sorted({*_phrases(signals), *_phrases(around)}):
            self._beginnings.setdefault((phrase[0], phrase[1]), []).append(phrase)

    def fired(self, words: Sequence[str]) -> Fired | None:
        """The first owner (in the order of the file) with a signal, if any."""
        said = self._all_said(words)
        found = sorted(
            self._signals.occurring(said),
            key=lambda signal: (self._order[signal.owner], signal.hint, signal.shown),
        )
        excused = {signal.owner: self._unless[signal.owner].occur(said) for signal in found}
        for signal in found:
            if excused[signal.owner]:
                continue
            of = (signal.owner, signal.language)
            if signal.hint and self._is_calm(of, words) and not self._now[of].occur(said):
                continue
            return Fired(signal.owner, signal.shown)
        return None

    def excused(self, owner: str, words: Sequence[str]) -> bool:
        """Whether the words show that *owner* is not what is meant, whatever they resemble."""
        if owner in self._unless and self._unless[owner].occur(self._all_said(words)):
            return True
        return any(self._is_calm(of, words) for of in self._calm if of[0] == owner)

    def _is_calm(self, of: tuple[str, str], words: Sequence[str]) -> bool:
        """As they are spelled: no typing error may keep a cry for help from being heard. In the
        language of the signal, and what can be of no other: "hier" is "here" in Dutch and
        "yesterday" in French."""
        return self._calm[of].occur(self._said([frozenset({word}) for word in words]))

    def _all_said(self, words: Sequence[str]) -> frozenset[Wording]:
        heard = self._heard(words)
        said = self._said(heard)
        if self._joined.keys().isdisjoint(words):
            return said
        return said | self._said(self._apart(words, heard))

    def _said(self, heard: Sequence[frozenset[str]]) -> frozenset[Wording]:
        """All words heard, and the phrases whose words stand next to each other."""
        said: set[Wording] = set().union(*heard)
        for start, pair in enumerate(pairwise(heard)):
            for beginning in product(*pair):
                for phrase in self._beginnings.get(beginning, ()):
                    after = heard[start + 2 : start + len(phrase)]
                    if len(after) == len(phrase) - 2 and all(map(contains, after, phrase[2:])):
                        said.add(phrase)
        return frozenset(said)

    def _heard(self, words: Sequence[str]) -> list[frozenset[str]]:
        """Per word of the message what it may stand for: itself, its repairs, or one that it makes
        with the next."""
        heard: list[frozenset[str]] = []
        tried = 0
        for place, word in enumerate(words):
            options = {word, _DRAWN_OUT.sub(r"\1", word)}
            if word not in self._known and tried < MOST_REPAIRS:
                tried += 1
                swapped = word[1::-1] + word[2:]  # candidates share a first or second letter
                near = self._neighbours.near(word) or self._neighbours.near(swapped)
                near = near or self._distant.near(word)
                options.update(other for other, _ in near)
                options.update(self._accompanied.intersection(_slips(word)))
            after = word + words[place + 1] if place + 1 < len(words) else ""
            if after in self._known:
                options.add(after)
            heard.append(frozenset(options))
        return heard

    def _apart(self, words: Sequence[str], heard: Sequence[frozenset[str]]) -> list[frozenset[str]]:
        """*heard*, with the words that were written together as those they are made of."""
        apart: list[frozenset[str]] = []
        for word, options in zip(words, heard, strict=True):
            parts = self._joined.get(word)
            apart += [frozenset({part}) for part in parts] if parts else [options]
        return apart


def _read(
    owner: str,
    language: str,
    groups: Mapping[str, str],
    lines: Iterable[str],
    *,
    hint: bool = False,
) -> Iterator[Signal]:
    for shown in lines:
        read = [frozenset(_wordings(part, groups)) for part in shown.split("&")]
        if all(read):
            yield Signal(owner, language, shown, tuple(sorted(read, key=len)), hint)


def _wordings(text: str, groups: Mapping[str, str]) -> Iterator[Wording]:
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
                yield phrase if len(phrase) > 1 else phrase[0]


def _plain(text: str) -> Iterator[Phrase]:
    return (tuple(words_of(wording)) for wording in text.split("/"))


def _slips(word: str) -> Iterator[str]:
    """What a word too short for `_tolerance` may stand for: two letters swapped, one typed twice,
    or the key beside it."""
    if len(word) == 4:
        yield from (word[:at] + word[at + 1 :] for at in range(1, 4) if word[at] == word[at - 1])
    if len(word) == 3:
        yield from (word[1] + word[0] + word[2], word[0] + word[2] + word[1])
        for at, letter in enumerate(word):
            yield from (word[:at] + near + word[at + 1 :] for near in NEIGHBOURS.get(letter, ""))


def _words(wording: Wording) -> Phrase:
    return (wording,) if isinstance(wording, str) else wording


def _phrases(signals: Iterable[Signal]) -> Iterator[Phrase]:
    return (one for signal in signals for one in signal.wordings if not isinstance(one, str))


def _exactly(signals: Iterable[Signal]) -> set[str]:
    """Short words that are a signal by themselves and part of no longer one."""
    alone: set[str] = set()
    joined: set[str] = set()
    for signal in signals:
        enough = signal.alone
        alone |= enough
        joined.update(word for word in signal.words if word not in enough)
    return {word for word in alone - joined if len(word) < _LETTERS_ALONE}
