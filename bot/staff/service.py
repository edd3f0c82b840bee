"""Use cases around colleagues, in one: see the parents for each kind."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot import audit
from bot.people.model import PersonId
from bot.staff import store
from bot.staff.desk import NOT_ALLOWED
from bot.staff.invitations import Inviting
from bot.staff.leaving import Going
from bot.staff.model import Colleague, Role
from bot.staff.own_affairs import OwnAffairs
from bot.staff.review import Reviewing
from bot.storage.database import Transaction


class Staff(Inviting, Going, Reviewing, OwnAffairs):
    async def me(self, person: PersonId) -> Colleague | None:
        """*person* as a colleague today, or None."""
        async with self.database.reading() as reader:
            return await store.colleague_of(reader, person, self._today())

    async def colleagues(self, by: PersonId | None) -> list[Colleague]:
        """Everybody with a role today, by name; *by* is None for the command line.

        Raises:
            NotAllowed: only a coordinator may look.
        """
        if by is not None:
            async with self.acting(by, Role.COORDINATOR) as (tx, _):
                return await store.colleagues(tx, self._today())
        async with self.database.reading() as reader:
            return await store.colleagues(reader, self._today())

    async def trail(
        self,
        by: PersonId,
        *,
        before: int | None = None,
        most: int = 20,
        person: PersonId | None = None,
        actions: Sequence[str] = (),
    ) -> list[audit.Entry]:
        """A page of the audit trail, the newest first; the reading of it is noted too.

        Raises:
            NotAllowed: only a coordinator and the data protection officer may look.
        """
        readers = (Role.COORDINATOR, Role.DPO)
        async with self.acting(by, *readers) as (tx, colleague):
            found = await audit.entries(
                tx, before=before, most=most, person=person, actions=actions
            )
            await self._note(tx, colleague, readers, "audit.read", about=person)
        return found

    async def refused_lately(self, by: PersonId) -> tuple[int, int]:
        """How many attempts were refused in the last week, and of how many accounts.

        Raises:
            NotAllowed: only a coordinator may look.
        """
        async with self.acting(by, Role.COORDINATOR) as (tx, _):
            return await audit.how_often(tx, NOT_ALLOWED, self.now() - timedelta(days=7))

    async def parked(self, tx: Transaction, update_id: int, now: datetime) -> None:
        """For `Inbox`: whoever looks after the server hears that an update was given up.

        Its number and the moment, never what was in it or whose it was. Twice is once.
        """
        for person in await store.holders(tx, Role.TECHNICAL, self._today()):
            key = f"staff.parked:{update_id}:{person}"
            await self._tell(tx, key, person, "staff.parked", number=update_id, at=now)

    async def tidy(self) -> int:
        """End the roles whose day has come and hand over the work of who is away from today on.

        Access stops by itself at midnight; this tells those concerned, and asks the coordinators
        to look through the roles when it is time. Twice is the same as once.
        """
        today = self._today()
        async with self.database.reading() as reader:
            ended = await store.past_their_end(reader, today)
            away = await store.absences_begun(reader, today)
        for person in ended:
            async with self.database.transaction() as tx:
                over = [
                    (row, term)
                    for row, term in await store.open_terms(tx, person)
                    if term.ends_on is not None and term.ends_on <= today
                ]
                await self._end_these(tx, person, over, None, audit.CLOCK)
        for person in away:
            async with self.database.transaction() as tx:
                await self._hand_over(tx, person)
        await self.ask_for_review()
        return len(ended) + len(away)
