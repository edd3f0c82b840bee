"""When a colleague receives people: weekly hours, exceptions, limits. Pure; wall time of Brussels.

Times of day are minutes since midnight (540 is nine o'clock), because that is what a week repeats;
which moment that is on a given day is decided in `slots`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

from bot.appointments.model import Kind, RosterImpossible, Track
from bot.people.model import PersonId

DAY: Final = 24 * 60
"""Minutes; an end of 1440 is midnight."""

GRID: Final = 5
"""Minutes: everything is a multiple of it."""

MOST_HOURS: Final = 40
MOST_EXCEPTIONS: Final = 100
LONGEST_TALK: Final = 180
LONGEST_BUFFER: Final = 120

ALL_KINDS: Final = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Hours:
    """A part of a day in which talks may take place, from the first minute to the last."""

    start: int
    end: int
    kinds: frozenset[Kind] = ALL_KINDS

    def check(self) -> None:
        """Raises: RosterImpossible."""
        if not 0 <= self.start < self.end <= DAY or self.start % GRID or self.end % GRID:
            raise RosterImpossible
        if not self.kinds:
            raise RosterImpossible


@dataclass(frozen=True, slots=True)
class Roster:
    """What one colleague said of when they receive people, and about what."""

    weekly: Mapping[int, tuple[Hours, ...]] = field(default_factory=dict)
    """By weekday; 0 is Monday."""
    other: Mapping[date, tuple[Hours, ...]] = field(default_factory=dict)
    """Days that are not like the week says; none at all is a day off."""
    lengths: Mapping[Kind, int] = field(default_factory=dict)
    """Minutes of a talk; a kind that is missing takes half an hour."""
    before: int = 0
    after: int = 0
    """Minutes around each talk in which there is no other."""
    step: int = 30
    """Minutes between the beginnings that are offered."""
    per_day: int | None = None
    per_week: int | None = None
    tracks: frozenset[Track] = frozenset(Track)
    topics: frozenset[str] = frozenset()
    """Empty: about anything."""
    on_request: bool = False
    """Whether they say yes to each appointment themselves."""

    def hours_on(self, day: date) -> tuple[Hours, ...]:
        if day in self.other:
            return self.other[day]
        return self.weekly.get(day.weekday(), ())

    def length(self, kind: Kind) -> timedelta:
        return timedelta(minutes=self.lengths.get(kind, 30))

    def check(self) -> None:
        """Whether it can be kept. Raises: RosterImpossible."""
        hours = [each for day in self.weekly.values() for each in day]
        hours += [each for day in self.other.values() for each in day]
        for each in hours:
            each.check()
        possible = (
            len(hours) <= MOST_HOURS + MOST_EXCEPTIONS
            and len(self.other) <= MOST_EXCEPTIONS
            and set(self.weekly) <= set(range(7))
            and all(_is_span(length, LONGEST_TALK, GRID) for length in self.lengths.values())
            and _is_span(self.before, LONGEST_BUFFER)
            and _is_span(self.after, LONGEST_BUFFER)
            and _is_span(self.step, LONGEST_TALK, GRID)
            and (self.per_day is None or 1 <= self.per_day <= 50)
            and (self.per_week is None or 1 <= self.per_week <= 200)
            and bool(self.tracks)
            and all(0 < len(topic) <= 24 for topic in self.topics)
        )
        if not possible:
            raise RosterImpossible

    def without_days_before(self, day: date) -> Roster:
        """Exceptions that are over tell nothing any more."""
        return replace(self, other={on: at for on, at in self.other.items() if on >= day})


@dataclass(frozen=True, slots=True)
class Absence:
    from_on: date
    until_on: date
    """The last day."""

    def covers(self, day: date) -> bool:
        return self.from_on <= day <= self.until_on


@dataclass(frozen=True, slots=True)
class Receiving:
    """A colleague as a choice for candidates: the roster and what else decides."""

    person: PersonId
    roster: Roster
    languages: frozenset[str] = frozenset()
    """Empty: the language of the zone."""
    absences: tuple[Absence, ...] = ()
    until: date | None = None
    """The first day on which they are no contact point any more."""

    def is_away(self, day: date) -> bool:
        if self.until is not None and day >= self.until:
            return True
        return any(absence.covers(day) for absence in self.absences)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the zone decides for all of its contact points."""

    notice_hours: int = 4
    """Nobody is surprised by a talk within these hours."""
    notice_days: int = 0
    """Nor before that working day after today; 1 is the next one."""
    window_days: int = 42
    """How far ahead one can book."""
    own_days: frozenset[date] = frozenset()
    """The zone is closed: a bridge day, the eleventh of July."""
    on_holidays: bool = False
    """Whether people are received on public holidays."""
    language: str = "nl"
    """Of colleagues who did not say which they speak."""
    one_of_a_kind: bool = True
    """One open appointment of a candidate for each kind of talk."""

    def is_closed(self, day: date) -> bool:
        if day in self.own_days:
            return True
        return not self.on_holidays and day in public_holidays(day.year)

    def is_working_day(self, day: date) -> bool:
        return day.weekday() < 5 and not self.is_closed(day)

    def first_day(self, today: date) -> date:
        """The first day on which there may be a talk, by the working days of notice."""
        day, left = today, self.notice_days
        while left > 0:
            day += timedelta(days=1)
            left -= self.is_working_day(day)
        return day

    def last_day(self, today: date) -> date:
        return today + timedelta(days=self.window_days)


@lru_cache(maxsize=16)
def public_holidays(year: int) -> frozenset[date]:
    """Those of Belgium."""
    import holidays  # half a second: only where it is needed

    return frozenset(holidays.country_holidays("BE", years=year))


def packed(roster: Roster) -> dict[str, Any]:
    """*roster* as JSON can hold it, the same each time."""

    def day(hours: tuple[Hours, ...]) -> list[list[Any]]:
        return [[each.start, each.end, sorted(each.kinds)] for each in hours]

    return {
        "weekly": {str(weekday): day(hours) for weekday, hours in sorted(roster.weekly.items())},
        "other": {on.isoformat(): day(hours) for on, hours in sorted(roster.other.items())},
        "lengths": {str(kind): length for kind, length in sorted(roster.lengths.items())},
        "before": roster.before,
        "after": roster.after,
        "step": roster.step,
        "per_day": roster.per_day,
        "per_week": roster.per_week,
        "tracks": sorted(roster.tracks),
        "topics": sorted(roster.topics),
        "on_request": roster.on_request,
    }


def unpacked(content: Mapping[str, Any]) -> Roster:
    """The reverse of `packed`."""

    def day(hours: list[list[Any]]) -> tuple[Hours, ...]:
        return tuple(Hours(start, end, frozenset(map(Kind, kinds))) for start, end, kinds in hours)

    return Roster(
        weekly={int(weekday): day(hours) for weekday, hours in content["weekly"].items()},
        other={date.fromisoformat(on): day(hours) for on, hours in content["other"].items()},
        lengths={Kind(kind): length for kind, length in content["lengths"].items()},
        before=content["before"],
        after=content["after"],
        step=content["step"],
        per_day=content["per_day"],
        per_week=content["per_week"],
        tracks=frozenset(map(Track, content["tracks"])),
        topics=frozenset(content["topics"]),
        on_request=content["on_request"],
    )


def _is_span(minutes: int, most: int, least: int = 0) -> bool:
    return least <= minutes <= most and minutes % GRID == 0
