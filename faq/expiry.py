"""Answers that are about to expire: their owner is reminded before they are hidden."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from faq.entry import Content, Entry

AHEAD = timedelta(days=14)
SHORTLY = timedelta(days=3)


@dataclass(frozen=True)
class Reminder:
    """An entry that is hidden, or will be after its last day."""

    entry: Entry
    last_day: date
    within: timedelta | None
    """`AHEAD` or `SHORTLY`; None: it is hidden already."""

    def __str__(self) -> str:
        owner = f", of {self.entry.owner}" if self.entry.owner else ""
        if self.within is None:
            return f"{self.entry.id}{owner}: hidden, it was valid until {self.last_day}"
        return (
            f"{self.entry.id}{owner}: valid until {self.last_day}, "
            f"less than {self.within.days + 1} days from now"
        )


def reminders(content: Content, today: date) -> Iterator[Reminder]:
    """The most pressing first; after `valid_until` an entry is hidden."""
    dated = [(entry.valid_until, entry) for entry in content.entries if entry.valid_until]
    for last_day, entry in sorted(dated, key=lambda pair: (pair[0], pair[1].id)):
        if entry.expired(today):
            yield Reminder(entry, last_day, None)
            continue
        within = next((term for term in (SHORTLY, AHEAD) if last_day - today <= term), None)
        if within is not None:
            yield Reminder(entry, last_day, within)
