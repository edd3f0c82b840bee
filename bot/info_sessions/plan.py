"""What a coordinator writes down about an info session."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from bot.errors import Refusal
from bot.info_sessions.model import LARGEST_PARTY, LONGEST_KEPT, PoolKind, SeatsShown, State, Track
from bot.people.model import PersonId

CLOSES_BEFORE: Final = timedelta(hours=1)
"""Signing up ends so long before the start, unless the plan says otherwise."""


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

    def check(self, now: datetime) -> None:
        """Raises: BadPlan, for the first thing that cannot be."""
        kinds = [pool.kind for pool in self.pools]
        wrong = {
            "title": not self.title.strip() or len(self.title) > 120,
            "place": not self.place.strip() or len(self.place) > 160,
            "starts_at": self.starts_at <= now,
            "ends_at": self.ends_at <= self.starts_at,
            "closes_at": not now < self.closing_at <= self.starts_at,
            "opens_at": self.opens_at is not None and self.opens_at > self.closing_at,
            "seats": self.seats < 0 or self.all_seats < 1,
            "pools": PoolKind.GENERAL in kinds
            or len(kinds) != len(set(kinds))
            or any(pool.seats < 1 for pool in self.pools)
            or any(pool.release_at and pool.release_at > self.starts_at for pool in self.pools),
            "party_max": not 1 <= self.party_max <= LARGEST_PARTY,
            "kept_days": not 1 <= self.kept_days <= LONGEST_KEPT.days,
            "head_start": not timedelta() <= self.head_start <= timedelta(hours=336),
            "parts": any(part.minutes < 1 or not part.title for part in self.parts),
            "stops": any(stop.minutes < 1 or not stop.title for stop in self.stops),
            "groups": any(group.size < 1 or not group.meeting_point for group in self.groups),
            "questions": any(
                not question.text.strip() or not question.purpose.strip()
                for question in self.questions
            ),
        }
        for what, is_wrong in wrong.items():
            if is_wrong:
                raise BadPlan(what=what)

    def at(self, starts_at: datetime) -> Plan:
        """The same at another moment: everything that hangs on the start moves along."""
        later = starts_at - self.starts_at
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
                replace(question, delete_on=question.delete_on + timedelta(days=later.days))
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
