"""Hard words that stand in an answer, and what they mean (F13)."""

from __future__ import annotations

import re
from itertools import chain
from typing import Final

from bot.questions.model import Answer, Explained
from faq.entry import Content

MOST: Final = 6
"""Words under one answer; a longer list is a hard text of its own."""


class Glossary:
    """Per language the forms of every hard word; the longest form wins where two overlap."""

    def __init__(self, content: Content) -> None:
        self._means: dict[str, dict[str, tuple[str, str]]] = {}
        for word in content.words:
            for language, text in word.languages.items():
                known = self._means.setdefault(language, {})
                for form in text.forms:
                    known[form.casefold()] = (text.forms[0], text.means)
        self._forms = {
            language: re.compile(
                "|".join(
                    rf"\b{re.escape(form)}\b" for form in sorted(known, key=len, reverse=True)
                ),
                re.IGNORECASE,
            )
            for language, known in self._means.items()
        }

    def explained(self, answer: Answer) -> tuple[Explained, ...]:
        """Each word once, as the glossary writes it."""
        forms = self._forms.get(answer.written_in)
        if forms is None:
            return ()
        texts = (text.striptags() for text in (answer.simply, answer.text) if text)
        known = self._means[answer.written_in]
        hits = chain.from_iterable(forms.findall(text) for text in texts)
        found = dict(known[hit.casefold()] for hit in hits)
        return tuple(Explained(word, means) for word, means in found.items())[:MOST]
