"""Texts as sparse vectors: pieces of words and whole words, weighted by how telling they are.

`char_wb` 1 to 5 (pieces that do not cross a word's edge; Dutch compounds need them) and words 1 to
2, both sublinear and weighted by rarity, so that a dot product of two texts is their likeness from
0 to 1. Rare is what few classes say, however often each says it: a word in all thirty phrasings of
one entry is the most telling there is, and counted per phrasing it would look common. Words that
mean the same share one term more.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from faq.synonyms import Synonyms

Floats: TypeAlias = NDArray[np.float32]
Ints: TypeAlias = NDArray[np.int32]

LONGEST_PIECE = 5
PIECES_WEIGHT = 1.7
WORDS_WEIGHT = 1.0
UNKNOWN = 0.5
"""How much a term nobody wrote counts, of the rarest that somebody did: what a text asks besides
makes it less like everything ("recipe for Belgian waffles" is not about nationality)."""
LIKE = 3.0
"""How much the term that synonyms share weighs: as nine pieces of a word together (a word of four
letters has sixteen), so that the word itself stays better than another of its group."""
_NORM = math.hypot(PIECES_WEIGHT, WORDS_WEIGHT)
_NOTHING = np.empty(0, np.int32)


@lru_cache(maxsize=1 << 15)
def pieces(word: str) -> tuple[str, ...]:
    """All runs of 1 to 5 characters of a word, its edges marked by a space."""
    edged = f" {word} "
    found = list(word)
    for size in range(2, LONGEST_PIECE + 1):
        if size >= len(edged):
            found.append(edged)
            break
        found += [edged[at : at + size] for at in range(len(edged) - size + 1)]
    return tuple(found)


def _word_terms(words: Sequence[str]) -> list[str]:
    """Words and pairs; the mark keeps them apart from pieces."""
    return [f"\n{word}" for word in words] + [f"\n{one} {two}" for one, two in pairwise(words)]


def _shared_term(group: str) -> str:
    return f"\v{group}"


@dataclass(frozen=True)
class Sparse:
    """One text: which terms, and how much of each."""

    terms: Ints
    amounts: Floats


class Vocabulary:
    """The terms of an index and their weights."""

    def __init__(
        self, terms: dict[str, int], weights: Floats, synonyms: Synonyms | None = None
    ) -> None:
        self.terms = terms
        self.weights = weights
        self.synonyms = synonyms or Synonyms({})
        shared = [terms[t] for group in self.synonyms.groups if (t := _shared_term(group)) in terms]
        self._amounts = weights.copy()
        self._amounts[shared] *= LIKE
        self._pieces_of = lru_cache(maxsize=1 << 15)(self._look_up)
        self._strange = UNKNOWN * float(weights.max(initial=0)) ** 2

    @classmethod
    def of(
        cls, classes: Iterable[Iterable[Sequence[str]]], synonyms: Synonyms | None = None
    ) -> "Vocabulary":
        """Learn from the texts of each class, each given as its words."""
        synonyms = synonyms or Synonyms({})
        counts: Counter[str] = Counter()
        size = 0
        for texts in classes:
            size += 1
            found: set[str] = set()
            spoken: set[str] = set()
            for words in texts:
                found.update(_word_terms(words))
                found.update(_shared_term(said.group) for said in synonyms.said(words))
                spoken.update(words)
            for word in spoken:
                found.update(pieces(word))
            counts.update(found)
        terms = {term: place for place, term in enumerate(sorted(counts))}
        rarity = [math.log((1 + size) / (1 + counts[term])) + 1 for term in terms]
        return cls(terms, np.array(rarity, dtype=np.float32), synonyms)

    def vector(self, words: Sequence[str], *, unknown: bool = True) -> Sparse:
        """A text as terms and amounts; its length is 1, or less when part of it is not known.

        *unknown*: whether that part counts.
        """
        found = [self._pieces_of(word) for word in words]
        pairs = [place for t in _word_terms(words) if (place := self.terms.get(t)) is not None]
        shared, covered = self._shared(words)
        strange_pieces = strange_words = 0
        if unknown:
            strange = [at for at in range(len(words)) if at not in covered]
            strange_pieces = sum(found[at][1] for at in strange)
            strange_words = sum(f"\n{words[at]}" not in self.terms for at in strange)
        known = [*(known for known, _ in found), np.array(shared, np.int32)]
        blocks = [
            self._block(known, strange_pieces, PIECES_WEIGHT),
            self._block([np.array(pairs, np.int32)], strange_words, WORDS_WEIGHT),
        ]
        return Sparse(
            np.concatenate([terms for terms, _ in blocks]),
            np.concatenate([amounts for _, amounts in blocks]),
        )

    def _shared(self, words: Sequence[str]) -> tuple[list[int], set[int]]:
        """The terms of known groups, and the places of the words they stand for."""
        terms: list[int] = []
        covered: set[int] = set()
        for said in self.synonyms.said(words):
            if (place := self.terms.get(_shared_term(said.group))) is not None:
                terms.append(place)
                covered.update(range(said.start, said.end))
        return terms, covered

    def _look_up(self, word: str) -> tuple[Ints, int]:
        """The pieces of a word that are known, and how many are not."""
        every = pieces(word)
        found = [place for piece in every if (place := self.terms.get(piece)) is not None]
        return np.array(found, np.int32), len(every) - len(found)

    def _block(self, found: Sequence[Ints], strange: int, weight: float) -> tuple[Ints, Floats]:
        terms, counts = np.unique(np.concatenate([*found, _NOTHING]), return_counts=True)
        amounts = (1 + np.log(counts)).astype(np.float32) * self._amounts[terms]
        if len(terms):
            length = math.sqrt(float(amounts @ amounts) + strange * self._strange)
            amounts *= np.float32(weight / _NORM / length)
        return terms, amounts

    def follows(self, one: str, two: str) -> bool:
        """Whether somebody wrote the second word after the first."""
        return f"\n{one} {two}" in self.terms

    def terms_of(self, word: str) -> list[int]:
        """The terms that stand for a whole word or its group, as far as they are known."""
        named = (f"\n{word}", *map(_shared_term, self.synonyms.of(word)))
        return [place for term in named if (place := self.terms.get(term)) is not None]

    def rarity(self, word: str) -> float:
        """How telling a word is; one that nobody wrote as much as the rarest that somebody did."""
        terms = self.terms_of(word)
        weight = max(self.weights[terms]) if terms else self.weights.max(initial=0)
        return float(weight) ** 2

    def shares(self, words: Sequence[str]) -> list[Floats]:
        """Per word, which part of each amount of `vector(words)` comes from it.

        A pair belongs half to each of its words, as does what synonyms share when they are several
        words; together the shares of a term are 1.
        """
        counts = Counter(p for word in words for p in pieces(word))
        all_said = self.synonyms.said(words)
        counts.update(_shared_term(said.group) for said in all_said)
        pairs = Counter(_word_terms(words))
        order = [
            term
            for found in (counts, pairs)
            for term in sorted((t for t in found if t in self.terms), key=self.terms.__getitem__)
        ]
        column = {term: place for place, term in enumerate(order)}
        table = np.zeros((len(words), len(order)), np.float32)
        for row, word in enumerate(words):
            for piece in pieces(word):
                if (place := column.get(piece)) is not None:
                    table[row, place] += 1 / counts[piece]
            if (place := column.get(f"\n{word}")) is not None:
                table[row, place] += 1 / pairs[f"\n{word}"]
        for row, (one, two) in enumerate(pairwise(words)):
            pair = f"\n{one} {two}"
            if (place := column.get(pair)) is not None:
                table[row : row + 2, place] += 0.5 / pairs[pair]
        for said in all_said:
            if (place := column.get(term := _shared_term(said.group))) is not None:
                size = said.end - said.start
                table[said.start : said.end, place] += 1 / size / counts[term]
        return list(table)
