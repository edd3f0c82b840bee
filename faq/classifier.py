"""Kernel logistic regression over all classes at once, trained with Nesterov steps in numpy.

The weights stay on the phrasings (one row each), so the evidence for a class is a sum of likenesses
to phrasings and every share of it can be shown.
"""

import numpy as np

from faq.features import Floats, Ints

STRENGTH = 100.0
"""C of logistic regression: large, because few phrasings must be able to tell neighbours apart."""
STEPS = 300
FEWER_STEPS = 120
LARGE = 1500
"""From so many phrasings in one block fewer steps are taken: half the time, the same answers."""
LARGEST = 4000
"""Phrasings in one block: the kernel takes the square of it times four bytes."""


def trained(kernel: Floats, classes: Ints, count: int) -> Floats:
    """Weights per phrasing and class.

    Steps are taken in the space of functions, where the kernel itself is the best scaling.
    """
    size = len(classes)
    wanted = np.zeros((size, count), np.float32)
    wanted[np.arange(size), classes] = 1
    step = np.float32(1 / (_largest_eigenvalue(kernel) / 2 + 1 / STRENGTH))
    weights = np.zeros((size, count), np.float32)
    ahead = weights
    pace = 1.0
    for _ in range(STEPS if size < LARGE else FEWER_STEPS):
        gradient = probabilities(kernel @ ahead)
        gradient -= wanted
        gradient += ahead / STRENGTH
        newer = ahead - step * gradient
        faster = (1 + (1 + 4 * pace * pace) ** 0.5) / 2
        ahead = newer + np.float32((pace - 1) / faster) * (newer - weights)
        weights, pace = newer, faster
    return weights


def probabilities(evidence: Floats) -> Floats:
    """Softmax along the last axis."""
    grown = np.exp(evidence - evidence.max(axis=-1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=-1, keepdims=True), np.float32)


def blocks(languages: Ints, classes: Ints) -> list[Ints]:
    """Phrasings to train together: one language each, split where a language is too large.

    A split block still has a share of every class; the evidence of blocks is added up.
    """
    found = []
    for language in np.unique(languages):
        members = np.flatnonzero(languages == language).astype(np.int32)
        parts = -(-len(members) // LARGEST)
        order = members[np.argsort(classes[members], kind="stable")]
        found += [np.sort(order[part::parts]) for part in range(parts)]
    return found


def _largest_eigenvalue(kernel: Floats) -> float:
    """By power iteration; a little above it keeps the steps safe."""
    direction = np.ones(len(kernel), np.float32)
    value = 1.0
    for _ in range(30):
        direction = kernel @ direction
        value = float(np.linalg.norm(direction))
        if value == 0:
            return 1.0
        direction /= np.float32(value)
    return value * 1.02
