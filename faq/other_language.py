"""Languages we have no answers in: which one a message is in, by its script or typical words.

For a kind line only, so it says nothing rather than guess: of our own languages no message may be
taken for another.
"""

import re
from collections.abc import Sequence

from faq.normalise import LONGEST
from faq.normalise import words as words_of

_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_UKRAINIAN = re.compile(r"[іїєґ]", re.IGNORECASE)
"""Letters that Russian lacks."""
_UKRAINIAN_WORDS = frozenset(
    ("яка", "як", "який", "яке", "де", "що", "чи", "скільки", "коли", "треба")
)
_ARABIC = re.compile(r"[\u0600-\u06ff\u0750-\u077f]")
_LEAST_LETTERS = 0.5
"""Share of the letters that must be of the script: a name in Arabic among Dutch words is none."""
_LEAST_WORDS = 0.4
"""Share of the words that must be typical."""

_TYPICAL = {
    tag: frozenset(words_of(text))
    for tag, text in {
        "tr": """merhaba selam selamlar nasıl nasil ne kaç kac zaman nerede için icin istiyorum
            olmak polis olabilir miyim mıyım misiniz mı mi musun var yok türkçe turkce biliyor
            konuşuyor konuşabilir teşekkürler tesekkurler lütfen ben bana benim nedir gerekiyor
            maaş maas başvuru sınav sinav iş çalışmak oğlum kızım şart yaş yaşında""",
        "pl": """cześć czesc dzień dobry jak gdzie kiedy ile czy mogę moge chcę chce zostać zostac
            policjantem policjantką policja policji praca pracy pracować jest są mam jestem nie
            proszę prosze dziękuję dziekuje polsku mówisz zarabia lat testy egzamin potrzebuję
            muszę musze rekrutacja wymagania""",
        "ro": """bună buna salut cum unde când cand cât pot vreau sunt polițist politist poliția
            politia să sa fiu lucrez lucra trebuie vă va rog mulțumesc multumesc român romana
            românește salariu examen câți ani pentru este sau nu am""",
        "es": """hola buenos días buenas tardes cómo dónde cuándo cuánto cuanto cuantos cual quiero
            quisiera puedo ser trabajar policía policia gana gano necesito tengo soy estoy para
            gracias español espanol hablas habla años edad examen pruebas sueldo trabajo usted
            ustedes los las una el""",
        "it": """ciao buongiorno buonasera come dove quando quanto quanti qual quale voglio vorrei
            posso diventare lavorare poliziotto polizia guadagna ho sono per grazie italiano parli
            parla anni età esame prove stipendio lavoro devo serve della degli gli una""",
    }.items()
}
_OF_OURS = frozenset(
    words_of(
        "mi va sa per pot ne salut polis policia polizia am nu lat var ben come los are si pour "
        "ser el una las le la un une de en an is it in to a ik je u de het een und der die das "
        "ciao hola buongiorno "
        "that this not can und ich wie was zur test tests examen moet mag kan man salut one"
    )
)
"""Words that our own languages have as well: they count for nothing."""


def other_language(text: str) -> str | None:
    """The tag of a language we do not answer in; None when it is one of ours, or unclear."""
    text = text[:LONGEST]
    letters = sum(character.isalpha() for character in text)
    if not letters:
        return None
    if len(_CYRILLIC.findall(text)) >= _LEAST_LETTERS * letters:
        ukrainian = _UKRAINIAN.search(text) or not _UKRAINIAN_WORDS.isdisjoint(words_of(text))
        return "uk" if ukrainian else "ru"
    if len(_ARABIC.findall(text)) >= _LEAST_LETTERS * letters:
        return "ar"
    words = words_of(text)
    shares = sorted(((_share(words, tag), tag) for tag in _TYPICAL), reverse=True)
    (best, tag), (second, _) = shares[0], shares[1]
    return tag if best >= _LEAST_WORDS and best > second else None


def _share(words: Sequence[str], tag: str) -> float:
    """How much of a message is typical of a language; nothing when only one word of many is."""
    typical = [word for word in words if word in _TYPICAL[tag] and word not in _OF_OURS]
    if len(typical) < 2 and len(words) > 1:
        return 0.0
    return len(typical) / len(words)
