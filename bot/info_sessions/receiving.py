"""The day itself: a code is scanned, a name is tapped, somebody is in."""

from __future__ import annotations

from dataclasses import replace

from bot.info_sessions import crew, records, store, today
from bot.info_sessions.door_views import HOSTS, Scan, Standing
from bot.info_sessions.entrance import Entrance, check_is_the_day, is_the_day
from bot.info_sessions.model import InfoSession, NoSuchSignUp, SignUp, SignUpId, Status
from bot.people.model import PersonId
from bot.staff.access import colleague_of, today_of
from bot.staff.model import NotAllowed
from bot.storage.database import Reader


class Receiving(Entrance):
    """For coordinators, and for who leads or guides there."""

    async def scanned(self, by: PersonId, code: str) -> Scan:
        """What stands behind a personal code, for a colleague on that info session.

        Changes nothing: the tap on the button checks in. Whoever else scans it learns nothing,
        not even whether the code exists.

        Raises:
            NoSuchSignUp: the code opens nothing, for this person.
        """
        async with self.database.reading() as reader:
            if await colleague_of(reader, by, today_of(self.now())) is None:
                raise NoSuchSignUp  # a candidate tries their own code: nothing to note
        try:
            async with self.desk.acting(by, *HOSTS) as (tx, colleague):
                sign_up = await records.by_code(tx, code)
                if sign_up is None:
                    raise NoSuchSignUp
                standing = await crew.standing(tx, sign_up.info_session_id, colleague)
                if not standing.is_on:
                    raise NotAllowed(colleague.person, HOSTS)
                info_session = await store.get(tx, sign_up.info_session_id)
                found = await self._seen(tx, info_session, sign_up, standing)
                await self._note(tx, colleague, "info_sessions.scanned", sign_up)
        except NotAllowed:
            raise NoSuchSignUp from None
        return found

    async def line(self, by: PersonId, id_: SignUpId) -> Scan:
        """Everything about one line of the list; that it was read stands in the audit trail.

        Who only guides may look at the own groups, and at whom they checked in themselves.

        Raises:
            NoSuchSignUp: there is none.
        """
        async with self._about(by, id_) as (tx, colleague, sign_up, standing):
            info_session = await store.get(tx, sign_up.info_session_id)
            found = await self._seen(tx, info_session, sign_up, standing)
            if not _may_look(found, by):
                raise NotAllowed(by, HOSTS)
            await self._note(tx, colleague, "info_sessions.line_read", sign_up)
        return found

    async def check_in(self, by: PersonId, id_: SignUpId) -> Scan:
        """They are there. A second time says when and by whom it was done, and changes nothing.

        Raises:
            NoSuchSignUp: they have no seat.
            NotTheDay: it is not the day.
        """
        async with self._about(by, id_) as (tx, colleague, sign_up, standing):
            if not standing.is_on:
                raise NotAllowed(colleague.person, HOSTS)
            now = self.now()
            info_session = await store.lock(tx, sign_up.info_session_id)
            check_is_the_day(info_session, now)
            again = await store.sign_up(tx, id_)
            if again is None or again.status is not Status.CONFIRMED:
                raise NoSuchSignUp
            first = await records.check_in(tx, id_, by, now)
            action = "info_sessions.checked_in" if first else "info_sessions.line_read"
            await self._note(tx, colleague, action, sign_up)
            found = await self._seen(tx, info_session, again, standing)
        return replace(found, again=not first)

    async def undo_check_in(self, by: PersonId, id_: SignUpId) -> Scan:
        """It was the wrong line of the list. Twice is once: then `again` says so.

        Raises:
            NoSuchSignUp: there is none.
        """
        async with self._about(by, id_) as (tx, colleague, sign_up, standing):
            if not standing.is_on:
                raise NotAllowed(colleague.person, HOSTS)
            info_session = await store.get(tx, sign_up.info_session_id)
            if not _may_look(await self._seen(tx, info_session, sign_up, standing), by):
                raise NotAllowed(by, HOSTS)
            undone = await records.undo_check_in(tx, id_)
            action = "info_sessions.check_in_undone" if undone else "info_sessions.line_read"
            await self._note(tx, colleague, action, sign_up)
            found = await self._seen(tx, info_session, sign_up, standing)
        return replace(found, again=not undone)

    async def _seen(
        self, reader: Reader, info_session: InfoSession, sign_up: SignUp, standing: Standing
    ) -> Scan:
        return replace(
            await today.about(reader, info_session, sign_up),
            position=await store.position(reader, sign_up),
            standing=standing,
            can_check_in=standing.is_on and is_the_day(info_session, self.now()),
        )


def _may_look(found: Scan, by: PersonId) -> bool:
    standing, group = found.standing, found.group
    own = group is not None and group.number in standing.groups
    return standing.leads or standing.registers or own or found.checked_in_by == by
