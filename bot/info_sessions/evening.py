"""What the clock does for colleagues: tour groups, the lists of the evening before, who to call.

As in `timers`, each step looks first and then works in small transactions that look again, so done
twice, by two processes or after a break it has its effect once.
"""

from __future__ import annotations

from datetime import datetime

from bot import audit
from bot.clock import Now, utc_now
from bot.info_sessions import crew, paper_records, store, today
from bot.info_sessions.model import InfoSession
from bot.info_sessions.papers import KINDS, list_promise
from bot.info_sessions.times import TOO_LATE, latest_due
from bot.notifications import outbox
from bot.notifications.outbox import Promise, PromisedButton
from bot.people.model import PersonId
from bot.staff.access import today_of
from bot.storage.database import Database, Transaction


class Evening:
    def __init__(self, database: Database, now: Now = utc_now) -> None:
        self.database = database
        self.now = now

    async def note_fill(self) -> int:
        """Keep how full each info session is, for the picture; only what changed."""
        async with self.database.reading() as reader:
            changed = await paper_records.changed_fill(reader)
        if changed:
            async with self.database.transaction() as tx:
                for each in changed:
                    await paper_records.note_fill(tx, each, self.now())
        return len(changed)

    async def send_lists(self) -> int:
        """The evening before at 18:00: the list as PDF and as CSV, to who leads the info session;
        to coordinators when nobody does. Before that everybody gets a tour group."""
        async with self.database.reading() as reader:
            due = await paper_records.lists_due(reader, self.now())
        sent = 0
        for info_session in due:
            async with self.database.transaction() as tx:
                now = self.now()
                info_session = await store.lock(tx, info_session.id)
                if not await paper_records.lists_sent(tx, info_session):
                    continue
                await crew.divide(tx, info_session.id)
                for person in await crew.receivers(tx, info_session.id, today_of(now)):
                    for kind in KINDS:
                        occasion = f"evening{info_session.starts_at:%Y%m%d%H%M}"
                        promise = list_promise(
                            info_session, person, kind, occasion, until=info_session.ends_at
                        )
                        sent += await outbox.promise(tx, promise, now=now)
                await audit.record(
                    tx,
                    actor=None,
                    role=audit.CLOCK,
                    action="info_sessions.lists_sent",
                    object=f"info_sessions:{info_session.id}",
                    now=now,
                )
        return sent

    async def ask_to_call(self) -> int:
        """Half an hour before the start: whom no reminder reached in time is listed for who
        receives people there. Returns how many people that are."""
        async with self.database.reading() as reader:
            due = await paper_records.calls_due(reader, self.now())
        found = 0
        for info_session in due:
            async with self.database.transaction() as tx:
                now = self.now()
                info_session = await store.lock(tx, info_session.id)
                if await paper_records.calls_asked(tx, info_session):
                    found += await self._not_reminded(tx, info_session, now)
        return found

    @staticmethod
    async def _not_reminded(tx: Transaction, info_session: InfoSession, now: datetime) -> int:
        which = latest_due(info_session.starts_at - TOO_LATE, info_session.starts_at)
        if which is None:
            return 0
        missed = await today.unreminded(tx, info_session, which, too_late=True)
        if missed:
            for person in await crew.receivers(tx, info_session.id, today_of(now)):
                told = _call(info_session, person, len(missed))
                await outbox.promise(tx, told, now=now)
        return len(missed)


def _call(info_session: InfoSession, person: PersonId, count: int) -> Promise:
    starts_at = f"{info_session.starts_at:%Y%m%d%H%M}"
    return Promise(
        key=f"info_sessions.not_reminded:{info_session.id}:{starts_at}:{person}",
        person=person,
        text_key="papers.nobody_reminded",
        parameters={
            "title": info_session.title,
            "starts": info_session.starts_at,
            "count": count,
        },
        buttons=(
            (
                PromisedButton(
                    "info_sessions.button_participants", f"info_sessions.people:{info_session.id}"
                ),
            ),
        ),
    )
