"""Drafts: an info session from the first answer until candidates see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final
from uuid import uuid4

from bot import audit
from bot.clock import BRUSSELS, Now, brussels, utc_now
from bot.info_sessions import plans, records, store
from bot.info_sessions.looking import Details, Look
from bot.info_sessions.model import (
    InfoSession,
    InfoSessionClosed,
    InfoSessionId,
    State,
    Track,
    availability,
)
from bot.info_sessions.occupancy import Occupancy, Pool
from bot.info_sessions.plan import BadPlan, Plan
from bot.info_sessions.views import Fill
from bot.people.model import PersonId
from bot.staff.desk import Desk
from bot.staff.model import Colleague, Role
from bot.storage.database import Database, Transaction

PLANNERS: Final = (Role.COORDINATOR,)

MOST_ON_A_DAY: Final = 6

QUIET: Final = frozenset(
    {
        *("title", "latitude", "longitude", "party_max", "seats_shown"),
        *("bring", "accessibility", "house_rules", "parts", "stops"),
    }
)
"""What of a published info session can become different without asking everybody anew."""

LIVE: Final = (State.PUBLISHED, State.CLOSED)
"""People know of it, and it has not begun, as far as the state tells."""

Change = Callable[[Plan], Plan]


@dataclass(frozen=True, slots=True)
class Planned:
    """One info session as who plans it sees it."""

    info_session: InfoSession
    plan: Plan
    uid: str
    sequence: int
    pools: tuple[Pool, ...]
    leads: tuple[PersonId, ...]
    sisters: tuple[InfoSession, ...]
    """All of the same day, this one too; empty when it stands alone."""
    told: int
    """How many people hear of it when it changes or is called off."""
    told_together: int
    """The same for all of its day that people know of."""
    members: int
    """How many people of the interest list hear of it when it is published."""
    members_together: int
    """The same for all drafts of its day: each of them hears once."""

    @property
    def id(self) -> InfoSessionId:
        return self.info_session.id

    @property
    def is_draft(self) -> bool:
        return self.info_session.state is State.DRAFT

    @property
    def taken(self) -> int:
        return sum(pool.taken for pool in self.pools)

    def known(self, now: datetime) -> tuple[InfoSession, ...]:
        """Those of the day that people know of and that can still change."""
        return tuple(
            each for each in self.sisters if each.state is not State.DRAFT and each.can_change(now)
        )

    def alike(self, now: datetime) -> tuple[InfoSession, ...]:
        """Those of the day that can be changed together with this one."""
        return self.drafts if self.is_draft else self.known(now)

    @property
    def drafts(self) -> tuple[InfoSession, ...]:
        """Those of the day that are not published yet."""
        return tuple(each for each in self.sisters if each.state is State.DRAFT)

    @property
    def as_seen(self) -> Look:
        """What a candidate sees of it; of a draft, once it is published and open to all."""
        info_session = self.info_session
        if self.is_draft:
            info_session = replace(info_session, state=State.PUBLISHED)
        occupancy = Occupancy(self.pools)
        seen = availability(occupancy.free, info_session.waiting, info_session.seats_shown)
        return Look(
            details=Details(info_session, seen, self.plan, self.uid, self.sequence),
            occupancy=occupancy,
            place=None,
            group=None,
            replaced=None,
            elsewhere=None,
            opens_at=info_session.opens_at,
            questions=(),
        )


class Drafts:
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

    async def create_day(
        self, by: PersonId, plan: Plan, spans: Sequence[tuple[datetime, datetime]]
    ) -> list[InfoSessionId]:
        """Drafts of one day, alike but for the hours: a person gets a seat in one of them.

        Raises: BadPlan, also when two of them overlap (`spans`).
        """
        spans = sorted(spans)
        overlap = any(later[0] < sooner[1] for sooner, later in pairwise(spans))
        if overlap or not 1 <= len(spans) <= MOST_ON_A_DAY:
            raise BadPlan(what="spans")
        series = _new_series() if len(spans) > 1 else None
        async with self.desk.acting(by, *PLANNERS) as (tx, colleague):
            now, made = self.now(), []
            for starts_at, ends_at in spans:
                each = replace(plan.moved(starts_at, ends_at), series=series)
                each.check(now)
                made.append(await plans.add(tx, each, now))
                await self._note(tx, colleague, "info_sessions.created", made[-1])
        return made

    async def edit(self, by: PersonId, id_: InfoSessionId, plan: Plan) -> None:
        """Put another plan in the place of a draft. What is published is changed with `change`.

        Raises:
            InfoSessionClosed: it is no draft (any more).
            BadPlan: something in it cannot be.
        """
        async with self.desk.acting(by, *PLANNERS) as (tx, colleague):
            if (await store.lock(tx, id_)).state is not State.DRAFT:
                raise InfoSessionClosed
            await self._rewrite(tx, colleague, id_, plan)

    async def amend(
        self, by: PersonId, id_: InfoSessionId, change: Change, *, together: bool = False
    ) -> None:
        """Change what *change* changes, and nothing that somebody else changes meanwhile.

        Of a draft that can be anything; of what is published only what is `QUIET`. With
        *together*, the others of its day change too: for a draft the drafts, else those that
        people know of. Twice is the same as once.

        Raises:
            InfoSessionClosed: it is over, or was cancelled.
            BadPlan: something cannot be, or not any more now that it is published.
        """
        async with self.desk.acting(by, *PLANNERS) as (tx, colleague):
            theirs = await self._locked(tx, id_, together=together, also=LIVE)
            is_draft = any(each.id == id_ and each.state is State.DRAFT for each in theirs)
            for each in theirs:
                if (each.state is State.DRAFT) != is_draft:
                    continue
                found = await plans.get(tx, each.id)
                assert found is not None
                plan = change(found.plan)
                if plan == found.plan:
                    continue
                if is_draft:
                    await self._rewrite(tx, colleague, each.id, plan)
                    continue
                if not each.can_change(self.now()):
                    if each.id == id_:
                        raise InfoSessionClosed
                    continue
                _check_quiet(found.plan, plan)
                plan.check(None)
                await plans.retouch(tx, each.id, plan, self.now())
                await self._note(tx, colleague, "info_sessions.edited", each.id)

    async def discard(self, by: PersonId, id_: InfoSessionId, *, together: bool = False) -> None:
        """Throw a draft away; with *together*, all drafts of its day. Twice is once.

        Raises: InfoSessionClosed, when people have seen it: then it is cancelled instead.
        """
        async with self.desk.acting(by, *PLANNERS) as (tx, colleague):
            for each in await self._locked(tx, id_, together=together):
                if each.state is not State.DRAFT:
                    raise InfoSessionClosed
                await plans.discard(tx, each.id)
                await self._note(tx, colleague, "info_sessions.discarded", each.id)

    async def copy(
        self,
        by: PersonId,
        id_: InfoSessionId,
        starts_at: datetime,
        ends_at: datetime | None = None,
    ) -> InfoSessionId:
        """The same again at another moment: everything but the people, as a draft.

        It takes as long, unless it says until when. Raises: InfoSessionClosed, BadPlan.
        """
        async with self.desk.acting(by, *PLANNERS) as (tx, colleague):
            plan = (await self._written(tx, id_)).at(starts_at)
            plan = replace(plan, series=None, ends_at=ends_at or plan.ends_at)
            return await self._copied(tx, colleague, plan)

    async def copy_day(
        self, by: PersonId, id_: InfoSessionId, day: date, *, alone: bool = False
    ) -> list[InfoSessionId]:
        """The same again on *day*, at the same hours: all of its day together, or it *alone*.

        Those that were called off are left out, unless all were.

        Raises: InfoSessionClosed, BadPlan.
        """
        async with self.desk.acting(by, *PLANNERS) as (tx, colleague):
            info_session = await store.get(tx, id_)
            theirs = [info_session]
            if info_session.series is not None and not alone:
                theirs = await plans.sisters(tx, info_session.series)
            theirs = [each for each in theirs if each.state is not State.CANCELLED] or theirs
            series, made = _new_series() if len(theirs) > 1 else None, []
            for each in theirs:
                plan = (await self._written(tx, each.id)).at(same_hour(each.starts_at, day))
                made.append(await self._copied(tx, colleague, replace(plan, series=series)))
        return made

    async def plan_of(self, by: PersonId, id_: InfoSessionId) -> tuple[State, Plan]:
        """As it is now, to look at or to begin another from. Raises: InfoSessionClosed."""
        async with self.desk.acting(by) as (tx, _):
            found = await plans.get(tx, id_)
        if found is None:
            raise InfoSessionClosed
        return found.state, found.plan

    async def look(self, by: PersonId, id_: InfoSessionId) -> Planned:
        """Everything about it but who comes. Raises: InfoSessionClosed."""
        async with self.desk.acting(by, *PLANNERS) as (tx, _):
            info_session = await store.get(tx, id_)
            found = await plans.get(tx, id_)
            assert found is not None
            sisters: list[InfoSession] = []
            if info_session.series is not None:
                sisters = await plans.sisters(tx, info_session.series)
            members: dict[InfoSessionId, set[PersonId]] = {id_: set()}
            told = {id_: 0}
            for each in sisters or [info_session]:
                if each.state is State.DRAFT:
                    members[each.id] = set(await records.members(tx, each.track, each.language))
                elif each.can_change(self.now()):
                    there = await records.open_in(tx, each.id)
                    told[each.id] = sum(one.person_id is not None for one in there)
            return Planned(
                info_session,
                found.plan,
                found.uid,
                found.sequence,
                tuple(await store.pools(tx, id_)),
                tuple(await store.leads(tx, id_)),
                tuple(sorted(sisters, key=lambda each: each.starts_at)),
                told[id_],
                sum(told.values()),
                len(members[id_]),
                len(set().union(*members.values())),
            )

    async def overview(self, by: PersonId) -> list[Fill]:
        """Seats, offers and waiting lists of what is to come, and of the last month."""
        async with self.desk.acting(by) as (tx, _):
            return await records.overview(tx, self.now() - timedelta(days=30))

    async def interest(self, by: PersonId) -> list[tuple[Track, str, int]]:
        """How many wait for a next date, by track and language, the longest list first."""
        async with self.desk.acting(by, *PLANNERS) as (tx, _):
            return await records.interest(tx)

    async def _locked(
        self,
        tx: Transaction,
        id_: InfoSessionId,
        *,
        together: bool,
        also: tuple[State, ...] = (),
    ) -> list[InfoSession]:
        """It, or with *together* also the drafts (and those in *also*) of its day.

        They are locked in the order of their numbers, as everybody does.
        """
        series = (await store.get(tx, id_)).series
        ids = [id_]
        if together and series is not None:
            states = (State.DRAFT, *also)
            theirs = await plans.sisters(tx, series)
            ids = [each.id for each in theirs if each.state in states or each.id == id_]
        return [await store.lock(tx, each) for each in sorted(ids)]

    async def _rewrite(
        self, tx: Transaction, colleague: Colleague, id_: InfoSessionId, plan: Plan
    ) -> None:
        plan.check(None)
        await plans.rewrite(tx, id_, plan, self.now())
        await self._note(tx, colleague, "info_sessions.edited", id_)

    async def _copied(self, tx: Transaction, colleague: Colleague, plan: Plan) -> InfoSessionId:
        now = self.now()
        plan.check(now)
        made = await plans.add(tx, plan, now)
        await self._note(tx, colleague, "info_sessions.copied", made)
        return made

    @staticmethod
    async def _written(tx: Transaction, id_: InfoSessionId) -> Plan:
        found = await plans.get(tx, id_)
        if found is None:
            raise InfoSessionClosed
        return found.plan

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


def _check_quiet(before: Plan, after: Plan) -> None:
    """Raises: BadPlan, when something changes that people must be asked about."""
    for name in Plan.__dataclass_fields__:
        if name not in QUIET and getattr(before, name) != getattr(after, name):
            raise BadPlan(what=name)


def _new_series() -> str:
    return uuid4().hex[:16]


def same_hour(moment: datetime, day: date) -> datetime:
    """The same hour on the clock in Brussels, on another day."""
    local = moment.astimezone(BRUSSELS)
    return brussels(day.year, day.month, day.day, local.hour, local.minute)
