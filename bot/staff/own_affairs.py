"""A colleague's own affairs: being away, and what others see of them."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, timedelta

from bot.names import shown as readable
from bot.people.model import PersonId
from bot.staff import store
from bot.staff.access import today_of
from bot.staff.desk import Desk, name_of
from bot.staff.model import (
    Absence,
    AbsenceId,
    AbsenceImpossible,
    Colleague,
    Field,
    NotAllowed,
    Role,
)
from bot.storage.database import Transaction


class OwnAffairs(Desk):
    async def absent(
        self, by: PersonId, from_on: date, until_on: date, *, whom: PersonId | None = None
    ) -> None:
        """*by* (or *whom*, when a coordinator says so) is away on these days, both included.

        Their open work goes back to the others on the first day. The same days twice are once.

        Raises:
            NotAllowed: *by* is no colleague, or no coordinator and speaks for somebody else.
            AbsenceImpossible: it ends before it begins, or is over.
        """
        if until_on < from_on or until_on < self._today():
            raise AbsenceImpossible
        async with self._about_colleague(by, whom) as (tx, actor, person):
            known = await store.absences(tx, person, self._today())
            if (from_on, until_on) in [(each.from_on, each.until_on) for each in known]:
                return
            await store.add_absence(tx, person, from_on, until_on)
            await self._hand_over(tx, person)
            await self._note(tx, actor, (), "staff.absent", about=person)

    async def back(self, by: PersonId, *, whom: PersonId | None = None) -> None:
        """End the absence they are in, from today on; those to come stay. Twice is once.

        Raises:
            NotAllowed: as for `absent`.
        """
        today = self._today()
        async with self._about_colleague(by, whom) as (tx, actor, person):
            if await store.back(tx, person, today, today - timedelta(days=1)):
                await self._note(tx, actor, (), "staff.back", about=person)

    async def call_off(
        self, by: PersonId, absence: AbsenceId, *, whom: PersonId | None = None
    ) -> Absence | None:
        """Take back exactly this absence; of one that has begun, the days from today on.

        Returns it as it was; None when it is over or called off: twice is the same as once.

        Raises:
            NotAllowed: as for `absent`.
        """
        today = self._today()
        async with self._about_colleague(by, whom) as (tx, actor, person):
            found = await store.absence(tx, absence, person, today)
            if found is None:
                return None
            if found.from_on < today:
                await store.end_absence(tx, found.id, today - timedelta(days=1))
            else:
                await store.call_off(tx, found.id)
            await self._note(tx, actor, (), "staff.called_off", about=person)
        return found

    async def absences(self, person: PersonId) -> list[Absence]:
        """The one they are in and those to come."""
        async with self.database.reading() as reader:
            return await store.absences(reader, person, self._today())

    async def rename(self, person: PersonId, name: str) -> None:
        """Be called *name* from now on.

        Raises:
            NotAllowed: they are no colleague.
            NameMissing: there is no letter in it.
        """
        called = name_of(name)
        async with self.acting(person) as (tx, actor):
            await store.rename(tx, person, called)
            await self._changed(tx, actor, Field.NAME)

    async def work_for(self, person: PersonId, service: str) -> None:
        """Say for which service; empty takes it away.

        Raises:
            NotAllowed: they are no colleague.
        """
        async with self.acting(person) as (tx, actor):
            await store.work_for(tx, person, readable(service) or None)
            await self._changed(tx, actor, Field.SERVICE)

    async def speak(self, person: PersonId, languages: Sequence[str]) -> None:
        """Say which languages they speak, as codes (`nl`); none takes it away.

        Raises:
            NotAllowed: they are no colleague.
            ValueError: not codes of languages.
        """
        if not all(re.fullmatch(r"[a-z]{2,3}", code) for code in languages):
            raise ValueError("not codes of languages")
        async with self.acting(person) as (tx, actor):
            await store.speak(tx, person, list(dict.fromkeys(languages)))
            await self._changed(tx, actor, Field.LANGUAGES)

    async def show(self, person: PersonId, field: Field, *, on: bool) -> None:
        """Agree that candidates see *field*, or take that back. Twice is the same as once.

        Raises:
            NotAllowed: they are no colleague.
        """
        async with self.acting(person) as (tx, actor):
            if on:
                await store.consent(tx, person, field, self.now())
            else:
                await store.take_back(tx, person, field)
            action = "staff.shown" if on else "staff.hidden"
            await self._note(tx, actor, (), action, about=person, object_=f"field:{field}")

    async def _hand_over(self, tx: Transaction, person: PersonId) -> None:
        """When they are away today and still have their open work, it goes to the others."""
        now = self.now()
        if await store.handed_over(tx, person, today_of(now), now):
            for hook in self.on_leaving:
                await hook(tx, person, now)

    @asynccontextmanager
    async def _about_colleague(
        self, by: PersonId, whom: PersonId | None
    ) -> AsyncIterator[tuple[Transaction, Colleague, PersonId]]:
        """*by* acts for themselves, or as a coordinator for *whom*, who must be a colleague."""
        person = by if whom is None else whom
        allowed = () if person == by else (Role.COORDINATOR,)
        async with self.acting(by, *allowed) as (tx, actor):
            if person != by and await store.colleague_of(tx, person, self._today()) is None:
                raise NotAllowed(by, allowed)
            yield tx, actor, person

    async def _changed(self, tx: Transaction, actor: Colleague, field: Field) -> None:
        await self._note(
            tx, actor, (), "staff.changed", about=actor.person, object_=f"field:{field}"
        )
