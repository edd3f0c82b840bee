"""Leaving: by a colleague's own wish, a coordinator's, the calendar's, or because of an erasure."""

from collections.abc import Iterable
from datetime import date, datetime

from bot import audit
from bot.people.model import PersonId
from bot.staff import invitation_store, store
from bot.staff.desk import Desk, said
from bot.staff.model import (
    EndPassed,
    LastCoordinator,
    NotAllowed,
    Role,
    Term,
    leaves_nobody,
)
from bot.storage.database import Transaction


class Going(Desk):
    async def revoke(
        self, by: PersonId | None, colleague: PersonId, role: Role | None = None
    ) -> int:
        """End *role* (or all roles) of *colleague*, from the next tap on; returns how many.

        A coordinator may, the colleague themselves, and the command line (None). Twice is once.

        Raises:
            NotAllowed: somebody else.
            LastCoordinator: nobody would be left who can invite others.
        """
        if by is None:
            async with self.database.transaction() as tx:
                return await self._end(tx, colleague, role, None, audit.COMMAND_LINE)
        allowed = () if by == colleague else (Role.COORDINATOR,)
        async with self.acting(by, *allowed) as (tx, actor):
            return await self._end(tx, colleague, role, by, actor.acting_as(*allowed))

    async def end_on(
        self, by: PersonId, colleague: PersonId, role: Role, ends_on: date | None
    ) -> None:
        """Set the day on which *role* gives no access any more; None: until further notice.

        Raises:
            NotAllowed: only a coordinator may, or the colleague does not have the role.
            EndPassed: the day is not in the future.
            LastCoordinator: on that day nobody would be left who can invite others.
        """
        if ends_on is not None and ends_on <= self._today():
            raise EndPassed
        async with self.acting(by, Role.COORDINATOR) as (tx, actor):
            if role is Role.COORDINATOR and ends_on is not None:
                await self._check_somebody_stays(tx, colleague)
            for row, term in await store.open_terms(tx, colleague):
                if term.role is role and term.is_in_force(self._today()):
                    await store.move_end(tx, row, ends_on)
                    await self._note(
                        tx,
                        actor,
                        (Role.COORDINATOR,),
                        "staff.end_moved",
                        about=colleague,
                        object_=f"role:{role}",
                    )
                    return
            raise NotAllowed(by, [Role.COORDINATOR])

    async def leaving(self, tx: Transaction, person: PersonId, now: datetime) -> None:
        """They are about to be erased: as if all their roles ended, and nothing can stop it.

        That may leave no coordinator; the command line can then invite a new one.
        """
        terms = await store.open_terms(tx, person)
        if not terms:
            return
        await invitation_store.withdraw_all_of(tx, person)
        for hook in self.on_leaving:
            await hook(tx, person, now)
        for _, term in terms:
            await audit.record(
                tx,
                actor=person,
                role=term.role,
                action="staff.role_ended",
                about=person,
                object=f"role:{term.role}",
                now=now,
            )

    async def _check_somebody_stays(self, tx: Transaction, leaving: PersonId) -> None:
        """Raises:
        LastCoordinator: *leaving* is the only coordinator without an end date.
        """
        if leaves_nobody(await store.locked_permanent(tx), leaving):
            raise LastCoordinator

    async def _end(
        self,
        tx: Transaction,
        person: PersonId,
        role: Role | None,
        by: PersonId | None,
        acting_as: str,
    ) -> int:
        if role in (None, Role.COORDINATOR):
            await self._check_somebody_stays(tx, person)
            # Invitations are locked before roles, as by whoever accepts one.
            await invitation_store.withdraw_all_of(tx, person)
        terms = [
            each for each in await store.open_terms(tx, person) if role in (None, each[1].role)
        ]
        return await self._end_these(tx, person, terms, by, acting_as)

    async def _end_these(
        self,
        tx: Transaction,
        person: PersonId,
        terms: Iterable[tuple[int, Term]],
        by: PersonId | None,
        acting_as: str,
    ) -> int:
        now = self.now()
        ended = [(row, term) for row, term in terms if await store.end(tx, row, now)]
        if not ended:
            return 0
        left = [term.role for _, term in await store.open_terms(tx, person)]
        if Role.COORDINATOR not in left:
            await invitation_store.withdraw_all_of(tx, person)
        for hook in self.on_leaving:
            await hook(tx, person, now)
        if not left:
            await store.forget_colleague(tx, person)
        for row, term in ended:
            if by != person:
                key = f"staff.role_ended:{row}"
                await self._tell(tx, key, person, "staff.role_ended", role=said(term.role))
            await audit.record(
                tx,
                actor=by,
                role=acting_as,
                action="staff.role_ended",
                about=person,
                object=f"role:{term.role}",
                now=now,
            )
        return len(ended)
