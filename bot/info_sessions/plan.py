"""What a coordinator writes down about an info session."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from bot.clock import BRUSSELS
from bot.errors import Refusal
from bot.info_sessions.model import LARGEST_PARTY, LONGEST_KEPT, PoolKind, SeatsShown, State, Track
from bot.people.model import PersonId

CLOSES_BEFORE: Final = timedelta(hours=1)
"""Signing up ends so long before the start, unless the plan says otherwise."""

MOST_SEATS: Final = 2000
LONGEST_NOTE: Final = 500
"""Characters of what to bring, accessibility, house rules: three of them fit on one card."""

MOST_LINES: Final = 12
"""Parts of the programme, stops of the tour, groups."""

MOST_QUESTIONS: Final = 5
MOST_CHOICES: Final = 6
LONGEST_CHOICE: Final = 40
LONGEST_PART: Final = 600
"""Minutes."""


class BadPlan(Refusal):
    """Something in it cannot be; `what` names the field."""

    text_key = "info_sessions.bad_plan"


@dataclass(frozen=True, slots=True)
class PlannedPool:
    """Seats set apart; from *release_at* on they are for everybody."""

    kind: PoolKind
    seats: int
    release_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the programme, or a stop of the tour."""

    title: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Group:
    """A group on the tour."""

    size: int
    meeting_point: str
    guide: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """Asked at sign-up; without a purpose and a day on which the answers go it is not kept."""

    text: str
    purpose: str
    delete_on: date
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything but the people; a copy of a plan is another info session."""

    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    seats: int
    """General ones; those of `pools` come beside them."""
    track: Track = Track.BOTH
    language: str = "nl"
    opens_at: datetime | None = None
    """None: as soon as it is published (and the head start is over)."""
    closes_at: datetime | None = None
    room: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    series: str | None = None
    party_max: int = 1
    waiting_list: bool = True
    must_confirm: bool = False
    """A seat that nobody confirmed a day before can go to who waits (against hoarding)."""
    seats_shown: SeatsShown = SeatsShown.EXACT
    head_start: timedelta = timedelta(hours=48)
    kept_days: int = LONGEST_KEPT.days
    bring: str | None = None
    accessibility: str | None = None
    house_rules: str | None = None
    pools: tuple[PlannedPool, ...] = ()
    parts: tuple[Part, ...] = ()
    stops: tuple[Part, ...] = ()
    groups: tuple[Group, ...] = ()
    questions: tuple[Question, ...] = field(default=())

    @property
    def all_seats(self) -> int:
        return self.seats + sum(pool.seats for pool in self.pools)

    @property
    def closing_at(self) -> datetime:
        return self.closes_at or self.starts_at - CLOSES_BEFORE

    def check(self, now: datetime | None) -> None:
        """Whether it can be at *now*; None: whatever the clock says, as for a draft.

        Raises: BadPlan, for the first thing that cannot be.
        """
        for what in self.problems(now):
            raise BadPlan(what=what)

    def problems(self, now: datetime | None) -> list[str]:
        """The names of all fields that cannot be as they are; see `check`."""
        if not 2000 < self.starts_at.year <= self.ends_at.year < 2200:
            return ["starts_at"]
        kinds = [pool.kind for pool in self.pools]
        wrong = {
            "title": _is_no_text(self.title, 120),
            "place": _is_no_text(self.place, 160),
            "room": self.room is not None and _is_no_text(self.room, 80),
            "starts_at": now is not None and self.starts_at <= now,
            "ends_at": self.ends_at <= self.starts_at,
            "closes_at": self.closing_at > self.starts_at
            or (now is not None and self.closing_at <= now),
            "opens_at": self.opens_at is not None and self.opens_at > self.closing_at,
            "pin": not self.has_possible_pin,
            "seats": self.seats < 0 or not 1 <= self.all_seats <= MOST_SEATS,
            "pools": PoolKind.GENERAL in kinds
            or len(kinds) != len(set(kinds))
            or any(pool.seats < 1 for pool in self.pools)
            or any(pool.release_at and pool.release_at > self.starts_at for pool in self.pools),
            "party_max": not 1 <= self.party_max <= LARGEST_PARTY,
            "kept_days": not 1 <= self.kept_days <= LONGEST_KEPT.days,
            "head_start": not timedelta() <= self.head_start <= timedelta(hours=336),
            "bring": _is_too_long(self.bring),
            "accessibility": _is_too_long(self.accessibility),
            "house_rules": _is_too_long(self.house_rules),
            "parts": _are_no_parts(self.parts),
            "stops": _are_no_parts(self.stops),
            "groups": len(self.groups) > MOST_LINES
            or any(
                not 1 <= group.size <= MOST_SEATS or _is_no_text(group.meeting_point, 120)
                for group in self.groups
            ),
            "questions": len(self.questions) > MOST_QUESTIONS
            or any(not self._can_ask(question) for question in self.questions),
        }
        return [what for what, is_wrong in wrong.items() if is_wrong]

    @property
    def has_possible_pin(self) -> bool:
        """Both degrees and on the globe, or neither."""
        if self.latitude is None or self.longitude is None:
            return self.latitude is self.longitude
        return -90 <= self.latitude <= 90 and -180 <= self.longitude <= 180

    def _can_ask(self, question: Question) -> bool:
        """Whether it says why, and until when the answers stay: for the day itself at least, and
        no longer than anything else."""
        return (
            not _is_no_text(question.text, 200)
            and not _is_no_text(question.purpose, 200)
            and _day_of(self.starts_at)
            <= question.delete_on
            <= _day_of(self.ends_at) + LONGEST_KEPT
            and len(question.choices) <= MOST_CHOICES
            and not any(_is_no_text(choice, LONGEST_CHOICE) for choice in question.choices)
        )

    def moved(self, starts_at: datetime, ends_at: datetime | None = None) -> Plan:
        """The same draft at another moment: as `at`, and it opens when it did, if that can be."""
        later = self.at(starts_at)
        opens_at = self.opens_at
        if opens_at is not None and opens_at > later.closing_at:
            opens_at = None
        return replace(later, opens_at=opens_at, ends_at=ends_at or later.ends_at)

    def at(self, starts_at: datetime) -> Plan:
        """The same at another moment: everything that hangs on the start moves along."""
        later = starts_at - self.starts_at
        days = _day_of(starts_at) - _day_of(self.starts_at)
        return replace(
            self,
            starts_at=starts_at,
            ends_at=self.ends_at + later,
            opens_at=None,
            closes_at=None if self.closes_at is None else self.closes_at + later,
            pools=tuple(
                replace(pool, release_at=pool.release_at and pool.release_at + later)
                for pool in self.pools
            ),
            questions=tuple(
                replace(question, delete_on=question.delete_on + days)
                for question in self.questions
            ),
        )


@dataclass(frozen=True, slots=True)
class Written:
    """A plan as it stands in the database."""

    state: State
    uid: str
    """Of its calendar entry; the same for as long as it exists."""
    sequence: int
    """How often that entry changed."""
    plan: Plan


def _day_of(moment: datetime) -> date:
    return moment.astimezone(BRUSSELS).date()


def _is_no_text(text: str, longest: int) -> bool:
    return not text.strip() or len(text) > longest


def _is_too_long(text: str | None) -> bool:
    return text is not None and len(text) > LONGEST_NOTE


def _are_no_parts(parts: tuple[Part, ...]) -> bool:
    return len(parts) > MOST_LINES or any(
        _is_no_text(part.title, 120) or not 1 <= part.minutes <= LONGEST_PART for part in parts
    )
