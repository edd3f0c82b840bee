"""Who leads and who guides, and who walks with which group."""

from __future__ import annotations

from datetime import datetime

from bot.info_sessions import crew, store
from bot.info_sessions.door_views import HOSTS, GroupSheet
from bot.info_sessions.entrance import Entrance
from bot.info_sessions.model import (
    InfoSession,
    InfoSessionClosed,
    InfoSessionId,
    NoSuchSignUp,
    SignUpId,
    State,
)
from bot.info_sessions.times import waking_hours
from bot.notifications import outbox
from bot.notifications.outbox import Promise, PromisedButton
from bot.people.model import PersonId
from bot.staff.access import colleague_of, today_of
from bot.staff.model import Colleague, NotAllowed, Role
from bot.staff.store import colleagues
from bot.storage.database import Transaction


class Crewing(Entrance):
    """Coordinators say who leads and guides; who leads divides the groups."""

    async def hosts(self, by: PersonId, id_: InfoSessionId) -> list[tuple[Colleague, bool]]:
        """Everybody who could lead there, by name, and whether they do.

        Raises:
            InfoSessionClosed: there is no such info session.
        """
        async with self._looking(by, Role.COORDINATOR) as (reader, _):
            await store.get(reader, id_)
            leads = await store.leads(reader, id_)
            everybody = await colleagues(reader, today_of(self.now()))
        return [(each, each.person in leads) for each in everybody if each.has(*HOSTS)]

    async def set_lead(self, by: PersonId, id_: InfoSessionId, whom: PersonId, on: bool) -> bool:
        """Let somebody lead there, or no more; they hear of it. Twice is once: False.

        Raises:
            InfoSessionClosed: there is no such info session, or it is over.
            NotAllowed: they are no colleague who may.
        """
        async with self.desk.acting(by, Role.COORDINATOR) as (tx, colleague):
            await self._to_come(tx, id_)
            if on:
                await self._check_host(tx, by, whom)
            if not await crew.set_lead(tx, id_, whom, on=on):
                return False
            if on and whom != by:
                await self._tell(tx, id_, whom, "door.you_lead")
            await self._note_session(tx, colleague, "info_sessions.leads", id_)
        return True

    async def groups(self, by: PersonId, id_: InfoSessionId) -> list[GroupSheet]:
        """The groups of the tour, with how many people are in each."""
        async with self._looking(by, *HOSTS) as (reader, colleague):
            if not (await crew.standing(reader, id_, colleague)).is_on:
                raise NotAllowed(by, HOSTS)
            return await crew.groups(reader, id_)

    async def set_guide(
        self, by: PersonId, id_: InfoSessionId, number: int, whom: PersonId | None
    ) -> None:
        """Let somebody guide a group, or nobody for now; they hear of it. Twice is once.

        Raises:
            InfoSessionClosed: there is no such info session or group, or it is over.
            NotAllowed: they are no colleague who may.
        """
        async with self.desk.acting(by, Role.COORDINATOR) as (tx, colleague):
            await self._to_come(tx, id_)
            if whom is not None:
                await self._check_host(tx, by, whom)
            sheet = {each.number: each for each in await crew.groups(tx, id_)}.get(number)
            if sheet is None:
                raise InfoSessionClosed
            if sheet.guide == whom:
                return
            await crew.set_guide(tx, id_, number, whom)
            if whom is not None and whom != by:
                await self._tell(tx, id_, whom, "door.you_guide")
            await self._note_session(tx, colleague, "info_sessions.guides", id_)

    async def divide(self, by: PersonId, id_: InfoSessionId) -> int:
        """Put everybody who has no tour group into one, parties together. How many parties.

        Who has a group was told so, and keeps it.
        """
        async with self._leading(by, id_) as (tx, colleague):
            await store.lock(tx, id_)
            found = await crew.divide(tx, id_)
            await self._note_session(tx, colleague, "info_sessions.divided", id_)
        return len(found)

    async def into_group(self, by: PersonId, id_: SignUpId, number: int | None) -> None:
        """Put one party into another group, or out of all.

        Raises:
            NoSuchSignUp: there is none, or no such group.
        """
        async with self._about(by, id_) as (tx, colleague, sign_up, standing):
            if not standing.leads:
                raise NotAllowed(by, HOSTS)
            await store.lock(tx, sign_up.info_session_id)
            if not await crew.into_group(tx, sign_up.info_session_id, id_, number):
                raise NoSuchSignUp
            await self._note(tx, colleague, "info_sessions.regrouped", sign_up)

    async def _to_come(self, tx: Transaction, id_: InfoSessionId) -> None:
        """Raises: InfoSessionClosed."""
        info_session = await store.lock(tx, id_)
        over = info_session.state in (State.CANCELLED, State.ANONYMISED)
        if over or self.now() >= info_session.ends_at:
            raise InfoSessionClosed

    async def _check_host(self, tx: Transaction, by: PersonId, whom: PersonId) -> None:
        """Raises: NotAllowed."""
        found = await colleague_of(tx, whom, today_of(self.now()))
        if found is None or not found.has(*HOSTS):
            raise NotAllowed(by, HOSTS)

    async def _tell(
        self, tx: Transaction, id_: InfoSessionId, whom: PersonId, text_key: str
    ) -> None:
        now = self.now()
        info_session = await store.get(tx, id_)
        await outbox.promise(tx, _to_crew(info_session, whom, text_key, now), now=now)


def _to_crew(info_session: InfoSession, whom: PersonId, text_key: str, now: datetime) -> Promise:
    """They have something to do there from now on; the moment is in the key, for it may be
    taken back and given again."""
    return Promise(
        key=f"{text_key}:{info_session.id}:{whom}:{now:%Y%m%d%H%M%S}",
        person=whom,
        text_key=text_key,
        parameters={
            "title": info_session.title,
            "starts": info_session.starts_at,
            "place": info_session.place,
        },
        buttons=(
            (
                PromisedButton(
                    "info_sessions.button_participants", f"info_sessions.people:{info_session.id}"
                ),
            ),
        ),
        not_before=waking_hours(now),
    )
