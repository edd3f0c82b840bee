"""When the desk is open: weekly hours in Belgian wall time, public holidays, local closing days."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from bot.clock import BRUSSELS

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LOOK_AHEAD = timedelta(days=366)

_PERIOD = re.compile(r"([01]\d|2[0-3]):([0-5]\d) ?[-–] ?([01]\d|2[0-3]):([0-5]\d)")
_DAY = r"(\d{4}-\d{2}-\d{2})"
_DAYS = re.compile(rf"{_DAY}(?: (?:to|tot) {_DAY})?")


@dataclass(frozen=True, order=True)
class Period:
    """From one wall time to a later one on the same day."""

    opens: time
    closes: time

    @classmethod
    def read(cls, text: str) -> "Period":
        """Of `09:00-12:30`.

        Raises:
            ValueError: it does not look like that, or ends before it begins.
        """
        found = _PERIOD.fullmatch(text.strip())
        if found is None:
            raise ValueError("is not a period such as 09:00-12:30")
        first, second, third, fourth = (int(part) for part in found.groups())
        period = cls(time(first, second), time(third, fourth))
        if period.opens >= period.closes:
            raise ValueError("ends before it begins")
        return period


@dataclass(frozen=True)
class ClosingDays:
    """A closing day, or the first and last of several."""

    first: date
    last: date

    @classmethod
    def read(cls, text: str) -> "ClosingDays":
        """Of `2026-12-24` or `2026-12-24 to 2027-01-02`.

        Raises:
            ValueError: it does not look like that, or is not in the calendar.
        """
        found = _DAYS.fullmatch(text.strip())
        if found is None:
            raise ValueError("is not a day such as 2026-12-24 or 2026-12-24 to 2027-01-02")
        first = date.fromisoformat(found[1])
        last = date.fromisoformat(found[2]) if found[2] else first
        if last < first:
            raise ValueError("ends before it begins")
        return cls(first, last)


@dataclass(frozen=True)
class OpeningHours:
    """The hours of an ordinary week, by name of the day; a day that is not named is closed."""

    week: Mapping[str, Sequence[Period]]
    closing: Sequence[ClosingDays] = ()

    def open_at(self, moment: datetime) -> bool:
        local = moment.astimezone(BRUSSELS)
        return any(
            period.opens <= local.time() < period.closes for period in self.periods(local.date())
        )

    def next_opening(self, moment: datetime) -> datetime | None:
        """The first moment after *moment* at which the doors open; None when they stay closed."""
        for opens in self._openings(moment.astimezone(BRUSSELS).date()):
            if opens > moment:
                return opens
        return None

    def periods(self, day: date) -> Sequence[Period]:
        """Of one day; none on a public holiday or a closing day."""
        if day in _public_holidays(day.year):
            return ()
        if any(days.first <= day <= days.last for days in self.closing):
            return ()
        return self.week.get(DAYS[day.weekday()], ())

    def _openings(self, start: date) -> Iterator[datetime]:
        for ahead in range(LOOK_AHEAD.days):
            day = start + timedelta(days=ahead)
            for period in sorted(self.periods(day)):
                yield datetime.combine(day, period.opens, BRUSSELS)


@lru_cache(maxsize=8)
def _public_holidays(year: int) -> frozenset[date]:
    import holidays

    return frozenset(holidays.country_holidays("BE", years=year))
