"""Phrasings that say the same: they add nothing for the matcher, and hide how few an entry has.

Order, filler words, inflection and "at the police" do not make another phrasing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from faq.normalise import words

NEARLY_ALL = 5 / 6
"""Share of the words with a meaning that two phrasings have in common, from which one of them can
go. Up to five such words all must be the same: one word more or another one is another wording. To
six or more a person adds one in passing, without asking for something else."""

_INFLECTED = 5
"""Letters from which two words may be forms of one: "tattoo" and "tattoos"."""
_ONE_LETTER, _TWO_LETTERS = 1, 2
_LONG = 9

_FILLERS: Mapping[str, str] = {
    "nl": (
        "de het een n t s ne nen den is ben bent zijn zijt was waren wordt word worden ik je "
        "jij u ge gij we wij jullie hij zij ze hun mij me mijn m uw jouw om te van in op bij "
        "aan met en of dat die dit dees deze er hier dan ook nog al eens es nu maar wel toch "
        "eigenlijk gewoon graag even misschien heb hebt hebben heeft kan kun kunt kunnen kunde "
        "mag mogen moogt moet moeten moete moetek zou zouden zal zullen ga gaat gaan wil willen "
        "wilt als zo aub alstublieft svp politie politiezone korps zeker hoor he dus want juist "
        "precies"
    ),
    "fr": (
        "le la les l un une des d de du au aux a est es suis sont sera serait etre ai as avez "
        "ont avoir je j tu il elle on nous vous ils elles me m te se s mon ma mes ton votre vos "
        "y en et ou que qu c ce ca cela cette dans chez avec pour peux peut puis pouvez dois "
        "doit faut veux veut voudrais voudrait vais va aller bien aussi alors donc si stp svp "
        "plait police zone policiere"
    ),
    "de": (
        "der die das den dem des ein eine einen einem einer ist bin sind war sein wird werde "
        "werden ich du sie er es wir ihr man mir mich mein meine meinen und oder dass zu zum "
        "zur in im bei beim an am auf mit fur von kann kannst konnen konnte darf darfst durfen "
        "muss musst mussen soll sollte will mochte wurde habe hast hat haben denn da hier dann "
        "auch noch mal schon eigentlich gerne bitte ja polizei polizeizone"
    ),
    "en": (
        "the a an is am are was be been being i you he she we they me my your our it its s to "
        "of in at on with for and or that this there here then also just really please can "
        "could may might must should would will do does did have has had get got want if so "
        "like police zone d ll m ve re"
    ),
}
FILLERS: Mapping[str, frozenset[str]] = {
    tag: frozenset(text.split()) for tag, text in _FILLERS.items()
}
"""Words that say nothing about what is asked. Not among them: what asks ("when", "where"), denies
("no", "without") or orders in time ("before", "after", "during")."""


@dataclass(frozen=True)
class Pair:
    """Two phrasings of one entry and language that say the same; the second one can go."""

    first: str
    second: str
    shared: float


def near_duplicates(phrasings: Sequence[str], language: str) -> Iterator[Pair]:
    """Every phrasing that says what an earlier one says, with the first such one."""
    kept: list[tuple[str, list[str]]] = []
    for phrasing in phrasings:
        meaning = telling(phrasing, language)
        found = next(
            ((other, part) for other, told in kept if (part := shared(told, meaning)) is not None),
            None,
        )
        if found is None:
            kept.append((phrasing, meaning))
        else:
            yield Pair(found[0], phrasing, found[1])


def telling(phrasing: str, language: str) -> list[str]:
    """The words with a meaning, each once; all words when none has."""
    said = list(dict.fromkeys(words(phrasing)))
    fillers = FILLERS.get(language.split("-")[0], frozenset())
    return [word for word in said if word not in fillers] or said


def shared(one: Sequence[str], other: Sequence[str]) -> float | None:
    """Which share of the words of two texts they have in common, when it is nearly all."""
    fewest, most = sorted((len(one), len(other)))
    if fewest < NEARLY_ALL * most:
        return None
    left = list(other)
    common = 0
    for word in one:
        same = next((at for at, another in enumerate(left) if _same(word, another)), None)
        if same is not None:
            del left[same]
            common += 1
    part = common / (len(one) + len(other) - common)
    return part if part >= NEARLY_ALL else None


def _same(one: str, other: str) -> bool:
    """Equal, or forms or spellings of one word."""
    if one == other:
        return True
    shortest = min(len(one), len(other))
    if shortest < _INFLECTED or one[:3] != other[:3] or one.isdigit() or other.isdigit():
        return False
    allowed = _TWO_LETTERS if shortest >= _LONG else _ONE_LETTER
    return OSA.distance(one, other, score_cutoff=allowed) <= allowed
