"""The index: phrasings of all classes as vectors, trained weights, and how a text scores.

A class is an entry, or a fixed route, action or piece of small talk, or a subject that is not ours:
these compete with the entries for a message, so that "my wallet was stolen" is not read as the
nearest entry.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import numpy as np
from rapidfuzz import fuzz, process

from faq.classifier import Spoken, probabilities, weights_of
from faq.entry import Content
from faq.features import Floats, Ints, Sparse, Vocabulary
from faq.language import Languages
from faq.markup import plain
from faq.normalise import words as words_of
from faq.postings import Postings
from faq.synonyms import Synonyms

CLASSIFIER, NEAREST, CENTROID, FUZZY, ANSWER = 0.70, 0.10, 0.10, 0.10, 0.10
"""Weights of the parts of a score; measured on ten public sets (see README, matching)."""

MARGIN, FAMILIAR, LENGTH = 0.5, 0.5, 0.2
"""What counts for being sure besides the score: how far ahead of the runner-up the best is, how
many of the words it knows, and how many words there are (in a short message one word decides).
Together, at a precision of .95, they let us answer .42 instead of .39 of the questions of thirteen
sets, and .68 instead of .57 of those we are right about in our own cases. The weights are fixed:
some that were learned did worse on questions nobody had seen."""
ELSEWHERE = 1.0
"""How much it takes away to resemble what is not ours. Of 291 questions without an answer .976
instead of .957 are then not answered, at an equal share (.64) of those that have one."""
_LONG = 12
"""Words from which a message does not become surer."""

_ROUNDED = 0.001
"""More than rounding can change of a confidence."""

_FUZZY_CLASSES = 10
_FUZZY_PHRASINGS = 3


@dataclass(frozen=True)
class Class:
    kind: str
    """entry, route, action, smalltalk or elsewhere"""
    id: str


@dataclass(frozen=True)
class Phrasing:
    of: int
    """The place of its class."""
    language: str
    shown: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Scores:
    """How a text scores for each class."""

    total: Floats
    parts: Mapping[str, Floats]
    likeness: Floats
    """To each phrasing."""
    vector: Sparse


@dataclass(frozen=True)
class Index:
    classes: tuple[Class, ...]
    phrasings: tuple[Phrasing, ...]
    """Sorted by class; every class has one at least."""
    vocabulary: Vocabulary
    postings: Postings
    weights: Floats
    """Per phrasing and class."""
    spoken: Spoken
    """The same, for most terms."""
    norms: Floats
    """Length of the sum of a class's phrasings."""
    answers: Postings | None
    """One text per class and language that has one."""
    answer_of: Ints
    """Per answer its class."""
    languages: Languages

    @classmethod
    def of(
        cls,
        classes: Sequence[Class],
        phrasings: Sequence[Phrasing],
        answers: Mapping[int, Sequence[Sequence[str]]] | None = None,
        synonyms: Synonyms | None = None,
    ) -> "Index":
        """Train on phrasings; *answers*: per class its answers, a weak extra field."""
        used = sorted({phrasing.of for phrasing in phrasings})
        place_of = {old: new for new, old in enumerate(used)}
        classes = tuple(classes[old] for old in used)
        kept = sorted(
            (Phrasing(place_of[p.of], p.language, p.shown, p.words) for p in phrasings),
            key=lambda p: p.of,
        )
        vocabulary = Vocabulary.of(
            ([p.words for p in same] for _, same in groupby(kept, key=lambda p: p.of)), synonyms
        )
        vectors = [vocabulary.vector(p.words) for p in kept]
        tags = sorted({p.language for p in kept})
        class_of = np.array([p.of for p in kept], np.int32)
        size = len(vocabulary.terms)
        weights = weights_of(vectors, class_of, len(classes), size)
        postings = Postings.of(vectors, size)
        of_language: dict[str, list[Sequence[str]]] = {tag: [] for tag in tags}
        for phrasing in kept:
            of_language[phrasing.language].append(phrasing.words)
        texts = {place_of[old]: found for old, found in (answers or {}).items() if old in place_of}
        return cls(
            classes,
            tuple(kept),
            vocabulary,
            postings,
            weights,
            Spoken.of(postings, weights),
            _norms(vectors, class_of, len(classes), size),
            *_answers(vocabulary, texts),
            Languages.of(of_language),
        )

    @cached_property
    def starts(self) -> Ints:
        """Per class the place of its first phrasing."""
        return np.searchsorted([p.of for p in self.phrasings], range(len(self.classes))).astype(
            np.int32
        )

    @cached_property
    def exact(self) -> dict[tuple[str, ...], int]:
        """The class of each phrasing, by its words."""
        found: dict[tuple[str, ...], int] = {}
        for phrasing in self.phrasings:
            found.setdefault(phrasing.words, phrasing.of)
        return found

    @cached_property
    def word_counts(self) -> dict[str, Counter[str]]:
        """Per language how often each word occurs."""
        counts: dict[str, Counter[str]] = {}
        for phrasing in self.phrasings:
            counts.setdefault(phrasing.language, Counter()).update(phrasing.words)
        return counts

    @cached_property
    def _elsewhere(self) -> list[int]:
        return [place for place, class_ in enumerate(self.classes) if class_.kind == "elsewhere"]

    @cached_property
    def _joined(self) -> list[str]:
        return [" ".join(phrasing.words) for phrasing in self.phrasings]

    def scores(self, words: Sequence[str]) -> Scores:
        """Score every class for a text."""
        vector, classifier = self.classified(words)
        likeness = self.postings.likeness(vector)
        if not self.classes:
            return Scores(likeness, {}, likeness, vector)
        nearest = np.maximum.reduceat(likeness, self.starts)
        average = np.add.reduceat(likeness, self.starts) / self.norms
        parts = {
            "classifier": classifier,
            "nearest phrasing": np.asarray(NEAREST * nearest, np.float32),
            "average phrasing": np.asarray(CENTROID * average, np.float32),
        }
        if self.answers is not None:
            nearest_answer = np.zeros(len(self.classes), np.float32)
            np.maximum.at(nearest_answer, self.answer_of, self.answers.likeness(vector))
            parts["answer"] = ANSWER * nearest_answer
        total = np.sum(list(parts.values()), axis=0, dtype=np.float32)
        fuzzy = np.zeros_like(total)
        tops = np.argsort(-total, kind="stable")[:_FUZZY_CLASSES].tolist()
        near = [(top, at) for top in tops for at in self.nearest(likeness, top)]
        texts = [self._joined[at] for _, at in near]
        asked = [" ".join(words)] * len(texts)
        overlap = process.cpdist(asked, texts, scorer=fuzz.token_set_ratio)
        overlap += process.cpdist(asked, texts, scorer=fuzz.token_sort_ratio)
        np.maximum.at(fuzzy, [top for top, _ in near], FUZZY / 200 * overlap)
        parts["word overlap"] = fuzzy
        parts = {name: np.asarray(part / self._most, np.float32) for name, part in parts.items()}
        return Scores((total + fuzzy) / np.float32(self._most), parts, likeness, vector)

    @property
    def _most(self) -> float:
        return CLASSIFIER + NEAREST + CENTROID + FUZZY + (ANSWER if self.answers else 0)

    def classified(self, words: Sequence[str]) -> tuple[Sparse, Floats]:
        """A text as a vector, and the classifier's part of the score of each class."""
        vector = self.vocabulary.vector(words)
        if not self.classes:
            return vector, np.empty(0, np.float32)
        evidence = self.spoken.evidence(vector, self.postings, self.weights)
        return vector, np.asarray(CLASSIFIER * probabilities(evidence), np.float32)

    def confidence(
        self, words: Sequence[str], class_: int, total: Floats
    ) -> tuple[tuple[str, float], ...]:
        """How sure we are of a class among all with these scores: shares that add up to 0 to 1.

        The runner-up may be a route or small talk: what resembles those is not sure either, and
        least of all an entry where a subject that is not ours comes near.
        """
        score = float(total[class_])
        if score >= 1.0:
            return (("known phrasing", 1.0),)
        others = np.delete(total, class_)
        margin = score - max(float(others.max(initial=0)), 0.0)
        most = 1 + MARGIN + FAMILIAR + LENGTH
        elsewhere = 0.0
        if self.classes[class_].kind == "entry":
            elsewhere = max((float(total[place]) for place in self._elsewhere), default=0.0)
        return (
            ("score", score / most),
            ("margin", max(MARGIN * margin, -score) / most),
            ("familiar words", FAMILIAR * self.familiar(words, class_) / most),
            ("length", LENGTH * min(len(words), _LONG) / _LONG / most),
            *([("not ours", -ELSEWHERE * elsewhere / most)] if elsewhere > 0 else []),
        )

    def could_reach(self, least: float, words: Sequence[str], classified: Floats) -> bool:
        """Whether `confidence` in a class may be *least* or more, by the classifier alone.

        *classified*: its part of each score. False is certain; true is a perhaps.
        """
        if len(classified) < 2:
            return True
        classified = np.asarray(classified / self._most, np.float32)
        second, best = np.partition(classified, -2)[-2:]
        rivals = np.where(classified == best, second, best)
        scores = np.minimum(classified + (1 - CLASSIFIER / self._most), 1)
        reached = scores + MARGIN * (scores - rivals) + LENGTH * min(len(words), _LONG) / _LONG
        wanted = (least - _ROUNDED) * (1 + MARGIN + FAMILIAR + LENGTH) - reached
        return any(
            FAMILIAR * self.familiar(words, place) >= wanted[place]
            for place in np.flatnonzero(wanted <= FAMILIAR).tolist()
        )

    def familiar(self, words: Sequence[str], class_: int) -> float:
        """Which part of the words, weighted by rarity, the phrasings of a class have."""
        known = whole = 0.0
        for word in dict.fromkeys(words):
            weight = self.vocabulary.rarity(word)
            whole += weight
            if any(self._has(class_, term) for term in self.vocabulary.terms_of(word)):
                known += weight
        return known / whole if whole else 0.0

    def _has(self, class_: int, term: int) -> bool:
        first, last = self._range(class_)
        row = self.postings.row_of[term]
        if row >= 0:
            return bool(self.postings.rows[row, first:last].any())
        start, end = self.postings.starts[term : term + 2]
        held = self.postings.texts[start:end]
        return bool(np.searchsorted(held, last) > np.searchsorted(held, first))

    def _range(self, class_: int) -> tuple[int, int]:
        last = class_ + 1 == len(self.classes)
        end = len(self.phrasings) if last else int(self.starts[class_ + 1])
        return int(self.starts[class_]), end

    def nearest(self, likeness: Floats, class_: int) -> list[int]:
        """The places of a class's three nearest phrasings, nearest first."""
        start, end = self._range(class_)
        order = np.argsort(-likeness[start:end], kind="stable")[:_FUZZY_PHRASINGS]
        return [start + int(at) for at in order]

    def likened(self, words: Sequence[str], class_: int, likeness: Floats) -> list[tuple[str, str]]:
        """(a word as it was said, its synonym in the class's nearest phrasing that has one)."""
        found: dict[str, str] = {}
        known = self.vocabulary.synonyms
        start, end = self._range(class_)
        order = start + np.argsort(-likeness[start:end], kind="stable")
        texts = [self.phrasings[int(at)].words for at in order]
        spoken = [
            [(s.group, " ".join(text[s.start : s.end])) for s in known.said(text)] for text in texts
        ]
        for said in known.said(words):
            own = " ".join(words[said.start : said.end])
            theirs = [other for text in spoken for group, other in text if group == said.group]
            if theirs and own not in theirs:
                found.setdefault(own, theirs[0])
        return list(found.items())

    def evidence(self, words: Sequence[str], class_: int) -> list[tuple[str, float]]:
        """What each word adds to the classifier's evidence for a class, above the average class.

        Exact: the classifier is a sum over terms, and a term's amount is split over its words.
        """
        direction = self.weights[:, class_] - self.weights.mean(axis=1)
        whole = self.vocabulary.vector(words)
        of_words = self.vocabulary.shares(words)
        found = []
        for word, share in zip(words, of_words, strict=True):
            part = Sparse(whole.terms, whole.amounts * share)
            found.append((word, float(self.postings.likeness(part) @ direction)))
        return found


def phrasings_of(
    content: Content,
) -> tuple[list[Class], list[Phrasing], dict[int, list[list[str]]]]:
    """All classes of a content with their phrasings (titles included) and answers."""
    classes: list[Class] = []
    phrasings: list[Phrasing] = []
    answers: dict[int, list[list[str]]] = {}
    for entry in content.entries:
        classes.append(Class("entry", entry.id))
        for tag, text in entry.languages.items():
            _add(phrasings, len(classes) - 1, tag, (text.question, *text.phrasings))
            if text.answer:
                words = words_of_all(plain(text.answer))
                answers.setdefault(len(classes) - 1, []).append(words)
    for kind, group in (
        ("route", content.routes),
        ("action", content.actions),
        ("smalltalk", content.smalltalk),
    ):
        for fixed in group:
            classes.append(Class(kind, fixed.id))
            for tag, wording in fixed.languages.items():
                _add(phrasings, len(classes) - 1, tag, wording.phrasings)
    for subject in content.elsewhere:
        classes.append(Class("elsewhere", subject.id))
        for tag, lines in subject.languages.items():
            _add(phrasings, len(classes) - 1, tag, lines)
    return classes, phrasings, answers


def synonyms_of(content: Content) -> Synonyms:
    """The editors' groups, the words of all languages together."""
    return Synonyms(
        {
            group.id: [w for words in group.languages.values() for w in words]
            for group in content.synonyms
        }
    )


def words_of_all(text: str) -> list[str]:
    """As `words`, for texts of our own that may be longer than a message."""
    return [word for line in text.splitlines() for word in words_of(line)]


def _add(phrasings: list[Phrasing], of: int, tag: str, texts: Iterable[str]) -> None:
    seen: set[tuple[str, ...]] = set()
    for text in texts:
        words = tuple(words_of(text))
        if words and words not in seen:
            seen.add(words)
            phrasings.append(Phrasing(of, tag, text, words))


def _norms(vectors: Sequence[Sparse], class_of: Ints, classes: int, terms: int) -> Floats:
    norms = np.ones(classes, np.float32)
    for class_ in range(classes):
        members = [vectors[int(at)] for at in np.flatnonzero(class_of == class_)]
        found, place = np.unique(np.concatenate([v.terms for v in members]), return_inverse=True)
        total = np.bincount(place, np.concatenate([v.amounts for v in members]), len(found))
        norms[class_] = max(float(np.linalg.norm(total)), 1e-6)
    return norms


def _answers(
    vocabulary: Vocabulary, texts: Mapping[int, Sequence[Sequence[str]]]
) -> tuple[Postings | None, Ints]:
    pairs = [(class_, words) for class_, found in sorted(texts.items()) for words in found]
    if not pairs:
        return None, np.empty(0, np.int32)
    vectors = [vocabulary.vector(words, unknown=False) for _, words in pairs]
    of = np.array([class_ for class_, _ in pairs], np.int32)
    return Postings.of(vectors, len(vocabulary.terms)), of
