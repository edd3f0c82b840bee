"""What we refuse to hold: national register numbers, bank and card numbers.

`redact` runs before anything is stored. `scrub` goes further, for questions kept for the editor.
Both are linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

MASK: Final = "▒"
"""Takes the place of each character, so that positions in the text stay right."""

NATIONAL_NUMBER: Final = "national_number"
BANK_ACCOUNT: Final = "bank_account"
CARD_NUMBER: Final = "card_number"

_GAP = r"[\s.,:;_/\\|·•*'\-\u00ad\u200b-\u200f\u2010-\u2015\u2060\u2212\ufeff]"
_DIGITS = re.compile(rf"\d(?:{_GAP}{{0,3}}\d)*")
_IBAN = re.compile(rf"(?<![^\W_])[A-Za-z]{{2}}{_GAP}{{0,2}}\d(?:{_GAP}{{0,2}}[A-Za-z\d]){{0,40}}")
_IBAN_LENGTHS: Final = {
    "AD": 24, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18,
    "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22,
    "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18,
    "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26,
    "MA": 28, "UA": 29, "RS": 22, "BA": 20, "AL": 28, "XK": 20, "MK": 19, "ME": 22, "TN": 24,
}  # fmt: skip
"""How long an account number is, by country (SWIFT's IBAN registry)."""

_MOST_DAYS = (31, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True)
class Redacted:
    """A text that may be stored, and what was taken out of it (each kind once, in order)."""

    text: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Found:
    start: int
    end: int
    kind: str


def redact(text: str) -> Redacted:
    """Mask every national register number, IBAN and card number; the rest stays as it is."""
    found = list(_accounts(text))
    found += [hit for hit in _numbers(text) if not any(_overlap(hit, other) for other in found)]
    if not found:
        return Redacted(text)
    for hit in found:
        text = text[: hit.start] + MASK * (hit.end - hit.start) + text[hit.end :]
    found.sort(key=lambda hit: hit.start)
    return Redacted(text, tuple(dict.fromkeys(hit.kind for hit in found)))


def is_national_number(digits: str) -> bool:
    """Eleven digits: a plausible birth date (bis numbers add 20 or 40 to the month), a serial
    number and a check modulo 97, which puts a 2 in front for who was born since 2000.

    A Belgian mobile number with its country code has eleven digits too; it starts 324 and is let
    through (as a bis number it would be somebody from 1932).
    """
    if len(digits) != 11 or re.match("324[5-9]", digits):
        return False
    month, day = int(digits[2:4]), int(digits[4:6])
    for bis in (40, 20):
        if month >= bis:
            month -= bis
            break
    if month > 12 or day > _MOST_DAYS[month]:
        return False
    check = int(digits[9:])
    return any(97 - int(century + digits[:9]) % 97 == check for century in ("", "2"))


def is_iban(compact: str) -> bool:
    """Capital letters and digits without spaces; ISO 7064 modulo 97."""
    if len(compact) != _IBAN_LENGTHS.get(compact[:2]) or not compact[2:4].isdigit():
        return False
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def is_card_number(digits: str) -> bool:
    """Thirteen to nineteen digits of a payment card (first digit 2 to 6), checked with Luhn."""
    if not 13 <= len(digits) <= 19 or digits[0] not in "23456":
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _is_belgian_twelve(shape: str, digits: str) -> bool:
    """Old account numbers and identity cards: 123-1234567-89, check modulo 97."""
    if len(digits) != 12 or shape != "3-7-2":
        return False
    return (int(digits[:10]) % 97 or 97) == int(digits[10:])


def _overlap(one: _Found, other: _Found) -> bool:
    return one.start < other.end and other.start < one.end


def _accounts(text: str) -> Iterator[_Found]:
    at = 0
    while match := _IBAN.search(text, at):
        at = match.start() + 1
        country = "".join(c for c in match.group()[:6] if c.isalpha())[:2].upper()
        length = _IBAN_LENGTHS.get(country)
        if length is None:
            continue
        places = [i for i in range(match.start(), match.end()) if text[i].isalnum()]
        if len(places) < length:
            continue
        compact = "".join(_plain(text[i]) for i in places[:length]).upper()
        end = places[length - 1] + 1
        if is_iban(compact) and not text[end : end + 1].isalnum():
            yield _Found(match.start(), end, BANK_ACCOUNT)
            at = end


def _numbers(text: str) -> Iterator[_Found]:
    """Windows of digits that begin and end where a group of digits begins and ends."""
    for run in _DIGITS.finditer(text):
        places = [i for i in range(run.start(), run.end()) if text[i].isdecimal()]
        if len(places) < 11:
            continue
        digits = "".join(_plain(text[i]) for i in places)
        first = 0
        while first < len(places):
            starts_group = first == 0 or places[first - 1] + 1 != places[first]
            window = _window(digits, places, first) if starts_group else None
            if window is None:
                first += 1
                continue
            last, kind = window
            yield _Found(places[first], places[last] + 1, kind)
            first = last + 1


def _window(digits: str, places: list[int], first: int) -> tuple[int, str] | None:
    for length, kind, fits in _KINDS:
        last = first + length - 1
        if last >= len(places):
            continue
        if last + 1 < len(places) and places[last] + 1 == places[last + 1]:
            continue
        if fits(digits[first : last + 1], places[first : last + 1]):
            return last, kind
    return None


def _shape(places: list[int]) -> str:
    groups, size = [], 1
    for before, here in pairwise(places):
        if here == before + 1:
            size += 1
        else:
            groups.append(size)
            size = 1
    return "-".join(map(str, [*groups, size]))


def _plain(character: str) -> str:
    """Digits of any script become ASCII ones."""
    return str(int(character)) if character.isdecimal() else character


_Fits = Callable[[str, list[int]], bool]
_KINDS: Final[tuple[tuple[int, str, _Fits], ...]] = (
    *((n, CARD_NUMBER, lambda digits, _: is_card_number(digits)) for n in range(19, 12, -1)),
    (12, BANK_ACCOUNT, lambda digits, places: _is_belgian_twelve(_shape(places), digits)),
    (11, NATIONAL_NUMBER, lambda digits, _: is_national_number(digits)),
)

LONGEST_KEPT = 512
"""Characters of a question that an editor gets to see; the matcher reads no more either."""

_MAIL = re.compile(r"[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,5}")
_HANDLE = re.compile(r"(?<!\w)@\w{3,}")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"\d(?:[\s./\-]?\d){2,}")
_INTRODUCTION = re.compile(
    r"\b(mijn (?:voor|achter|familie)?naam is|ik heet|ik noem|mijn zoon|mijn dochter"
    r"|je m['’]appelle|je me nomme|mon nom est|mon prénom est|mon fils|ma fille"
    r"|ich hei(?:ß|ss)e|mein name ist|mein sohn|meine tochter"
    r"|my name is|my name['’]s|i am called|my son|my daughter"
    r"|groetjes,?|groeten,?|mvg,?|cordialement,?|grüße,?|regards,?)\s+",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_][^\W\d_'’\-]*(?:['’\-][^\W\d_]+)*")
_SENTENCE_END = ".!?\n:"
_PARTICLES = frozenset(
    ("de", "den", "der", "van", "von", "vande", "vanden", "vander", "le", "la", "du", "di", "el")
)


def scrub(text: str, known: Container[str] = ()) -> str:
    """A question without numbers, addresses and names, for the editor who reads it later.

    *known* holds the words of our own content in small letters: a capitalised word among them
    («Politie», «Brussel») is not taken for a name.
    """
    import phonenumbers  # only here: its tables cost a tenth of the start

    # JSON can bring half a character (a lone surrogate), which no database takes.
    whole = text[:LONGEST_KEPT].encode("utf-8", "replace").decode()
    text = redact(whole).text
    text = re.sub(f"{MASK}+", "[nummer]", text)
    text = _ADDRESS.sub("[link]", text)
    text = _MAIL.sub("[mail]", text)
    text = _HANDLE.sub("[naam]", text)
    for match in reversed(list(phonenumbers.PhoneNumberMatcher(text, "BE"))):
        text = text[: match.start] + "[telefoon]" + text[match.end :]
    text = _LONG_NUMBER.sub("[nummer]", text)
    text = _without_names(text, known)
    return " ".join(text.split())


def _without_names(text: str, known: Container[str]) -> str:
    shouted = text.isupper()
    introduced = {match.end() for match in _INTRODUCTION.finditer(text)}
    parts: list[str] = []
    at = 0
    naming = 0
    for word in _WORD.finditer(text):
        spoken = word.group()
        between = text[at : word.start()]
        if word.start() in introduced:
            naming = 3
        elif between.strip():
            naming = 0
        small = spoken.casefold()
        inside = word.start() > 0 and text[word.start() - 1] in "["
        begins = not text[: word.start()].rstrip() or (
            text[: word.start()].rstrip()[-1] in _SENTENCE_END
        )
        capital = spoken[0].isupper() and small not in known and not shouted
        name = not inside and ((naming > 0 and small not in known) or (capital and not begins))
        if naming and not name and small not in _PARTICLES:
            naming = 0
        naming = max(0, naming - 1)
        parts += (between, "[naam]" if name else spoken)
        at = word.end()
    parts.append(text[at:])
    return re.sub(r"\[naam\](?:\s+\[naam\])+", "[naam]", "".join(parts))
