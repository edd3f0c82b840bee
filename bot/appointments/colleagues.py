"""What contact points do with their hours: see two weeks of them, keep them, put them back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from bot.appointments import store
from bot.appointments.book import Book
from bot.appointments.booking import Booking, Conversations
from bot.appointments.model import Appointment, Kind, NothingToUndo
from bot.appointments.roster import Receiving, Roster, Rules
from bot.appointments.slots import beginnings, local_day
from bot.appointments.tables import UNDO_FOR
from bot.clock import Now, utc_now
from bot.people.model import PersonId
from bot.staff.access import today_of
from bot.staff.desk import Desk
from bot.staff.model import Colleague, NotAllowed, Role
from bot.storage.database import Database, Transaction

PREVIEWED: Final = 14
"""Days."""

MANAGERS: Final = (Role.CONTACT_POINT, Role.COORDINATOR)


@dataclass(frozen=True, slots=True)
class Day:
    """What a day looks like with some hours, whoever has booked what."""

    on: date
    begins: tuple[datetime, ...]
    """When a talk may begin; none on a day off."""
    closed: bool
    """The zone is, or a public holiday."""
    away: bool


class AtTheDesk(Booking):
    """Use cases of colleagues: roles are checked here, and what is done is noted."""

    def __init__(
        self,
        desk: Desk,
        database: Database,
        rules: Rules | None = None,
        now: Now = utc_now,
        conversations: Conversations | None = None,
    ) -> None:
        super().__init__(database, rules, now, conversations)
        self.desk = desk

    async def _note(
        self,
        tx: Transaction,
        actor: Colleague,
        action: str,
        about: PersonId | None = None,
        appointment: Appointment | None = None,
    ) -> None:
        object_ = "" if appointment is None else f"appointments:{appointment.id}"
        await self.desk._note(
            tx, actor, MANAGERS, f"appointments.{action}", about=about, object_=object_
        )

    @staticmethod
    def _check_may(actor: Colleague, colleague: PersonId) -> None:
        """One's own affairs; a coordinator's are everybody's. Raises: NotAllowed."""
        if actor.person != colleague and not actor.has(Role.COORDINATOR):
            raise NotAllowed(actor.person, [Role.COORDINATOR])
        if actor.person == colleague and not actor.has(*MANAGERS):
            raise NotAllowed(actor.person, MANAGERS)


class OwnHours(AtTheDesk):
    """Each method is one use case and one transaction; *whom* is only for a coordinator."""

    async def hours(self, by: PersonId, whom: PersonId | None = None) -> Roster | None:
        """What counts now; None when they never said.

        Raises:
            NotAllowed: they are no contact point, or *by* no coordinator.
        """
        async with self.desk.acting(by, *MANAGERS) as (tx, actor):
            self._check_may(actor, whom or by)
            found = await store.roster_of(tx, whom or by)
        return None if found is None else found[0]

    async def preview(
        self, by: PersonId, roster: Roster, kind: Kind = Kind.PLACE, whom: PersonId | None = None
    ) -> list[Day]:
        """The next two weeks, as they would be with *roster*; nothing is kept.

        Raises:
            NotAllowed: as for `hours`.
            RosterImpossible: it cannot be kept.
        """
        roster.check()
        today = today_of(self.now())
        async with self.desk.acting(by, *MANAGERS) as (tx, actor):
            self._check_may(actor, whom or by)
            known = await store.receives(tx, whom or by, today)
            absences = () if known is None else known.absences
        receiving = Receiving(whom or by, roster, absences=absences)
        days = [today + timedelta(days=number) for number in range(PREVIEWED)]
        return [
            Day(
                day,
                tuple(beginnings(receiving, day, kind)),
                closed=self.rules.is_closed(day),
                away=receiving.is_away(day),
            )
            for day in days
        ]

    async def set_hours(
        self, by: PersonId, roster: Roster, whom: PersonId | None = None
    ) -> list[Appointment]:
        """Receive people as *roster* says from now on.

        Returns the appointments that are outside these hours; they stay as they are. The same
        hours again change nothing.

        Raises:
            NotAllowed: as for `hours`.
            RosterImpossible: it cannot be kept.
        """
        roster.check()
        colleague, now = whom or by, self.now()
        async with self.desk.acting(by, *MANAGERS) as (tx, actor):
            self._check_may(actor, colleague)
            await Book.opened(tx, {colleague}, self.rules, now)
            kept = roster.without_days_before(today_of(now))
            before = await store.roster_of(tx, colleague)
            if before is None or before[0] != kept:
                await store.set_roster(tx, colleague, kept, now)
                await self._note(tx, actor, "hours_set", about=colleague)
            return await self._outside(tx, colleague, kept)

    async def undo(self, by: PersonId, whom: PersonId | None = None) -> Roster:
        """Put the hours back as they were before the last change of the last 24 hours.

        Raises:
            NotAllowed: as for `hours`.
            NothingToUndo: there is no such change.
        """
        colleague, now = whom or by, self.now()
        async with self.desk.acting(by, *MANAGERS) as (tx, actor):
            self._check_may(actor, colleague)
            await Book.opened(tx, {colleague}, self.rules, now)
            found = await store.put_back(tx, colleague, now - UNDO_FOR)
            if found is None:
                raise NothingToUndo
            await self._note(tx, actor, "hours_undone", about=colleague)
            return found

    async def _outside(
        self, tx: Transaction, colleague: PersonId, roster: Roster
    ) -> list[Appointment]:
        receiving = Receiving(colleague, replace(roster, step=5))
        return [
            each
            for each in await store.agreed_with(tx, colleague, self.now())
            if each.starts_at not in beginnings(receiving, local_day(each.starts_at), each.kind)
        ]
