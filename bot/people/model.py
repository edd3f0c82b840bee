"""What we know about a person, which is little on purpose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NewType

PersonId = NewType("PersonId", int)

INACTIVE_AFTER = timedelta(days=365)
"""Somebody we have not heard from for so long is forgotten."""

REMINDED_BEFORE = timedelta(days=30)
"""How long before that we tell them, once."""

ANSWERED_WITHIN = timedelta(hours=1)
"""How long what somebody types may be the answer to what we asked; after that it is not."""


@dataclass(frozen=True, slots=True)
class Person:
    id: PersonId
    account: int
    """The 64-bit number of the messenger's account."""
    language: str
    language_chosen: bool
    """False: only what the messenger said about their app."""
    source: str | None
    """The campaign tag they first came with."""
    reachable: bool
    paused_at: datetime | None
    """Since when everything about them is frozen, at their own wish."""
    stopped_at: datetime | None
    """Since when they want no message they did not ask for."""
    last_seen_on: date
    created_at: datetime
    first_update: int | None = None
    """The number of the update that made them: in the reply to it we say who we are, also when
    a crash has it handled again."""
    asked: str | None = None
    """What we asked them to type, as `feature.action:id`."""
    asked_until: datetime | None = None

    @property
    def wants_messages(self) -> bool:
        """Whether we may write of our own accord; an answer to a question is always allowed."""
        return self.reachable and self.paused_at is None and self.stopped_at is None

    def asked_at(self, now: datetime) -> str | None:
        """What their next message answers, if that is not too long ago."""
        return self.asked if self.asked_until is not None and now < self.asked_until else None


def language_from(hint: str | None, languages: Sequence[str]) -> str:
    """Choose one of *languages* for someone whose app speaks *hint* (`nl-BE`); else the first."""
    spoken = (hint or "").replace("_", "-").split("-")[0].lower()
    return spoken if spoken in languages else languages[0]
