"""Typing errors: an unknown word is read as the nearest known one, when one is near enough."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST = 4
"""Shorter words have too many neighbours to guess."""
LONG = 7
MOST_REPAIRS = 24
"""Words of one message that are looked up; bounds the time a hostile message can take."""


def tolerance(word: str) -> int:
    """How many letters may be wrong, doubled, missing or swapped."""
    if len(word) < SHORTEST:
        return 0
    return 1 if len(word) < LONG else 2


class Neighbours:
    """Finds known words near a given one, among those that share its first or second letter."""

    def __init__(self, known: Iterable[str], tolerance: Callable[[str], int] = tolerance) -> None:
        self._tolerance = tolerance
        buckets: dict[tuple[int, str], list[str]] = {}
        for word in sorted(set(known)):
            if len(word) < SHORTEST - 1 or word.isdigit():
                continue
            for place in (0, 1):
                buckets.setdefault((place, word[place]), []).append(word)
        self._buckets = buckets

    def near(self, word: str) -> list[tuple[str, int]]:
        """Words within the tolerance and their distance, nearest first."""
        most = self._tolerance(word)
        if not most or word.isdigit():
            return []
        found: dict[str, int] = {}
        for place in (0, 1):
            candidates = self._buckets.get((place, word[place]), [])
            for other, distance, _ in process.extract(
                word, candidates, scorer=OSA.distance, score_cutoff=most, limit=None
            ):
                if distance <= self._tolerance(other):
                    found[other] = int(distance)
        return sorted(found.items(), key=lambda pair: (pair[1], pair[0]))


class Repair:
    """Reads unknown words as known ones; ties go to the word used most in the language."""

    def __init__(
        self, counts: Mapping[str, Mapping[str, int]], also: frozenset[str] = frozenset()
    ) -> None:
        """*counts*: per language, how often each word occurs in the index. *also*: words that are
        no mistakes, though nothing is read as them."""
        self._counts = counts
        indexed = frozenset(word for found in counts.values() for word in found)
        self.known = indexed | also
        self._neighbours = Neighbours(indexed)

    def repaired(
        self, words: Sequence[str], language: str
    ) -> tuple[list[str], list[tuple[str, str]]]:
        """The words as they are read, and (typed, read as) for those that were changed."""
        counts = self._counts.get(language, {})
        read: list[str] = []
        changed: list[tuple[str, str]] = []
        for word in words:
            if word in self.known or len(changed) >= MOST_REPAIRS:
                read.append(word)
                continue
            near = self._neighbours.near(word)
            if not near:
                read.append(word)
                continue
            best = min(
                near, key=lambda pair: (pair[0] not in counts, pair[1], -counts.get(pair[0], 0))
            )
            changed.append((word, best[0]))
            read.append(best[0])
        return read, changed
