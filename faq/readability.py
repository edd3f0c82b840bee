"""How hard a Dutch text is to read: Flesch's reading ease with Douma's figures for Dutch.

206.84 - 77 * syllables per word - 0.93 * words per sentence (W.H. Douma, De leesbaarheid van
landbouwbladen, Wageningen 1960). On his scale 60 to 70 is standard, what most people of fifteen
read without effort, and 50 to 60 is fairly difficult.
"""

import re

EASY_ENOUGH = 60.0
"""B1 is the level nearly all adults read; Douma's "standard" band begins here."""

_SENTENCE = re.compile(r"[.!?:;]+(?=\s|$)|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_VOWELS = re.compile(r"aai|ooi|oei|eeu|ieu|aa|ee|oo|uu|ie|oe|eu|ui|ei|ij|au|ou|[aeiouyáéíóúàèëïöü]")
_WHOLE_TERM = 2


def syllables(word: str) -> int:
    """Vowel groups; Dutch spells a syllable's vowel as one of few fixed groups."""
    return max(1, len(_VOWELS.findall(word.casefold())))


def reading_ease(text: str, terms: frozenset[str] = frozenset()) -> float:
    """100 is very easy, below 50 is hard.

    *terms* are names a candidate meets on every official page (persoonlijkheidsproef): replacing
    them would make a text less clear, so each counts as an ordinary word of two syllables.
    """
    words = _WORD.findall(text)
    if not words:
        return 100.0
    sentences = sum(1 for part in _SENTENCE.split(text) if _WORD.search(part))
    heard = sum(_WHOLE_TERM if word.casefold() in terms else syllables(word) for word in words)
    return 206.84 - 77 * heard / len(words) - 0.93 * len(words) / max(1, sentences)
