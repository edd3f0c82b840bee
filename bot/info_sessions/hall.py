"""The one place where seats change hands: an info session whose row is locked.

Whoever changes seats or the waiting list opens a `Hall` inside the transaction, changes what must
be changed, and then settles: what came free is offered on in the same transaction, and the
counters are kept.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime

from bot.info_sessions import crew, promises, store
from bot.info_sessions.model import (
    Ending,
    InfoSession,
    InfoSessionId,
    PoolId,
    PoolKind,
    SeatsTaken,
    SignUp,
    SignUpId,
    Status,
)
from bot.info_sessions.occupancy import Occupancy
from bot.info_sessions.store import Speaker
from bot.info_sessions.times import offer_time, stage_at_sign_up
from bot.notifications import outbox
from bot.people.model import PersonId
from bot.staff.access import today_of
from bot.storage.database import Transaction


class Hall:
    """Several of them are opened in the order of their numbers, after the person's lock."""

    def __init__(self, tx: Transaction, info_session: InfoSession, now: datetime) -> None:
        self.tx = tx
        self.now = now
        self._before = info_session
        self.info_session = info_session
        """With the counters as they are now, written down when the hall is settled."""

    @classmethod
    async def locked(cls, tx: Transaction, id_: InfoSessionId, now: datetime) -> Hall:
        """Raises: InfoSessionClosed, when there is none."""
        return cls(tx, await store.lock(tx, id_), now)

    @classmethod
    async def several(
        cls, tx: Transaction, ids: set[InfoSessionId], now: datetime
    ) -> dict[InfoSessionId, Hall]:
        """Lock them in the order in which everybody does: nobody waits in a circle."""
        return {id_: await cls.locked(tx, id_, now) for id_ in sorted(ids)}

    async def occupancy(self) -> Occupancy:
        """The pools, and of the waiting list as much as any decision needs."""
        pools = await store.pools(self.tx, self.info_session.id)
        if self.info_session.waiting == 0:
            return Occupancy(pools)
        return Occupancy(pools, await store.waiters(self.tx, self.info_session, pools))

    async def add(
        self,
        person: PersonId | None,
        speaker: Speaker,
        *,
        party: int,
        wish: PoolKind,
        pool: PoolId | None,
        name: str | None = None,
        replaces: SignUpId | None = None,
        code: str | None = None,
    ) -> SignUp:
        """Sign a party up: with seats in *pool*, or at the end of the waiting list.

        Args:
            code: the personal code, when it is not to be a fresh one; no two are the same.
        """
        status = Status.WAITING if pool is None else Status.CONFIRMED
        place = None
        if pool is None:
            place = self._next_place()
            self._count(waiting=1)
        code = code or secrets.token_urlsafe(16)
        id_ = await store.add(
            self.tx,
            info_session=self.info_session.id,
            person=person,
            name=name,
            language=speaker.language,
            source=speaker.source,
            status=status.value,
            party=party,
            pool=pool,
            wish=wish.value,
            place=place,
            series=self.info_session.series,
            replaces=replaces,
            code=code,
            reminded=self._stage,
            now=self.now,
        )
        if pool is not None:
            await store.take(self.tx, pool, party)
        return SignUp(
            id=id_,
            info_session_id=self.info_session.id,
            person_id=person,
            name=name,
            status=status,
            party=party,
            pool_id=pool,
            wish=wish,
            place=place,
            offer_until=None,
            replaces_id=replaces,
            code=code,
            starts_at=self.info_session.starts_at,
            series=self.info_session.series,
        )

    async def end(self, sign_up: SignUp, how: Ending) -> None:
        """End an open sign-up; its seats are free from now on."""
        await self._leave_seats(sign_up)
        if sign_up.status is Status.CONFIRMED:
            self._count(freed=1)
        elif sign_up.status is Status.WAITING:
            self._count(waiting=-1)
        await store.end(self.tx, sign_up.id, how, self.now)

    async def confirm(self, sign_up: SignUp) -> SignUp:
        """The offered seats are theirs."""
        await store.confirm(self.tx, sign_up.id, self._stage)
        await self._withdraw_offer(sign_up)
        return replace(sign_up, status=Status.CONFIRMED, offer_until=None, replaces_id=None)

    async def let_pass(self, sign_up: SignUp) -> SignUp:
        """An offered seat goes to the next; they wait on, behind everybody.

        They are asked again when other seats come free, not for this one.
        """
        await self._leave_seats(sign_up)
        return await self._to_the_tail(sign_up, sign_up.party, self.info_session.freed)

    async def shrink(self, sign_up: SignUp, party: int) -> SignUp:
        """Come with fewer: the other seats are free; a place on the waiting list is kept."""
        await store.change_party(self.tx, sign_up.id, party)
        if sign_up.pool_id is not None:
            await store.take(self.tx, sign_up.pool_id, party - sign_up.party)
            self._count(freed=1)
        return replace(sign_up, party=party)

    async def grow(self, sign_up: SignUp, party: int) -> SignUp:
        """Come with more: beside the seats they have, or else anew from the end of the queue."""
        if sign_up.status is Status.WAITING:
            self._count(waiting=-1)
            return await self._to_the_tail(sign_up, party, None)
        assert sign_up.pool_id is not None
        await store.take(self.tx, sign_up.pool_id, party - sign_up.party)
        await store.change_party(self.tx, sign_up.id, party)
        return replace(sign_up, party=party)

    async def resize(self, pool: PoolId, seats: int) -> None:
        """More or fewer seats; never fewer than are taken.

        Raises:
            SeatsTaken: so many are promised already.
        """
        (now_is,) = [
            each for each in await store.pools(self.tx, self.info_session.id) if each.id == pool
        ]
        if seats < now_is.taken:
            raise SeatsTaken(taken=now_is.taken)
        await store.resize(self.tx, pool, seats)
        if seats > now_is.seats:
            self.seats_were_added()

    def seats_were_added(self) -> None:
        """More seats than before: those who let an offer pass are asked again too."""
        self._count(freed=1)

    async def settle(self) -> int:
        """Offer what is free to who is next, in strict order, and keep the counters.

        Call it last. Returns how many offers were made.
        """
        made = await self._offer_on()
        await self.keep_count()
        return made

    async def keep_count(self) -> None:
        """Instead of `settle`, where no seat can have come free."""
        before, after = self._before, self.info_session
        if after != before:
            await store.count(
                self.tx,
                after.id,
                last_place=after.last_place,
                freed=after.freed,
                waiting=after.waiting - before.waiting,
            )
            self._before = after

    async def _offer_on(self) -> int:
        if self.info_session.waiting == 0 or not self.info_session.is_open(self.now):
            return 0
        time = offer_time(self.now, self.info_session.ends_signing_up_at)
        if time is None:
            return 0
        turns = (await self.occupancy()).next_offers()
        leads: list[PersonId] | None = None
        for waiter, pool in turns:
            await store.offer(self.tx, waiter.id, pool, time.until)
            await store.take(self.tx, pool, waiter.party)
            self._count(waiting=-1)
            lucky = await store.sign_up(self.tx, waiter.id)
            assert lucky is not None
            if lucky.person_id is not None:
                offer = promises.offered(
                    self.info_session,
                    lucky,
                    lucky.person_id,
                    sent_at=time.sent_at,
                    until=time.until,
                )
                await outbox.promise(self.tx, offer, now=self.now)
                continue
            if leads is None:
                leads = await crew.receivers(self.tx, self.info_session.id, today_of(self.now))
            for lead in leads:
                call = promises.offered_by_name(
                    self.info_session, lucky, lead, sent_at=time.sent_at, until=time.until
                )
                await outbox.promise(self.tx, call, now=self.now)
        return len(turns)

    async def _leave_seats(self, sign_up: SignUp) -> None:
        if sign_up.pool_id is not None:
            await store.take(self.tx, sign_up.pool_id, -sign_up.party)
        await self._withdraw_offer(sign_up)

    async def _withdraw_offer(self, sign_up: SignUp) -> None:
        if sign_up.status is Status.OFFERED:
            keys = [promises.offered_key(sign_up)]
            await outbox.withdraw(self.tx, keys=keys, now=self.now)

    async def _to_the_tail(self, sign_up: SignUp, party: int, passed: int | None) -> SignUp:
        place = self._next_place()
        self._count(waiting=1)
        await store.to_the_tail(self.tx, sign_up.id, place, party, passed)
        return replace(
            sign_up,
            status=Status.WAITING,
            party=party,
            place=place,
            pool_id=None,
            offer_until=None,
        )

    def _next_place(self) -> int:
        place = self.info_session.last_place + 1
        self.info_session = replace(self.info_session, last_place=place)
        return place

    def _count(self, *, waiting: int = 0, freed: int = 0) -> None:
        self.info_session = replace(
            self.info_session,
            waiting=self.info_session.waiting + waiting,
            freed=self.info_session.freed + freed,
        )

    @property
    def _stage(self) -> int:
        return stage_at_sign_up(self.now, self.info_session.starts_at)
