"""Typing errors: an unknown word is read as the nearest known one, when one is near enough."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product

from rapidfuzz import process
from rapidfuzz.distance import OSA

from faq.typos import NEIGHBOURS

SHORTEST = 4
"""Shorter words have too many neighbours to guess."""
LONG = 7
MOST_REPAIRS = 24
"""Words of one message that are looked up; bounds the time a hostile message can take."""

_SOUNDS = tuple(map(set, ("dt", "ck", "sz", "fv", "iy", "ij", "cs", "gh", "ei")))
"""Letters that are taken for each other by ear."""


def tolerance(word: str) -> int:
    """How many letters may be wrong, doubled, missing or swapped."""
    if len(word) < SHORTEST:
        return 0
    return 1 if len(word) < LONG else 2


class Neighbours:
    """Finds known words near a given one, among those that share its first or second letter."""

    def __init__(self, known: Iterable[str], tolerance: Callable[[str], int] = tolerance) -> None:
        self._tolerance = tolerance
        buckets: dict[tuple[int, str, int], list[str]] = {}
        for word in sorted(set(known)):
            if len(word) < SHORTEST - 1 or word.isdigit():
                continue
            for place in (0, 1):
                buckets.setdefault((place, word[place], len(word)), []).append(word)
        self._buckets = buckets

    def near(self, word: str, *, crossed: bool = False) -> list[tuple[str, int]]:
        """Words within the tolerance and their distance, nearest first.

        *crossed*: also those whose first letter is the second of *word*, or the other way round:
        it was swapped, or one was lost or typed before it.
        """
        most = self._tolerance(word)
        if not most or word.isdigit():
            return []
        found: dict[str, int] = {}
        shared = [(0, 0), (1, 1), *([(0, 1), (1, 0)] if crossed else [])]
        sizes = range(len(word) - most, len(word) + most + 1)
        for (place, own), size in product(shared, sizes):
            candidates = self._buckets.get((place, word[own], size))
            if not candidates:
                continue
            for other, distance, _ in process.extract(
                word, candidates, scorer=OSA.distance, score_cutoff=most, limit=None
            ):
                if distance <= self._tolerance(other):
                    found[other] = int(distance)
        return sorted(found.items(), key=lambda pair: (pair[1], pair[0]))


class Repair:
    """Reads unknown words as known ones: the nearest of the language, by the likeliest slip, that
    fits the words beside it; or else the one used most."""

    def __init__(
        self,
        counts: Mapping[str, Mapping[str, int]],
        also: frozenset[str] = frozenset(),
        follows: Callable[[str, str], bool] = lambda _, __: False,
    ) -> None:
        """*counts*: per language, how often each word occurs in the index. *also*: words that are
        no mistakes, though nothing is read as them. *follows*: whether somebody wrote the second
        word after the first."""
        self._counts = counts
        indexed = frozenset(word for found in counts.values() for word in found)
        self.known = indexed | also
        self._neighbours = Neighbours(indexed)
        self._follows = follows

    def repaired(
        self, words: Sequence[str], language: str
    ) -> tuple[list[str], list[tuple[str, str]]]:
        """The words as they are read, and (typed, read as) for those that were changed."""
        read: list[str] = []
        changed: list[tuple[str, str]] = []
        for place, word in enumerate(words):
            best = None
            if word not in self.known and len(changed) < MOST_REPAIRS:
                before = read[-1] if read else ""
                after = words[place + 1] if place + 1 < len(words) else ""
                best = self._best(word, language, before, after)
            if best is not None:
                changed.append((word, best))
            read.append(best or word)
        return read, changed

    def _best(self, word: str, language: str, before: str, after: str) -> str | None:
        counts = self._counts.get(language, {})
        near = self._neighbours.near(word, crossed=True)
        near += [(short, 1) for short in _slips(word) if short in counts]
        if not near:
            return None

        def rank(pair: tuple[str, int]) -> tuple[bool, int, int, int, str]:
            other, distance = pair
            fits = self._follows(before, other) + self._follows(other, after)
            fits += distance > 1 or likely(word, other)
            return (other not in counts, distance, -fits, -counts.get(other, 0), other)

        return min(near, key=rank)[0]


def _slips(word: str) -> list[str]:
    """What a word too short to guess may stand for: two letters swapped, or one typed twice."""
    if not SHORTEST - 1 <= len(word) <= SHORTEST or word.isdigit():
        return []
    doubled = {word[:at] + word[at + 1 :] for at in range(1, len(word)) if word[at] == word[at - 1]}
    swapped = {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)}
    return sorted(doubled | swapped - {word})


def likely(typed: str, meant: str) -> bool:
    """Whether one slip explains it: a letter lost, doubled, swapped, the key beside it, or one that
    sounds the same."""
    if len(typed) < len(meant):
        return True
    at = next(
        (at for at, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), len(meant)
    )
    if len(typed) > len(meant):
        return typed[at] == typed[at - 1] or typed[at] in NEIGHBOURS.get(typed[at - 1], "")
    if typed[at + 1 :] != meant[at + 1 :]:
        return True
    return typed[at] in NEIGHBOURS.get(meant[at], "") or {typed[at], meant[at]} in _SOUNDS
