"""People who phone, write or walk in: signed up by name, and off again, by a colleague."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum

from bot.info_sessions import crew, promises, records, store
from bot.info_sessions.door_views import HOSTS
from bot.info_sessions.entrance import Entrance, check_is_the_day, readable
from bot.info_sessions.hall import Hall
from bot.info_sessions.model import (
    Ending,
    Full,
    InfoSessionId,
    NoSuchSignUp,
    OfferGone,
    Place,
    PoolKind,
    SignUpId,
)
from bot.info_sessions.service import check_offer, resized
from bot.info_sessions.store import Speaker
from bot.info_sessions.times import waking_hours
from bot.notifications import outbox
from bot.people.model import PersonId
from bot.staff.model import Colleague, NotAllowed
from bot.storage.database import Transaction


class Channel(StrEnum):
    """How somebody reached us who did not sign up in the chat; counted as their source."""

    PHONE = "phone"
    MAIL = "mail"
    DOOR = "door"


class NoSeatAtTheDoor(Full):
    """No seat is left for who walks in, or those who wait come first."""

    text_key = "door.full"


class Registering(Entrance):
    """By name, for who leads there and for contact points; walk-ins for who receives people."""

    async def register_by_name(
        self,
        by: PersonId,
        id_: InfoSessionId,
        name: str,
        party: int = 1,
        wish: PoolKind = PoolKind.GENERAL,
        language: str | None = None,
        channel: Channel = Channel.PHONE,
        once: int | None = None,
    ) -> Place:
        """Somebody phoned or wrote: the same seats, the same queue.

        Two people may have one name, so twice is two people, unless *once* is the same number:
        then it is the same request, made again.

        Raises:
            InfoSessionClosed, PartyTooBig, Full: as for who signs up in the chat.
            NameMissing: nothing readable is left of the name.
        """
        async with self._registering(by, id_) as (tx, colleague):
            now = self.now()
            hall = await Hall.locked(tx, id_, now)
            code = _code_of(by, once)
            before = await self._made_before(tx, hall, code)
            if before is not None:
                return before
            hall.info_session.check_open(now)
            occupancy = await hall.occupancy()
            hall.info_session.check_party(party, occupancy.largest_for(wish))
            pool = occupancy.seat_for_newcomer(wish, party)
            if pool is None and not hall.info_session.waiting_list:
                raise Full
            sign_up = await hall.add(
                None,
                Speaker(language, channel.value),
                party=party,
                wish=wish,
                pool=pool,
                name=readable(name),
                code=code,
            )
            await hall.settle()
            place = Place(hall.info_session, sign_up, await store.position(tx, sign_up))
            await self._note(tx, colleague, "info_sessions.registered", sign_up)
        return place

    async def walk_in(
        self,
        by: PersonId,
        id_: InfoSessionId,
        name: str,
        party: int = 1,
        language: str | None = None,
        once: int | None = None,
    ) -> Place:
        """Somebody stands at the door without a sign-up, and there are seats: they are in, and
        have a group on the tour.

        When signing up is over nobody is offered anything any more, so who waited at home
        is not passed; while it goes on, who waits comes first. *once* is as for
        `register_by_name`.

        Raises:
            NoSeatAtTheDoor: no seats left, or they are being offered to who waits.
            NotTheDay: it is not the day.
        """
        async with self._receiving(by, id_) as (tx, colleague, _):
            now = self.now()
            hall = await Hall.locked(tx, id_, now)
            code = _code_of(by, once)
            before = await self._made_before(tx, hall, code)
            if before is not None:
                return before
            check_is_the_day(hall.info_session, now)
            occupancy = await hall.occupancy()
            pool = next((each.id for each in occupancy.pools if each.free >= party), None)
            if pool is None or party < 1 or (hall.info_session.is_open(now) and occupancy.waiters):
                raise NoSeatAtTheDoor
            sign_up = await hall.add(
                None,
                Speaker(language, Channel.DOOR.value),
                party=party,
                wish=PoolKind.GENERAL,
                pool=pool,
                name=readable(name),
                code=code,
            )
            await records.check_in(tx, sign_up.id, by, now)
            await hall.settle()
            await crew.divide(tx, id_)
            await self._note(tx, colleague, "info_sessions.walked_in", sign_up)
        return Place(hall.info_session, sign_up)

    async def withdraw_for(self, by: PersonId, id_: SignUpId) -> bool:
        """Take somebody off, seats or waiting list; they hear of it. Twice is once: False.

        Raises:
            NoSuchSignUp: there is none.
        """
        async with self._registered(by, id_) as (tx, colleague):
            now = self.now()
            sign_up, hall = await self._locked(tx, id_)
            if not sign_up.is_open:
                return False
            await hall.end(sign_up, Ending.REMOVED)
            if sign_up.person_id is not None:
                told = promises.removed(
                    hall.info_session, sign_up.id, sign_up.person_id, waking_hours(now)
                )
                await outbox.promise(tx, told, now=now)
            await hall.settle()
            await self._note(tx, colleague, "info_sessions.removed", sign_up)
        return True

    async def answer_for(self, by: PersonId, id_: SignUpId, yes: bool) -> Place:
        """The answer of somebody registered by name, whom a colleague called about an offer.

        Raises:
            OfferGone: it has ended, or the person answers in the chat themselves.
            NoSuchSignUp: there is none.
        """
        async with self._registered(by, id_) as (tx, colleague):
            sign_up, hall = await self._locked(tx, id_)
            if sign_up.person_id is not None:
                raise OfferGone
            check_offer(sign_up, self.now())
            if yes:
                sign_up = await hall.confirm(sign_up)
            else:
                await hall.end(sign_up, Ending.REFUSED)
            await hall.settle()
            await self._note(tx, colleague, "info_sessions.answered", sign_up)
        return Place(hall.info_session, sign_up)

    async def party_for(self, by: PersonId, id_: SignUpId, party: int) -> Place:
        """They come with fewer or more, and said so to a colleague.

        Raises:
            NoSuchSignUp: there is none (any more), or it is over.
            PartyTooBig, NoRoom: as for who changes it in the chat.
        """
        async with self._registered(by, id_) as (tx, colleague):
            now = self.now()
            sign_up, hall = await self._locked(tx, id_)
            if not sign_up.is_open or now >= hall.info_session.ends_at:
                raise NoSuchSignUp
            if party != sign_up.party:
                sign_up = await resized(hall, sign_up, party)
                await hall.settle()
                await self._note(tx, colleague, "info_sessions.party_changed", sign_up)
            position = await store.position(tx, sign_up)
        return Place(hall.info_session, sign_up, position, new=False)

    @asynccontextmanager
    async def _registered(
        self, by: PersonId, id_: SignUpId
    ) -> AsyncIterator[tuple[Transaction, Colleague]]:
        """For who may register where that sign-up belongs. Raises: NoSuchSignUp."""
        async with self._about(by, id_) as (tx, colleague, _, standing):
            if not standing.registers:
                raise NotAllowed(colleague.person, HOSTS)
            yield tx, colleague

    @staticmethod
    async def _made_before(tx: Transaction, hall: Hall, code: str | None) -> Place | None:
        """What the same request led to the first time."""
        sign_up = None if code is None else await records.by_code(tx, code)
        if sign_up is None:
            return None
        return Place(hall.info_session, sign_up, await store.position(tx, sign_up), new=False)


def _code_of(by: PersonId, once: int | None) -> str | None:
    """The personal code of somebody by name: the same for the same request of one colleague.

    Nobody carries it, so it need not be secret; that no two are the same is what keeps twice once.
    """
    if once is None:
        return None
    return hashlib.sha256(f"by name {by} {once}".encode()).hexdigest()[:32]
