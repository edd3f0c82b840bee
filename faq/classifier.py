"""Kernel logistic regression over all classes at once, trained with Nesterov steps in numpy.

The weights stay on the phrasings (one row each), so the evidence for a class is a sum of likenesses
to phrasings and every share of it can be shown.
"""

import numpy as np

from faq.features import Floats, Ints

STRENGTH = 100.0
"""C of logistic regression: large, because few phrasings must be able to tell neighbours apart."""
STEPS = 60
"""As right as 300 unscaled steps on ten public sets, at a fifth of the time."""
DIRECTIONS = 60
"""How many of the kernel's strongest directions are scaled down. Everything is a little like
everything, which makes one direction far stronger than all others; unscaled, it alone decides how
small the steps must be (Ma and Belkin, EigenPro, 2017)."""
LARGEST = 4000
"""Phrasings in one block: the kernel takes the square of it times four bytes."""


def trained(kernel: Floats, classes: Ints, count: int) -> Floats:
    """Weights per phrasing and class: steps in the space of functions, with Nesterov's momentum."""
    size = len(classes)
    wanted = np.zeros((size, count), np.float32)
    wanted[np.arange(size), classes] = 1
    values, directions = _strongest(kernel)
    level = max(float(values[-1]) * 1.1, 1e-3)
    damping = np.asarray(1 - level / np.maximum(values, level), np.float32)[:, None]
    step = np.float32(1 / (level / 2 + 1 / STRENGTH))
    weights = np.zeros((size, count), np.float32)
    ahead = weights
    pace = 1.0
    for _ in range(STEPS):
        gradient = probabilities(kernel @ ahead)
        gradient -= wanted
        gradient += ahead / np.float32(STRENGTH)
        gradient -= directions @ (damping * (directions.T @ gradient))
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


def _strongest(kernel: Floats) -> tuple[Floats, Floats]:
    """The largest eigenvalues and their directions, by subspace iteration from a fixed start."""
    size = len(kernel)
    kept = max(1, min(DIRECTIONS, size - 1))
    start = np.random.default_rng(0).standard_normal((size, min(size, kept + 8)))
    basis = start.astype(np.float32)
    for _ in range(8):
        basis, _ = np.linalg.qr(kernel @ basis)
    values, turns = np.linalg.eigh(basis.T @ (kernel @ basis))
    order = np.argsort(-values)[:kept]
    return values[order], np.asarray(basis @ turns[:, order], np.float32)
