"""Time: aware UTC inside, Brussels at the edges.

Whoever needs the time is given a :data:`Now`; nothing else asks the system clock.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton

Now = Callable[[], datetime]
"""Gives the present moment, aware, in UTC."""

BRUSSELS = ZoneInfo("Europe/Brussels")


def utc_now() -> datetime:
    return datetime.now(UTC)


def brussels(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """Return the UTC moment at which clocks in Brussels show this.

    In the hour that occurs twice in October it is the first of the two; the hour that does not
    exist in March is read with the winter offset, so it lands one hour later on the clock.
    """
    return datetime(year, month, day, hour, minute, tzinfo=BRUSSELS).astimezone(UTC)


def spoken(when: datetime | date, language: str) -> str:
    """Say a moment (in Brussels time) or a day as one writes it in *language*, year left out."""
    if not isinstance(when, datetime):
        return format_date(when, "EEE d MMM", locale=language)
    if when.tzinfo is None:
        raise ValueError("a moment without a time zone has no place on the clock of Brussels")
    day = format_date(when.astimezone(BRUSSELS).date(), "EEE d MMM", locale=language)
    return f"{day} {spoken_time(when, language)}"


def spoken_time(when: datetime, language: str) -> str:
    """«18:30», the time in Brussels."""
    return format_skeleton("Hm", when.astimezone(BRUSSELS), tzinfo=BRUSSELS, locale=language)


def spoken_span(starts_at: datetime, ends_at: datetime, language: str) -> str:
    """«donderdag 3 december, 18:30–20:30»: as `spoken`, in full, and with the end."""
    first, last = starts_at.astimezone(BRUSSELS).date(), ends_at.astimezone(BRUSSELS).date()
    end = spoken_time(ends_at, language) if first == last else spoken(ends_at, language)
    pattern = "EEEE, d. MMMM" if language == "de" else "EEEE d MMMM"
    day = format_date(first, pattern, locale=language)
    return f"{day}, {spoken_time(starts_at, language)}–{end}"
