"""What every use case around appointments builds on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Final

from bot.appointments import store
from bot.appointments.book import Book
from bot.appointments.looking import MOST, Look, free_times
from bot.appointments.model import (
    Appointment,
    HaveOneAlready,
    Kind,
    NotAnAppointment,
    Offered,
    TimeTaken,
)
from bot.appointments.offer import Load, fits
from bot.appointments.roster import Receiving, Rules
from bot.appointments.slots import Reason
from bot.clock import Now, utc_now
from bot.notifications import outbox
from bot.people.model import PersonId
from bot.storage.database import Database, Reader, Transaction

Conversations = Callable[[Reader], Awaitable[Load]]
"""How many conversations each colleague has open."""

OTHERS: Final = 4
"""Free times in a refusal."""


class Booking:
    def __init__(
        self,
        database: Database,
        rules: Rules | None = None,
        now: Now = utc_now,
        conversations: Conversations | None = None,
    ) -> None:
        self.database = database
        self.rules = rules or Rules()
        """Replaced on a reload."""
        self.now = now
        self.conversations = conversations

    async def _free(
        self,
        reader: Reader,
        look: Look,
        *,
        most: int = MOST,
        **where: datetime | date | bool | None,
    ) -> list[Offered]:
        more = None if self.conversations is None else await self.conversations(reader)
        return await free_times(
            reader,
            look,
            self.rules,
            self.now(),
            most=most,
            more_load=more,
            **where,  # type: ignore[arg-type]
        )

    async def _refused(
        self, reader: Reader, look: Look, starts_at: datetime, reason: Reason | str
    ) -> TimeTaken:
        """The refusal, with the free times nearest after what was wanted."""
        others = await self._free(reader, look, most=OTHERS, around=starts_at)
        if not others:
            others = await self._free(reader, look, most=OTHERS)
        return TimeTaken(str(reason), tuple(others))

    async def _tell(self, tx: Transaction, *told: outbox.Promise) -> None:
        for each in told:
            await outbox.promise(tx, each, now=self.now())

    # Rules that more than one use case asks.

    async def _checked(
        self, book: Book, asked: Appointment, to: PersonId, starts_at: datetime
    ) -> Receiving:
        """Who receives them then. Raises: TimeTaken."""
        await book.give_way(asked.person_id, to)
        await book.release_holds(asked.person_id)
        receiving = await book.receiving(to)
        reason: Reason | None = Reason.AWAY
        if receiving is not None and fits(receiving, asked.wanted, self.rules):
            reason = await book.why_not(
                receiving, asked.person_id, asked.wanted, starts_at, own=asked
            )
            if reason is None:
                return receiving
        look = Look(asked.person_id, asked.wanted, moved=asked.id)
        raise await self._refused(book.tx, look, starts_at, reason or Reason.AWAY)

    async def _check_no_other(self, reader: Reader, person: PersonId, kind: Kind) -> None:
        """Raises: HaveOneAlready."""
        if not self.rules.one_of_a_kind:
            return
        now = self.now()
        for each in await store.agreed_of(reader, person, now):
            if each.kind is kind and not each.is_overdue(now):
                raise HaveOneAlready(appointment_id=each.id)

    def _check_to_come(self, appointment: Appointment) -> None:
        """Raises: NotAnAppointment."""
        if self.now() >= appointment.starts_at:
            raise NotAnAppointment
