"""Text in, entry out: `Matcher.build(content).ask("hoe oud moet ik zijn?")`."""

import contextlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from faq import cache as index_cache
from faq.entry import Content, Fixed, FixedText
from faq.features import Floats
from faq.index import Index, Scores, phrasings_of, synonyms_of, words_of_all
from faq.markup import plain
from faq.match import Candidate, Explanation, Match, Outcome, Share
from faq.memory import Memory
from faq.normalise import words as words_of
from faq.postings import kernel
from faq.repair import Repair
from faq.signals import Signals
from faq.thresholds import Thresholds
from faq.turns import Courtesies, Split, follows_up, questions

__all__ = ["Candidate", "Explanation", "Match", "Matcher", "Outcome", "Share"]

SHOWN = 5
"""Candidates of a match."""

_OF_CONTEXT = 0.5
"""How far a follow-up is read together with the question before it, rather than by itself."""
_FIXED = 0.45
_AHEAD = 0.15
"""From which score, and how far ahead of the best entry, a route or action is taken without a
signal: of our entries' phrasings, held out, one in 200 is then mistaken for one."""
_NOT_OURS = 0.05
"""How far ahead of the best entry a subject that is not ours has to be, to decline at once: of 291
questions without an answer 127 are then declined so, of 2,412 that have one none is."""
_OF_ENTRIES = 0.7
"""How much of the likeness of two messages is in the entries that come near: of the pairs it takes
for alike, among cases not answered outright, six in ten ask for the same; by words alone one."""
_RELATED = 0.05
"""What an entry gains when the one before it names it as related."""
_REPEATED = 0.3
"""A follow-up asks for something else than what was just answered."""

_UNSEEN = np.empty(0, np.float32)


@dataclass(frozen=True)
class _Read:
    """A message as it is compared."""

    words: tuple[str, ...]
    repaired: tuple[tuple[str, str], ...]
    language: str


class Matcher:
    """Finds the entry, route or action a message asks for. Without state: safe in any thread."""

    def __init__(self, content: Content, index: Index, thresholds: Thresholds) -> None:
        self.index = index
        self.thresholds = thresholds
        self._entries = content.by_id
        self._repair = Repair(_spoken(content, index), _written(content), index.vocabulary.follows)
        known = self._repair.known
        self._routes = Signals(_texts(content.routes), known)
        self._actions = Signals(_texts(content.actions), known)
        self._courtesies = Courtesies(_texts(content.smalltalk))
        self._is_entry = np.array([class_.kind == "entry" for class_ in index.classes], bool)
        self._class_of = {
            class_.id: place for place, class_ in enumerate(index.classes) if class_.kind == "entry"
        }
        self._memory = Memory(index, content.learned, self._class_of)
        self._asked = {
            entry.id: {
                tag: tuple(words_of(text.question or text.phrasings[0]))
                for tag, text in entry.languages.items()
                if text.question or text.phrasings
            }
            for entry in content.entries
        }

    @classmethod
    def build(
        cls, content: Content, cache: Path | None = None, *, thresholds: Thresholds | None = None
    ) -> "Matcher":
        """Read the index from the folder *cache*, or train it (some seconds: use a thread)."""
        index = None
        path = index_cache.path_of(cache, content.digest) if cache else None
        if path is not None:
            index = index_cache.read(path)
        if index is None:
            index = Index.of(*phrasings_of(content), synonyms_of(content))
            if path is not None:
                with contextlib.suppress(OSError):  # a cache that cannot be written costs time only
                    index_cache.save(index, path)
        return cls(content, index, thresholds or Thresholds.shipped())

    def ask(self, text: str, *, language: str | None = None, context: str | None = None) -> Match:
        """Match a message.

        Args:
            language: the person's own, which decides when the words do not tell.
            context: the entry that was answered just before, for follow-ups.
        """
        return self._ask(text, language, context)[0]

    def explain(
        self, text: str, *, language: str | None = None, context: str | None = None
    ) -> Explanation:
        """As `ask`, with everything that led to it."""
        match, read, scores, fired = self._ask(text, language, context)
        thresholds = (("sure", self.thresholds.sure), ("unsure", self.thresholds.unsure))
        if not match.candidates:
            return Explanation(
                match=match,
                asked=" ".join(read.words),
                repaired=read.repaired,
                likened=(),
                phrasing="",
                parts=(),
                confidence=(),
                words=(),
                runner_up=None,
                margin=0.0,
                fired=fired,
                thresholds=thresholds,
            )
        runner_up = match.candidates[1] if len(match.candidates) > 1 else None
        class_ = self._class_of[match.candidates[0].id]
        nearest = self.index.nearest(scores.likeness, class_)[0]
        shares = sorted(
            (Share(word, amount) for word, amount in self.index.evidence(read.words, class_)),
            key=lambda share: -abs(share.amount),
        )
        return Explanation(
            match=match,
            asked=" ".join(read.words),
            repaired=read.repaired,
            likened=tuple(self.index.likened(read.words, class_, scores.likeness)),
            phrasing=self.index.phrasings[nearest].shown,
            parts=tuple((name, float(part[class_])) for name, part in scores.parts.items()),
            confidence=self._confidence(scores, read.words),
            words=tuple(shares),
            runner_up=runner_up,
            margin=match.candidates[0].score - (runner_up.score if runner_up else 0.0),
            fired=fired,
            thresholds=thresholds,
        )

    def likeness(self, texts: Sequence[str], language: str | None = None) -> Floats:
        """How alike texts are, each to each, from 0 to 1: in the entries that come near, which
        finds what is asked in other words, and in the words themselves."""
        read = [self._read(words_of(text), language).words for text in texts]
        terms = len(self.index.vocabulary.terms)
        vectors = [self.index.vocabulary.vector(words) for words in read]
        spoken = kernel(vectors, terms) if vectors else np.zeros((0, 0), np.float32)
        near = np.zeros((len(texts), len(self.index.classes)), np.float32)
        for row, words in zip(near, read, strict=True):
            total = self.index.scores(words).total
            rest = np.sort(total)[:-SHOWN]
            row += np.maximum(total - (rest[-1] if len(rest) else 0), 0)
        near /= np.maximum(np.linalg.norm(near, axis=1, keepdims=True), 1e-6)
        return np.asarray(_OF_ENTRIES * near @ near.T + (1 - _OF_ENTRIES) * spoken, np.float32)

    def taker_of(self, phrasing: str, id_: str) -> str | None:
        """What else a phrasing of an entry would go to, if anything: for checks of content.

        The entry's class is compared without the rule that a known phrasing wins outright.
        """
        words = words_of(phrasing)
        if fired := self._routes.fired(words):
            return f"route {fired.owner} ({fired.signal})"
        if fired := self._actions.fired(words):
            return f"action {fired.owner} ({fired.signal})"
        if not words or (place := self._class_of.get(id_)) is None:
            return None
        total = self._memory.recalled(self.index.scores(words), words).total
        best = int(np.argmax(total))
        if total[best] <= total[place]:
            return None
        return f"{self.index.classes[best].kind} {self.index.classes[best].id}"

    def _ask(
        self, text: str, language: str | None, context: str | None
    ) -> tuple[Match, _Read, Scores, str]:
        typed = words_of(text)
        read = self._read(typed, language)
        scores = self._scores(read, context)
        match = self._decided(scores, read)
        if match.route or match.action:
            match = match if self._stands(match, typed, read) else self._entry_only(match)
        if fired := self._routes.fired(typed):
            return _as(match, Outcome.ROUTE, route=fired.owner), read, scores, fired.signal
        if fired := self._actions.fired(typed):
            return _as(match, Outcome.ACTION, action=fired.owner), read, scores, fired.signal
        for words in (typed, self._repair.repaired(typed, read.language)[0]):
            if (kind := self._courtesies.only(words)) is not None:
                talk = _as(match, Outcome.SMALLTALK, smalltalk=kind)
                return talk, read, scores, " ".join(words)
        if match.outcome in (Outcome.SURE, Outcome.UNSURE, Outcome.NONE):
            match = self._with_parts(match, text, read.language)
            declined = match.outcome is Outcome.NONE and self._is_elsewhere(scores)
            return match, read, scores, self._likeness(scores) if declined else ""
        return match, read, scores, self._likeness(scores)

    def _is_elsewhere(self, scores: Scores) -> bool:
        """Whether a subject that is not ours is clearly nearer than every entry."""
        total = scores.total
        top = int(np.argmax(total)) if len(total) else -1
        if top < 0 or self.index.classes[top].kind != "elsewhere":
            return False
        return bool(total[top] - np.where(self._is_entry, total, 0).max() >= _NOT_OURS)

    def _likeness(self, scores: Scores) -> str:
        """What a message without a signal was taken for: a route, action, small talk, or a subject
        that is not ours."""
        top = int(np.argmax(scores.total))
        nearest = self.index.phrasings[self.index.nearest(scores.likeness, top)[0]].shown
        class_ = self.index.classes[top]
        name = f"{class_.kind} {class_.id}, " if class_.kind == "elsewhere" else ""
        return f"{name}{scores.total[top]:.3f} like: {nearest}"

    def _read(self, typed: Sequence[str], language: str | None) -> _Read:
        """Unknown words repaired, politeness around the question left out."""
        spoken = self.index.languages.recognised(typed, language)
        if tuple(typed) in self.index.exact or tuple(typed) in self._memory.exact:
            return _Read(tuple(typed), (), spoken)
        words, changed = self._repair.repaired(typed, spoken)
        bare = self._courtesies.without(words)
        return _Read(tuple(bare or words), tuple(changed), spoken)

    def _scores(self, read: _Read, context: str | None) -> Scores:
        scores = self.index.scores(read.words)
        exact = self.index.exact.get(read.words)
        if exact is not None:
            total = np.minimum(scores.total, np.float32(0.999))
            total[exact] = 1.0
            return replace(scores, total=total)
        scores = self._memory.recalled(scores, read.words)
        if context in self._entries and follows_up(read.words):
            return self._in_context(scores, read, context)
        return scores

    def _in_context(self, scores: Scores, read: _Read, context: str) -> Scores:
        asked = self._asked.get(context, {})
        before = asked.get(read.language) or next(iter(asked.values()), ())
        together = self.index.scores((*before, *read.words)).total
        total = (1 - _OF_CONTEXT) * scores.total + _OF_CONTEXT * together
        for other in self._entries[context].related:
            if (place := self._class_of.get(other)) is not None:
                total[place] += _RELATED
        if (place := self._class_of.get(context)) is not None:
            total[place] = (1 - _REPEATED) * scores.total[place]
        return replace(scores, total=np.asarray(np.minimum(total, 1), np.float32))

    def _confidence(self, scores: Scores, words: Sequence[str]) -> tuple[tuple[str, float], ...]:
        """Of the best entry."""
        total = np.where(self._is_entry, scores.total, -1)
        if not self._is_entry.any():
            return ()
        return self.index.confidence(words, int(np.argmax(total)), scores.total)

    def _decided(self, scores: Scores, read: _Read) -> Match:
        total = np.where(self._is_entry, scores.total, -1)
        order = np.argsort(-total, kind="stable")[:SHOWN]
        candidates = tuple(
            Candidate(self.index.classes[place].id, round(float(total[place]), 6))
            for place in order
            if self._is_entry[place]
        )
        sure = min(1.0, sum(share for _, share in self._confidence(scores, read.words)))
        match = Match(Outcome.NONE, candidates, read.language, confidence=round(sure, 6))
        best = candidates[0].score if candidates else 0.0
        top = int(np.argmax(scores.total)) if len(scores.total) else -1
        if top >= 0 and not self._is_entry[top]:
            class_ = self.index.classes[top]
            score = float(scores.total[top])
            shares = self.index.confidence(read.words, top, scores.total)
            if sum(share for _, share in shares) >= self.thresholds.sure or (
                score >= _FIXED and score - best >= _AHEAD
            ):
                match class_.kind:
                    case "route":
                        return _as(match, Outcome.ROUTE, route=class_.id)
                    case "action":
                        return _as(match, Outcome.ACTION, action=class_.id)
                    case "smalltalk":
                        return _as(match, Outcome.SMALLTALK, smalltalk=class_.id)
        if self._is_elsewhere(scores):
            return match
        return replace(match, outcome=self.thresholds.outcome(match.confidence))

    def _stands(self, match: Match, typed: Sequence[str], read: _Read) -> bool:
        """Whether a route or action that no signal names is meant. A repair ("leerkracht" read as
        "verkracht") must not call the police: typing errors are the signals' business."""
        if match.action:
            return not self._actions.excused(match.action, typed)
        if self._routes.excused(match.route or "", typed):
            return False
        if not read.repaired:
            return True
        scores = self.index.scores(typed)
        return self._decided(scores, replace(read, words=tuple(typed))).route == match.route

    def _entry_only(self, match: Match) -> Match:
        return _as(match, self.thresholds.outcome(match.confidence))

    def _could_matter(self, read: _Read, split: Split, whole: Match) -> bool:
        """Whether a part may change what is answered: it costs as much to score as the whole, and
        in one sentence, or beside an answer, only a part that stands by itself counts."""
        if split is Split.ASKED or (split is Split.TOLD and whole.outcome is not Outcome.SURE):
            return True
        if read.words in self.index.exact or read.words in self._memory.exact:
            return True
        vector, part = self.index.classified(read.words)
        scores = Scores(part, {"classifier": part}, _UNSEEN, vector)
        recalled = self._memory.recalled(scores, read.words).total
        return self.index.could_reach(self.thresholds.sure, read.words, recalled)

    def _with_parts(self, whole: Match, text: str, language: str) -> Match:
        """Answer two questions when each stands by itself and they ask for different things."""
        split, texts = questions(text, language)
        if not texts or (whole.best is not None and whole.best.score == 1.0):
            return whole
        parts: list[Match] = []
        for part in texts:
            read = self._read(words_of(part), language)
            if not self._could_matter(read, split, whole):
                if split is Split.JOINED:
                    return whole
                continue
            before = parts[-1].candidates[0].id if parts and parts[-1].candidates else None
            context = before if split is Split.ASKED else None
            parts.append(self._decided(self._scores(read, context), read))
            if split is Split.JOINED and parts[-1].outcome is not Outcome.SURE:
                return whole
        useful = [part for part in parts if part.outcome in (Outcome.SURE, Outcome.UNSURE)]
        sure = [part for part in useful if part.outcome is Outcome.SURE]
        if split is Split.ASKED and _different(useful) > 1:
            outcome = Outcome.SURE if len(sure) == len(useful) else Outcome.UNSURE
            return _joined(whole, useful, outcome)
        fits = split is not Split.JOINED or _best_is_among(whole, sure)
        if _different(sure) > 1 and fits:
            return _joined(whole, sure, Outcome.SURE)
        if split is not Split.JOINED and sure and whole.outcome is not Outcome.SURE:
            chosen = sure[0]
            return replace(
                whole,
                outcome=Outcome.SURE,
                candidates=chosen.candidates,
                confidence=chosen.confidence,
            )
        if split is not Split.JOINED and useful and whole.outcome is Outcome.NONE:
            return replace(useful[0], language=whole.language)
        return whole


def _different(parts: Sequence[Match]) -> int:
    return len({part.candidates[0].id for part in parts})


def _best_is_among(whole: Match, parts: Sequence[Match]) -> bool:
    """The whole is nearest to what one of its parts asks: the split cut no question in two."""
    return whole.best is not None and whole.best.id in {part.candidates[0].id for part in parts}


def _joined(whole: Match, parts: list[Match], outcome: Outcome) -> Match:
    """The best of each part first, then what the whole message resembles."""
    firsts = list(dict.fromkeys(part.candidates[0].id for part in parts))
    scored: dict[str, float] = {}
    for candidate in (candidate for match in (whole, *parts) for candidate in match.candidates):
        scored[candidate.id] = max(candidate.score, scored.get(candidate.id, 0.0))
    rest = [c.id for c in whole.candidates if c.id not in firsts]
    candidates = [Candidate(id_, scored[id_]) for id_ in (*firsts, *rest)][:SHOWN]
    distinct = {part.candidates[0].id: part for part in reversed(parts)}
    return replace(
        whole,
        outcome=outcome,
        candidates=tuple(candidates),
        parts=tuple(distinct[id_] for id_ in firsts),
    )


def _as(
    match: Match,
    outcome: Outcome,
    *,
    route: str | None = None,
    action: str | None = None,
    smalltalk: str | None = None,
) -> Match:
    return replace(match, outcome=outcome, route=route, action=action, smalltalk=smalltalk)


def _written(content: Content) -> frozenset[str]:
    """Words of our own answers: they are words, even where no phrasing has them."""
    texts = [text.answer for entry in content.entries for text in entry.languages.values()]
    for group in (content.routes, content.actions, content.smalltalk):
        texts += [text.answer for fixed in group for text in fixed.languages.values()]
    learned = [one.phrasing for one in content.learned]
    return frozenset(word for text in (*texts, *learned) for word in words_of_all(plain(text)))


def _spoken(content: Content, index: Index) -> dict[str, Counter[str]]:
    """Per language how often each word occurs; those of synonyms, which may stand for them, too."""
    counts = {tag: Counter(found) for tag, found in index.word_counts.items()}
    for group in content.synonyms:
        for tag, texts in group.languages.items():
            if tag in counts:
                counts[tag].update({word: 0 for text in texts for word in words_of(text)})
    return counts


def _texts(fixed: Sequence[Fixed]) -> Mapping[str, Mapping[str, FixedText]]:
    return {one.id: one.languages for one in fixed}
