"""Phrasings seen from outside: each is asked to an index that was trained without it.

`python -m faq.check --leave-out` names those that are nearer to another entry, and `--advice` the
entries that are too close to each other. A fifth of all is left out at a time, which shows who may
stand wrong; whether one does is asked to an index that lacks only that one of its entry.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from faq.case import OFFERED
from faq.entry import Content
from faq.index import Class, Index, Phrasing, phrasings_of, synonyms_of

FOLDS = 5
"""Each index knows four fifths of the phrasings: near enough to all of them, five builds long. A
phrasing's own words choose its fold, so that a new one beside it does not move it to another."""

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
    _, phrasings, _ = phrasings_of(content)
    fold_of = [crc32(" ".join(phrasing.words).encode()) % FOLDS for phrasing in phrasings]
    found: list[tuple[int, Held]] = []
    for fold in range(FOLDS):
        found += _asked_without(content, {at for at, own in enumerate(fold_of) if own == fold})
        said(fold + 1)
    return [held for _, held in sorted(found, key=lambda pair: pair[0])]


def held_out_alone(content: Content, some: Iterable[Held]) -> list[Held]:
    """Ask *some* again, each to an index that knows all others of its entry.

    Builds an index for as many times as the entry with most of them has of them.
    """
    wanted = {(held.entry, held.language, held.phrasing) for held in some}
    classes, phrasings, _ = phrasings_of(content)
    rounds: dict[int, set[int]] = {}
    seen: Counter[int] = Counter()
    for at, phrasing in enumerate(phrasings):
        if (classes[phrasing.of].id, phrasing.language, phrasing.shown) in wanted:
            rounds.setdefault(seen[phrasing.of], set()).add(at)
            seen[phrasing.of] += 1
    return [held for out in rounds.values() for _, held in _asked_without(content, out)]


def _asked_without(content: Content, out: set[int]) -> list[tuple[int, Held]]:
    """The phrasings of entries at the places *out*, asked to an index without them."""
    classes, phrasings, answers = phrasings_of(content)
    kept = [phrasing for at, phrasing in enumerate(phrasings) if at not in out]
    index = Index.of(classes, kept, answers, synonyms_of(content))
    place_of = {class_: place for place, class_ in enumerate(index.classes)}
    return [
        (at, _held(index, phrasings[at], class_.id, place_of[class_]))
        for at in sorted(out)
        if (class_ := classes[phrasings[at].of]).kind == "entry" and class_ in place_of
    ]


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


def is_outside(held: Held) -> bool:
    """Another entry would answer it, and its own entry would not even be offered."""
    return held.taken >= WOULD_ANSWER and held.place > OFFERED


def misplaced(content: Content, found: Sequence[Held]) -> list[Held]:
    """The phrasings for which that is so, also when only they themselves are left out.

    Nothing else in their own entry is like them: they belong to the other one, or need company.
    """
    suspects = [held for held in found if is_outside(held)]
    return [held for held in held_out_alone(content, suspects) if is_outside(held)]


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
