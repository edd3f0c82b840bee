"""The kinds of "no" that more than one part of Contactpunt must know.

A normal outcome is a return value; a refusal is an exception named after its cause, next to its
rule; everything else is a bug.
"""

from datetime import timedelta
from typing import ClassVar


class Refusal(Exception):
    """A use case says no, for a reason the person may read; subclass it next to the rule."""

    text_key: ClassVar[str]
    """The sentence that says why, as `feature.sentence`."""

    def __init__(self, **parameters: object) -> None:
        super().__init__(type(self).__name__)
        self.parameters = parameters


class StorageTrouble(Exception):
    """The database is locked, full, read-only or unreachable: nothing was changed, try again.

    Raised within five seconds; what it was raised for is not stored. Only a COMMIT whose answer
    got lost (the connection broke at that moment) may have been carried out all the same, which
    is why twice must be the same as once everywhere.
    """


class Conflict(Exception):
    """A constraint of the database refused a row: the guard behind the rules, so usually a bug.

    The transaction it happened in cannot go on.
    """


class Undeliverable(Exception):
    """This message will never reach this person: they blocked us, or the account is gone."""


class TryLater(Exception):
    """The messenger asks for patience; nothing was delivered."""

    def __init__(self, reason: str = "", after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.after = after
        """How long to wait; None when the messenger did not say."""


class MaybeSent(Exception):
    """The call broke off after it was sent: the message may or may not have arrived."""
