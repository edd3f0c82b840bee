"""What coordinators type, read forgivingly: hours, numbers, lists, a place on the map.

Nothing here raises for what it cannot read: it gives None (or says which line), and the handler
asks again with an example.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from bot.clock import brussels
from bot.info_sessions.plan import Question
from handlers.days import days_in

Span = tuple[time, time]

USUAL_LENGTH: Final = timedelta(hours=2)
"""When somebody types only a start."""

YEARS: Final = 5
"""Nobody plans further ahead."""

_UNIT: Final = r"uur|uhr|heures?|[uh]|am|pm|a\.m\.|p\.m\."


def _hour(number: int) -> str:
    return (
        rf"(?P<h{number}>\d{{1,2}})(?:(?P<s{number}>[:.uh])(?P<m{number}>[0-5]\d))?"
        rf"\s*(?P<u{number}>{_UNIT})?(?!\w)"
    )


_UNTIL: Final = r"\s*(?:[-–—]|tot|to|till?|until|bis|à|a|jusqu['’]à)\s*"
_BETWEEN: Final = re.compile(
    r"\b(?:tussen|entre|between|zwischen)\b(.{1,30}?)\b(?:en|et|and|und)\b"
)
_SPAN: Final = re.compile(rf"(?<![\d/.:]){_hour(1)}{_UNTIL}{_hour(2)}")
_TIME: Final = re.compile(rf"(?<![\d/.:]){_hour(1)}")
_BARE: Final = re.compile(r"(?<![\d/.:-])(\d{1,2})\s*[-–—]\s*(\d{1,2})(?![\d/.:-])")


def days_typed(text: str, today: date) -> list[date]:
    """As `days_in`, but none that lie so far away that it must be a slip."""
    days = days_in(text, today)
    return days if all(abs(day.year - today.year) <= YEARS for day in days) else []


def spans_in(text: str) -> tuple[list[Span], str]:
    """The spans of hours in *text* («10u-12u», «9:00 tot 11:30») and the text without them."""
    found: list[Span] = []
    rest, at = "", 0
    text = _BETWEEN.sub(r"\1-", text.casefold())
    while match := _SPAN.search(text, at):
        span = _span(match)
        if span is None:
            rest += text[at : match.end("h1")]
            at = match.end("h1")
            continue
        found.append(span)
        rest += text[at : match.start()] + " "
        at = match.end()
    return found, rest + text[at:]


def times_in(text: str) -> tuple[list[time], str]:
    """The single hours in *text* («10u», «14h30», «10:00») and the text without them."""
    found: list[time] = []

    def taken(match: re.Match[str]) -> str:
        told = _told(match, 1)
        if told is None or not _has_sign(match, 1):
            return match[0]
        found.append(told)
        return " "

    return found, _TIME.sub(taken, text.casefold())


def span_in(text: str) -> Span | None:
    """Exactly one span of hours; of a single hour, the usual length."""
    spans, rest = spans_in(text)
    if not spans:
        spans = [span for span, _ in _bare(rest)]
    if not spans:
        spans = _from_starts(times_in(rest)[0])
    return spans[0] if len(spans) == 1 else None


def day_with_spans(text: str, today: date) -> tuple[date, list[Span]] | None:
    """«12/12 10u-12u, 14u-16u»: one day, and one span or more."""
    spans, rest = spans_in(text)
    if spans:
        days = days_typed(rest, today)
        return (days[0], spans) if len(days) == 1 else None
    for span, without in _bare(rest):
        days = days_typed(without, today)
        if len(days) == 1:
            return days[0], [span]
    times, without = times_in(rest)
    days = days_typed(without, today)
    spans = _from_starts(times)
    return (days[0], spans) if len(days) == 1 and spans else None


def moment_in(text: str, today: date, usual: time) -> datetime | None:
    """«5/12 18u»: one day, at the hour it says or else at *usual*, in Brussels."""
    times, rest = times_in(text)
    days = days_typed(rest, today)
    if len(days) != 1 or len(times) > 1:
        return None
    return moment(days[0], times[0] if times else usual)


def moment(day: date, hour: time) -> datetime:
    """The moment at which clocks in Brussels show *hour* on *day*."""
    return brussels(day.year, day.month, day.day, hour.hour, hour.minute)


def number_in(text: str) -> int | None:
    """The one number in *text*."""
    found = re.findall(r"\d+", text)
    return int(found[0]) if len(found) == 1 and len(found[0]) <= 5 else None


def seats_until(text: str, today: date) -> tuple[int, datetime | None] | None:
    """«10» or «10 tot 5/12»: how many seats, and when they go to everybody."""
    times, rest = times_in(text)
    days = days_typed(rest, today)
    count = re.match(r"\s*(\d{1,4})(?![\d/.-])", rest)
    if count is None:
        return None
    days = days_typed(rest[count.end() :], today)
    if not days:
        return (int(count[1]), None) if not re.search(r"\d", rest[count.end() :]) else None
    return int(count[1]), moment(days[0], times[0] if times else time(18))


_COUNT: Final = (
    r"(\d{1,4})\s*(?:min(?:uten|utes|uut|ute)?\.?|['’m]|p(?:ers(?:onen|onnes|ons|\.)?)?|"
    r"mensen|people|leute|plaatsen|places)?"
)
_AT_THE_END: Final = re.compile(rf"[\s,;:–(-]*{_COUNT}\)?\s*$", re.IGNORECASE)
_AT_THE_START: Final = re.compile(rf"^\s*[•*-]?\s*{_COUNT}[\s,;:–-]+(?=\S)", re.IGNORECASE)


def counted_lines(text: str) -> list[tuple[str, int]] | str:
    """«Voorwaarden 40» on each line: a title and a number; a string: the line that is not so."""
    found: list[tuple[str, int]] = []
    for line in text.splitlines():
        plain = one_line(line).lstrip("•*–- ").strip()
        if not plain:
            continue
        end, start = _AT_THE_END.search(plain), _AT_THE_START.match(plain)
        if end is not None and plain[: end.start()].strip():
            found.append((plain[: end.start()].strip(), int(end[1])))
        elif start is not None:
            found.append((plain[start.end() :].strip(), int(start[1])))
        else:
            return plain
    return found


_DEGREES: Final = r"(-?\d{1,3}[.]\d{2,})"
_PINS: Final = tuple(
    re.compile(form)
    for form in (
        rf"!3d{_DEGREES}!4d{_DEGREES}",
        rf"[?&]mlat={_DEGREES}&mlon={_DEGREES}",
        rf"#map=\d+(?:\.\d+)?/{_DEGREES}/{_DEGREES}",
        rf"[@=:/]{_DEGREES}(?:,|%2C)\s*{_DEGREES}",
        rf"^\s*{_DEGREES}\s*[,;\s]\s*{_DEGREES}\s*$",
    )
)
_COMMAS: Final = re.compile(r"^\s*(\d{1,2}),(\d{2,})\s*[;\s]\s*(\d{1,2}),(\d{2,})\s*$")
_NORTH: Final = (49.0, 52.0)
_EAST: Final = (2.0, 7.0)


def pin_in(text: str) -> tuple[float, float] | None:
    """«50.93, 4.03», or what a link of a map site holds; north first, or clearly the other way."""
    commas = _COMMAS.match(text)
    if commas is not None:
        text = f"{commas[1]}.{commas[2]}, {commas[3]}.{commas[4]}"
    for form in _PINS:
        if match := form.search(text):
            north, east = float(match[1]), float(match[2])
            if _EAST[0] <= north <= _EAST[1] and _NORTH[0] <= east <= _NORTH[1]:
                return east, north
            return (north, east) if abs(north) <= 90 and abs(east) <= 180 else None
    return None


@dataclass(frozen=True, slots=True)
class Missing:
    """What a typed question lacks: `purpose` or `date`."""

    what: str


def question_in(text: str, today: date) -> Question | Missing:
    """A question on lines of its own: what is asked, why, until when the answers are kept, and
    perhaps the answers to choose from. Without the why and the day there is no question."""
    lines = [line for line in (one_line(each) for each in text.splitlines()) if line]
    dated = next((at for at, line in enumerate(lines) if at and days_typed(line, today)), None)
    if dated is None:
        return Missing("purpose" if len(lines) < 2 else "date")
    if dated < 2:
        return Missing("purpose")
    choices = [each for line in lines[dated + 1 :] for each in re.split(r"\s*[,;/|]\s*", line)]
    return Question(
        lines[0],
        " ".join(lines[1:dated]),
        days_typed(lines[dated], today)[0],
        tuple(dict.fromkeys(each for each in choices if each)),
    )


def one_line(text: str) -> str:
    """*text* without what cannot be seen, on one line."""
    return " ".join(_visible(text).split())


def several_lines(text: str) -> str:
    """*text* without what cannot be seen; its lines stay, without empty ones between them."""
    lines = (" ".join(_visible(line).split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _visible(text: str) -> str:
    return "".join(
        character
        for character in unicodedata.normalize("NFC", text)
        if character.isspace() or unicodedata.category(character) not in _HIDDEN
    )


_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def _bare(text: str) -> Iterator[tuple[Span, str]]:
    """«10-12» without a sign, the last one first: it may also be a day."""
    for match in reversed(list(_BARE.finditer(text))):
        first, last = int(match[1]), int(match[2])
        if first < last < 24:
            rest = text[: match.start()] + " " + text[match.end() :]
            yield (time(first), time(last)), rest


def _from_starts(starts: list[time]) -> list[Span]:
    """What a single start means; two of them could be anything."""
    if len(starts) != 1:
        return []
    end = datetime.combine(date.min, starts[0]) + USUAL_LENGTH
    return [(starts[0], end.time())] if end.date() == date.min else []


def _span(match: re.Match[str]) -> Span | None:
    first, last = _told(match, 1), _told(match, 2)
    if first is None or last is None or not (_has_sign(match, 1) or _has_sign(match, 2)):
        return None
    afternoon = (match["u2"] or "").startswith("p") and match["u1"] is None
    if afternoon and first.hour + 12 <= last.hour:
        first = first.replace(hour=first.hour + 12)
    return (first, last) if first < last else None


def _told(match: re.Match[str], which: int) -> time | None:
    hour, minute = int(match[f"h{which}"]), int(match[f"m{which}"] or 0)
    unit = match[f"u{which}"] or ""
    if unit.startswith(("a", "p")):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if unit.startswith("p") else 0)
    return time(hour, minute) if hour < 24 else None


def _has_sign(match: re.Match[str], which: int) -> bool:
    """Whether it is clear that this is an hour: «10u», «10:30», «10.30», but not «3.12»."""
    if match[f"u{which}"] is not None:
        return True
    minutes = match[f"m{which}"]
    if minutes is None:
        return False
    return match[f"s{which}"] != "." or int(minutes) % 5 == 0
