"""The audit trail: what an entry says, and how entries hang together.

Each entry carries a hash over itself and over the hash before it, so none can be changed, taken
away or slipped in without the rest showing it. A checkpoint is such a hash signed with a key
that is not in the database: it shows when somebody wrote the whole chain anew, and after a purge
the chain goes on from it.
"""

import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

KEPT: Final = timedelta(days=365)

BEGINNING: Final = "0" * 64
"""Stands for the hash before the first entry."""

COMMAND_LINE: Final = "command_line"
"""The role of whoever sits at the server."""

CLOCK: Final = "clock"
"""The role of what happens because its time has come."""

ACTION_FORM: Final = re.compile(r"[a-z_]{1,31}\.[a-z_]{1,32}")
OBJECT_FORM: Final = re.compile(r"(?:[a-z_]{1,32}(?::[A-Za-z0-9_.+-]{1,31})?)?")
"""`info_sessions:17`, `role:editor` or nothing: no room for what somebody wrote."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Who did or read what. People are keyed hashes; see `name_for`."""

    number: int
    at: datetime
    actor: str | None
    """None: nobody with an account; the role says whether it was the command line or the clock."""
    role: str
    action: str
    about: str | None
    object: str

    def hash_after(self, previous: str) -> str:
        """The hash of this entry when *previous* is that of the one before it."""
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        said = [previous, self.number, at, self.actor, self.role, self.action]
        said += [self.about, self.object]
        return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Up to entry *last* the chain was this; *purged*: and those entries went when it was made."""

    last: int
    hash: str
    purged: bool
    made_at: datetime

    def signature(self, key: bytes) -> str:
        at = self.made_at.astimezone(UTC).isoformat(timespec="microseconds")
        said = json.dumps([self.last, self.hash, self.purged, at], separators=(",", ":"))
        return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()


class Fault(StrEnum):
    CHANGED = "changed"
    """The entry, or the one before it, is not as it was written."""
    MISSING = "missing"
    """From this number on, entries were taken away."""
    INSERTED = "inserted"
    """The entry does not belong in the chain."""
    REWRITTEN = "rewritten"
    """The chain holds together but is not the one that was signed."""
    FORGED = "forged"
    """A checkpoint was not signed with our key (or the key in the data folder was lost)."""


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the trail is not what was written, counted from the beginning of the chain."""

    number: int
    fault: Fault


def name_for(key: str) -> str:
    """Whom the trail names with *key*: always the same, and nobody once the key is erased."""
    return hmac.new(key.encode(), b"audit", hashlib.sha256).hexdigest()[:32]
