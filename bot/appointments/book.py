"""The one place where a colleague's time is taken and given back.

Whoever changes it opens a `Book` inside the transaction with everybody concerned: they are locked
in the order of their numbers, so what is read then stays true until the transaction ends. Giving
back needs no such lock.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime

from bot.appointments import looking, promises, store
from bot.appointments.model import (
    HELD_FOR,
    Appointment,
    Ending,
    NotAnAppointment,
    State,
    Wanted,
    Why,
)
from bot.appointments.roster import Receiving, Rules
from bot.appointments.slots import Reason, busy_around, is_bookable
from bot.appointments.times import stage_at, waking_hours
from bot.notifications import outbox
from bot.people.model import PersonId
from bot.staff.access import today_of
from bot.storage.database import Transaction


class Book:
    def __init__(self, tx: Transaction, rules: Rules, now: datetime) -> None:
        self.tx = tx
        self.rules = rules
        self.now = now

    @classmethod
    async def opened(
        cls, tx: Transaction, people: set[PersonId], rules: Rules, now: datetime
    ) -> Book:
        """Raises: NotAnAppointment, when one of *people* is not there (any more)."""
        if not await store.lock_people(tx, people):
            raise NotAnAppointment
        return cls(tx, rules, now)

    async def receiving(self, colleague: PersonId) -> Receiving | None:
        return await store.receives(self.tx, colleague, today_of(self.now))

    async def why_not(
        self,
        receiving: Receiving,
        person: PersonId,
        wanted: Wanted,
        starts_at: datetime,
        *,
        own: Appointment | None = None,
        asked_at: datetime | None = None,
    ) -> Reason | None:
        """Whether it can be booked now; *own* is the one that is confirmed or moved.

        Notice and window count from *asked_at*: who chose in time may take five minutes.
        """
        without = None if own is None else own.id
        return is_bookable(
            receiving,
            wanted.kind,
            starts_at,
            rules=self.rules,
            now=asked_at or self.now,
            taken=await looking.week_of(
                self.tx, receiving.person, starts_at, self.now, without=without
            ),
            mine=await looking.spans(self.tx, person, self.now, without=without),
        )

    async def give_way(self, person: PersonId, colleague: PersonId) -> None:
        """End what stands in the way only because nobody looked yet: overdue holds of both."""
        for each in await store.overdue_around(self.tx, person, colleague, self.now):
            await self.expire(each)

    async def release_holds(self, person: PersonId) -> None:
        """A candidate holds one time at a time."""
        for each in await store.open_of(self.tx, person, self.now):
            if each.state is State.HELD:
                await self.end(each, Ending.RELEASED)

    async def take(
        self,
        receiving: Receiving,
        person: PersonId,
        wanted: Wanted,
        starts_at: datetime,
        *,
        state: State,
        why: Why,
    ) -> Appointment:
        """Write down a time that `why_not` allows."""
        busy = busy_around(receiving, wanted.kind, starts_at)
        return await store.add(
            self.tx,
            state=state.value,
            person=person,
            colleague=receiving.person,
            kind=wanted.kind.value,
            topic=wanted.topic,
            track=wanted.track.value,
            language=wanted.language,
            starts=starts_at,
            ends=starts_at + receiving.roster.length(wanted.kind),
            from_=busy.busy_from,
            until=busy.busy_until,
            hold=self.now + HELD_FOR if state is State.HELD else None,
            uid=secrets.token_hex(16),
            why=why.value,
            reminded=stage_at(self.now, starts_at),
            now=self.now,
        )

    async def settle(self, appointment: Appointment, state: State) -> Appointment:
        """It waits no longer."""
        stage = stage_at(self.now, appointment.starts_at)
        await store.settle(self.tx, appointment.id, state, stage)
        return replace(appointment, state=state, hold_until=None)

    async def move(
        self,
        appointment: Appointment,
        receiving: Receiving,
        starts_at: datetime,
        *,
        state: State,
        why: Why,
        hold_until: datetime | None = None,
    ) -> Appointment:
        """To a time that `why_not` allows: the old one is free at once, the entry is the same."""
        busy = busy_around(receiving, appointment.kind, starts_at)
        ends_at = starts_at + receiving.roster.length(appointment.kind)
        await store.move(
            self.tx,
            appointment.id,
            new_state=state.value,
            colleague=receiving.person,
            starts=starts_at,
            ends=ends_at,
            from_=busy.busy_from,
            until=busy.busy_until,
            hold=hold_until,
            reason=why.value,
            stage=stage_at(self.now, starts_at),
        )
        await self._no_more_reminders(appointment)
        return replace(
            appointment,
            state=state,
            colleague_id=receiving.person,
            starts_at=starts_at,
            ends_at=ends_at,
            hold_until=hold_until,
            why=why,
            sequence=appointment.sequence + 1,
        )

    async def end(self, appointment: Appointment, how: Ending) -> bool:
        """Its time is free from now on; False when it was already."""
        ended = await store.end(self.tx, appointment.id, how, self.now)
        if ended:
            await self._no_more_reminders(appointment)
        return ended

    async def expire(self, appointment: Appointment) -> bool:
        """Nobody answered in time. A proposal that ends so is told to both."""
        ended = await self.end(appointment, Ending.EXPIRED)
        if ended and appointment.state is State.PROPOSED:
            for told in (
                promises.proposal_over(appointment, waking_hours(self.now)),
                promises.gone(appointment, appointment.colleague_id),
            ):
                await outbox.promise(self.tx, told, now=self.now)
        return ended

    async def _no_more_reminders(self, appointment: Appointment) -> None:
        prefix = promises.reminder_prefix(appointment)
        await outbox.withdraw(self.tx, prefix=prefix, now=self.now)
