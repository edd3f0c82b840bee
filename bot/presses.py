"""One tap, one effect: which buttons were pressed lately.

Telegram's app resends a tap under a new id when it was closed before our answer came, so neither
the update's number nor the query's id tells a second tap from a repeated one; the message and the
button do.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import BigInteger, Column, ForeignKey, String, and_, bindparam, or_

from bot.clock import Now
from bot.people.model import PersonId
from bot.storage.columns import Moment, RowId, upsert
from bot.storage.database import Database, Transaction
from bot.storage.inventory import About, impersonal, personal, table
from bot.storage.statements import prepared

KEPT = timedelta(hours=48)
"""As long as update numbers; Telegram repeats nothing after 24 hours."""

pressed = table(
    "pressed",
    Column(
        "person_id",
        RowId,
        ForeignKey("people.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        info=personal("who pressed", export=False),
    ),
    Column(
        "message_id",
        BigInteger,
        primary_key=True,
        autoincrement=False,
        info=impersonal("number of a message in the chat; means nothing outside it"),
    ),
    Column("data", String(64), primary_key=True, info=personal("which button was pressed")),
    Column("update_id", BigInteger, nullable=False, info=impersonal("number of the update")),
    Column("at", Moment, nullable=False, info=personal("when it was pressed")),
    about=About(
        person="person_id",
        purpose="one tap has one effect, also when the app sends it twice",
        keep=KEPT,
        counted_from="at",
    ),
)

_insert = upsert(pressed)
_CLAIM = prepared(
    _insert.values(
        person_id=bindparam("person_id"),
        message_id=bindparam("message_id"),
        data=bindparam("data"),
        update_id=bindparam("update_id"),
        at=bindparam("at"),
    ).on_conflict_do_update(
        index_elements=["person_id", "message_id", "data"],
        set_={"update_id": _insert.excluded.update_id, "at": _insert.excluded.at},
        where=or_(
            pressed.c.at <= bindparam("forgotten_before", type_=Moment),
            and_(pressed.c.update_id == _insert.excluded.update_id, bindparam("again_for_retry")),
        ),
    )
)


class Presses:
    """The pressed buttons of the last days."""

    def __init__(self, database: Database, now: Now) -> None:
        self.database = database
        self.now = now

    async def first(
        self, person: PersonId, message_id: int, data: str, update_id: int, within: timedelta
    ) -> bool:
        """Whether this tap is to have its effect; False for one sent twice *within* the span.

        Asked again for the same update (a retry after a crash), the answer stays yes.
        """
        async with self.database.transaction() as tx:
            rows = await tx.run(
                _CLAIM,
                person_id=person,
                message_id=message_id,
                data=data[:64],
                update_id=update_id,
                at=self.now(),
                forgotten_before=self.now() - within,
                again_for_retry=True,
            )
        return rows == 1

    async def claim(
        self, tx: Transaction, person: PersonId, message_id: int, data: str, update_id: int
    ) -> bool:
        """As `first`, for ever and inside the transaction of the effect: a retry is told no."""
        now = self.now()
        rows = await tx.run(
            _CLAIM,
            person_id=person,
            message_id=message_id,
            data=data[:64],
            update_id=update_id,
            at=now,
            forgotten_before=now - KEPT,
            again_for_retry=False,
        )
        return rows == 1
