"""Typing errors as people make them on a Belgian keyboard, the same on every machine.

Used by `python -m faq.evaluate --typos` to see what they cost.
"""

import unicodedata
from collections.abc import Callable, Mapping
from random import Random

MOST_ERRORS = 2
_ROWS = ("azertyuiop", "qsdfghjklm", "wxcvbn")
"""A key lies between two keys of the row above it; the lowest row begins under q and s."""


def with_errors(text: str, seed: int) -> str:
    """*text* with one or two typing errors; the same text and seed always give the same ones.

    Neighbour keys, letters dropped, swapped or doubled, accents lost; a text without letters stays
    as it is.
    """
    random = Random(f"{seed}\n{text}")  # noqa: S311 (no secret)
    for _ in range(1 + _below(random, MOST_ERRORS)):
        text = _with_one(text, random)
    return text


def _with_one(text: str, random: Random) -> str:
    """One error, of a kind that can be made in this text."""
    possible = {
        make: places
        for make, fits in _KINDS.items()
        if (places := [at for at in range(len(text)) if fits(text, at)])
    }
    if not possible:
        return text
    make = list(possible)[_below(random, len(possible))]
    places = possible[make]
    return make(text, places[_below(random, len(places))], random)


def _below(random: Random, size: int) -> int:
    """Only `random()` is promised to be the same in every version of Python."""
    return int(random.random() * size)


def _neighbours() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for row, keys in enumerate(_ROWS):
        above = _ROWS[row - 1] if row else ""
        below = _ROWS[row + 1] if row + 1 < len(_ROWS) else ""
        for at, key in enumerate(keys):
            beside = keys[at - 1 : at] if at else ""
            found[key] = beside + keys[at + 1 : at + 2] + above[at : at + 2]
            found[key] += below[at - 1 : at + 1] if at else below[:1]
    return found


NEIGHBOURS = _neighbours()
"""Per letter the keys around it."""


def _bare(letter: str) -> str:
    return unicodedata.normalize("NFD", letter)[0]


def _another_key(text: str, at: int, random: Random) -> str:
    keys = NEIGHBOURS[_bare(text[at]).lower()]
    key = keys[_below(random, len(keys))]
    return text[:at] + (key.upper() if text[at].isupper() else key) + text[at + 1 :]


def _dropped(text: str, at: int, _: Random) -> str:
    return text[:at] + text[at + 1 :]


def _swapped(text: str, at: int, _: Random) -> str:
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _doubled(text: str, at: int, _: Random) -> str:
    return text[: at + 1] + text[at:]


def _without_accent(text: str, at: int, _: Random) -> str:
    return text[:at] + _bare(text[at]) + text[at + 1 :]


def _is_letter(text: str, at: int) -> bool:
    return text[at].isalpha()


_KINDS: Mapping[Callable[[str, int, Random], str], Callable[[str, int], bool]] = {
    _another_key: lambda text, at: _bare(text[at]).lower() in NEIGHBOURS,
    _dropped: lambda text, at: _is_letter(text, at) and len(text) > 1,
    _swapped: lambda text, at: (
        text[at : at + 2].isalpha() and text[at] != text[at + 1 : at + 2] and at + 1 < len(text)
    ),
    _doubled: _is_letter,
    _without_accent: lambda text, at: _is_letter(text, at) and _bare(text[at]) != text[at],
}
"""Per kind of error where it can be made."""
