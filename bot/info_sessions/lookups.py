"""What colleagues look up on the day: their duties, the lists, who must be called."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.info_sessions import crew, records, store, today
from bot.info_sessions.door_views import HOSTS, Departed, Duty, Need, Standing, Unreminded, Waits
from bot.info_sessions.entrance import Entrance, is_the_day
from bot.info_sessions.model import (
    InfoSession,
    InfoSessionClosed,
    InfoSessionId,
    QuestionId,
    SignUpId,
)
from bot.info_sessions.times import TOO_LATE, Reminder, reminder_due_at
from bot.info_sessions.today import DOOR_OPENS
from bot.info_sessions.views import Asked, Participant
from bot.people.model import PersonId
from bot.staff.model import NotAllowed, Role
from bot.storage.database import Reader
from faq.normalise import normalised, words

MOST_FOUND: Final = 6
"""Names that a search shows to who may not see the list."""

LETTERS: Final = 2
"""What such a search needs at least."""


class Lookups(Entrance):
    """Lists of people leave a line in the audit trail; what names nobody does not."""

    async def day(self, by: PersonId) -> list[Duty]:
        """The info sessions where they have something to do, the first to come first.

        Coordinators and contact points see all of them: there people can be registered.
        """
        async with self._looking(by, *HOSTS) as (reader, colleague):
            now = self.now()
            whole = colleague.has(Role.COORDINATOR, Role.CONTACT_POINT)
            standing_at = await crew.standings(reader, colleague)
            found = []
            for row in await today.sessions(reader, now - DOOR_OPENS, None if whole else by):
                info_session = today.info_session_in(row)
                standing = standing_at(info_session.id)
                can = standing.is_on and is_the_day(info_session, now)
                found.append(today.duty_of(row, standing, can_check_in=can))
        return found

    async def duty(self, by: PersonId, id_: InfoSessionId) -> Duty:
        """How one info session stands; it names nobody.

        Raises:
            InfoSessionClosed: there is none (only for coordinators; others may not know).
        """
        async with self._looking(by, *HOSTS) as (reader, colleague):
            standing = await crew.standing(reader, id_, colleague)
            if not (standing.is_on or standing.registers):
                raise NotAllowed(by, HOSTS)
            info_session = await store.get(reader, id_)
            can = standing.is_on and is_the_day(info_session, self.now())
            found = await today.duty(reader, id_, standing, can_check_in=can)
            if found is None:
                raise InfoSessionClosed
            missed = await self._unreminded(reader, info_session) if standing.leads else []
            pools = await store.pools(reader, id_)
        wishes = tuple(each.kind for each in pools if each.seats)
        return replace(found, wishes=wishes if len(wishes) > 1 else (), missed=len(missed))

    async def waits(self, by: PersonId) -> list[Waits]:
        """What must be done now, the most urgent first; it names nobody."""
        async with self._looking(by, *HOSTS) as (reader, colleague):
            now = self.now()
            standing_at = await crew.standings(reader, colleague)
            found = [
                Waits(Need.CALL, id_, until, sign_up=sign_up)
                for sign_up, id_, until in await today.calls(reader, now)
                if standing_at(id_).registers
            ]
            whole = None if colleague.has(Role.COORDINATOR) else by
            for info_session in await today.at_hand(reader, now, whole):
                standing = standing_at(info_session.id)
                found += await self._waits_there(reader, info_session, standing)
        found.sort(key=lambda each: list(Need).index(each.need))
        return found

    async def participants(self, by: PersonId, id_: InfoSessionId) -> list[Participant]:
        """The list at the door; who only guides sees the own groups."""
        async with self._receiving(by, id_) as (tx, colleague, standing):
            found = await records.participants(tx, id_)
            if not standing.leads:
                found = [each for each in found if each.group in standing.groups]
            await self._note_session(tx, colleague, "info_sessions.list_read", id_)
        return found

    async def departed(self, by: PersonId, id_: InfoSessionId) -> list[Departed]:
        """Who does not come any more, for who leads."""
        async with self._leading(by, id_) as (tx, colleague):
            found = await today.departed(tx, id_)
            await self._note_session(tx, colleague, "info_sessions.departed_read", id_)
        return found

    async def find(self, by: PersonId, id_: InfoSessionId, typed: str) -> list[Participant]:
        """Whose name has all that was *typed* in it, however it is written.

        Contact points, who only register, get a handful of them and need some letters: they look
        for somebody on the telephone, they do not need the list. Guides find their own groups.
        """
        async with self.desk.acting(by, *HOSTS) as (tx, colleague):
            standing = await crew.standing(tx, id_, colleague)
            if not (standing.is_on or standing.registers):
                raise NotAllowed(by, HOSTS)
            everybody = await records.participants(tx, id_)
            found = [each for each in everybody if matches(each.name, typed)]
            if not standing.leads:
                enough = len(normalised(typed).replace(" ", "")) >= LETTERS
                found = (
                    found[:MOST_FOUND]
                    if standing.registers and enough
                    else [each for each in found if each.group in standing.groups]
                )
            await self._note_session(tx, colleague, "info_sessions.searched", id_)
        return found

    async def answers(
        self, by: PersonId, id_: InfoSessionId
    ) -> dict[SignUpId, dict[QuestionId, str]]:
        """What was answered at sign-up; who only guides sees those of the own groups."""
        async with self._receiving(by, id_) as (tx, colleague, standing):
            found = await records.answers(tx, id_)
            if not standing.leads:
                mine = {
                    each.sign_up_id
                    for each in await records.participants(tx, id_)
                    if each.group in standing.groups
                }
                found = {number: given for number, given in found.items() if number in mine}
            await self._note_session(tx, colleague, "info_sessions.answers_read", id_)
        return found

    async def answered(
        self, by: PersonId, id_: InfoSessionId
    ) -> list[tuple[Asked, list[tuple[str | None, str]]]]:
        """As `answers`, to read: each question with the names and what they answered."""
        async with self._receiving(by, id_) as (tx, colleague, standing):
            people = {
                each.sign_up_id: each.name
                for each in await records.participants(tx, id_)
                if standing.leads or each.group in standing.groups
            }
            given = await records.answers(tx, id_)
            found = [
                (
                    asked,
                    [
                        (people[number], said[asked.id])
                        for number, said in given.items()
                        if number in people and asked.id in said
                    ],
                )
                for asked in await records.questions(tx, id_)
            ]
            await self._note_session(tx, colleague, "info_sessions.answers_read", id_)
        return found

    async def unreminded(self, by: PersonId, id_: InfoSessionId) -> list[Unreminded]:
        """Who got no reminder in time (we were down, or they could not be reached)."""
        async with self._leading(by, id_) as (tx, colleague):
            found = await self._unreminded(tx, await store.get(tx, id_))
            await self._note_session(tx, colleague, "info_sessions.missed_read", id_)
        return found

    async def _waits_there(
        self, reader: Reader, info_session: InfoSession, standing: Standing
    ) -> list[Waits]:
        id_, now = info_session.id, self.now()
        found = []
        theirs = standing.is_named or bool(standing.groups)
        if is_the_day(info_session, now) and (theirs or not await store.leads(reader, id_)):
            found.append(Waits(Need.RECEIVE, id_, info_session.starts_at))
        missed = len(await self._unreminded(reader, info_session)) if standing.leads else 0
        if missed:
            found.append(Waits(Need.MISSED, id_, info_session.starts_at, people=missed))
        return found

    async def _unreminded(self, reader: Reader, info_session: InfoSession) -> list[Unreminded]:
        now, starts_at = self.now(), info_session.starts_at
        due = [which for which in Reminder if reminder_due_at(which, starts_at) <= now]
        if not due or now >= info_session.ends_at:
            return []
        return await today.unreminded(
            reader, info_session, max(due), too_late=starts_at - now < TOO_LATE
        )


def matches(name: str | None, typed: str) -> bool:
    """Whether each word of *typed* begins a word of *name*; accents and capitals do not matter."""
    parts, wanted = words(name or ""), words(typed)
    return bool(wanted) and all(any(part.startswith(each) for part in parts) for each in wanted)
