"""The words of our own content: none of them is a name, and they show a language."""

from __future__ import annotations

import re
from collections.abc import Sequence

from faq.entry import Content


class Vocabulary:
    """Per language every word of the content, in small letters."""

    def __init__(self, content: Content) -> None:
        words: dict[str, set[str]] = {}
        for entry in content.entries:
            for language, text in entry.languages.items():
                for sentence in (
                    text.question,
                    text.answer,
                    text.more,
                    text.simply,
                    *text.phrasings,
                ):
                    words.setdefault(language, set()).update(_words(sentence))
        for fixed in (*content.routes, *content.actions, *content.smalltalk):
            for language, spoken in fixed.languages.items():
                for sentence in (spoken.answer, *spoken.phrasings):
                    words.setdefault(language, set()).update(_words(sentence))
        self._words = words
        self.everything = frozenset[str]().union(*words.values())

    def spoken(self, text: str, guessed: str, own: str) -> str:
        """*guessed* when *text* has more words of it than of the person's *own* language.

        Words that their own language has too («diploma», «test»), or that no language has, are
        no reason to switch.
        """
        words = _words(text)
        return guessed if self._known(words, guessed) > self._known(words, own) else own

    def _known(self, words: Sequence[str], language: str) -> int:
        vocabulary = self._words.get(language, ())
        return sum(len(word) > 1 and word in vocabulary for word in words)


def plain(text: str) -> str:
    """*text* without capitals, signs and pictures: what is left to compare."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.casefold())
