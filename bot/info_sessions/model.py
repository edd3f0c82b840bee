"""What an info session and a sign-up are, and what may be done with them when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType

from bot.errors import Refusal
from bot.people.model import PersonId

InfoSessionId = NewType("InfoSessionId", int)
SignUpId = NewType("SignUpId", int)
PoolId = NewType("PoolId", int)
QuestionId = NewType("QuestionId", int)

LONGEST_ANSWER: Final = 300
"""Characters."""

MOST_SIGN_UPS: Final = 3
"""Info sessions one person can be signed up for at a time, waiting lists included."""

LARGEST_PARTY: Final = 30
"""A school class; what one info session allows is its own, and usually far less."""

LONGEST_KEPT: Final = timedelta(days=30)
"""Names and answers never outlive an info session by more, those of the waiting list included."""


class Track(StrEnum):
    UNIFORM = "uniform"
    CIVILIAN = "civilian"
    BOTH = "both"


class State(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"
    HELD = "held"
    ANONYMISED = "anonymised"
    CANCELLED = "cancelled"


class Status(StrEnum):
    """Where a sign-up stands; `confirmed` and `offered` hold seats."""

    CONFIRMED = "confirmed"
    OFFERED = "offered"
    WAITING = "waiting"
    ENDED = "ended"


class Ending(StrEnum):
    """Why a sign-up ended."""

    WITHDRAWN = "withdrawn"
    MOVED = "moved"
    REFUSED = "refused"
    EXPIRED = "expired"
    NOT_CONFIRMED = "not_confirmed"
    REMOVED = "removed"
    """By a colleague."""
    CANCELLED = "cancelled"
    """The info session itself."""
    ERASED = "erased"


class PoolKind(StrEnum):
    GENERAL = "general"
    UNIFORM = "uniform"
    CIVILIAN = "civilian"
    SCHOOL = "school"


class SeatsShown(StrEnum):
    EXACT = "exact"
    VAGUE = "vague"
    HIDDEN = "hidden"


class Mark(StrEnum):
    """One tap of feedback afterwards."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


class InfoSessionClosed(Refusal):
    """It has started, was cancelled, is closed for sign-ups, or never existed."""

    text_key = "info_sessions.closed"


class NotOpenYet(Refusal):
    """Signing up begins later; `opens_at` says when, for this person."""

    text_key = "info_sessions.not_open_yet"


class NoSuchSignUp(Refusal):
    """There is none, it has ended, or it is somebody else's: all three look the same."""

    text_key = "info_sessions.no_such_sign_up"


class OfferGone(Refusal):
    """The offer has ended, was answered, or never was theirs."""

    text_key = "info_sessions.offer_gone"


class PartyTooBig(Refusal):
    """More people at once than this info session allows (`most`)."""

    text_key = "info_sessions.party_too_big"


class NameMissing(Refusal):
    """Nothing readable is left of the name."""

    text_key = "info_sessions.name_missing"


class NotAnAnswer(Refusal):
    """The question offers other answers, or this one is empty or too long."""

    text_key = "info_sessions.not_an_answer"


class NoRoom(Refusal):
    """They have seats, but there are none left beside them for more people."""

    text_key = "info_sessions.no_room"


class SeatsTaken(Refusal):
    """There cannot be fewer seats than are promised (`taken`)."""

    text_key = "info_sessions.seats_taken"


class Full(Refusal):
    """No seat, and this info session has no waiting list."""

    text_key = "info_sessions.full"


class TooManySignUps(Refusal):
    """One person takes part in a few info sessions at a time, so that there are seats for all."""

    text_key = "info_sessions.too_many"


class SeatElsewhere(Refusal):
    """They have a seat in a sister session (`info_session_id`); they can move instead."""

    text_key = "info_sessions.seat_elsewhere"


@dataclass(frozen=True, slots=True)
class InfoSession:
    id: InfoSessionId
    state: State
    title: str
    track: Track
    language: str
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    """From when everybody can sign up; members of the interest list may be let in before."""
    closes_at: datetime
    place: str
    series: str | None
    """Sister sessions (one day with three) share it: a person has a seat in one of them."""
    party_max: int
    waiting_list: bool
    seats_shown: SeatsShown
    last_place: int
    """The number the last person on the waiting list was given."""
    waiting: int
    """Sign-ups on the waiting list."""
    freed: int
    """How often seats came free; who let an offer pass is asked again after the next time."""

    def check_exists(self) -> None:
        """Candidates see no drafts. Raises: InfoSessionClosed."""
        if self.state in (State.DRAFT, State.ANONYMISED):
            raise InfoSessionClosed

    def is_open(self, now: datetime) -> bool:
        """Whether sign-ups and offers go on, the head start left aside."""
        return self.state is State.PUBLISHED and now < self.ends_signing_up_at

    def check_open(self, now: datetime, let_in_at: datetime | None = None) -> None:
        """Whether somebody can sign up now; *let_in_at*: their head start, when they have one.

        Raises:
            InfoSessionClosed: it is too late, or there is nothing.
            NotOpenYet: it is too early, for them.
        """
        if not self.is_open(now):
            raise InfoSessionClosed
        opens_at = self.opens_at if let_in_at is None else min(let_in_at, self.opens_at)
        if now < opens_at:
            raise NotOpenYet(opens_at=opens_at)

    def check_party(self, party: int, largest_pool: int) -> None:
        """Raises: PartyTooBig."""
        most = min(self.party_max, largest_pool)
        if not 1 <= party <= most:
            raise PartyTooBig(most=most)

    @property
    def ends_signing_up_at(self) -> datetime:
        return min(self.closes_at, self.starts_at)

    def can_change(self, now: datetime) -> bool:
        """Whether somebody can still withdraw, or come with fewer people: until it starts."""
        return self.state in (State.PUBLISHED, State.CLOSED) and now < self.starts_at


@dataclass(frozen=True, slots=True)
class SignUp:
    id: SignUpId
    info_session_id: InfoSessionId
    person_id: PersonId | None
    """None for who was registered by a colleague, by name."""
    name: str | None
    status: Status
    party: int
    pool_id: PoolId | None
    """Where the seats are; None while there are none."""
    wish: PoolKind
    """The sub-pool they may use beside the general one."""
    place: int | None
    """Their number on the waiting list: order, not position."""
    offer_until: datetime | None
    replaces_id: SignUpId | None
    """The sign-up that ends when this one gets seats: they move."""
    code: str | None
    """What the personal check-in code holds."""
    starts_at: datetime | None = field(default=None, compare=False)
    series: str | None = None
    coming: bool | None = field(default=None, compare=False)
    """Whether they said that they still come, since they were last asked."""

    @property
    def is_open(self) -> bool:
        return self.status is not Status.ENDED

    @property
    def holds_seats(self) -> bool:
        return self.status in (Status.CONFIRMED, Status.OFFERED)


@dataclass(frozen=True, slots=True)
class Place:
    """What somebody has now: seats, or a position on the waiting list."""

    info_session: InfoSession
    sign_up: SignUp
    position: int | None = None
    """1 is next; None with seats."""
    new: bool = True
    """False: they had it before."""


@dataclass(frozen=True, slots=True)
class Availability:
    """What a list says about the seats of one info session."""

    free: int | None
    """None when the number is not shown."""
    full: bool
    few: bool
    waiting: int


FEW: Final = 5


def availability(free: int, waiting: int, shown: SeatsShown) -> Availability:
    """Say honestly whether there is room; the number only where the zone wants it shown.

    Free seats that people wait for (they are being offered) are not free for a newcomer.
    """
    full = free <= 0 or waiting > 0
    return Availability(
        free=free if shown is SeatsShown.EXACT and not full else None,
        full=full,
        few=not full and free <= FEW and shown is not SeatsShown.HIDDEN,
        waiting=waiting,
    )
