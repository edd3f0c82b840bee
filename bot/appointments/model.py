"""What an appointment is, and why something may not be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType

from bot.errors import Refusal
from bot.people.model import PersonId

AppointmentId = NewType("AppointmentId", int)

HELD_FOR: Final = timedelta(minutes=5)
"""How long a chosen time waits for its yes."""

LONGEST_ABOUT: Final = 120
"""Characters of «what is it about?»."""

KEPT: Final = timedelta(days=30)
"""After its end; the outcome goes with it."""

ABOUT_KEPT: Final = timedelta(days=7)
"""After its end, what it was about."""

PROPOSED_FOR: Final = timedelta(hours=24)
"""How long another time that a colleague proposed waits for an answer."""


class Kind(StrEnum):
    """Where people talk."""

    PLACE = "place"
    PHONE = "phone"
    VIDEO = "video"


class Track(StrEnum):
    UNIFORM = "uniform"
    CIVILIAN = "civilian"


class State(StrEnum):
    """All but `ended` keep the colleague's time occupied."""

    HELD = "held"
    """Chosen, not yet confirmed by the candidate."""
    REQUESTED = "requested"
    """The colleague still has to say yes."""
    PROPOSED = "proposed"
    """The colleague proposed another time; the candidate still has to say yes."""
    CONFIRMED = "confirmed"
    ENDED = "ended"


AGREED: Final = (State.REQUESTED, State.PROPOSED, State.CONFIRMED)
"""More than a hold: both sides know of it."""


class Ending(StrEnum):
    RELEASED = "released"
    """A hold, by the candidate or by choosing another time."""
    EXPIRED = "expired"
    """A hold, or a proposal, that nobody answered."""
    CANCELLED = "cancelled"
    """By the candidate."""
    CANCELLED_BY_US = "cancelled_by_us"
    ERASED = "erased"


class Outcome(StrEnum):
    CAME = "came"
    DID_NOT_COME = "did_not_come"
    WE_WERE_ABSENT = "we_were_absent"


class Why(StrEnum):
    """Why this colleague, as it is stored and shown."""

    ONLY_ONE = "only_one"
    """Nobody else who fits is free then."""
    FEWEST = "fewest"
    """The fewest open appointments and conversations of those who fit and are free."""
    CHOSEN = "chosen"
    """The candidate, or a colleague, asked for this one."""
    SAME = "same"
    """Moved in time, kept with the same colleague."""
    TAKEN_OVER = "taken_over"
    """Passed on by a colleague who cannot."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to talk about, with whom it can be, and how."""

    topic: str
    """A key of the zone's list (`selection`, `training` …)."""
    track: Track
    language: str
    kind: Kind = Kind.PLACE


@dataclass(frozen=True, slots=True)
class Appointment:
    id: AppointmentId
    state: State
    person_id: PersonId
    colleague_id: PersonId
    kind: Kind
    topic: str
    track: Track
    language: str
    starts_at: datetime
    ends_at: datetime
    hold_until: datetime | None
    """Until when a hold or a proposal can be answered."""
    about: str | None
    uid: str
    sequence: int
    """Of the calendar entry."""
    why: Why
    outcome: Outcome | None
    created_at: datetime

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.topic, self.track, self.language, self.kind)

    @property
    def is_open(self) -> bool:
        return self.state is not State.ENDED

    def is_overdue(self, now: datetime) -> bool:
        """Whether it waits for an answer that comes too late now."""
        return self.hold_until is not None and self.hold_until <= now


@dataclass(frozen=True, slots=True)
class Offered:
    """A free time, with the colleague it would be with."""

    starts_at: datetime
    ends_at: datetime
    colleague_id: PersonId
    why: Why


class NotAnAppointment(Refusal):
    """There is none, it has ended, or it is somebody else's: all three look the same."""

    text_key = "appointments.not_an_appointment"


class TimeTaken(Refusal):
    """Not this time (any more); `others` are the next free ones."""

    text_key = "appointments.time_taken"

    def __init__(self, reason: str, others: tuple[Offered, ...] = ()) -> None:
        super().__init__()
        self.reason = reason
        """A `slots.Reason`, for tests and logs; people read the same sentence for all."""
        self.others = others


class HaveOneAlready(Refusal):
    """One open appointment of a kind at a time; it can be moved (`appointment_id`)."""

    text_key = "appointments.have_one"


class AboutTooLong(Refusal):
    """More than `most` characters."""

    text_key = "appointments.about_too_long"


class NotYet(Refusal):
    """How it went can be told once it has begun."""

    text_key = "appointments.not_yet"


class RosterImpossible(Refusal):
    """Hours that end before they begin, overlap nothing that exists, or are too many."""

    text_key = "appointments.roster_impossible"


class NothingToUndo(Refusal):
    """The hours were changed longer ago than that can be undone, or never."""

    text_key = "appointments.nothing_to_undo"
