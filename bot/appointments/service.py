"""What candidates do: look at free times, hold one, confirm it, move it, cancel it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from bot.appointments import promises, store
from bot.appointments.book import Book
from bot.appointments.booking import Booking
from bot.appointments.looking import MOST, Look, week_of_all, who_fits
from bot.appointments.model import (
    LONGEST_ABOUT,
    AboutTooLong,
    Appointment,
    AppointmentId,
    Ending,
    NotAnAppointment,
    Offered,
    State,
    Wanted,
    Why,
)
from bot.appointments.offer import Load, chosen, fits
from bot.appointments.roster import Receiving
from bot.appointments.slots import Reason, is_bookable
from bot.people.model import PersonId
from bot.storage.database import Reader, Transaction

TRIES: Final = 3
"""Colleagues who are asked at once, when it does not matter with whom."""


class Appointments(Booking):
    """Each method is one use case and one transaction; twice is the same as once."""

    async def offer(
        self,
        person: PersonId,
        wanted: Wanted,
        *,
        around: datetime | None = None,
        earlier: bool = False,
        only_on: date | None = None,
        colleague: PersonId | None = None,
        not_with: PersonId | None = None,
        moved: AppointmentId | None = None,
        most: int = MOST,
    ) -> list[Offered]:
        """The soonest free times; *around* with *earlier* pages through them.

        Args:
            only_on: another day.
            colleague: only this one; *not_with*: anybody else.
            moved: the appointment that would be moved there.
        """
        look = Look(person, wanted, colleague, not_with, moved)
        async with self.database.reading() as reader:
            return await self._free(
                reader, look, most=most, around=around, earlier=earlier, only_on=only_on
            )

    async def mine(self, person: PersonId) -> list[Appointment]:
        """What they have and is not over, holds that ran out left out."""
        now = self.now()
        async with self.database.reading() as reader:
            found = await store.open_of(reader, person, now)
        return [each for each in found if not each.is_overdue(now)]

    async def get(self, person: PersonId, id_: AppointmentId) -> Appointment:
        """Raises: NotAnAppointment."""
        async with self.database.reading() as reader:
            return await self._own(reader, person, id_)

    async def hold(
        self,
        person: PersonId,
        wanted: Wanted,
        starts_at: datetime,
        colleague: PersonId | None = None,
    ) -> Appointment:
        """Keep a time for them until `hold_until`; another one they held is free again.

        The same once more returns the same, with its old end.

        Raises:
            TimeTaken: not this time (any more); it brings others.
            HaveOneAlready: they have an appointment of this kind, and can move it.
            NotAnAppointment: they are not known (any more).
        """
        look = Look(person, wanted, colleague)
        async with self.database.transaction() as tx:
            candidates = await self._candidates(tx, look, starts_at)
            people = {person, *(each.person for each in candidates)}
            book = await Book.opened(tx, people, self.rules, self.now())
            await self._check_no_other(tx, person, wanted.kind)
            same = await self._same_hold(tx, person, wanted, starts_at, colleague)
            if same is not None:
                return same
            await book.release_holds(person)
            load = await self._load(tx)
            free, reason = [], Reason.OFF_HOURS
            for each in candidates:
                receiving = await book.receiving(each.person)
                if receiving is None or not fits(receiving, wanted, self.rules):
                    continue
                await book.give_way(person, each.person)
                against = await book.why_not(receiving, person, wanted, starts_at)
                if against is None:
                    free.append(receiving)
                else:
                    reason = against
            if not free:
                raise await self._refused(tx, look, starts_at, reason)
            who, why = chosen((each.person for each in free), load)
            receiving = next(each for each in free if each.person == who)
            if colleague is not None:
                why = Why.CHOSEN
            return await book.take(receiving, person, wanted, starts_at, state=State.HELD, why=why)

    async def confirm(
        self, person: PersonId, id_: AppointmentId, about: str | None = None
    ) -> Appointment:
        """The time they hold is theirs; the colleague is told, or asked.

        Args:
            about: what it is about, one short line.

        Raises:
            NotAnAppointment: it is not theirs.
            TimeTaken: the hold is over, or the colleague cannot any more; it brings others.
            HaveOneAlready: meanwhile they have another one of this kind.
            AboutTooLong: shorten it.
        """
        said = " ".join((about or "").split())
        if len(said) > LONGEST_ABOUT:
            raise AboutTooLong(most=LONGEST_ABOUT)
        async with self.database.transaction() as tx:
            asked = await self._own(tx, person, id_, ended_too=True)
            book = await Book.opened(tx, {person, asked.colleague_id}, self.rules, self.now())
            asked = await self._own(tx, person, id_, ended_too=True, lock=True)
            if asked.state in (State.CONFIRMED, State.REQUESTED):
                return asked
            look = Look(person, asked.wanted)
            if asked.state is not State.HELD or asked.is_overdue(self.now()):
                raise await self._refused(tx, look, asked.starts_at, "expired")
            await self._check_no_other(tx, person, asked.kind)
            receiving = await book.receiving(asked.colleague_id)
            reason: Reason | None = Reason.AWAY
            if receiving is not None:
                reason = await book.why_not(
                    receiving,
                    person,
                    asked.wanted,
                    asked.starts_at,
                    own=asked,
                    asked_at=asked.created_at,
                )
            if receiving is None or reason is not None:
                raise await self._refused(tx, look, asked.starts_at, reason or Reason.AWAY)
            if said:
                await store.tell_about(tx, id_, said)
            return await self._agreed(book, asked, receiving)

    async def release(self, person: PersonId, id_: AppointmentId) -> bool:
        """They do not want the time they hold; False when it was not held any more."""
        async with self.database.transaction() as tx:
            found = await store.lock(tx, id_)
            if found is None or found.person_id != person or found.state is not State.HELD:
                return False
            return await Book(tx, self.rules, self.now()).end(found, Ending.RELEASED)

    async def reschedule(
        self,
        person: PersonId,
        id_: AppointmentId,
        starts_at: datetime,
        colleague: PersonId | None = None,
    ) -> Appointment:
        """Move it, with the same colleague unless another one is named. The rules are checked
        again; until it is certain the old time stays theirs.

        Raises:
            NotAnAppointment: it is not theirs, is over, or was only held.
            TimeTaken: not this time; it brings others.
        """
        async with self.database.transaction() as tx:
            asked = await self._own(tx, person, id_)
            to = colleague or asked.colleague_id
            people = {person, asked.colleague_id, to}
            book = await Book.opened(tx, people, self.rules, self.now())
            asked = await self._own(tx, person, id_, lock=True)
            self._check_to_come(asked)
            if asked.state is State.HELD or asked.colleague_id not in people:
                raise NotAnAppointment
            same = asked.colleague_id == to
            if same and asked.starts_at == starts_at and asked.state is not State.PROPOSED:
                return asked
            receiving = await self._checked(book, asked, to, starts_at)
            state = State.REQUESTED if receiving.roster.on_request else State.CONFIRMED
            moved = await book.move(
                asked, receiving, starts_at, state=state, why=Why.SAME if same else Why.CHOSEN
            )
            if not same:
                gone = promises.gone(moved, asked.colleague_id)
                await self._tell(tx, gone)
            if state is State.REQUESTED:
                await self._tell(tx, promises.requested(moved))
            elif same:
                await self._tell(tx, promises.moved(moved, to))
            else:
                await self._tell(tx, promises.booked(moved))
            return moved

    async def agree(self, person: PersonId, id_: AppointmentId) -> Appointment:
        """Yes to the time a colleague proposed.

        Raises:
            NotAnAppointment: it is not theirs, or nothing is proposed (any more).
        """
        async with self.database.transaction() as tx:
            asked = await self._own(tx, person, id_)
            book = await Book.opened(tx, {person, asked.colleague_id}, self.rules, self.now())
            asked = await self._own(tx, person, id_, lock=True)
            if asked.state is State.CONFIRMED:
                return asked
            if asked.state is not State.PROPOSED or asked.is_overdue(self.now()):
                raise NotAnAppointment
            agreed = await book.settle(asked, State.CONFIRMED)
            await self._tell(tx, promises.booked(agreed))
            return agreed

    async def cancel(self, person: PersonId, id_: AppointmentId) -> bool:
        """They do not come; the time is free at once. False when it was cancelled before.

        Raises:
            NotAnAppointment: it is not theirs, or has begun.
        """
        async with self.database.transaction() as tx:
            found = await store.lock(tx, id_)
            if found is None or found.person_id != person:
                raise NotAnAppointment
            if found.state is State.ENDED:
                return False
            self._check_to_come(found)
            held = found.state is State.HELD
            book = Book(tx, self.rules, self.now())
            await book.end(found, Ending.RELEASED if held else Ending.CANCELLED)
            if not held:
                await self._tell(tx, promises.gone(found, found.colleague_id))
            return True

    # For others, in their transaction.

    async def forget(self, tx: Transaction, person: PersonId, now: datetime) -> None:
        """For `Privacy.before_erasure`: a candidate's times are free again, and it is told."""
        book = Book(tx, self.rules, now)
        for each in await store.open_of(tx, person, now):
            if await book.end(each, Ending.ERASED) and each.state is not State.HELD:
                await self._tell(tx, promises.gone(each, each.colleague_id))

    # Parts of the above.

    async def _agreed(self, book: Book, asked: Appointment, receiving: Receiving) -> Appointment:
        state = State.REQUESTED if receiving.roster.on_request else State.CONFIRMED
        agreed = await book.settle(asked, state)
        told = promises.requested if state is State.REQUESTED else promises.booked
        await self._tell(book.tx, told(agreed))
        return agreed

    async def _candidates(self, reader: Reader, look: Look, starts_at: datetime) -> list[Receiving]:
        """Who could have it, as it looks before anybody is locked: a few with little to do."""
        now = self.now()
        load = await self._load(reader)
        there = await who_fits(reader, look, self.rules, now)
        there.sort(key=lambda each: (load.get(each.person, 0), each.person))
        taken = await week_of_all(reader, starts_at, now, held_by=look.person)
        free = [
            each
            for each in there
            if is_bookable(
                each,
                look.wanted.kind,
                starts_at,
                rules=self.rules,
                now=now,
                taken=taken.get(each.person, ()),
            )
            is None
        ]
        return (free or there)[:TRIES]

    async def _load(self, reader: Reader) -> Load:
        load = await store.load(reader, self.now())
        if self.conversations is not None:
            for colleague, number in (await self.conversations(reader)).items():
                load[colleague] = load.get(colleague, 0) + number
        return load

    async def _same_hold(
        self,
        reader: Reader,
        person: PersonId,
        wanted: Wanted,
        starts_at: datetime,
        colleague: PersonId | None,
    ) -> Appointment | None:
        now = self.now()
        for each in await store.open_of(reader, person, now):
            if (
                each.state is State.HELD
                and not each.is_overdue(now)
                and (each.starts_at, each.wanted) == (starts_at, wanted)
                and colleague in (None, each.colleague_id)
            ):
                return each
        return None

    @staticmethod
    async def _own(
        reader: Reader,
        person: PersonId,
        id_: AppointmentId,
        *,
        ended_too: bool = False,
        lock: bool = False,
    ) -> Appointment:
        """Raises: NotAnAppointment; a number alone opens nothing."""
        if lock:
            assert isinstance(reader, Transaction)
            found = await store.lock(reader, id_)
        else:
            found = await store.get(reader, id_)
        if found is None or found.person_id != person:
            raise NotAnAppointment
        if not ended_too and not found.is_open:
            raise NotAnAppointment
        return found
