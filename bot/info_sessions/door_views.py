"""What colleagues are shown on the day: their duties, who is behind a line, the groups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.info_sessions.model import Ending, InfoSession, InfoSessionId, PoolKind, SignUp, SignUpId
from bot.info_sessions.views import TourGroup
from bot.people.model import PersonId
from bot.staff.model import Role

HOSTS: Final = (Role.COORDINATOR, Role.SESSION_LEAD, Role.CONTACT_POINT, Role.AMBASSADOR)
"""Who may lead an info session or guide a group there: those who meet candidates."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a colleague has to do at one info session."""

    leads: bool = False
    """They may do everything there; coordinators may everywhere."""
    is_named: bool = False
    """They are among the leads of this very info session."""
    groups: frozenset[int] = frozenset()
    """The numbers of the groups they guide."""
    registers: bool = False
    """They sign people up by name, and off again."""

    @property
    def is_on(self) -> bool:
        """Whether they receive people there."""
        return self.leads or bool(self.groups)


@dataclass(frozen=True, slots=True)
class Duty:
    """An info session, for a colleague who has something to do there."""

    info_session: InfoSession
    seats: int
    expected: int
    """People with a seat."""
    inside: int
    """Of them, those who are checked in."""
    waiting: int
    """People on the waiting list."""
    offers: int
    """Offers that were not answered yet."""
    groups: int
    """Groups on the tour."""
    questions: int
    """Questions asked at sign-up."""
    standing: Standing
    can_check_in: bool
    """It is the day."""
    wishes: tuple[PoolKind, ...] = ()
    """The sub-pools, where only one info session is looked at."""
    missed: int = 0
    """Who got no reminder, where only one info session is looked at."""

    @property
    def free(self) -> int:
        return self.seats - self.expected


@dataclass(frozen=True, slots=True)
class Scan:
    """What a colleague sees of one sign-up: who it is, and whether they are in."""

    info_session: InfoSession
    sign_up: SignUp
    checked_in_at: datetime | None
    checked_in_by: PersonId | None
    is_expected: bool
    """False: they have no seat (any more); ask the session lead."""
    by_name: str | None = None
    """Who checked them in, as colleagues call them."""
    language: str | None = None
    group: TourGroup | None = None
    position: int | None = None
    """On the waiting list; 1 is next."""
    ended: Ending | None = None
    again: bool = False
    """What was to be done was so before: they were in already, or not in any more."""
    standing: Standing = Standing()
    can_check_in: bool = False
    """It is the day."""


@dataclass(frozen=True, slots=True)
class Departed:
    """Somebody who does not come any more."""

    sign_up_id: SignUpId
    name: str | None
    party: int
    how: Ending
    at: datetime


@dataclass(frozen=True, slots=True)
class GroupSheet:
    number: int
    size: int
    meeting_point: str
    guide: PersonId | None
    guide_name: str | None
    people: int
    """Put into it so far."""


class Need(StrEnum):
    """Why something waits for a colleague; the most urgent first."""

    CALL = "call"
    """Somebody registered by name is offered a seat, and cannot be written to."""
    RECEIVE = "receive"
    """It is the day: people come in."""
    MISSED = "missed"
    """Reminders could not be sent in time."""


@dataclass(frozen=True, slots=True)
class Waits:
    need: Need
    info_session: InfoSessionId
    moment: datetime
    """Until when they can be called; else when it starts."""
    sign_up: SignUpId | None = None
    people: int = 0
    """Who got no reminder."""


@dataclass(frozen=True, slots=True)
class Unreminded:
    """Somebody who comes today and was not reminded: call them, or see whether they come."""

    sign_up_id: SignUpId
    name: str | None
    party: int
