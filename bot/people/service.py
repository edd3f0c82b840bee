"""What a person does by writing to us, and what they may wish for."""

import re
from collections.abc import Sequence

from bot.clock import BRUSSELS, Now, utc_now
from bot.people import store
from bot.people.model import ANSWERED_WITHIN, Person, PersonId, language_from
from bot.storage.database import Database

SOURCE_FORM = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What a campaign tag looks like; anything else is not kept."""


class People:
    def __init__(
        self,
        database: Database,
        now: Now = utc_now,
        languages: Sequence[str] = ("nl", "fr", "de", "en"),
    ) -> None:
        self.database = database
        self.now = now
        self.languages = tuple(languages)

    async def arrived(
        self, account: int, language_hint: str | None, update_id: int | None = None
    ) -> Person:
        """Get the person behind *account*, or make one. Twice is the same as once.

        Writing to us makes them reachable again. Costs one read on all but the first message of
        a day.
        """
        async with self.database.reading() as reader:
            known = await store.of_account(reader, account)
        today = self.now().astimezone(BRUSSELS).date()
        if known is not None and known.reachable and known.last_seen_on >= today:
            return known

        async with self.database.transaction() as tx:
            known = await store.of_account(tx, account)
            if known is None:
                language = language_from(language_hint, self.languages)
                return await store.add(tx, account, language, today, self.now(), update_id)
            await store.seen(tx, known.id, today)
            return await store.get(tx, known.id)

    async def get(self, id_: PersonId) -> Person:
        """Raises:
        LookupError: there is no such person (any more).
        """
        async with self.database.reading() as reader:
            return await store.get(reader, id_)

    async def of_account(self, account: int) -> Person | None:
        async with self.database.reading() as reader:
            return await store.of_account(reader, account)

    async def choose_language(self, id_: PersonId, language: str) -> None:
        """Raises:
        ValueError: the zone does not offer this language.
        """
        if language not in self.languages:
            raise ValueError(f"not one of our languages: {language}")
        async with self.database.transaction() as tx:
            await store.choose_language(tx, id_, language)

    async def pause(self, id_: PersonId, on: bool) -> None:
        """Freeze everything about this person, or end that. Twice is the same as once."""
        async with self.database.transaction() as tx:
            if on:
                await store.pause(tx, id_, self.now())
            else:
                await store.unpause(tx, id_)

    async def stop(self, id_: PersonId) -> None:
        """No message any more that they did not ask for."""
        async with self.database.transaction() as tx:
            await store.stop(tx, id_, self.now())

    async def resume(self, id_: PersonId) -> None:
        """Undo `stop` and `pause`."""
        async with self.database.transaction() as tx:
            await store.resume(tx, id_)

    async def asked(self, id_: PersonId, what: str | None) -> None:
        """Their next message answers *what* (`feature.action:id`), for a while; None: nothing."""
        until = None if what is None else self.now() + ANSWERED_WITHIN
        async with self.database.transaction() as tx:
            await store.asked(tx, id_, what, until)

    async def with_commands(self) -> dict[PersonId, str]:
        """Whose chat shows the commands of colleagues, and in which language."""
        async with self.database.reading() as reader:
            return await store.with_commands(reader)

    async def commands_shown(self, id_: PersonId, language: str | None) -> None:
        """The messenger shows them the commands of colleagues in *language*; None: no more."""
        async with self.database.transaction() as tx:
            if language is None:
                await store.hide_commands(tx, id_)
            else:
                await store.show_commands(tx, id_, language, self.now())

    async def unreachable(self, account: int) -> None:
        """They blocked us or left; the next message from them undoes it."""
        async with self.database.transaction() as tx:
            await store.unreachable(tx, account)

    async def source(self, id_: PersonId, tag: str) -> None:
        """Remember which link brought them here, the first one only; anything odd is ignored."""
        if not SOURCE_FORM.fullmatch(tag):
            return
        async with self.database.transaction() as tx:
            await store.source(tx, id_, tag)
