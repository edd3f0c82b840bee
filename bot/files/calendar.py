"""Calendar entries (iCalendar, RFC 5545) that a telephone takes over with one tap."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.clock import BRUSSELS

if TYPE_CHECKING:
    from icalendar import Timezone

PRODUCER: Final = "-//Contactpunt//info sessions//NL"


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in somebody's calendar; about the event, never about who goes there."""

    uid: str
    """The same for as long as the event exists: a newer file replaces the older one."""
    sequence: int
    """How often it changed; calendars keep the highest."""
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    description: str = ""
    latitude: float | None = None
    longitude: float | None = None
    cancelled: bool = False
    organiser: str | None = None
    """The name of the zone."""
    mail: str | None = None
    """Of the zone; only used with *organiser*."""
    url: str | None = None


def file_of(entry: Entry, now: datetime) -> bytes:
    """*entry* as the content of an .ics file; a cancelled one takes itself off the calendar.

    Times stand there as the clocks in Brussels show them, with the rules of their zone.
    """
    # Imported here: whoever never asks for a calendar entry does not wait for the library.
    from icalendar import Calendar, Event, vCalAddress

    event = Event()
    event.add("uid", f"{entry.uid}@contactpunt")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", now)
    event.add("dtstart", entry.starts_at.astimezone(BRUSSELS))
    event.add("dtend", entry.ends_at.astimezone(BRUSSELS))
    event.add("summary", _clean(entry.title))
    event.add("location", _clean(entry.place))
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if entry.cancelled else "OPAQUE")
    if entry.description:
        event.add("description", _clean(entry.description))
    if entry.latitude is not None and entry.longitude is not None:
        event.add("geo", (entry.latitude, entry.longitude))
    if entry.url:
        event.add("url", entry.url)
    if entry.organiser and entry.mail:
        organiser = vCalAddress(f"mailto:{entry.mail}")
        organiser.params["cn"] = _clean(entry.organiser)
        event.add("organizer", organiser)

    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCER)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "CANCEL" if entry.cancelled else "PUBLISH")
    calendar.add_component(_clock_of_brussels())
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _clock_of_brussels() -> Timezone:
    """The rule of the European Union, which a calendar needs to place hours on its own clock.

    Source: directive 2000/84/EC. Written by hand: the library lists every change up to a year,
    and those of March an hour late.
    """
    from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

    zone = Timezone()
    zone.add("tzid", str(BRUSSELS))
    winter, summer = timedelta(hours=1), timedelta(hours=2)
    for part, name, month, hour, before, after in (
        (TimezoneDaylight(), "CEST", 3, 2, winter, summer),
        (TimezoneStandard(), "CET", 10, 3, summer, winter),
    ):
        first = datetime(1996, month, 31 if month == 3 else 27, hour)  # noqa: DTZ001
        part.add("dtstart", first)
        part.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1SU"})
        part.add("tzname", name)
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", after)
        zone.add_component(part)
    return zone


def _clean(text: str) -> str:
    """Without control characters, which no calendar can read; line ends stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(each for each in lines if each == "\n" or unicodedata.category(each) != "Cc")
