"""Which of the content's languages a message is in: naive Bayes on pieces of words.

It learns from the phrasings and answers themselves, so it needs no model and no list of languages.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from faq.features import Floats, pieces

_CHOSEN = 10.0
"""How much the language a person chose counts, in natural logarithms: it decides single words.
Pieces overlap, so a letter counts up to fifteen times."""
_SMOOTHING = 0.5
_MOST_WORDS = 60


class Languages:
    """Recognises the languages it was given texts of."""

    def __init__(self, tags: Sequence[str], known: Sequence[str], logs: Floats) -> None:
        """*logs*: per piece of *known* and per tag the logarithm of its probability."""
        self.tags = tuple(tags)
        self.known = tuple(known)
        self.logs = logs
        self._row_of = {piece: row for row, piece in enumerate(known)}

    @classmethod
    def of(cls, texts: Mapping[str, Sequence[Sequence[str]]]) -> "Languages":
        """Learn from texts per language, each given as its words."""
        tags = sorted(texts)
        counts = [
            Counter(piece for words in texts[tag] for word in words for piece in pieces(word))
            for tag in tags
        ]
        known = sorted(set().union(*counts))
        table = np.array([[count[piece] for count in counts] for piece in known], np.float64)
        table = table.reshape(len(known), len(tags))
        frequent = table.sum(axis=1) > 1
        table += _SMOOTHING
        logs = np.log(table / table.sum(axis=0)) if len(known) else table
        kept = [piece for piece, keep in zip(known, frequent, strict=True) if keep]
        return cls(tags, kept, np.asarray(logs[frequent], np.float32))

    def recognised(self, words: Sequence[str], chosen: str | None = None) -> str:
        """The likeliest tag; *chosen* wins where the words do not tell."""
        if not self.tags:
            return chosen or ""
        rows = [
            row
            for word in words[:_MOST_WORDS]
            for piece in pieces(word)
            if (row := self._row_of.get(piece)) is not None
        ]
        scores = self.logs[rows].sum(axis=0, dtype=np.float64)
        scores += [_CHOSEN if tag == chosen else 0.0 for tag in self.tags]
        if not rows and chosen not in self.tags:
            return self.tags[0]
        return self.tags[int(np.argmax(scores))]
