"""What coordinators do: plan, publish, copy, change, close, cancel, give more seats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot import audit
from bot.clock import Now, utc_now
from bot.info_sessions import plans, promises, records, store
from bot.info_sessions.hall import Hall
from bot.info_sessions.model import (
    InfoSession,
    InfoSessionClosed,
    InfoSessionId,
    PoolKind,
    SignUpId,
    State,
    Status,
)
from bot.info_sessions.plan import BadPlan, Plan
from bot.info_sessions.times import let_in_at, stage_at_sign_up, waking_hours
from bot.info_sessions.tour import divide
from bot.info_sessions.views import Fill
from bot.notifications import outbox
from bot.people.model import PersonId
from bot.staff.access import colleague_of, today_of
from bot.staff.desk import Desk
from bot.staff.model import Colleague, Role
from bot.storage.database import Database, Transaction

PLANNERS = (Role.COORDINATOR,)


class Planning:
    """Each method asks for the role anew, and leaves its line in the audit trail.

    All of them raise `bot.staff.model.NotAllowed` for who may not.
    """

    def __init__(self, database: Database, desk: Desk, now: Now = utc_now) -> None:
        self.database = database
        self.desk = desk
        self.now = now

    async def create(self, by: PersonId, plan: Plan) -> InfoSessionId:
        """A draft; candidates do not see it yet. Raises: BadPlan."""
        async with self.desk.acting(by, *PLANNERS) as (tx, colleague):
            now = self.now()
            plan.check(now)
            id_ = await plans.add(tx, plan, now)
            await self._note(tx, colleague, "info_sessions.created", id_)
        return id_

    async def edit(self, by: PersonId, id_: InfoSessionId, plan: Plan) -> None:
        """Put another plan in the place of a draft. What is published is changed with `change`.

        Raises:
            InfoSessionClosed: it is no draft (any more).
            BadPlan: something in it cannot be.
        """
        async with self.desk.acting(by, *PLANNERS) as (tx, colleague):
            now = self.now()
            if (await store.lock(tx, id_)).state is not State.DRAFT:
                raise InfoSessionClosed
            plan.check(now)
            await plans.rewrite(tx, id_, plan, now)
            await self._note(tx, colleague, "info_sessions.edited", id_)

    async def plan_of(self, by: PersonId, id_: InfoSessionId) -> tuple[State, Plan]:
        """As it is now, to look at or to begin another from. Raises: InfoSessionClosed."""
        async with self.desk.acting(by) as (tx, _):
            found = await plans.get(tx, id_)
        if found is None:
            raise InfoSessionClosed
        return found.state, found.plan

    async def overview(self, by: PersonId) -> list[Fill]:
        """Seats, offers and waiting lists of what is to come, and of the last month."""
        async with self.desk.acting(by) as (tx, _):
            return await records.overview(tx, self.now() - timedelta(days=30))

    async def publish(self, by: PersonId, id_: InfoSessionId) -> int:
        """Candidates see it from now on; the interest list is told, and goes first.

        Returns how many members are told. Twice is the same as once.

        Raises:
            InfoSessionClosed: it is over, or was cancelled.
            BadPlan: meanwhile something in it cannot be any more.
        """
        async with self.desk.acting(by, *PLANNERS) as (tx, colleague):
            now = self.now()
            info_session = await store.lock(tx, id_)
            if info_session.state is State.PUBLISHED:
                return 0
            found = await plans.get(tx, id_)
            if info_session.state is not State.DRAFT or found is None:
                raise InfoSessionClosed
            plan = found.plan
            plan.check(now)
            members = await records.members(tx, plan.track, plan.language)
            opens_at = max(info_session.opens_at, now)
            if members:
                opens_at = max(opens_at, now + plan.head_start)
            opens_at = min(opens_at, plan.closing_at)
            await plans.publish(tx, id_, opens_at, now)
            info_session = replace(info_session, opens_at=opens_at)
            for position, person in enumerate(members):
                at = let_in_at(position, len(members), plan.all_seats, now, opens_at)
                await records.let_in(tx, id_, person, at)
                told = promises.let_in(info_session, person, waking_hours(at))
                await outbox.promise(tx, told, now=now)
            await self._note(tx, colleague, "info_sessions.published", id_)
        return len(members)

    async def copy(self, by: PersonId, id_: InfoSessionId, starts_at: datetime) -> InfoSessionId:
        """The same again at another moment: everything but the people, as a draft.

        Raises: InfoSessionClosed, BadPlan.
        """
        async with self.desk.acting(by, *PLANNERS) as (tx, colleague):
            now = self.now()
            found = await plans.get(tx, id_)
            if found is None:
                raise InfoSessionClosed
            plan = found.plan.at(starts_at)
            plan.check(now)
            copied = await plans.add(tx, plan, now)
            await self._note(tx, colleague, "info_sessions.copied", copied)
        return copied

    async def change(
        self,
        by: PersonId,
        id_: InfoSessionId,
        *,
        starts_at: datetime | None = None,
        ends_at: datetime | None = None,
        place: str | None = None,
        room: str | None = None,
    ) -> int:
        """Another time or place: everybody is told and asked whether they can come.

        What is not given stays; with another start, the end and the close move along. Returns how
        many are told; nothing different tells nobody.

        Raises: InfoSessionClosed, BadPlan.
        """
        async with self.desk.acting(by, *PLANNERS) as (tx, colleague):
            now = self.now()
            hall = await Hall.locked(tx, id_, now)
            found = await plans.get(tx, id_)
            if found is None or not hall.info_session.can_change(now):
                raise InfoSessionClosed
            before = found.plan
            plan = before if starts_at is None else _moved(before, starts_at)
            plan = replace(
                plan,
                ends_at=ends_at or plan.ends_at,
                place=place or plan.place,
                room=room or plan.room,
            )
            if plan == before:
                return 0
            self._check_change(plan, now)
            await plans.change(tx, id_, plan, again=True)
            await records.no_offer_after(tx, id_, plan.closing_at)
            await records.ask_again(tx, id_, stage_at_sign_up(now, plan.starts_at))
            told = await self._tell_changed(tx, id_, found.sequence + 1, now)
            await self._note(tx, colleague, "info_sessions.changed", id_)
        return told

    async def seats(self, by: PersonId, id_: InfoSessionId, kind: PoolKind, seats: int) -> int:
        """How many seats a pool has from now on; new ones are offered to who waits, at once.

        Returns how many offers were made.

        Raises:
            SeatsTaken: more are promised already.
            BadPlan: there is no such pool, or less than none.
        """
        async with self.desk.acting(by, *PLANNERS) as (tx, colleague):
            hall = await Hall.locked(tx, id_, self.now())
            pools = [each for each in await store.pools(tx, id_) if each.kind is kind]
            if not pools or seats < 0:
                raise BadPlan(what="seats")
            await hall.resize(pools[0].id, seats)
            made = await hall.settle()
            await self._note(tx, colleague, "info_sessions.resized", id_)
        return made

    async def close(self, by: PersonId, id_: InfoSessionId) -> None:
        """No sign-ups any more; offers under way end, and the clock tells who still waits."""
        async with self.desk.acting(by, *PLANNERS) as (tx, colleague):
            now = self.now()
            if not (await store.lock(tx, id_)).is_open(now):
                raise InfoSessionClosed
            await records.close_now(tx, id_, now)
            await records.no_offer_after(tx, id_, now)
            await self._note(tx, colleague, "info_sessions.closed", id_)

    async def cancel(self, by: PersonId, id_: InfoSessionId) -> int:
        """It does not take place: everybody is told, with another way. Twice is once.

        Returns how many are told.
        """
        async with self.desk.acting(by, *PLANNERS) as (tx, colleague):
            now = self.now()
            info_session = await store.lock(tx, id_)
            if info_session.state is State.CANCELLED:
                return 0
            if info_session.state in (State.HELD, State.ANONYMISED):
                raise InfoSessionClosed
            told = 0
            for sign_up in await records.open_in(tx, id_):
                if sign_up.status is Status.OFFERED:
                    keys = [promises.offered_key(sign_up)]
                    await outbox.withdraw(tx, keys=keys, now=now)
                if sign_up.person_id is not None:
                    news = promises.cancelled(
                        info_session, sign_up.id, sign_up.person_id, waking_hours(now)
                    )
                    told += await outbox.promise(tx, news, now=now)
            await records.cancel(tx, id_, now)
            await self._note(tx, colleague, "info_sessions.cancelled", id_)
        return told

    async def lead(self, by: PersonId, id_: InfoSessionId, leads: Sequence[PersonId]) -> None:
        """Who receives people there, and may check them in. Raises: BadPlan (no colleague)."""
        async with self.desk.acting(by, *PLANNERS) as (tx, colleague):
            await store.lock(tx, id_)
            today = today_of(self.now())
            for person in leads:
                if await colleague_of(tx, person, today) is None:
                    raise BadPlan(what="leads")
            await records.set_leads(tx, id_, leads)
            await self._note(tx, colleague, "info_sessions.leads", id_)

    async def divide(self, by: PersonId, id_: InfoSessionId) -> dict[SignUpId, int]:
        """Put everybody into a tour group, parties together; again when people came or went."""
        async with self.desk.acting(by, *PLANNERS, Role.SESSION_LEAD) as (tx, colleague):
            await store.lock(tx, id_)
            parties = await records.parties(tx, id_)
            found = divide(parties, await records.groups(tx, id_))
            for number, _ in parties:
                await records.into_group(tx, number, found.get(number))
            await self._note(tx, colleague, "info_sessions.divided", id_)
        return found

    async def left(self, tx: Transaction, person: PersonId, now: datetime) -> None:
        """For `Staff.on_leaving`: who is no colleague any more leads and guides nothing."""
        if await colleague_of(tx, person, today_of(now)) is None:
            await records.leave_all(tx, person)

    @staticmethod
    def _check_change(plan: Plan, now: datetime) -> None:
        """A change may come after the close: only what is new must be possible."""
        replace(plan, closes_at=plan.starts_at, opens_at=None).check(now)

    async def _tell_changed(
        self, tx: Transaction, id_: InfoSessionId, sequence: int, now: datetime
    ) -> int:
        info_session: InfoSession = await store.get(tx, id_)
        told = 0
        for sign_up in await records.open_in(tx, id_):
            if sign_up.person_id is not None:
                news = promises.changed(
                    info_session, sign_up.id, sign_up.person_id, sequence, waking_hours(now)
                )
                told += await outbox.promise(tx, news, now=now)
        return told

    async def _note(
        self, tx: Transaction, colleague: Colleague, action: str, id_: InfoSessionId
    ) -> None:
        await audit.record(
            tx,
            actor=colleague.person,
            role=colleague.acting_as(),
            action=action,
            object=f"info_sessions:{id_}",
            now=self.now(),
        )


def _moved(plan: Plan, starts_at: datetime) -> Plan:
    """Another start: the end and the close move along, the rest stays."""
    later = starts_at - plan.starts_at
    return replace(
        plan,
        starts_at=starts_at,
        ends_at=plan.ends_at + later,
        closes_at=plan.closing_at + later,
    )
