"""Kernel logistic regression over all classes at once, trained with Nesterov steps in numpy.

The weights stay on the phrasings (one row each), so the evidence for a class is a sum of likenesses
to phrasings and every share of it can be shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from faq.features import Floats, Ints, Sparse
from faq.postings import Postings, kernel

STRENGTH = 100.0
"""C of logistic regression: large, because few phrasings must be able to tell neighbours apart."""
STEPS = 60
"""As right as 300 unscaled steps on ten public sets, at a fifth of the time."""
ROUNDS = (30, 15)
"""Steps of each round over the parts, where all phrasings together are too many. As right as three
rounds of 30 on 2,400 questions (.904 and .903 first), in three fifths of the time."""
DIRECTIONS = 60
"""How many of the kernel's strongest directions are scaled down. Everything is a little like
everything, which makes one direction far stronger than all others; unscaled, it alone decides how
small the steps must be (Ma and Belkin, EigenPro, 2017)."""
LARGEST = 2000
"""Phrasings trained at once: their kernel takes the square of it times four bytes (16 MB)."""
FEW = 16
"""Phrasings of a term that are asked one by one."""


def weights_of(vectors: Sequence[Sparse], classes: Ints, count: int, terms: int) -> Floats:
    """Weights per phrasing and class.

    All languages are trained together: words they share then speak for the same class in each. What
    is too large for one kernel is trained in parts that know what the other parts already say, in
    several rounds.
    """
    weights = np.zeros((len(vectors), count), np.float32)
    if not len(vectors):
        return weights
    amount = max(1, -(-len(vectors) // LARGEST))
    parts = [np.arange(part, len(vectors), amount).tolist() for part in range(amount)]
    if amount == 1:
        nothing = np.zeros_like(weights)
        return _trained(kernel(vectors, terms), classes, weights, nothing, STEPS)
    shared, kept = _shared(vectors, terms)
    of_terms = np.zeros((kept, count), np.float32)
    for steps in ROUNDS:
        for part in parts:
            mine = [shared[at] for at in part]
            _add(of_terms, mine, -weights[part])
            said = np.stack([vector.amounts @ of_terms[vector.terms] for vector in mine])
            table = kernel([vectors[at] for at in part], terms)
            weights[part] = _trained(table, classes[part], weights[part], said, steps)
            _add(of_terms, mine, weights[part])
    return weights


def _shared(vectors: Sequence[Sparse], terms: int) -> tuple[list[Sparse], int]:
    """The vectors without the terms that only one of them has, numbered anew, and how many terms
    are left: those say nothing to others, and are half of all."""
    counts = np.zeros(terms, np.int32)
    for vector in vectors:
        counts[vector.terms] += 1
    place = np.cumsum(counts > 1, dtype=np.int32) - 1
    kept = [counts[vector.terms] > 1 for vector in vectors]
    found = [
        Sparse(place[vector.terms[own]], vector.amounts[own])
        for vector, own in zip(vectors, kept, strict=True)
    ]
    return found, int((counts > 1).sum())


def _add(of_terms: Floats, vectors: Sequence[Sparse], weights: Floats) -> None:
    """Keep per term and class what the phrasings together say."""
    for vector, weight in zip(vectors, weights, strict=True):
        of_terms[vector.terms] += vector.amounts[:, None] * weight


def _trained(table: Floats, classes: Ints, weights: Floats, said: Floats, steps: int) -> Floats:
    """Steps in the space of functions, with Nesterov's momentum, from *weights* on.

    *said*: the evidence that phrasings outside of *table* already give.
    """
    size = len(classes)
    wanted = np.zeros_like(weights)
    wanted[np.arange(size), classes] = 1
    values, directions = _strongest(table)
    level = max(float(values[-1]) * 1.1, 1e-3)
    damping = np.asarray(1 - level / np.maximum(values, level), np.float32)[:, None]
    step = np.float32(1 / (level / 2 + 1 / STRENGTH))
    ahead = weights
    pace = 1.0
    for _ in range(steps):
        gradient = probabilities(table @ ahead + said)
        gradient -= wanted
        gradient += ahead / np.float32(STRENGTH)
        gradient -= directions @ (damping * (directions.T @ gradient))
        newer = ahead - step * gradient
        faster = (1 + (1 + 4 * pace * pace) ** 0.5) / 2
        ahead = newer + np.float32((pace - 1) / faster) * (newer - weights)
        weights, pace = newer, faster
    return weights


@dataclass(frozen=True)
class Spoken:
    """What the weights of phrasings say, summed per term where many phrasings have it: to ask the
    phrasings of a rare term one by one costs less than the memory, of a common one far more."""

    row_of: Ints
    """Per term its row in `rows`, or -1."""
    rows: Floats
    """Per term and class."""

    @classmethod
    def of(cls, postings: Postings, weights: Floats) -> "Spoken":
        counts = np.diff(postings.starts)
        listed = np.flatnonzero(counts > FEW).tolist()
        common = np.flatnonzero(postings.row_of >= 0)
        row_of = np.full(len(counts), -1, np.int32)
        row_of[[*listed, *common]] = np.arange(len(listed) + len(common), dtype=np.int32)
        rows = np.empty((len(listed) + len(common), weights.shape[1]), np.float32)
        for row, term in enumerate(listed):
            held = slice(int(postings.starts[term]), int(postings.starts[term + 1]))
            rows[row] = postings.amounts[held] @ weights[postings.texts[held]]
        rows[len(listed) :] = postings.rows[postings.row_of[common]] @ weights
        return cls(row_of, rows)

    def evidence(self, vector: Sparse, postings: Postings, weights: Floats) -> Floats:
        """Per class, of a text: as its likeness to each phrasing times that one's weights."""
        rows = self.row_of[vector.terms]
        many = rows >= 0
        evidence = vector.amounts[many] @ self.rows[rows[many]]
        texts, amounts = postings.held(vector.terms[~many], vector.amounts[~many])
        return np.asarray(evidence + amounts @ weights[texts], np.float32)


def probabilities(evidence: Floats) -> Floats:
    """Softmax along the last axis."""
    grown = np.exp(evidence - evidence.max(axis=-1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=-1, keepdims=True), np.float32)


def _strongest(table: Floats) -> tuple[Floats, Floats]:
    """The largest eigenvalues and their directions, by subspace iteration from a fixed start."""
    size = len(table)
    kept = max(1, min(DIRECTIONS, size - 1))
    start = np.random.default_rng(0).standard_normal((size, min(size, kept + 8)))
    basis = start.astype(np.float32)
    for _ in range(8):
        basis, _ = np.linalg.qr(table @ basis)
    values, turns = np.linalg.eigh(basis.T @ (table @ basis))
    order = np.argsort(-values)[:kept]
    return values[order], np.asarray(basis @ turns[:, order], np.float32)
