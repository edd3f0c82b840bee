"""Words that mean the same: what one of a group says, the others say too.

An editor lists them in `faq/synonyms.yaml`. Every text with a word of a group gets one term more,
shared by the group, so that "pree" is near a phrasing with "loon" although they share no letter.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from faq.normalise import normalised

Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """A word, or words next to each other, of a group."""

    group: str
    start: int
    end: int


class Synonyms:
    """Finds the groups that a text has words of.

    A group is one meaning, whatever the language: its words are looked for in every text.
    """

    def __init__(self, groups: Mapping[str, Iterable[str]]) -> None:
        self.groups = {
            group: tuple(dict.fromkeys(known for text in texts if (known := normalised(text))))
            for group, texts in groups.items()
        }
        self._by_first: dict[str, list[tuple[Phrase, str]]] = {}
        for group, listed in self.groups.items():
            for phrase in (tuple(text.split()) for text in listed):
                self._by_first.setdefault(phrase[0], []).append((phrase, group))
        for of_word in self._by_first.values():
            of_word.sort(key=lambda pair: (-len(pair[0]), pair))

    def said(self, words: Sequence[str]) -> list[Said]:
        """Every group that occurs; of phrases that begin at one word only the longest."""
        found: list[Said] = []
        for start, word in enumerate(words):
            longest = 0
            for phrase, group in self._by_first.get(word, ()):
                end = start + len(phrase)
                if len(phrase) < longest or tuple(words[start:end]) != phrase:
                    continue
                longest = len(phrase)
                found.append(Said(group, start, end))
        return found

    def of(self, word: str) -> list[str]:
        """The groups a single word belongs to."""
        return [group for phrase, group in self._by_first.get(word, ()) if len(phrase) == 1]
