"""What people who look at an info session are shown: lines of lists, cards, questions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.info_sessions.model import InfoSession, QuestionId, SignUpId, Status
from bot.people.model import PersonId


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to who signs up, with why it is asked and until when the answer is kept."""

    id: QuestionId
    text: str
    purpose: str
    delete_on: date
    choices: tuple[str, ...]
    """None: free text."""


@dataclass(frozen=True, slots=True)
class TourGroup:
    number: int
    meeting_point: str
    guide: PersonId | None


@dataclass(frozen=True, slots=True)
class Participant:
    """A line of the list at the door."""

    sign_up_id: SignUpId
    person_id: PersonId | None
    name: str | None
    language: str | None
    status: Status
    party: int
    place: int | None
    offer_until: datetime | None
    coming: bool | None
    group: int | None
    checked_in_at: datetime | None
    checked_in_by: PersonId | None


@dataclass(frozen=True, slots=True)
class Fill:
    """How full an info session is, for colleagues."""

    info_session: InfoSession
    seats: int
    taken: int
    """Confirmed and offered."""
    offers: int
