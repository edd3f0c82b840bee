"""Roles and who has them; nothing here reads or writes."""

import base64
import hashlib
import re
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, NewType

from bot.errors import Refusal
from bot.people.model import PersonId

InvitationId = NewType("InvitationId", int)
AbsenceId = NewType("AbsenceId", int)

CODE_BYTES: Final = 16
"""128 bits: guessing one takes longer than anybody lives."""

OPENING: Final = "staff_"
"""What stands before the code in a link: `t.me/<bot>?start=staff_<code>`."""

INVITED_FOR: Final = timedelta(hours=24)
"""How long a code can be used."""

ANSWER_WITHIN: Final = timedelta(hours=72)
"""How long the inviter, and then the second person, have to say yes."""

WRONG_CODES: Final = 5
WRONG_CODES_IN: Final = timedelta(hours=1)
"""So many wrong codes of one account in this span, and none is looked at any more."""

REFUSALS_NOTED: Final = 20
REFUSALS_NOTED_IN: Final = timedelta(hours=1)
"""So many refused attempts of one account in this span stand in the audit trail; more of the
same would only fill it."""


class Role(StrEnum):
    """What a colleague may do; each gives only what its work needs."""

    COORDINATOR = "coordinator"
    """Plans, invites colleagues, reads the audit trail."""
    CONTACT_POINT = "contact_point"
    """Talks with candidates."""
    AMBASSADOR = "ambassador"
    """Answers questions about their own work."""
    SESSION_LEAD = "session_lead"
    """Receives people on the day of a session."""
    EDITOR = "editor"
    """Keeps the answers right."""
    TECHNICAL = "technical"
    """Looks after the server."""
    DPO = "dpo"
    """Reads the audit trail and the data inventory, nothing else."""


GUARDED: Final = frozenset({Role.COORDINATOR, Role.TECHNICAL})
"""Once there are two coordinators, these need the yes of a second one."""


class Field(StrEnum):
    """What candidates may see of a colleague, each with their own consent."""

    NAME = "name"
    SERVICE = "service"
    LANGUAGES = "languages"


class Stage(StrEnum):
    """How far an invitation is; the last three are ends."""

    OPEN = "open"
    """The code was not used yet."""
    REDEEMED = "redeemed"
    """Somebody used it; the inviter is asked whether it is the right person."""
    CONFIRMED = "confirmed"
    """The inviter said yes; a second coordinator is asked."""
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


UNDECIDED: Final = (Stage.OPEN, Stage.REDEEMED, Stage.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Term:
    """A role somebody has, from a day on and perhaps until one."""

    role: Role
    starts_on: date
    ends_on: date | None
    """The first day on which it gives no access any more, in Brussels."""

    def is_in_force(self, today: date) -> bool:
        return self.starts_on <= today and (self.ends_on is None or today < self.ends_on)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody with at least one role in force today."""

    person: PersonId
    display_name: str
    """For colleagues; candidates only see `shown_name`."""
    service: str | None
    languages: tuple[str, ...]
    shown: frozenset[Field]
    """What they agreed that candidates see."""
    terms: tuple[Term, ...]
    """The roles in force."""
    absent_from: date | None = None
    absent_until: date | None = None
    """The last day of the absence they are in; None: they are there."""

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(term.role for term in self.terms)

    @property
    def is_absent(self) -> bool:
        return self.absent_until is not None

    @property
    def shown_name(self) -> str | None:
        return self.display_name if Field.NAME in self.shown else None

    @property
    def shown_service(self) -> str | None:
        return self.service if Field.SERVICE in self.shown else None

    @property
    def shown_languages(self) -> tuple[str, ...]:
        return self.languages if Field.LANGUAGES in self.shown else ()

    def has(self, *roles: Role) -> bool:
        """Whether they have one of *roles*; any role will do when none is named."""
        return not roles or not self.roles.isdisjoint(roles)

    def acting_as(self, *roles: Role) -> Role:
        """The role in which they do what *roles* may do, for the audit trail."""
        mine = [role for role in Role if role in self.roles and (not roles or role in roles)]
        return mine[0]


@dataclass(frozen=True, slots=True)
class Access:
    """A role of a colleague, as whoever looks through all of them sees it."""

    row: int
    person: PersonId
    name: str
    term: Term
    reviewed_at: datetime | None
    """When a coordinator last said that it is still needed."""
    last_acted_at: datetime | None = None
    """Their newest entry in the audit trail, in whatever role."""
    is_due: bool = False

    def due(self, today: date, reviewed_on: date | None) -> bool:
        """Whether somebody has to look at it this quarter: it is older, and nobody has."""
        begin = quarter_of(today)
        return self.term.starts_on < begin and (reviewed_on is None or reviewed_on < begin)


@dataclass(frozen=True, slots=True)
class Absence:
    id: AbsenceId
    from_on: date
    until_on: date
    """The last day."""


@dataclass(frozen=True, slots=True)
class Invitation:
    id: InvitationId
    role: Role
    name: str
    """Who is meant, as the inviter calls them."""
    ends_on: date | None
    inviter: PersonId | None
    """None: the command line."""
    stage: Stage
    redeemer: PersonId | None = None
    code: str = ""
    """Only where the invitation was just made; it is stored nowhere."""


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What came of a code: in force (`Stage.ACCEPTED`), or whose yes it waits for."""

    stage: Stage
    role: Role
    name: str


class NotAllowed(Refusal):
    """They may not do this, or it does not exist: from outside both look the same."""

    text_key = "menu.expired"

    def __init__(self, person: PersonId, roles: Iterable[Role] = ()) -> None:
        super().__init__()
        self.person = person
        self.roles = tuple(roles)
        """What would have been needed."""
        self.noted = False
        """Whether the audit trail has it; the transaction it was raised in is lost."""


class WrongCode(Refusal):
    """No such invitation, or not any more, or not for them: from outside all look the same."""

    text_key = "staff.wrong_code"


class TooManyCodes(Refusal):
    """So many wrong codes that we look at none for an hour."""

    text_key = "staff.too_many_codes"


class LastCoordinator(Refusal):
    """Nobody would be left who can invite anybody."""

    text_key = "staff.last_coordinator"


class FirstStays(Refusal):
    """The first coordinator gets no end date: nobody would be left when it comes."""

    text_key = "staff.first_stays"


class EndPassed(Refusal):
    """An end date must be in the future."""

    text_key = "staff.end_passed"


class AbsenceImpossible(Refusal):
    """An absence that is over, or ends before it begins."""

    text_key = "staff.absence_impossible"


class NameMissing(Refusal):
    """A name without a single visible letter."""

    text_key = "staff.name_missing"


def seconds(
    role: Role, coordinators: Collection[PersonId], inviter: PersonId | None, redeemer: PersonId
) -> frozenset[PersonId]:
    """Who may give the second yes; when nobody, none is needed.

    Far-reaching roles take two people, once there are two coordinators. The command line counts
    as one of the two, and so does a coordinator who takes on one more role.
    """
    if role not in GUARDED or len(coordinators) < 2:
        return frozenset()
    if inviter != redeemer and {inviter, redeemer} <= set(coordinators):
        return frozenset()
    return frozenset(coordinators) - {inviter, redeemer}


def leaves_nobody(permanent: Collection[PersonId], leaving: PersonId) -> bool:
    """Whether *leaving* is the only coordinator without an end date: then they cannot go.

    One with an end date does not count: on that day nobody would be left.
    """
    return set(permanent) == {leaving}


def quarter_of(day: date) -> date:
    """The first day of its quarter."""
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def review_begins_on(day: date) -> date:
    """The first Monday of its quarter: then the roles of all colleagues are looked through."""
    begin = quarter_of(day)
    return begin + timedelta(days=-begin.weekday() % 7)


def fresh_code() -> str:
    """A code for one person, once: letters and digits that can be dictated."""
    return base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode().rstrip("=").lower()


_CODE_FORM: Final = re.compile(r"[a-z2-7]{26}")


def plain_code(typed: str) -> str:
    """*typed* as `fresh_code` makes them, whatever spaces, dashes and capitals came with it."""
    return re.sub(r"[\s-]", "", typed).lower()


def hash_of(code: str) -> str:
    """What is stored of a code. It is long and random, so a plain hash tells nothing about it."""
    plain = plain_code(code)
    known = plain if _CODE_FORM.fullmatch(plain) else ""
    return hashlib.sha256(known.encode()).hexdigest()
