"""Learning from use: what changes elsewhere when a question is taken in for an entry.

Nothing is taken in unseen: everything we know the right outcome of is asked again with the question
taken in (see `faq.memory`). What would get worse is a reason to refuse.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from faq.case import OFFERED, Case
from faq.entry import Content, Learned
from faq.evaluate import asked
from faq.match import Match, Outcome
from faq.matcher import Matcher
from faq.normalise import normalised
from faq.normalise import words as words_of

Say = Callable[[str], None]
BATCH = 25
"""Questions that are tried at once; when they do harm, they are tried in parts."""
LIKE = 0.40
"""Likeness to a new question from which a phrasing is asked again: twice what `faq.memory` needs to
say anything."""


@dataclass(frozen=True)
class Change:
    """A question that gets something else than before."""

    question: str
    language: str
    before: str
    after: str
    wanted: str = ""
    """What it must get, where we know."""


@dataclass(frozen=True)
class Effects:
    """What changes when questions are taken in."""

    worse: tuple[Change, ...] = ()
    """Cases that passed, and would not any more."""
    better: tuple[Change, ...] = ()
    """Cases that pass only then."""
    other: tuple[Change, ...] = ()
    """Cases that get something else, which is as right or as wrong as before."""
    taken: tuple[Change, ...] = ()
    """Phrasings of entries that something else would take, were they not known word for word."""
    in_vain: tuple[Change, ...] = ()
    """Taken in, and still not answered with the entry: a route or an action comes first."""
    unanswered: tuple[Change, ...] = ()
    """Kept questions that would get something else."""

    @property
    def harm(self) -> tuple[Change, ...]:
        return (*self.worse, *self.taken, *self.in_vain)


@dataclass(frozen=True)
class Kept:
    """A question that nobody answered."""

    question: str
    language: str


def objection(content: Content, learned: Learned) -> str | None:
    """Why this cannot be taken in at all, whatever it does elsewhere."""
    entry = content.entry_of(learned.entry)
    if entry is None:
        return f"there is no entry {learned.entry}"
    if learned.language not in entry.languages:
        return f"{learned.entry} has no text in {learned.language!r}"
    said = normalised(learned.phrasing)
    if not said:
        return "it has no words"
    for one in content.learned:
        if normalised(one.phrasing) == said:
            return f"it was taken in for {one.entry} already"
    for other in content.entries:
        text = other.languages.get(learned.language)
        if text and said in {normalised(p) for p in (text.question, *text.phrasings)}:
            return f"it is a phrasing of {other.id} already"
    return None


class School:
    """The content as it is, and what would come of teaching it more."""

    def __init__(
        self,
        content: Content,
        matcher: Matcher,
        cases: Sequence[Case],
        kept: Sequence[Kept] = (),
        *,
        say: Say = lambda sentence: None,
    ) -> None:
        self._say = say
        self._cases = cases
        self._kept = kept
        self._adopt(content, matcher)

    def try_out(self, questions: Sequence[Learned]) -> tuple["Lesson", Effects]:
        """Ask everything again with *questions* taken in, and say what differs."""
        count = "one question" if len(questions) == 1 else f"{len(questions)} questions"
        self._say(f"Asking {len(self._cases)} cases and all phrasings again, with {count} …")
        content = replace(self.content, learned=(*self.content.learned, *questions))
        matcher = Matcher(content, self.matcher.index, self.matcher.thresholds)
        lesson = Lesson(content, matcher)
        return lesson, self._effects(lesson, questions)

    def take(self, lesson: "Lesson") -> None:
        """Go on from here: further questions are compared with this."""
        self._adopt(lesson.content, lesson.matcher)

    def take_in(
        self, questions: Iterable[Learned], size: int = BATCH
    ) -> tuple[list[Learned], list[Learned]]:
        """Take in what does no harm; returns that, and what was refused.

        Tried *size* at a time; a batch that does harm is tried in parts, down to single questions.
        """
        taken: list[Learned] = []
        refused: list[Learned] = []
        waiting = list(questions)
        batches = [waiting[at : at + size] for at in range(0, len(waiting), size)]
        while batches:
            batch = [one for one in batches.pop(0) if objection(self.content, one) is None]
            if not batch:
                continue
            lesson, effects = self.try_out(batch)
            if not effects.harm:
                self.take(lesson)
                taken += batch
            elif len(batch) == 1:
                refused += batch
            else:
                batches[:0] = _apart(batch, effects)
        left = {one.id for one in taken} | {one.id for one in refused}
        refused += [one for one in waiting if one.id not in left]
        return taken, refused

    def _adopt(self, content: Content, matcher: Matcher) -> None:
        self.content = content
        self.matcher = matcher
        self._before = asked(matcher, self._cases)
        self._kept_before = self._ask_kept(matcher)

    def _ask_kept(self, matcher: Matcher) -> list[Match]:
        return [matcher.ask(one.question, language=one.language) for one in self._kept]

    def _effects(self, lesson: "Lesson", questions: Sequence[Learned]) -> Effects:
        found: dict[str, list[Change]] = {"worse": [], "better": [], "other": []}
        for (case, before), (_, after) in zip(
            self._before, asked(lesson.matcher, self._cases), strict=True
        ):
            was, is_ = case.passes(before), case.passes(after)
            if was == is_ and outcome(before) == outcome(after):
                continue
            kind = "other" if was == is_ else "better" if is_ else "worse"
            wanted = case.expected or "no answer"
            found[kind].append(_change(case.question, case.language, before, after, wanted))
        unanswered = [
            _change(one.question, one.language, before, after)
            for one, before, after in zip(
                self._kept, self._kept_before, self._ask_kept(lesson.matcher), strict=True
            )
            if outcome(before) != outcome(after)
        ]
        return Effects(
            worse=tuple(found["worse"]),
            better=tuple(found["better"]),
            other=tuple(found["other"]),
            taken=tuple(self._taken(lesson, questions)),
            in_vain=tuple(_in_vain(self.matcher, lesson.matcher, questions)),
            unanswered=tuple(unanswered),
        )

    def _taken(self, lesson: "Lesson", questions: Sequence[Learned]) -> Iterable[Change]:
        """Phrasings near the new ones that stayed with their entry, and would not."""
        index = self.matcher.index
        like = np.zeros(len(index.phrasings), np.float32)
        for one in questions:
            vector = index.vocabulary.vector(words_of(one.phrasing))
            like = np.maximum(like, index.postings.likeness(vector))
        for at in np.flatnonzero(like >= LIKE):
            phrasing = index.phrasings[at]
            class_ = index.classes[phrasing.of]
            if class_.kind == "entry":
                taker = lesson.matcher.taker_of(phrasing.shown, class_.id)
                if taker and self.matcher.taker_of(phrasing.shown, class_.id) is None:
                    was = f"entry {class_.id}"
                    yield Change(phrasing.shown, phrasing.language, was, taker, class_.id)


@dataclass(frozen=True)
class Lesson:
    """The content with what was taught, and what answers from it."""

    content: Content
    matcher: Matcher


def outcome(match: Match) -> str:
    """What somebody gets, in a few words."""
    ids = [candidate.id for candidate in match.candidates]
    match match.outcome:
        case Outcome.SURE:
            return "answers " + " and ".join(ids[: max(1, len(match.parts))])
        case Outcome.UNSURE:
            return "offers " + ", ".join(ids[:OFFERED])
        case Outcome.ROUTE:
            return f"route {match.route}"
        case Outcome.ACTION:
            return f"action {match.action}"
        case _:
            return "nothing"


def _change(question: str, language: str, before: Match, after: Match, wanted: str = "") -> Change:
    return Change(question, language, outcome(before), outcome(after), wanted)


def _in_vain(before: Matcher, after: Matcher, questions: Sequence[Learned]) -> Iterable[Change]:
    for one in questions:
        match = after.ask(one.phrasing, language=one.language)
        if match.outcome is not Outcome.SURE or match.candidates[0].id != one.entry:
            was = before.ask(one.phrasing, language=one.language)
            yield _change(one.phrasing, one.language, was, match, one.entry)


def _apart(batch: Sequence[Learned], effects: Effects) -> list[list[Learned]]:
    """A batch that does harm, in parts: those that may be the cause last, and in halves."""
    vain = {change.question for change in effects.in_vain}
    named = {word for change in effects.harm for word in change.after.replace(",", "").split()}
    if len(vain) < len(effects.harm):
        vain |= {one.phrasing for one in batch if one.entry in named}
    suspects = [one for one in batch if one.phrasing in vain]
    others = [one for one in batch if one.phrasing not in vain]
    if suspects and others:
        return [others, suspects]
    middle = len(batch) // 2
    return [list(batch[:middle]), list(batch[middle:])]
