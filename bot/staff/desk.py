"""What every use case of colleagues builds on: who acts, and what is noted of it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime

from bot import audit
from bot.clock import Now, utc_now
from bot.names import shown as readable
from bot.notifications import outbox
from bot.notifications.outbox import Promise, PromisedButton, Sentence
from bot.people.model import PersonId
from bot.staff import store
from bot.staff.access import check, today_of
from bot.staff.model import (
    REFUSALS_NOTED,
    REFUSALS_NOTED_IN,
    Colleague,
    NameMissing,
    NotAllowed,
    Role,
)
from bot.storage.database import Database, Transaction

Leaving = Callable[[Transaction, PersonId, datetime], Awaitable[None]]
"""Gives the open work of somebody back to the others, in the transaction in which they go."""

TO_MENU = PromisedButton("staff.button_menu", "staff.open")

NOT_ALLOWED = "staff.not_allowed"
"""In the audit trail: somebody tried what they may not."""

NOBODY = "none"
"""In the audit trail: the role of who has none."""


class Desk:
    def __init__(self, database: Database, now: Now = utc_now) -> None:
        self.database = database
        self.now = now
        self.on_leaving: list[Leaving] = []
        """Called when somebody loses a role or is away from now on. Which roles they still have
        is asked with `colleague_of`, in the same transaction."""

    @asynccontextmanager
    async def acting(
        self, person: PersonId, *roles: Role
    ) -> AsyncIterator[tuple[Transaction, Colleague]]:
        """A transaction in which *person* does what only *roles* may; any role when none is named.

        Raises:
            NotAllowed: they may not (any more). It stands in the audit trail.
        """
        try:
            async with self.database.transaction() as tx:
                yield tx, await check(tx, person, *roles, now=self.now())
        except NotAllowed as refusal:
            await self.refused(refusal)
            raise

    async def permit(
        self,
        person: PersonId,
        *roles: Role,
        action: str,
        about: PersonId | None = None,
        object: str = "",  # noqa: A002  (the word the trail uses)
    ) -> Colleague:
        """Let *person* read what needs one of *roles*, and note that they did.

        Raises:
            NotAllowed: they may not; that is noted too.
        """
        async with self.acting(person, *roles) as (tx, colleague):
            await self._note(tx, colleague, roles, action, about=about, object_=object)
        return colleague

    async def refused(self, refusal: NotAllowed) -> None:
        """Note in the audit trail that somebody tried what they may not. Twice is once.

        Beyond some in an hour, those of one account are not noted: more would only fill it.
        """
        if refusal.noted:
            return
        refusal.noted = True
        now, person = self.now(), refusal.person
        async with self.database.transaction() as tx:
            if not await store.lock_person(tx, person):
                return
            since = now - REFUSALS_NOTED_IN
            if await audit.lately(tx, person, NOT_ALLOWED, since) >= REFUSALS_NOTED:
                return
            colleague = await store.colleague_of(tx, person, today_of(now))
            await audit.record(
                tx,
                actor=person,
                role=NOBODY if colleague is None else colleague.acting_as(),
                action=NOT_ALLOWED,
                object=f"role:{refusal.roles[0]}" if refusal.roles else "",
                now=now,
            )

    def _today(self) -> date:
        return today_of(self.now())

    async def _note(
        self,
        tx: Transaction,
        actor: Colleague,
        roles: Sequence[Role],
        action: str,
        *,
        about: PersonId | None = None,
        object_: str = "",
    ) -> None:
        await audit.record(
            tx,
            actor=actor.person,
            role=actor.acting_as(*roles),
            action=action,
            about=about,
            object=object_,
            now=self.now(),
        )

    async def _note_by_anybody(
        self, tx: Transaction, person: PersonId, action: str, invitation: int | None = None
    ) -> None:
        await audit.record(
            tx,
            actor=person,
            role=NOBODY,
            action=action,
            object="" if invitation is None else f"staff_invitations:{invitation}",
            now=self.now(),
        )

    async def _tell(
        self,
        tx: Transaction,
        key: str,
        whom: PersonId,
        text_key: str,
        *,
        button: PromisedButton | None = None,
        not_before: datetime | None = None,
        **parameters: object,
    ) -> None:
        buttons = () if button is None else ((button,),)
        told = Promise(key, whom, text_key, parameters, buttons, not_before)
        await outbox.promise(tx, told, now=self.now())


def name_of(typed: str) -> str:
    """*typed* as a name that can be shown.

    Raises:
        NameMissing: there is no letter in it.
    """
    name = readable(typed)
    if not any(character.isalpha() for character in name):
        raise NameMissing
    return name


def said(role: Role) -> Sentence:
    """*role* in the language of whoever reads it."""
    return Sentence(f"staff.role_{role}")
