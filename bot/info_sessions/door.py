"""What colleagues do for people: register by name, withdraw, receive them on the day."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot import audit
from bot.clock import Now, utc_now
from bot.info_sessions import promises, records, store
from bot.info_sessions.hall import Hall
from bot.info_sessions.model import (
    Ending,
    Full,
    InfoSession,
    InfoSessionClosed,
    InfoSessionId,
    NoSuchSignUp,
    OfferGone,
    Place,
    PoolKind,
    QuestionId,
    SignUp,
    SignUpId,
    State,
    Status,
)
from bot.info_sessions.service import check_offer
from bot.info_sessions.store import Speaker
from bot.info_sessions.times import waking_hours
from bot.info_sessions.views import Participant
from bot.names import shown
from bot.notifications import outbox
from bot.people.model import PersonId
from bot.staff.desk import Desk
from bot.staff.model import Colleague, NameMissing, NotAllowed, Role
from bot.storage.database import Database, Transaction

REGISTERING: Final = (Role.COORDINATOR, Role.SESSION_LEAD, Role.CONTACT_POINT)
DOOR_OPENS: Final = timedelta(hours=3)
"""Nobody is checked in earlier than this before the start, nor later than this after the end."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What a colleague sees who scanned a code: who it is, and one button."""

    info_session: InfoSession
    sign_up: SignUp
    checked_in_at: datetime | None
    checked_in_by: PersonId | None
    is_expected: bool
    """False: they have no seat (any more); ask the session lead."""


class Door:
    """Coordinators may do all of this; others where they lead or guide (or register).

    All methods raise `bot.staff.model.NotAllowed` for who may not.
    """

    def __init__(self, database: Database, desk: Desk, now: Now = utc_now) -> None:
        self.database = database
        self.desk = desk
        self.now = now

    async def register_by_name(
        self,
        by: PersonId,
        id_: InfoSessionId,
        name: str,
        party: int = 1,
        wish: PoolKind = PoolKind.GENERAL,
        language: str | None = None,
    ) -> Place:
        """Somebody phoned or wrote: the same seats, the same queue.

        Not idempotent: two people may have one name.

        Raises:
            InfoSessionClosed, PartyTooBig, Full: as for who signs up in the chat.
            NameMissing: nothing readable is left of the name.
        """
        async with self.desk.acting(by, *REGISTERING) as (tx, colleague):
            now = self.now()
            hall = await Hall.locked(tx, id_, now)
            hall.info_session.check_open(now)
            occupancy = await hall.occupancy()
            hall.info_session.check_party(party, occupancy.largest_for(wish))
            pool = occupancy.seat_for_newcomer(wish, party)
            if pool is None and not hall.info_session.waiting_list:
                raise Full
            sign_up = await hall.add(
                None,
                Speaker(language, None),
                party=party,
                wish=wish,
                pool=pool,
                name=_readable(name),
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
    ) -> Place:
        """Somebody stands at the door without a sign-up, and there are seats: they are in.

        When signing up is over nobody is offered anything any more, so who waited at home
        is not passed; while it goes on, who waits comes first.

        Raises:
            Full: no seats left, or they are being offered to who waits.
            InfoSessionClosed: it is not the day.
        """
        async with self._at(by, id_) as (tx, colleague):
            now = self.now()
            hall = await Hall.locked(tx, id_, now)
            _check_door_is_open(hall.info_session, now)
            occupancy = await hall.occupancy()
            pool = next((each.id for each in occupancy.pools if each.free >= party), None)
            if pool is None or party < 1 or (hall.info_session.is_open(now) and occupancy.waiters):
                raise Full
            sign_up = await hall.add(
                None,
                Speaker(language, None),
                party=party,
                wish=PoolKind.GENERAL,
                pool=pool,
                name=_readable(name),
            )
            await records.check_in(tx, sign_up.id, by, now)
            await hall.settle()
            await self._note(tx, colleague, "info_sessions.walked_in", sign_up)
        return Place(hall.info_session, sign_up)

    async def withdraw_for(self, by: PersonId, id_: SignUpId) -> bool:
        """Take somebody off, seats or waiting list; they hear of it. Twice is once: False."""
        async with self.desk.acting(by, *REGISTERING) as (tx, colleague):
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
        """
        async with self.desk.acting(by, *REGISTERING) as (tx, colleague):
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

    async def participants(self, by: PersonId, id_: InfoSessionId) -> list[Participant]:
        """The list at the door; that it was read stands in the audit trail."""
        async with self._at(by, id_) as (tx, colleague):
            found = await records.participants(tx, id_)
            await audit.record(
                tx,
                actor=colleague.person,
                role=colleague.acting_as(),
                action="info_sessions.list_read",
                object=f"info_sessions:{id_}",
                now=self.now(),
            )
        return found

    async def answers(
        self, by: PersonId, id_: InfoSessionId
    ) -> dict[SignUpId, dict[QuestionId, str]]:
        """What was answered at sign-up; that it was read stands in the audit trail."""
        async with self._at(by, id_) as (tx, colleague):
            found = await records.answers(tx, id_)
            await audit.record(
                tx,
                actor=colleague.person,
                role=colleague.acting_as(),
                action="info_sessions.answers_read",
                object=f"info_sessions:{id_}",
                now=self.now(),
            )
        return found

    async def scanned(self, by: PersonId, code: str) -> Scan:
        """What stands behind a personal code, for a colleague on that info session.

        Changes nothing: the tap on the button checks in. Whoever else scans it learns nothing,
        not even whether the code exists.

        Raises:
            NoSuchSignUp: the code opens nothing, for this person.
        """
        try:
            async with self.desk.acting(by) as (tx, colleague):
                sign_up = await records.by_code(tx, code)
                if sign_up is None:
                    raise NoSuchSignUp
                await self._check_on(tx, colleague, sign_up.info_session_id)
                info_session = await store.get(tx, sign_up.info_session_id)
                before = await records.checked_in(tx, sign_up.id)
                await self._note(tx, colleague, "info_sessions.scanned", sign_up)
        except NotAllowed:
            raise NoSuchSignUp from None
        return Scan(
            info_session,
            sign_up,
            before and before[0],
            before and before[1],
            sign_up.status is Status.CONFIRMED,
        )

    async def check_in(self, by: PersonId, id_: SignUpId) -> Scan:
        """They are there. A second time says when and by whom it was done, and changes nothing.

        Raises:
            NoSuchSignUp: they have no seat.
            InfoSessionClosed: it is not the day.
        """
        async with self._at_sign_up(by, id_) as (tx, colleague, sign_up):
            now = self.now()
            info_session = await store.lock(tx, sign_up.info_session_id)
            _check_door_is_open(info_session, now)
            again = await store.sign_up(tx, id_)
            if again is None or again.status is not Status.CONFIRMED:
                raise NoSuchSignUp
            if await records.check_in(tx, id_, by, now):
                await self._note(tx, colleague, "info_sessions.checked_in", sign_up)
                return Scan(info_session, again, None, None, True)
            before = await records.checked_in(tx, id_)
        assert before is not None
        return Scan(info_session, again, before[0], before[1], True)

    async def undo_check_in(self, by: PersonId, id_: SignUpId) -> bool:
        """It was the wrong line of the list. Twice is once: False."""
        async with self._at_sign_up(by, id_) as (tx, colleague, sign_up):
            undone = await records.undo_check_in(tx, id_)
            if undone:
                await self._note(tx, colleague, "info_sessions.check_in_undone", sign_up)
        return undone

    @asynccontextmanager
    async def _at(
        self, by: PersonId, id_: InfoSessionId
    ) -> AsyncIterator[tuple[Transaction, Colleague]]:
        async with self.desk.acting(by) as (tx, colleague):
            await self._check_on(tx, colleague, id_)
            yield tx, colleague

    @asynccontextmanager
    async def _at_sign_up(
        self, by: PersonId, id_: SignUpId
    ) -> AsyncIterator[tuple[Transaction, Colleague, SignUp]]:
        async with self.desk.acting(by) as (tx, colleague):
            sign_up = await store.sign_up(tx, id_)
            if sign_up is None:
                raise NoSuchSignUp
            await self._check_on(tx, colleague, sign_up.info_session_id)
            yield tx, colleague, sign_up

    @staticmethod
    async def _check_on(tx: Transaction, colleague: Colleague, id_: InfoSessionId) -> None:
        """Raises: NotAllowed, for a colleague who has nothing to do there."""
        if not colleague.has(Role.COORDINATOR) and not await records.is_on(
            tx, id_, colleague.person
        ):
            raise NotAllowed(colleague.person, (Role.COORDINATOR,))

    async def _locked(self, tx: Transaction, id_: SignUpId) -> tuple[SignUp, Hall]:
        """Raises: NoSuchSignUp."""
        found = await store.sign_up(tx, id_)
        if found is None:
            raise NoSuchSignUp
        hall = await Hall.locked(tx, found.info_session_id, self.now())
        again = await store.sign_up(tx, id_)
        if again is None:
            raise NoSuchSignUp
        return again, hall

    async def _note(
        self, tx: Transaction, colleague: Colleague, action: str, sign_up: SignUp
    ) -> None:
        await audit.record(
            tx,
            actor=colleague.person,
            role=colleague.acting_as(),
            action=action,
            about=sign_up.person_id,
            object=f"sign_ups:{sign_up.id}",
            now=self.now(),
        )


def _readable(name: str) -> str:
    """Raises: NameMissing."""
    readable = shown(name)
    if not readable:
        raise NameMissing
    return readable


def _check_door_is_open(info_session: InfoSession, now: datetime) -> None:
    """Raises: InfoSessionClosed."""
    planned = info_session.state in (State.PUBLISHED, State.CLOSED, State.HELD)
    opens, closes = info_session.starts_at - DOOR_OPENS, info_session.ends_at + DOOR_OPENS
    if not planned or not opens <= now <= closes:
        raise InfoSessionClosed
