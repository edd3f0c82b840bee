"""Likeness of one text to all texts of an index, and of all to all, in plain numpy."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from faq.features import Floats, Ints, Sparse

_COMMON = 8
"""A term in more than one text of eight is kept as a whole row: adding rows is then faster."""


@dataclass(frozen=True)
class Postings:
    """Per term the texts that hold it: rare terms as lists, common ones as rows of a table."""

    size: int
    starts: Ints
    texts: Ints
    amounts: Floats
    row_of: Ints
    """Per term its row in `rows`, or -1."""
    rows: Floats

    @classmethod
    def of(cls, vectors: Sequence[Sparse], terms: int) -> "Postings":
        size = len(vectors)
        lengths = [len(vector.terms) for vector in vectors]
        all_texts = np.repeat(np.arange(size, dtype=np.int32), lengths)
        all_terms = np.concatenate([v.terms for v in vectors] or [np.empty(0, np.int32)])
        all_amounts = np.concatenate([v.amounts for v in vectors] or [np.empty(0, np.float32)])
        counts = np.bincount(all_terms, minlength=terms)
        common = counts * _COMMON > max(size, 64)
        row_of = np.full(terms, -1, np.int32)
        row_of[common] = np.arange(int(common.sum()), dtype=np.int32)
        rows = np.zeros((int(common.sum()), size), np.float32)
        is_common = common[all_terms]
        rows[row_of[all_terms[is_common]], all_texts[is_common]] = all_amounts[is_common]
        kept = ~is_common
        order = np.argsort(all_terms[kept], kind="stable")
        starts = np.zeros(terms + 1, np.int32)
        np.cumsum(np.where(common, 0, counts), out=starts[1:])
        return cls(size, starts, all_texts[kept][order], all_amounts[kept][order], row_of, rows)

    def likeness(self, vector: Sparse) -> Floats:
        """From 0 to 1, to each text of the index."""
        rows = self.row_of[vector.terms]
        common = rows >= 0
        likeness = np.zeros(self.size, np.float32)
        added = np.empty_like(likeness)
        for row, amount in zip(rows[common].tolist(), vector.amounts[common], strict=True):
            likeness += np.multiply(self.rows[row], amount, out=added)
        self.add_rare(likeness, vector.terms[~common], vector.amounts[~common])
        return likeness

    def add_rare(self, likeness: Floats, terms: Ints, amounts: Floats) -> None:
        """Add what terms that are kept as lists contribute."""
        texts, added = self.held(terms, amounts)
        if len(texts):
            likeness += np.bincount(texts, added, minlength=self.size)

    def held(self, terms: Ints, amounts: Floats) -> tuple[Ints, Floats]:
        """The texts of terms that are kept as lists, and what each adds to its text's likeness."""
        starts, ends = self.starts[terms], self.starts[terms + 1]
        ranges = [slice(*pair) for pair in zip(starts.tolist(), ends.tolist(), strict=True)]
        if not ranges:
            return self.texts[:0], self.amounts[:0]
        texts = np.concatenate([self.texts[range_] for range_ in ranges])
        added = np.concatenate([self.amounts[range_] for range_ in ranges])
        added *= np.repeat(amounts, ends - starts)
        return texts, added


def kernel(vectors: Sequence[Sparse], terms: int) -> Floats:
    """Likeness of each text to each."""
    postings = Postings.of(vectors, terms)
    table = postings.rows.T @ postings.rows
    for row, vector in zip(table, vectors, strict=True):
        rare = postings.row_of[vector.terms] < 0
        postings.add_rare(row, vector.terms[rare], vector.amounts[rare])
    return np.asarray(table, np.float32)
