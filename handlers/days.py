"""Days that somebody types: «3/12», «3 december», «van 3-12 tot 10-12-2026»."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Final

from babel.dates import get_month_names

LANGUAGES: Final = ("nl", "fr", "de", "en")

_ISO: Final = r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"
_NUMBERS: Final = r"(?P<day>\d{1,2})\s*[/.-]\s*(?P<month>\d{1,2})(?:[/.-](?P<year>\d{4}|\d{2}))?"
_WORDS: Final = r"(?P<nth>\d{1,2})(?:er|\.)?\s+(?P<name>[^\W\d_]{3,})\.?(?:\s+(?P<of>\d{4}))?"
_DAY: Final = re.compile(rf"(?<!\d)(?:{_ISO}|{_NUMBERS}|{_WORDS})(?!\d)")


def days_in(text: str, today: date) -> list[date]:
    """The days named in *text*, in their order; one without a year is the next such day.

    What looks like a day but is none (31/2) makes the whole list empty: rather ask again.
    """
    found: list[date] = []
    for match in _DAY.finditer(text.casefold()):
        if match["name"] is not None and match["name"] not in _months():
            continue
        day = _day(match, max([today, *found]))
        if day is None:
            return []
        found.append(day)
    return found


def _day(match: re.Match[str], not_before: date) -> date | None:
    number = int(match["d"] or match["day"] or match["nth"])
    month = _months()[match["name"]] if match["name"] else int(match["m"] or match["month"])
    year = match["y"] or match["year"] or match["of"]
    if year is not None:
        return _date(int(year) + 2000 if len(year) == 2 else int(year), month, number)
    for near in (not_before.year, not_before.year + 1):
        day = _date(near, month, number)
        if day is not None and day >= not_before:
            return day
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@cache
def _months() -> dict[str, int]:
    return {name: number for language in LANGUAGES for name, number in _names(language)}


def _names(language: str) -> Iterator[tuple[str, int]]:
    for width in ("wide", "abbreviated"):
        for number, name in get_month_names(width, locale=language).items():
            yield name.casefold().rstrip("."), int(number)
