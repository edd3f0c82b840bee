"""Looking through who may do what: each quarter, and whenever a coordinator wants to."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot import audit
from bot.clock import BRUSSELS, brussels
from bot.notifications.outbox import PromisedButton
from bot.people.model import PersonId
from bot.staff import store
from bot.staff.access import today_of
from bot.staff.desk import Desk
from bot.staff.model import Access, NotAllowed, Role, review_begins_on
from bot.storage.database import Reader

ASKED_AT = 9
"""The hour, in Brussels, before which nobody is asked; after `ASKED_UNTIL` it is the next day."""
ASKED_UNTIL = 18


class Reviewing(Desk):
    async def review(self, by: PersonId) -> list[Access]:
        """Every role of every colleague, by name: nothing moves while it is looked through.

        Raises:
            NotAllowed: only a coordinator may look.
        """
        async with self.acting(by, Role.COORDINATOR) as (tx, colleague):
            found = await self._accesses(tx)
            acted = await audit.last_acts(tx, [each.person for each in found])
            await self._note(tx, colleague, (Role.COORDINATOR,), "staff.roles_read")
        return [replace(each, last_acted_at=acted.get(each.person)) for each in found]

    async def to_review(self, by: PersonId) -> int:
        """How many roles wait for a look this quarter; none before it has begun.

        Raises:
            NotAllowed: only a coordinator may look.
        """
        async with self.acting(by, Role.COORDINATOR) as (tx, _):
            return await self._due(tx)

    async def keep(self, by: PersonId, colleague: PersonId, role: Role) -> None:
        """They still need this role. Twice on one day is the same as once.

        Raises:
            NotAllowed: only a coordinator may say so, or the colleague does not have the role.
        """
        now, today = self.now(), self._today()
        async with self.acting(by, Role.COORDINATOR) as (tx, actor):
            mine = [each for each in await store.accesses(tx, today) if each.person == colleague]
            found = next((each for each in mine if each.term.role is role), None)
            if found is None:
                raise NotAllowed(by, [Role.COORDINATOR])
            if found.reviewed_at is not None and today_of(found.reviewed_at) == today:
                return
            await store.reviewed(tx, found.row, now)
            await self._note(
                tx,
                actor,
                (Role.COORDINATOR,),
                "staff.role_kept",
                about=colleague,
                object_=f"role:{role}",
            )

    async def ask_for_review(self) -> int:
        """Remind the coordinators of what is to be looked at, once a month until it is done.

        Returns how many roles wait. Twice is the same as once.
        """
        async with self.database.reading() as reader:
            if not await self._due(reader):
                return 0
        async with self.database.transaction() as tx:
            count, month = await self._due(tx), self._today().strftime("%Y-%m")
            for person in await store.holders(tx, Role.COORDINATOR, self._today()):
                await self._tell(
                    tx,
                    f"staff.review:{month}:{person}",
                    person,
                    "staff.review_due",
                    button=PromisedButton("staff.button_review", "staff.review"),
                    not_before=_in_office_hours(self.now()),
                    count=count,
                )
        return count

    async def _due(self, reader: Reader) -> int:
        if self._today() < review_begins_on(self._today()):
            return 0
        return sum(each.is_due for each in await self._accesses(reader))

    async def _accesses(self, reader: Reader) -> list[Access]:
        today = self._today()
        return [
            replace(each, is_due=each.due(today, each.reviewed_at and today_of(each.reviewed_at)))
            for each in await store.accesses(reader, today)
        ]


def _in_office_hours(now: datetime) -> datetime:
    local = now.astimezone(BRUSSELS)
    day = local.date() + timedelta(days=local.hour >= ASKED_UNTIL)
    return max(now, brussels(day.year, day.month, day.day, ASKED_AT))
