"""The shape of a message: politeness around a question, two questions in one, a follow-up."""

import re
from collections.abc import Mapping, Sequence
from enum import Enum, auto

from faq.entry import FixedText
from faq.normalise import LONGEST
from faq.normalise import words as words_of

MOST_PARTS = 3
_LEAST_WORDS = 3
"""Fewer words are a greeting or an afterthought, not a question of their own."""

_ASKED = re.compile(r"[^?!.;\n]+\?")
_ENDS = re.compile(r"[?!.;\n]+")
_JOINS = {
    tag: re.compile(rf"(?:,? (?:{words}) |, )", re.IGNORECASE)
    for tag, words in {
        "nl": "en(?: dan)?(?: ook)?(?: nog)?|ook|daarnaast",
        "fr": "et(?: aussi)?|puis|sinon",
        "de": "und(?: auch)?|au(?:ß|ss)erdem",
        "en": "and(?: also)?|also",
    }.items()
}
"""Per language what joins two questions: "en" is "and" in Dutch and "in" in French."""
_BLANKS = re.compile(r"[^\S\n]+")
_STARTERS = tuple(
    tuple(phrase.split())
    for phrase in (
        *("en", "ook", "wat met", "wat als", "wat dan", "hoe zit", "geldt dat", "is dat", "zelfde"),
        *("et", "aussi", "qu en est", "meme chose", "est ce que ca", "pareil"),
        *("und", "auch", "was ist mit", "gilt das", "ist das"),
        *("and", "also", "what about", "how about", "what if", "does that", "is that", "same"),
    )
)
_POINTING = (
    "dat dit die daar daarvoor daarna ervoor erna er hetzelfde dezelfde zoiets "
    "ca cela ce celui celle y dies dafur danach dort dasselbe it that this those they there"
)
_POINTERS = frozenset(_POINTING.split())
_LONGEST_FOLLOW_UP = 8
_LONGEST_POINTING = 6
_SHORT = 3


class Split(Enum):
    """How a message falls into parts."""

    ASKED = auto()
    """Several sentences with a question mark: each wants an answer."""
    TOLD = auto()
    """Several sentences, one question at most: a story around it."""
    JOINED = auto()
    """One sentence with "and" or a comma in it: perhaps two questions."""


def questions(text: str, language: str) -> tuple[Split, list[str]]:
    """The parts of a message that may be questions of their own; none when it is one question."""
    text = _BLANKS.sub(" ", text[:LONGEST])
    asked = [part for part in _ASKED.findall(text) if len(words_of(part)) >= _LEAST_WORDS]
    if len(asked) > 1:
        return Split.ASKED, asked[:MOST_PARTS]
    told = [part for part in _ENDS.split(text) if len(words_of(part)) >= _LEAST_WORDS]
    if len(told) > 1:
        return Split.TOLD, told[:MOST_PARTS]
    joins = _JOINS.get(language[:2])
    for found in joins.finditer(text) if joins else ():
        before, after = text[: found.start()], text[found.end() :]
        if len(words_of(before)) >= _LEAST_WORDS and len(words_of(after)) >= _LEAST_WORDS:
            return Split.JOINED, [before, after]
    return Split.JOINED, []


def follows_up(words: Sequence[str]) -> bool:
    """Whether a message leans on what was said before it: "en voor burgerpersoneel?"."""
    if not words or len(words) > _LONGEST_FOLLOW_UP:
        return False
    if len(words) <= _SHORT:
        return True
    if any(tuple(words[: len(starter)]) == starter for starter in _STARTERS):
        return True
    return len(words) <= _LONGEST_POINTING and any(word in _POINTERS for word in words)


class Courtesies:
    """Greetings, thanks and the like: what a message may be wrapped in, or consist of."""

    def __init__(self, texts: Mapping[str, Mapping[str, FixedText]]) -> None:
        """*texts*: per kind of small talk its wording per language."""
        self._kind_of: dict[tuple[str, ...], str] = {}
        for kind, languages in texts.items():
            for text in languages.values():
                for phrase in (*text.phrasings, *text.signals):
                    if words := tuple(words_of(phrase)):
                        self._kind_of.setdefault(words, kind)
        self._order = {kind: place for place, kind in enumerate(texts)}
        self._longest = max((len(words) for words in self._kind_of), default=0)

    def only(self, words: Sequence[str]) -> str | None:
        """The kind, when the message is nothing else: of its longest phrase, or the later kind."""
        found: list[tuple[int, int, str]] = []
        at = 0
        while at < len(words):
            size = self._at(words, at)
            if not size:
                return None
            kind = self._kind_of[tuple(words[at : at + size])]
            found.append((size, self._order[kind], kind))
            at += size
        return max(found)[2] if found else None

    def without(self, words: Sequence[str]) -> list[str]:
        """The message without the courtesies around it."""
        start, end = 0, len(words)
        while start < end and (size := self._at(words, start)):
            start += size
        while end > start:
            sizes = range(min(self._longest, end - start), 0, -1)
            size = next((s for s in sizes if tuple(words[end - s : end]) in self._kind_of), 0)
            if not size:
                break
            end -= size
        return list(words[start:end])

    def _at(self, words: Sequence[str], at: int) -> int:
        """The length of the longest phrase that begins here."""
        for size in range(min(self._longest, len(words) - at), 0, -1):
            if tuple(words[at : at + size]) in self._kind_of:
                return size
        return 0
