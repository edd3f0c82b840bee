"""From which score we answer, and from which we ask: `python -m faq.thresholds [DIR]`.

Measured by cross-validation that leaves entries out: a fifth of the entries is taken away, so that
their phrasings play questions nobody wrote an answer for, and of the others a fifth of the
phrasings is asked. The thresholds and the figures they gave are kept in `faq/thresholds.yaml`.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faq.entry import Content
from faq.index import Index, Phrasing, phrasings_of, synonyms_of
from faq.loader import load
from faq.match import Outcome
from faq.yaml_reader import read_yaml

FOLDS = 5
LEAST_PHRASINGS = 5
"""Per entry and language (the median); with fewer the measurement says nothing."""
PRECISION = 0.95
"""What is answered outright is right at least so often, when one question in ten has no answer."""
REFUSED = 0.93
"""Of the questions without an answer at least so many are not answered."""
WITHOUT_ANSWER = 0.10
KEPT_WEIGHT = 2.5
"""Sending away somebody whose answer was among three is as bad as offering choices in vain to two
or three others. Phrasings differ more than what people ask, on purpose: of our cases a tenth of
those are sent away (1 in 100) that this measurement says (1 in 10)."""
MOST_QUESTIONS = 1500
"""Per fold and kind."""

_FILE = Path(__file__).with_name("thresholds.yaml")


@dataclass(frozen=True)
class Thresholds:
    sure: float
    unsure: float

    def outcome(self, score: float) -> Outcome:
        if score >= self.sure:
            return Outcome.SURE
        return Outcome.UNSURE if score >= self.unsure else Outcome.NONE

    @staticmethod
    def shipped() -> "Thresholds":
        return _shipped()


@cache
def _shipped() -> Thresholds:
    data = read_yaml(_FILE).data
    return Thresholds(float(data["sure"]), float(data["unsure"]))


@dataclass
class Measured:
    """What was asked in the cross-validation: score, whether right first, whether among three."""

    inside: list[tuple[float, bool, bool]] = field(default_factory=list)
    outside: list[float] = field(default_factory=list)

    def thresholds(self) -> Thresholds:
        sure = self._sure()
        return Thresholds(round(sure, 3), round(min(self._unsure(), sure), 3))

    def figures(self, chosen: Thresholds) -> dict[str, float]:
        """What the thresholds give on these questions."""
        answered = [right for score, right, _ in self.inside if score >= chosen.sure]
        wrong_outside = sum(score >= chosen.sure for score in self.outside)
        return {
            "questions": len(self.inside),
            "questions_without_answer": len(self.outside),
            "right_first": _share(right for _, right, _ in self.inside),
            "right_among_three": _share(among for _, _, among in self.inside),
            "answered": _share(score >= chosen.sure for score, _, _ in self.inside),
            "precision": round(self._precision(sum(answered), len(answered), wrong_outside), 3),
            "without_answer_not_answered": _share(s < chosen.sure for s in self.outside),
            "without_answer_declined": _share(s < chosen.unsure for s in self.outside),
            "declined_in_vain": _share(score < chosen.unsure for score, _, _ in self.inside),
        }

    def _precision(self, right: int, answered: int, wrong_outside: int) -> float:
        scale = 1.0
        if self.outside and self.inside:
            scale = WITHOUT_ANSWER / (1 - WITHOUT_ANSWER) * len(self.inside) / len(self.outside)
        total = answered + wrong_outside * scale
        return right / total if total else 1.0

    def _sure(self) -> float:
        scores = np.array([score for score, _, _ in self.inside])
        rights = np.array([right for _, right, _ in self.inside])
        outside = np.array(self.outside)
        for threshold in np.round(np.arange(0.20, 0.99, 0.005), 3):
            over = scores >= threshold
            wrong = int((outside >= threshold).sum())
            precise = self._precision(int(rights[over].sum()), int(over.sum()), wrong)
            refused = 1 - wrong / len(outside) if len(outside) else 1.0
            if precise >= PRECISION and refused >= REFUSED:
                return float(threshold)
        return 0.99

    def _unsure(self) -> float:
        """Keeps most of what three choices would help, and declines most of the rest."""
        helped = np.array([score for score, _, among in self.inside if among])
        outside = np.array(self.outside)
        if not len(helped) or not len(outside):
            return 0.0
        grid = np.round(np.arange(0.05, 0.90, 0.005), 3)
        gains = [KEPT_WEIGHT * (helped >= t).mean() + (outside < t).mean() for t in grid]
        return float(grid[int(np.argmax(gains))])


def measurable(content: Content) -> bool:
    """Whether the content has enough phrasings for a measurement."""
    counts = [len(text.phrasings) for entry in content.entries for text in entry.languages.values()]
    return len(content.entries) >= 2 * FOLDS and float(np.median(counts)) >= LEAST_PHRASINGS


def measured(content: Content, *, most_questions: int = MOST_QUESTIONS) -> Measured:
    """Cross-validate; takes about five times as long as building the index."""
    classes, phrasings, answers = phrasings_of(content)
    synonyms = synonyms_of(content)
    found = Measured()
    entries = [place for place, class_ in enumerate(classes) if class_.kind == "entry"]
    order: dict[int, int] = {}
    turn: list[int] = []
    for phrasing in phrasings:
        turn.append(order.get(phrasing.of, 0))
        order[phrasing.of] = turn[-1] + 1
    for fold in range(FOLDS):
        without = {place for at, place in enumerate(entries) if at % FOLDS == fold}
        outside = [p for p in phrasings if p.of in without]
        inside: list[Phrasing] = []
        kept: list[Phrasing] = []
        for phrasing, at in zip(phrasings, turn, strict=True):
            if phrasing.of in without:
                continue
            held_out = at % FOLDS == fold and classes[phrasing.of].kind == "entry"
            (inside if held_out else kept).append(phrasing)
        index = Index.of(classes, kept, answers, synonyms)
        is_entry = np.array([class_.kind == "entry" for class_ in index.classes])
        for phrasing in _some(inside, most_questions):
            sure, ids = _asked(index, is_entry, phrasing)
            right = classes[phrasing.of].id
            found.inside.append((sure, ids[0] == right, right in ids))
        for phrasing in _some(outside, most_questions):
            found.outside.append(_asked(index, is_entry, phrasing)[0])
    return found


def _asked(
    index: Index, is_entry: NDArray[np.bool_], phrasing: Phrasing
) -> tuple[float, list[str]]:
    """How sure we would be of the best entry, and the three best."""
    total = index.scores(phrasing.words).total
    best = np.argsort(-np.where(is_entry, total, -1), kind="stable")[:3]
    shares = index.confidence(phrasing.words, int(best[0]), total)
    return sum(share for _, share in shares), [index.classes[at].id for at in best]


def _some(phrasings: Sequence[Phrasing], most: int) -> Sequence[Phrasing]:
    step = -(-len(phrasings) // most) if phrasings else 1
    return phrasings[::step]


def _share(values: Iterable[bool | np.bool_]) -> float:
    found = [bool(value) for value in values]
    return round(sum(found) / len(found), 3) if found else 0.0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m faq.thresholds", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="instead of the shipped content")
    parser.add_argument("--out", type=Path, default=_FILE)
    chosen = parser.parse_args(arguments)
    content = load(chosen.folder, strict=False)
    found = measured(content)
    thresholds = found.thresholds()
    lines = [
        "# Written by `python -m faq.thresholds`: measured, not chosen. See faq/thresholds.py.",
        f"sure: {thresholds.sure}",
        f"unsure: {thresholds.unsure}",
        "measured:",
        f"  content: {content.digest}",
        f"  entries: {len(content.entries)}",
        *(f"  {name}: {value}" for name, value in found.figures(thresholds).items()),
    ]
    text = "\n".join(lines) + "\n"
    chosen.out.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
