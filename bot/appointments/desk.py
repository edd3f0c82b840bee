"""What colleagues do with appointments: agree, propose, pass on, book, cancel, say how it went."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from bot.appointments import promises, store
from bot.appointments.book import Book
from bot.appointments.colleagues import MANAGERS, AtTheDesk
from bot.appointments.looking import Look, who_fits
from bot.appointments.model import (
    PROPOSED_FOR,
    Appointment,
    AppointmentId,
    Ending,
    NotAnAppointment,
    NotYet,
    Outcome,
    State,
    Wanted,
    Why,
)
from bot.appointments.offer import chosen, fits
from bot.appointments.roster import Receiving
from bot.appointments.slots import Reason, local_day
from bot.people.model import PersonId
from bot.staff.access import colleague_of, today_of
from bot.staff.model import Colleague, Role
from bot.storage.database import Transaction


@dataclass(frozen=True, slots=True)
class Rearranged:
    """What became of the appointments of somebody who is away."""

    taken_over: tuple[Appointment, ...] = ()
    cancelled: tuple[Appointment, ...] = ()


class AppointmentDesk(AtTheDesk):
    """Each method is one use case and one transaction; twice is the same as once.

    A colleague acts on their own appointments, a coordinator on all.
    """

    async def agenda(self, by: PersonId, whom: PersonId | None = None) -> list[Appointment]:
        """What is agreed and not over, the first to come first. Raises: NotAllowed."""
        async with self.desk.acting(by, *MANAGERS) as (tx, actor):
            self._check_may(actor, whom or by)
            if whom not in (None, by):
                await self._note(tx, actor, "agenda_read", about=whom)
            return await store.agreed_with(tx, whom or by, self.now())

    async def not_reminded(self, by: PersonId) -> list[Appointment]:
        """What begins soon without the candidate having been reminded in time, after a failure:
        perhaps somebody calls. Raises: NotAllowed."""
        async with self.desk.acting(by, *MANAGERS) as (tx, actor):
            found = await store.not_reminded(tx, self.now())
        return [
            each
            for each in found
            if each.colleague_id == actor.person or actor.has(Role.COORDINATOR)
        ]

    async def accept(self, by: PersonId, id_: AppointmentId) -> Appointment:
        """Yes to what was requested; the candidate is told.

        Raises:
            NotAllowed: *by* is no contact point.
            NotAnAppointment: it is not theirs (any more), or has begun.
        """
        async with self._on_own(by, id_) as (book, actor, asked):
            self._check_to_come(asked)
            if asked.state is State.CONFIRMED:
                return asked
            if asked.state is not State.REQUESTED:
                raise NotAnAppointment
            agreed = await book.settle(asked, State.CONFIRMED)
            await self._tell(book.tx, promises.accepted(agreed))
            await self._note(book.tx, actor, "accepted", agreed.person_id, agreed)
            return agreed

    async def propose(self, by: PersonId, id_: AppointmentId, starts_at: datetime) -> Appointment:
        """Another time, with the same colleague, that the candidate can say yes to for a day.

        It is kept for them; the old time is free again.

        Raises:
            NotAllowed, NotAnAppointment: as for `accept`.
            TimeTaken: not this time; it brings others.
        """
        async with self._on_own(by, id_) as (book, actor, asked):
            self._check_to_come(asked)
            if asked.state is State.PROPOSED and asked.starts_at == starts_at:
                return asked
            if asked.state is State.HELD:
                raise NotAnAppointment
            receiving = await self._checked(book, asked, asked.colleague_id, starts_at)
            moved = await book.move(
                asked,
                receiving,
                starts_at,
                state=State.PROPOSED,
                why=Why.SAME,
                hold_until=min(book.now + PROPOSED_FOR, starts_at),
            )
            await self._tell(book.tx, promises.proposed(moved))
            await self._note(book.tx, actor, "proposed", moved.person_id, moved)
            return moved

    async def pass_on(
        self, by: PersonId, id_: AppointmentId, to: PersonId | None = None
    ) -> Appointment:
        """The same time with *to*, or with whoever fits and is free; all three are told.

        Raises:
            NotAllowed, NotAnAppointment: as for `accept`.
            TimeTaken: nobody can then; it brings other times.
        """
        async with self.desk.acting(by, *MANAGERS) as (tx, actor):
            asked = await self._theirs(tx, actor, id_)
            others = await self._others(tx, asked, to)
            people = {asked.person_id, asked.colleague_id, *(each.person for each in others)}
            book = await Book.opened(tx, people, self.rules, self.now())
            asked = await self._theirs(tx, actor, id_, lock=True)
            self._check_to_come(asked)
            if asked.state not in (State.REQUESTED, State.CONFIRMED):
                raise NotAnAppointment
            if asked.colleague_id == to:
                return asked
            moved = await self._taken_over(book, asked, others)
            if moved is None:
                not_with = asked.colleague_id
                look = Look(asked.person_id, asked.wanted, not_with=not_with, moved=asked.id)
                raise await self._refused(tx, look, asked.starts_at, Reason.TAKEN)
            await self._note(tx, actor, "passed_on", moved.person_id, moved)
            return moved

    async def book_for(
        self,
        by: PersonId,
        person: PersonId,
        wanted: Wanted,
        starts_at: datetime,
        colleague: PersonId | None = None,
    ) -> Appointment:
        """Book for a candidate, with oneself or *colleague*; the same rules hold.

        Raises:
            NotAllowed: *by* is no contact point.
            TimeTaken, HaveOneAlready, NotAnAppointment: as for `Appointments.hold`.
        """
        to = colleague or by
        async with self.desk.acting(by, *MANAGERS) as (tx, actor):
            book = await Book.opened(tx, {person, to}, self.rules, self.now())
            for each in await store.agreed_of(tx, person, book.now):
                if (each.starts_at, each.colleague_id, each.wanted) == (starts_at, to, wanted):
                    return each
            await self._check_no_other(tx, person, wanted.kind)
            await book.give_way(person, to)
            await book.release_holds(person)
            receiving = await book.receiving(to)
            reason: Reason | None = Reason.AWAY
            if receiving is not None and person != to and fits(receiving, wanted, self.rules):
                reason = await book.why_not(receiving, person, wanted, starts_at)
            if receiving is None or reason is not None:
                look = Look(person, wanted)
                raise await self._refused(tx, look, starts_at, reason or Reason.AWAY)
            made = await book.take(
                receiving, person, wanted, starts_at, state=State.CONFIRMED, why=Why.CHOSEN
            )
            await self._tell(tx, promises.booked_for(made))
            if to != by:
                await self._tell(tx, promises.booked(made))
            await self._note(tx, actor, "booked", person, made)
            return made

    async def cancel(self, by: PersonId, id_: AppointmentId) -> bool:
        """It does not take place; the candidate is told and can choose another time.

        False when it was cancelled before.

        Raises:
            NotAllowed, NotAnAppointment: as for `accept`.
        """
        async with self.desk.acting(by, *MANAGERS) as (tx, actor):
            found = await self._theirs(tx, actor, id_, lock=True, ended_too=True)
            if not found.is_open:
                return False
            self._check_to_come(found)
            await self._cancel(Book(tx, self.rules, self.now()), found)
            await self._note(tx, actor, "cancelled", found.person_id, found)
            return True

    async def outcome(self, by: PersonId, id_: AppointmentId, outcome: Outcome) -> Appointment:
        """How it went, once it has begun; who was missed is asked, once, for a new date.

        Raises:
            NotAllowed, NotAnAppointment: as for `accept`.
            NotYet: it has not begun.
        """
        async with self.desk.acting(by, *MANAGERS) as (tx, actor):
            found = await self._theirs(tx, actor, id_, lock=True)
            if found.state is not State.CONFIRMED:
                raise NotAnAppointment
            if self.now() < found.starts_at:
                raise NotYet
            await store.set_outcome(tx, id_, outcome)
            if outcome is not Outcome.CAME:
                await self._tell(tx, promises.missed(found, self.now()))
            await self._note(tx, actor, "outcome", found.person_id, found)
            return found

    # Away, or gone.

    async def affected(self, by: PersonId, whom: PersonId | None = None) -> list[Appointment]:
        """What is agreed on days on which they are away. Raises: NotAllowed."""
        async with self.desk.acting(by, *MANAGERS) as (tx, actor):
            self._check_may(actor, whom or by)
            return [
                each for each in await self._affected(tx, whom or by) if each.state != State.HELD
            ]

    async def rearrange(
        self, by: PersonId, whom: PersonId | None = None, *, move: bool = True
    ) -> Rearranged:
        """All that is `affected`, with one decision: to a colleague at the same time where one is
        free, cancelled otherwise (all of it without *move*). Each candidate is told.

        Raises:
            NotAllowed: *by* is neither the colleague nor a coordinator.
        """
        async with self.desk.acting(by, *MANAGERS) as (tx, actor):
            self._check_may(actor, whom or by)
            done = await self._rearrange(tx, whom or by, move=move)
            for each in (*done.taken_over, *done.cancelled):
                await self._note(tx, actor, "rearranged", each.person_id, each)
            return done

    async def left(self, tx: Transaction, person: PersonId, now: datetime) -> None:
        """For `Staff.on_leaving`: nobody waits for a colleague who is away or gone."""
        await self._rearrange(tx, person, move=True)
        found = await colleague_of(tx, person, today_of(now))
        if found is None or not found.has(Role.CONTACT_POINT):
            await store.forget_rosters(tx, person)

    async def forget(self, tx: Transaction, person: PersonId, now: datetime) -> None:
        """For `Privacy.before_erasure`: a colleague goes for good; others take over."""
        await self._rearrange(tx, person, move=True, all_of_it=True)

    async def _affected(
        self, tx: Transaction, colleague: PersonId, *, all_of_it: bool = False
    ) -> list[Appointment]:
        now = self.now()
        receiving = await store.receives(tx, colleague, today_of(now))
        return [
            each
            for each in await store.with_colleague(tx, colleague, now)
            if each.starts_at > now
            and (all_of_it or receiving is None or receiving.is_away(local_day(each.starts_at)))
        ]

    async def _rearrange(
        self, tx: Transaction, colleague: PersonId, *, move: bool, all_of_it: bool = False
    ) -> Rearranged:
        found = await self._affected(tx, colleague, all_of_it=all_of_it)
        if not found:
            return Rearranged()
        others = {each.id: await self._others(tx, each) if move else [] for each in found}
        people = {colleague} | {each.person_id for each in found}
        people |= {other.person for there in others.values() for other in there}
        book = await Book.opened(tx, people, self.rules, self.now())
        taken_over, cancelled = [], []
        for each in found:
            locked = await store.lock(tx, each.id)
            if locked is None or not locked.is_open or locked.colleague_id != colleague:
                continue
            if locked.state is State.HELD:
                await book.end(locked, Ending.RELEASED)
                continue
            moved = await self._taken_over(book, locked, others[each.id])
            if moved is not None:
                taken_over.append(moved)
            else:
                await self._cancel(book, locked)
                cancelled.append(locked)
        return Rearranged(tuple(taken_over), tuple(cancelled))

    # Parts of the above.

    async def _taken_over(
        self, book: Book, asked: Appointment, others: list[Receiving]
    ) -> Appointment | None:
        """The same time with the one of *others* who is free and has the least to do."""
        free = []
        for each in others:
            receiving = await book.receiving(each.person)
            if receiving is None:
                continue
            await book.give_way(asked.person_id, each.person)
            reason = await book.why_not(
                receiving,
                asked.person_id,
                asked.wanted,
                asked.starts_at,
                own=asked,
                asked_at=asked.created_at,
            )
            if reason is None:
                free.append(receiving)
        if not free:
            return None
        load = await store.load(book.tx, book.now)
        who, _ = chosen((each.person for each in free), load)
        receiving = next(each for each in free if each.person == who)
        await book.release_holds(asked.person_id)
        waits = receiving.roster.on_request
        moved = await book.move(
            asked,
            receiving,
            asked.starts_at,
            state=State.REQUESTED if waits else State.CONFIRMED,
            why=Why.TAKEN_OVER,
        )
        await self._tell(
            book.tx,
            promises.gone(moved, asked.colleague_id),
            promises.requested(moved) if waits else promises.booked(moved),
            promises.taken_over(moved),
        )
        return moved

    async def _cancel(self, book: Book, found: Appointment) -> None:
        held = found.state is State.HELD
        ended = await book.end(found, Ending.RELEASED if held else Ending.CANCELLED_BY_US)
        if ended and not held:
            await self._tell(book.tx, promises.cancelled_by_us(found, book.now))

    async def _others(
        self, tx: Transaction, asked: Appointment, to: PersonId | None = None
    ) -> list[Receiving]:
        look = Look(asked.person_id, asked.wanted, to, not_with=asked.colleague_id)
        return await who_fits(tx, look, self.rules, self.now())

    @asynccontextmanager
    async def _on_own(
        self, by: PersonId, id_: AppointmentId
    ) -> AsyncIterator[tuple[Book, Colleague, Appointment]]:
        """With both people locked, and the appointment."""
        async with self.desk.acting(by, *MANAGERS) as (tx, actor):
            asked = await self._theirs(tx, actor, id_)
            people = {asked.person_id, asked.colleague_id}
            book = await Book.opened(tx, people, self.rules, self.now())
            asked = await self._theirs(tx, actor, id_, lock=True)
            if asked.colleague_id not in people:
                raise NotAnAppointment
            yield book, actor, asked

    @staticmethod
    async def _theirs(
        tx: Transaction,
        actor: Colleague,
        id_: AppointmentId,
        *,
        lock: bool = False,
        ended_too: bool = False,
    ) -> Appointment:
        """Raises: NotAnAppointment; a number alone opens nothing."""
        found = await (store.lock(tx, id_) if lock else store.get(tx, id_))
        if found is None or (not found.is_open and not ended_too):
            raise NotAnAppointment
        if found.colleague_id != actor.person and not actor.has(Role.COORDINATOR):
            raise NotAnAppointment
        return found
