"""What coordinators do: plan, publish, copy, change, close, cancel, give more seats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.info_sessions import crew, plans, promises, records, store
from bot.info_sessions.door_views import HOSTS
from bot.info_sessions.drafts import LIVE, PLANNERS, Drafts, same_hour
from bot.info_sessions.hall import Hall
from bot.info_sessions.model import (
    InfoSession,
    InfoSessionClosed,
    InfoSessionId,
    PoolKind,
    State,
    Status,
)
from bot.info_sessions.plan import MOST_SEATS, BadPlan, Plan
from bot.info_sessions.times import let_in_at, stage_at_sign_up, waking_hours
from bot.notifications import outbox
from bot.people.model import PersonId
from bot.staff.access import colleague_of, today_of
from bot.storage.database import Transaction


class Planning(Drafts):
    """What happens once candidates see it. `Drafts` is what comes before."""

    async def publish(self, by: PersonId, id_: InfoSessionId, *, together: bool = False) -> int:
        """Candidates see it from now on; the interest list is told, and goes first.

        With *together*, all drafts of the day are published, and each member is told once.
        Returns how many members are told. Twice is the same as once.

        Raises:
            InfoSessionClosed: it is over, or was cancelled.
            BadPlan: meanwhile something in it cannot be any more.
        """
        async with self.desk.acting(by, *PLANNERS) as (tx, colleague):
            drafts = await self._locked(tx, id_, together=together)
            published, told = await self._publish(tx, drafts, self.now())
            for each in published:
                await self._note(tx, colleague, "info_sessions.published", each.id)
        return told

    async def _publish(
        self, tx: Transaction, drafts: Sequence[InfoSession], now: datetime
    ) -> tuple[list[InfoSession], int]:
        """Publish those of *drafts* that are not yet; also how many members are told, each once."""
        published: list[InfoSession] = []
        turns: dict[PersonId, list[tuple[datetime, InfoSession]]] = {}
        for info_session in drafts:
            if info_session.state is State.PUBLISHED:
                continue
            if info_session.state is not State.DRAFT:
                raise InfoSessionClosed
            plan = await self._written(tx, info_session.id)
            plan.check(now)
            opened, let_in = await self._let_in(tx, info_session, plan, now)
            published.append(opened)
            for person, at in let_in.items():
                turns.setdefault(person, []).append((at, opened))
        for person, theirs in turns.items():
            first = min(at for at, _ in theirs)
            news = [each for _, each in theirs]
            told = promises.let_in_to(news, person, waking_hours(first))
            await outbox.promise(tx, told, now=now)
        return published, len(turns)

    async def _let_in(
        self, tx: Transaction, info_session: InfoSession, plan: Plan, now: datetime
    ) -> tuple[InfoSession, dict[PersonId, datetime]]:
        """Publish one; returns it as it is now, and from when which members may sign up."""
        members = await records.members(tx, plan.track, plan.language)
        opens_at = max(info_session.opens_at, now)
        if members:
            opens_at = max(opens_at, now + plan.head_start)
        opens_at = min(opens_at, plan.closing_at)
        await plans.publish(tx, info_session.id, opens_at, now)
        turns = {}
        for position, person in enumerate(members):
            at = let_in_at(position, len(members), plan.all_seats, now, opens_at)
            await records.let_in(tx, info_session.id, person, at)
            turns[person] = at
        return replace(info_session, state=State.PUBLISHED, opens_at=opens_at), turns

    async def change(
        self,
        by: PersonId,
        id_: InfoSessionId,
        *,
        starts_at: datetime | None = None,
        ends_at: datetime | None = None,
        day: date | None = None,
        place: str | None = None,
        room: str | None = None,
        together: bool = False,
    ) -> int:
        """Another time or place: everybody is told and asked whether they can come.

        What is not given stays; with another start (or another *day*, at the same hours), the end
        and the close move along, and with another place the pin on the map and the room go. With
        *together*, all of its day that people know of changes. Returns how many are told; nothing
        different tells nobody.

        Raises: InfoSessionClosed, BadPlan.
        """

        def changed(before: Plan) -> Plan:
            start = starts_at if day is None else same_hour(before.starts_at, day)
            plan = before if start is None else _moved(before, start)
            if place is not None and place != before.place:
                plan = replace(plan, place=place, room=None, latitude=None, longitude=None)
            return replace(plan, ends_at=ends_at or plan.ends_at, room=room or plan.room)

        told = 0
        async with self.desk.acting(by, *PLANNERS) as (tx, colleague):
            now = self.now()
            for each in await self._known(tx, id_, now, together=together):
                if not each.can_change(now):
                    raise InfoSessionClosed
                found = await plans.get(tx, each.id)
                assert found is not None
                plan = changed(found.plan)
                if plan == found.plan:
                    continue
                self._check_change(plan, now)
                await plans.change(tx, each.id, plan, again=True)
                await records.no_offer_after(tx, each.id, plan.closing_at)
                await records.ask_again(tx, each.id, stage_at_sign_up(now, plan.starts_at))
                told += await self._tell_changed(tx, each.id, found.sequence + 1, now)
                await self._note(tx, colleague, "info_sessions.changed", each.id)
        return told

    async def seats(self, by: PersonId, id_: InfoSessionId, kind: PoolKind, seats: int) -> int:
        """How many seats a pool has from now on; new ones are offered to who waits, at once.

        Returns how many offers were made.

        Raises:
            SeatsTaken: more are promised already.
            BadPlan: there is no such pool, or that is no number of seats.
        """
        async with self.desk.acting(by, *PLANNERS) as (tx, colleague):
            hall = await Hall.locked(tx, id_, self.now())
            pools = [each for each in await store.pools(tx, id_) if each.kind is kind]
            if not pools or not 0 <= seats <= MOST_SEATS:
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

    async def cancel(self, by: PersonId, id_: InfoSessionId, *, together: bool = False) -> int:
        """It does not take place: everybody is told, with another way. Twice is once.

        With *together*, nothing of its day that people know of takes place. Returns how many are
        told.
        """
        told = 0
        async with self.desk.acting(by, *PLANNERS) as (tx, colleague):
            now = self.now()
            for info_session in await self._known(tx, id_, now, together=together):
                if info_session.state is State.CANCELLED:
                    continue
                if info_session.state in (State.HELD, State.ANONYMISED):
                    raise InfoSessionClosed
                told += await self._tell_cancelled(tx, info_session, now)
                await records.cancel(tx, info_session.id, now)
                await self._note(tx, colleague, "info_sessions.cancelled", info_session.id)
        return told

    async def lead(self, by: PersonId, id_: InfoSessionId, leads: Sequence[PersonId]) -> None:
        """Who receives people there, and may check them in. Raises: BadPlan (not of `HOSTS`)."""
        async with self.desk.acting(by, *PLANNERS) as (tx, colleague):
            await store.lock(tx, id_)
            today = today_of(self.now())
            for person in leads:
                colleague_there = await colleague_of(tx, person, today)
                if colleague_there is None or not colleague_there.has(*HOSTS):
                    raise BadPlan(what="leads")
            await records.set_leads(tx, id_, leads)
            await self._note(tx, colleague, "info_sessions.leads", id_)

    async def left(self, tx: Transaction, person: PersonId, now: datetime) -> None:
        """For `Staff.on_leaving`: who may receive people no more leads and guides nothing."""
        found = await colleague_of(tx, person, today_of(now))
        if found is None or not found.has(*HOSTS):
            await records.leave_all(tx, person)

    @staticmethod
    def _check_change(plan: Plan, now: datetime) -> None:
        """A change may come after the close: only what is new must be possible.

        Until when answers are kept needs no look: they go with the names at the latest.
        """
        replace(plan, closes_at=plan.starts_at, opens_at=None, questions=()).check(now)

    async def _known(
        self, tx: Transaction, id_: InfoSessionId, now: datetime, *, together: bool
    ) -> list[InfoSession]:
        """It, or with *together* all of its day that people know of and that is still to come."""
        if not together:
            return [await store.lock(tx, id_)]
        found = await self._locked(tx, id_, together=True, also=LIVE)
        return [
            each
            for each in found
            if each.id == id_ or (each.state is not State.DRAFT and each.can_change(now))
        ]

    async def _tell_cancelled(
        self, tx: Transaction, info_session: InfoSession, now: datetime
    ) -> int:
        told = 0
        for sign_up in await records.open_in(tx, info_session.id):
            if sign_up.status is Status.OFFERED:
                keys = [promises.offered_key(sign_up)]
                await outbox.withdraw(tx, keys=keys, now=now)
            if sign_up.person_id is not None:
                news = promises.cancelled(
                    info_session, sign_up.id, sign_up.person_id, waking_hours(now)
                )
                told += await outbox.promise(tx, news, now=now)
        await self._have_called(tx, info_session, None, now)
        return told

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
        await self._have_called(tx, info_session, sequence, now)
        return told

    @staticmethod
    async def _have_called(
        tx: Transaction, info_session: InfoSession, sequence: int | None, now: datetime
    ) -> None:
        """Who was registered by name cannot be written to: who receives people there calls."""
        by_name = [
            sign_up
            for sign_up in await records.open_in(tx, info_session.id)
            if sign_up.person_id is None
        ]
        if not by_name:
            return
        for colleague in await crew.receivers(tx, info_session.id, today_of(now)):
            call = promises.to_call(info_session, colleague, len(by_name), sequence, now)
            await outbox.promise(tx, call, now=now)


def _moved(plan: Plan, starts_at: datetime) -> Plan:
    """Another start: the end, the close and the release of seats move along, the rest stays."""
    later = starts_at - plan.starts_at
    return replace(
        plan,
        starts_at=starts_at,
        ends_at=plan.ends_at + later,
        closes_at=plan.closing_at + later,
        pools=plan.at(starts_at).pools,
    )
