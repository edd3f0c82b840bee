"""Phrasings seen from outside: each is asked to an index that was trained without it.

`python -m faq.check --leave-out` names those that are nearer to another entry, and `--advice` the
entries that are too close to each other.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from faq.case import OFFERED
from faq.entry import Content
from faq.index import Class, Index, Phrasing, phrasings_of

FOLDS = 5
"""Each index knows four fifths of the phrasings: near enough to all of them, five builds long."""

WOULD_ANSWER = 0.60
"""Score from which a phrasing that is not known is answered or nearly so. Measured on 8,466
phrasings of 78 entries: one in a hundred is then named, mostly written under the wrong entry. To
name (and take out) every phrasing that is merely nearer to another entry, a third of them, cost ten
points of the cases: those at the border are what tells neighbours apart."""

TOO_CLOSE = 0.06
"""Share of two entries' phrasings that are nearer to the other of the two."""


@dataclass(frozen=True)
class Held:
    """A phrasing of an entry, asked to an index that does not know it."""

    entry: str
    language: str
    phrasing: str
    own: float
    """Score of its own entry, from 0 to 1."""
    taker: Class
    """The best of all others: an entry, or a route, action or piece of small talk."""
    taken: float
    place: int
    """Of its own entry among all, from 1."""

    @property
    def ahead(self) -> float:
        return self.taken - self.own


def held_out(content: Content, said: Callable[[int], None] = lambda fold: None) -> list[Held]:
    """Ask every phrasing; takes about `FOLDS` times as long as building the index.

    *said* is called with the number of each fold (from 1) that is done.
    """
    classes, phrasings, answers = phrasings_of(content)
    found: list[tuple[int, Held]] = []
    turns: Counter[tuple[int, str]] = Counter()
    fold_of = []
    for phrasing in phrasings:
        fold_of.append(turns[phrasing.of, phrasing.language] % FOLDS)
        turns[phrasing.of, phrasing.language] += 1
    for fold in range(FOLDS):
        kept = [p for p, own in zip(phrasings, fold_of, strict=True) if own != fold]
        index = Index.of(classes, kept, answers)
        place_of = {class_: place for place, class_ in enumerate(index.classes)}
        for at, phrasing in enumerate(phrasings):
            class_ = classes[phrasing.of]
            if fold_of[at] == fold and class_.kind == "entry" and class_ in place_of:
                found.append((at, _held(index, phrasing, class_.id, place_of[class_])))
        said(fold + 1)
    return [held for _, held in sorted(found, key=lambda pair: pair[0])]


def _held(index: Index, phrasing: Phrasing, id_: str, own: int) -> Held:
    total = index.scores(phrasing.words).total.copy()
    score = float(total[own])
    place = 1 + int((total > score).sum())
    total[own] = -1
    best = int(np.argmax(total))
    return Held(
        id_,
        phrasing.language,
        phrasing.shown,
        score,
        index.classes[best],
        float(total[best]),
        place,
    )


def misplaced(found: Sequence[Held]) -> list[Held]:
    """Phrasings that another entry would answer, and whose own entry would not even be offered.

    Nothing else in their own entry is like them: they belong to the other one, or need company.
    """
    return [held for held in found if held.taken >= WOULD_ANSWER and held.place > OFFERED]


@dataclass(frozen=True)
class Neighbours:
    """Two entries that are taken for each other."""

    one: str
    other: str
    mistaken: int
    """Phrasings of both that, left out, are nearer to the other of the two."""
    phrasings: int
    """Of both together."""
    example: Held

    @property
    def share(self) -> float:
        return self.mistaken / self.phrasings


def too_close(found: Sequence[Held]) -> list[Neighbours]:
    """Pairs of entries of which at least `TOO_CLOSE` is mistaken, the closest first."""
    sizes = Counter(held.entry for held in found)
    mistaken: dict[tuple[str, str], list[Held]] = {}
    for held in found:
        if held.ahead > 0 and held.taker.kind == "entry":
            one, other = sorted((held.entry, held.taker.id))
            mistaken.setdefault((one, other), []).append(held)
    pairs = [
        Neighbours(
            one,
            other,
            len(helds),
            sizes[one] + sizes[other],
            max(helds, key=lambda held: held.ahead),
        )
        for (one, other), helds in mistaken.items()
    ]
    close = [pair for pair in pairs if pair.share >= TOO_CLOSE]
    return sorted(close, key=lambda pair: (-pair.share, pair.one, pair.other))
