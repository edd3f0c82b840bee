"""Questions that were taken in from use: they speak for their entry, and only near themselves.

To train everything anew with a question in it shifts every score a little: 200 questions made one
case in two hundred worse, and as many better. Here the index stays as it is, thresholds included; a
learned question adds evidence to messages that resemble it by more than `NEAR`, and none to others.
Of 1,533 cases, 517 learned questions then made 7 better and 3 worse, and those three are refused
when they are about to be accepted (`faq.learning`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from faq.entry import Learned
from faq.features import Floats, Ints, Sparse
from faq.index import Index, Scores
from faq.normalise import words as words_of
from faq.postings import Postings, kernel

NEAR = 0.20
"""Likeness, of 0 to 1, from which a learned question says something about a message."""
STRENGTH = 100.0
"""As of the classifier: few questions must be able to speak against many phrasings."""
STEPS = 200
PART = "learned questions"


class Memory:
    """What was learned on top of an index. Without state: safe in any thread."""

    def __init__(
        self, index: Index, learned: Sequence[Learned], class_of: Mapping[str, int]
    ) -> None:
        """*class_of*: the place of each entry's class; what has none left says nothing."""
        used: dict[tuple[str, ...], int] = {}
        for one in learned:
            words = tuple(words_of(one.phrasing))
            if words and one.entry in class_of and words not in index.exact:
                used[words] = class_of[one.entry]
        self._index = index
        self.exact: Mapping[tuple[str, ...], int] = used
        """The class of each learned question, by its words."""
        vectors = [_unit(index.vocabulary.vector(words)) for words in used]
        terms = len(index.vocabulary.terms)
        self._postings = Postings.of(vectors, terms)
        self._weights = np.zeros((len(used), len(index.classes)), np.float32)
        if used:
            said = np.array([_evidence(index.scores(words)) for words in used], np.float32)
            classes = np.array(list(used.values()), np.int32)
            self._weights = _trained(_local(kernel(vectors, terms)), classes, said)

    def recalled(self, scores: Scores, words: Sequence[str]) -> Scores:
        """The scores of a message with what was learned."""
        if not self.exact:
            return scores
        place = self.exact.get(tuple(words))
        if place is not None:
            total = np.minimum(scores.total, np.float32(0.999))
            total[place] = 1.0
            return replace(scores, total=total)
        near = _local(self._postings.likeness(_unit(scores.vector)))
        if not near.any() or "classifier" not in scores.parts:
            return scores
        before = scores.parts["classifier"]
        after = _softmax(_evidence(scores) + near @ self._weights) * before.sum()
        added = np.asarray(after - before, np.float32)
        return replace(scores, total=scores.total + added, parts={**scores.parts, PART: added})


def _unit(vector: Sparse) -> Sparse:
    length = float(np.linalg.norm(vector.amounts)) or 1.0
    return Sparse(vector.terms, np.asarray(vector.amounts / length, np.float32))


def _local(likeness: Floats) -> Floats:
    return np.asarray(np.maximum(likeness - NEAR, 0) / (1 - NEAR), np.float32)


def _evidence(scores: Scores) -> Floats:
    """What the classifier knows, up to a constant."""
    return np.asarray(np.log(np.maximum(scores.parts["classifier"], 1e-12)), np.float32)


def _softmax(evidence: Floats) -> Floats:
    grown = np.exp(evidence - evidence.max(axis=-1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=-1, keepdims=True), np.float32)


def _trained(table: Floats, classes: Ints, said: Floats) -> Floats:
    """Weights per question and class: logistic regression on what the classifier *said*."""
    size = len(classes)
    wanted = np.zeros_like(said)
    wanted[np.arange(size), classes] = 1
    step = np.float32(1 / (float(table.sum(axis=1).max()) / 2 + 1 / STRENGTH))
    weights: Floats = np.zeros_like(said)
    ahead = weights
    pace = 1.0
    for _ in range(STEPS):
        evidence = np.asarray(table @ ahead + said, np.float32)
        gradient = _softmax(evidence) - wanted + ahead / np.float32(STRENGTH)
        newer = np.asarray(ahead - step * gradient, np.float32)
        faster = (1 + (1 + 4 * pace * pace) ** 0.5) / 2
        momentum = np.float32((pace - 1) / faster) * (newer - weights)
        ahead = np.asarray(newer + momentum, np.float32)
        weights, pace = newer, faster
    return weights
