"""What everything at the door stands on: who may do what at which info session, and its trace."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from bot import audit
from bot.clock import Now, utc_now
from bot.info_sessions import crew, store
from bot.info_sessions.door_views import HOSTS, Standing
from bot.info_sessions.hall import Hall
from bot.info_sessions.model import (
    InfoSession,
    InfoSessionClosed,
    InfoSessionId,
    NoSuchSignUp,
    SignUp,
    SignUpId,
    State,
)
from bot.info_sessions.today import DOOR_OPENS
from bot.names import shown
from bot.people.model import PersonId
from bot.staff.access import check
from bot.staff.desk import Desk
from bot.staff.model import Colleague, NameMissing, NotAllowed, Role
from bot.storage.database import Database, Reader, Transaction


class NotTheDay(InfoSessionClosed):
    """People come in on the day itself: this one is at another moment (`starts`)."""

    text_key = "door.not_the_day"


class Entrance:
    """Coordinators may do all of it; others where they lead or guide, or by their role.

    All methods raise `bot.staff.model.NotAllowed` for who may not.
    """

    def __init__(self, database: Database, desk: Desk, now: Now = utc_now) -> None:
        self.database = database
        self.desk = desk
        self.now = now

    @asynccontextmanager
    async def _looking(self, by: PersonId, *roles: Role) -> AsyncIterator[tuple[Reader, Colleague]]:
        """For what names nobody, so leaves no trace: it holds nobody up who writes."""
        try:
            async with self.database.reading() as reader:
                yield reader, await check(reader, by, *roles, now=self.now())
        except NotAllowed as refusal:
            await self.desk.refused(refusal)
            raise

    @asynccontextmanager
    async def _receiving(
        self, by: PersonId, id_: InfoSessionId
    ) -> AsyncIterator[tuple[Transaction, Colleague, Standing]]:
        """For who leads or guides there."""
        async with self.desk.acting(by, *HOSTS) as (tx, colleague):
            found = await crew.standing(tx, id_, colleague)
            if not found.is_on:
                raise _nothing_to_do_there(colleague)
            yield tx, colleague, found

    @asynccontextmanager
    async def _leading(
        self, by: PersonId, id_: InfoSessionId
    ) -> AsyncIterator[tuple[Transaction, Colleague]]:
        async with self._receiving(by, id_) as (tx, colleague, standing):
            if not standing.leads:
                raise _nothing_to_do_there(colleague)
            yield tx, colleague

    @asynccontextmanager
    async def _registering(
        self, by: PersonId, id_: InfoSessionId
    ) -> AsyncIterator[tuple[Transaction, Colleague]]:
        """For who leads there, and for those people phone."""
        async with self.desk.acting(by, *HOSTS) as (tx, colleague):
            if not (await crew.standing(tx, id_, colleague)).registers:
                raise _nothing_to_do_there(colleague)
            yield tx, colleague

    @asynccontextmanager
    async def _about(
        self, by: PersonId, id_: SignUpId
    ) -> AsyncIterator[tuple[Transaction, Colleague, SignUp, Standing]]:
        """For who leads, guides or registers where that sign-up belongs.

        What does not exist looks like what is not theirs. Raises: NoSuchSignUp, for coordinators.
        """
        async with self.desk.acting(by, *HOSTS) as (tx, colleague):
            sign_up = await store.sign_up(tx, id_)
            if sign_up is None:
                if colleague.has(Role.COORDINATOR):
                    raise NoSuchSignUp
                raise _nothing_to_do_there(colleague)
            standing = await crew.standing(tx, sign_up.info_session_id, colleague)
            if not (standing.is_on or standing.registers):
                raise _nothing_to_do_there(colleague)
            yield tx, colleague, sign_up, standing

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
            role=colleague.acting_as(*HOSTS),
            action=action,
            about=sign_up.person_id,
            object=f"sign_ups:{sign_up.id}",
            now=self.now(),
        )

    async def _note_session(
        self, tx: Transaction, colleague: Colleague, action: str, id_: InfoSessionId
    ) -> None:
        await audit.record(
            tx,
            actor=colleague.person,
            role=colleague.acting_as(*HOSTS),
            action=action,
            object=f"info_sessions:{id_}",
            now=self.now(),
        )


def readable(name: str) -> str:
    """Raises: NameMissing."""
    found = shown(name)
    if not any(character.isalpha() for character in found):
        raise NameMissing
    return found


def is_the_day(info_session: InfoSession, now: datetime) -> bool:
    """Whether people come in now."""
    planned = info_session.state in (State.PUBLISHED, State.CLOSED, State.HELD)
    opens, closes = info_session.starts_at - DOOR_OPENS, info_session.ends_at + DOOR_OPENS
    return planned and opens <= now <= closes


def check_is_the_day(info_session: InfoSession, now: datetime) -> None:
    """Raises: NotTheDay."""
    if not is_the_day(info_session, now):
        raise NotTheDay(starts=info_session.starts_at)


def _nothing_to_do_there(colleague: Colleague) -> NotAllowed:
    return NotAllowed(colleague.person, (Role.COORDINATOR,))
