"""Files about info sessions: the calendar entry, lists for the day, a picture of how they fill."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Literal

from bot import audit
from bot.clock import BRUSSELS, Now, spoken, utc_now
from bot.config import Zone
from bot.errors import Refusal
from bot.files import calendar, charts
from bot.files.sheets import table
from bot.info_sessions import crew, paper_records, plans, records, store
from bot.info_sessions.door_views import HOSTS, Standing
from bot.info_sessions.lists import List, described, sheet_of
from bot.info_sessions.model import (
    InfoSession,
    InfoSessionClosed,
    InfoSessionId,
    State,
)
from bot.info_sessions.views import Fill
from bot.notifications import outbox
from bot.notifications.delivery import Maker
from bot.notifications.message import File
from bot.notifications.outbox import LONGEST_IN_CHAT, Promise, PromisedButton
from bot.people.model import PersonId
from bot.staff.access import colleague_of, today_of
from bot.staff.desk import Desk
from bot.staff.model import Colleague, NotAllowed, Role
from bot.storage.database import Database, Reader, Transaction
from bot.texts import Texts

Kind = Literal["pdf", "csv"]
KINDS: Final[tuple[Kind, ...]] = ("pdf", "csv")

READERS_OF_FILL: Final = (Role.COORDINATOR, Role.SESSION_LEAD, Role.CONTACT_POINT)
PLANNED: Final = (State.PUBLISHED, State.CLOSED)


class NothingPlanned(Refusal):
    """There is no info session to draw."""

    text_key = "papers.nothing_planned"


class Papers:
    """Lists hold names: every one that is asked for or made stands in the audit trail.

    What colleagues call raises `bot.staff.model.NotAllowed` for who may not.
    """

    def __init__(self, database: Database, desk: Desk, texts: Texts, now: Now = utc_now) -> None:
        self.database = database
        self.desk = desk
        self.texts = texts
        self.now = now
        self.zone: Zone | None = None
        """Whose info sessions they are, for the calendar entry; replaced on a reload."""
        self._drawing = asyncio.Lock()

    @property
    def documents(self) -> dict[str, Maker]:
        """For `Delivery`: what makes the files of promises."""
        return {f"info_sessions.list_{kind}": partial(self._promised, kind) for kind in KINDS}

    async def calendar(self, id_: InfoSessionId, language: str) -> File:
        """The entry for somebody's own calendar, as it is now; about nobody.

        A change is a newer version of the same entry, a cancelled one takes itself off.

        Raises:
            InfoSessionClosed: there is none that candidates may see.
        """
        async with self.database.reading() as reader:
            (await store.get(reader, id_)).check_exists()
            written = await plans.get(reader, id_)
        assert written is not None
        plan = written.plan
        entry = calendar.Entry(
            uid=written.uid,
            sequence=written.sequence,
            title=plan.title,
            starts_at=plan.starts_at,
            ends_at=plan.ends_at,
            place=", ".join(each for each in (plan.room, plan.place) if each),
            description=described(plan, self.texts, language),
            latitude=plan.latitude,
            longitude=plan.longitude,
            cancelled=written.state is State.CANCELLED,
            organiser=self._of_zone("name"),
            mail=self._of_zone("mail"),
            url=self._of_zone("sessions_page"),
        )
        return File(
            self._name("papers.calendar_name", plan.starts_at, "ics", language),
            calendar.file_of(entry, self.now()),
        )

    async def send_list(self, by: PersonId, id_: InfoSessionId, kind: Kind) -> None:
        """Have the list of participants brought to who asks for it; two taps are one.

        It is made when it is sent, and taken out of the chat again within two days.

        Raises: InfoSessionClosed.
        """
        async with self._at(by, id_) as (tx, colleague, _):
            info_session = await store.get(tx, id_)
            now = self.now()
            asked = list_promise(info_session, by, kind, f"{now:%Y%m%d%H%M}")
            if await outbox.promise(tx, asked, now=now):
                await _note(tx, colleague, "info_sessions.list_asked", id_, now)

    async def list_file(self, by: PersonId, id_: InfoSessionId, kind: Kind, language: str) -> File:
        """The list of participants; a guide who leads nothing there gets the own groups only.

        Raises: InfoSessionClosed.
        """
        async with self._at(by, id_) as (tx, colleague, standing):
            found = await self._read(tx, colleague, standing, id_)
        return await self._made(found, kind, language)

    async def left(self, tx: Transaction, person: PersonId, now: datetime) -> None:
        """For `Staff.on_leaving`: lists do not stay in the chat of who receives nobody any more."""
        colleague = await colleague_of(tx, person, today_of(now))
        if colleague is None or not colleague.has(*HOSTS):
            await outbox.remove_now(tx, person, now)

    async def fill(self, by: PersonId, language: str) -> bytes:
        """How the coming info sessions fill over time, as PNG; without any, those just held.

        Raises: NothingPlanned.
        """
        async with self.desk.acting(by, *READERS_OF_FILL) as (tx, _):
            now = self.now()
            lines = await self._lines(tx, now, language)
        if not lines:
            raise NothingPlanned
        async with self._drawing:
            return await asyncio.to_thread(
                charts.filling,
                self.texts.plain("papers.fill_title", language),
                self.texts.plain("papers.fill_share", language),
                lines,
                lambda moment: spoken(moment, language),
            )

    async def _lines(self, reader: Reader, now: datetime, language: str) -> list[charts.Filling]:
        everything = await records.overview(reader, now - timedelta(days=30))
        coming = [each for each in everything if each.info_session.state in PLANNED]
        held = [each for each in everything if each.info_session.state is State.HELD]
        shown = coming[: charts.MOST] or held[-charts.MOST :]
        points = await paper_records.fill_points(reader, [each.info_session.id for each in shown])
        return [
            charts.Filling(
                self._label(number, each, language),
                each.seats,
                [*points[each.info_session.id], (now, each.taken)],
            )
            for number, each in enumerate(shown, start=1)
        ]

    def _label(self, number: int, each: Fill, language: str) -> str:
        return self.texts.plain(
            "papers.fill_line",
            language,
            number=number,
            starts=spoken(each.info_session.starts_at, language),
            title=each.info_session.title,
            taken=each.taken,
            seats=each.seats,
        )

    async def _promised(
        self, kind: Kind, person: PersonId, about: str, language: str
    ) -> File | None:
        """The list for a promise; None when it is not theirs (any more), or all names are gone."""
        id_ = InfoSessionId(int(about))
        async with self.database.transaction() as tx:
            colleague = await colleague_of(tx, person, today_of(self.now()))
            if colleague is None:
                return None
            standing = await crew.standing(tx, id_, colleague)
            if not standing.is_on:
                return None
            try:
                found = await self._read(tx, colleague, standing, id_)
            except InfoSessionClosed:
                return None
        return await self._made(found, kind, language)

    async def _read(
        self, tx: Transaction, colleague: Colleague, standing: Standing, id_: InfoSessionId
    ) -> List:
        info_session = await store.get(tx, id_)
        written = await plans.get(tx, id_)
        if written is None or info_session.state not in (*PLANNED, State.HELD):
            raise InfoSessionClosed
        people = await records.participants(tx, id_)
        if not standing.leads:
            people = [each for each in people if each.group in standing.groups]
        await _note(tx, colleague, "info_sessions.list_made", id_, self.now())
        return List(
            info_session,
            written.plan,
            people,
            colleague.display_name,
            not standing.leads,
        )

    async def _made(self, found: List, kind: Kind, language: str) -> File:
        now = self.now()
        name = self._name("papers.list_name", found.plan.starts_at, kind, language)
        sheet = sheet_of(found, self.texts, now, language)
        if kind == "csv":
            return File(name, table(sheet))
        # Imported here: only who prints waits for the library.
        from bot.files.pages import pages

        return File(name, await asyncio.to_thread(pages, sheet, now))

    def _of_zone(self, fact: str) -> str | None:
        return None if self.zone is None else self.zone.filled(fact)

    def _name(self, key: str, starts_at: datetime, ending: str, language: str) -> str:
        day = starts_at.astimezone(BRUSSELS).date()
        return f"{self.texts.plain(key, language)}-{day.isoformat()}.{ending}"

    @asynccontextmanager
    async def _at(
        self, by: PersonId, id_: InfoSessionId
    ) -> AsyncIterator[tuple[Transaction, Colleague, Standing]]:
        async with self.desk.acting(by, *HOSTS) as (tx, colleague):
            standing = await crew.standing(tx, id_, colleague)
            if not standing.is_on:
                raise NotAllowed(by, HOSTS)
            yield tx, colleague, standing


def list_promise(
    info_session: InfoSession,
    person: PersonId,
    kind: Kind,
    occasion: str,
    until: datetime | None = None,
) -> Promise:
    """The list for *person*; *occasion* tells this time from others."""
    return Promise(
        key=f"info_sessions.list:{info_session.id}:{person}:{kind}:{occasion}",
        person=person,
        text_key="papers.list_caption",
        parameters={
            "title": info_session.title,
            "starts": info_session.starts_at,
            "hours": int(LONGEST_IN_CHAT / timedelta(hours=1)),
        },
        buttons=(
            (
                PromisedButton(
                    "info_sessions.button_participants", f"info_sessions.people:{info_session.id}"
                ),
            ),
        ),
        document=f"info_sessions.list_{kind}/{info_session.id}",
        keep_for=LONGEST_IN_CHAT,
        not_after=until,
    )


async def _note(
    tx: Transaction, colleague: Colleague, action: str, id_: InfoSessionId, now: datetime
) -> None:
    await audit.record(
        tx,
        actor=colleague.person,
        role=colleague.acting_as(),
        action=action,
        object=f"info_sessions:{id_}",
        now=now,
    )
