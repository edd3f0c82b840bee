"""What the matcher answers: one outcome, the five best candidates, and why."""

from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    SURE = "sure"
    """Answer with the first candidate."""
    UNSURE = "unsure"
    """Offer the first three candidates."""
    NONE = "none"
    """Nothing fits: clarify once, then a human."""
    ROUTE = "route"
    ACTION = "action"
    SMALLTALK = "smalltalk"


@dataclass(frozen=True)
class Candidate:
    id: str
    score: float
    """0 to 1; the same question always gets the same score."""


@dataclass(frozen=True)
class Match:
    outcome: Outcome
    candidates: tuple[Candidate, ...]
    """The five best entries, whatever the outcome; fewer only when there are fewer entries."""
    language: str
    """The language the message seems to be written in, among those of the content."""
    route: str | None = None
    action: str | None = None
    smalltalk: str | None = None
    confidence: float = 0.0
    """0 to 1: how sure we are of the best candidate; what the thresholds are compared with."""
    parts: tuple["Match", ...] = ()
    """Two questions in one message: what each gets by itself. Empty when it is one question."""

    @property
    def best(self) -> Candidate | None:
        return self.candidates[0] if self.candidates else None


@dataclass(frozen=True)
class Share:
    """What one piece of the question adds to the score of the best entry."""

    piece: str
    amount: float


@dataclass(frozen=True)
class Explanation:
    """Why a question got its outcome, to the last share; `print(explanation)` is for editors."""

    match: Match
    asked: str
    """The question as it was compared: normalised, unknown words repaired."""
    repaired: tuple[tuple[str, str], ...]
    """(typed, read as)"""
    likened: tuple[tuple[str, str], ...]
    """(said, the synonym that the best entry says)"""
    phrasing: str
    """The nearest phrasing of the best entry."""
    parts: tuple[tuple[str, float], ...]
    """What each method adds to the score of the best entry; their sum is that score."""
    confidence: tuple[tuple[str, float], ...]
    """What makes us sure of the best entry; their sum is compared with the thresholds."""
    words: tuple[Share, ...]
    """What each word of the question adds to the classifier's evidence for the best entry rather
    than the average entry; their sum is that evidence."""
    runner_up: Candidate | None
    margin: float
    fired: str = ""
    """The signal or phrase, or else the likeness, that decided a route, action or small talk, or
    that the subject is not ours."""
    thresholds: tuple[tuple[str, float], ...] = field(default=())

    def __str__(self) -> str:
        match = self.match
        kind = match.route or match.action or match.smalltalk
        lines = [f"{match.outcome}{f' {kind}' if kind else ''} ({match.language})"]
        if self.fired:
            lines.append(f"decided by: {self.fired}")
        lines.append(f"compared as: {self.asked}")
        lines += [f"  {typed} read as {read}" for typed, read in self.repaired]
        lines += [f"  {said} read like {other}" for said, other in self.likened]
        lines += [f"{place}. {c.score:.3f} {c.id}" for place, c in enumerate(match.candidates, 1)]
        if match.candidates:
            lines.append(f"nearest phrasing: {self.phrasing}")
            lines.append("score: " + " + ".join(f"{v:.3f} {name}" for name, v in self.parts))
            lines.append("words: " + ", ".join(f"{s.piece} {s.amount:+.2f}" for s in self.words))
            shown = " + ".join(f"{value:.3f} {name}" for name, value in self.confidence)
            lines.append(f"sure: {sum(value for _, value in self.confidence):.3f} = {shown}")
            lines.append(f"margin to the runner-up: {self.margin:.3f}")
        if self.thresholds:
            shown = ", ".join(f"{name} {value:.3f}" for name, value in self.thresholds)
            lines.append(f"thresholds: {shown}")
        return "\n".join(lines)
