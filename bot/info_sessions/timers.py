"""What the clock does: expire, offer on, release, close, remind, thank, forget.

Each step looks first and then works in small transactions that look again under the lock, so a
step that is repeated, interrupted or done by two processes at once has its effect once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

from bot.clock import Now, utc_now
from bot.info_sessions import crew, promises, store, upkeep
from bot.info_sessions.evening import Evening
from bot.info_sessions.hall import Hall
from bot.info_sessions.model import (
    Ending,
    InfoSession,
    PoolId,
    SignUp,
    SignUpId,
    State,
    Status,
    Track,
)
from bot.info_sessions.times import (
    Reminder,
    offer_time,
    reminder_due_at,
    reminder_now,
    reminder_until,
    thanks_at,
    waking_hours,
)
from bot.info_sessions.upkeep import BATCH, Group
from bot.notifications import outbox
from bot.storage.database import Database


class InfoSessionTimers:
    """Call `tick` every minute or so."""

    def __init__(self, database: Database, now: Now = utc_now) -> None:
        self.database = database
        self.now = now
        self.evening = Evening(database, now)

    async def tick(self) -> None:
        """Everything that is due, in the order in which one thing makes way for another."""
        await self.free_the_seats_of_the_erased()
        await self.expire_offers()
        await self.release_pools()
        await self.offer_freed()
        await self.free_unconfirmed()
        await self.close()
        await self.evening.note_fill()
        await self.evening.send_lists()
        await self.remind()
        await self.evening.ask_to_call()
        await self.hold()
        await self.thank()
        await self.ask_the_interested()
        await self.anonymise()

    async def expire_offers(self) -> int:
        """Who did not answer in time is off the list and told so; the seats go to the next."""
        async with self.database.reading() as reader:
            due = await upkeep.with_expired_offers(reader, self.now())
        expired = 0
        for id_ in due:
            async with self.database.transaction() as tx:
                now = self.now()
                hall = await Hall.locked(tx, id_, now)
                for number in await upkeep.expired_in(tx, id_, now):
                    sign_up = await store.sign_up(tx, number)
                    assert sign_up is not None
                    await hall.end(sign_up, Ending.EXPIRED)
                    if sign_up.person_id is not None:
                        told = promises.expired(
                            hall.info_session, sign_up, sign_up.person_id, waking_hours(now)
                        )
                        await outbox.promise(tx, told, now=now)
                    expired += 1
                await hall.settle()
        return expired

    async def offer_freed(self) -> int:
        """Offer what is free and could not be offered when it came free (at night's end, or to
        somebody who can be written to again)."""
        async with self.database.reading() as reader:
            due = await upkeep.with_seats_to_offer(reader, self.now())
        offered = 0
        for id_ in due:
            async with self.database.transaction() as tx:
                offered += await (await Hall.locked(tx, id_, self.now())).settle()
        return offered

    async def free_the_seats_of_the_erased(self) -> int:
        """Somebody was erased without their sign-ups being ended first: do it now."""
        async with self.database.reading() as reader:
            due = await upkeep.of_the_erased(reader)
        freed = 0
        for id_, numbers in due.items():
            async with self.database.transaction() as tx:
                hall = await Hall.locked(tx, id_, self.now())
                for number in numbers:
                    freed += await self._end_erased(hall, number)
                await hall.settle()
        return freed

    async def release_pools(self) -> int:
        """Sub-pools whose time has come: their seats are general from now on, and offered."""
        async with self.database.reading() as reader:
            due = await upkeep.with_pools_to_release(reader, self.now())
        released = 0
        for id_ in due:
            async with self.database.transaction() as tx:
                now = self.now()
                hall = await Hall.locked(tx, id_, now)
                seats = await upkeep.release(tx, id_, now)
                if seats:
                    hall.seats_were_added()
                released += seats
                await hall.settle()
        return released

    async def free_unconfirmed(self) -> int:
        """Where seats must be confirmed: those of who was asked a week ago and did not answer go
        to who waits; only seats that somebody then gets, and who signed up last loses first."""
        async with self.database.reading() as reader:
            due = await upkeep.to_confirm(reader, self.now())
        freed = 0
        for id_ in due:
            async with self.database.transaction() as tx:
                now = self.now()
                hall = await Hall.locked(tx, id_, now)
                asked_at = reminder_due_at(Reminder.WEEK, hall.info_session.starts_at)
                if offer_time(now, hall.info_session.ends_signing_up_at) is None:
                    continue  # it would help nobody any more
                await hall.settle()
                silent: dict[PoolId, list[SignUp]] = defaultdict(list)
                for number in await upkeep.unconfirmed(tx, id_, asked_at):
                    sign_up = await store.sign_up(tx, number)
                    assert sign_up is not None
                    assert sign_up.pool_id is not None
                    givers = silent[sign_up.pool_id]
                    givers.append(sign_up)
                    seats = sum(each.party for each in givers)
                    left = (await hall.occupancy()).without(sign_up.pool_id, seats)
                    if left.next_offers():
                        freed += await self._free(hall, givers)
                        givers.clear()
        return freed

    async def close(self) -> int:
        """Signing up has ended: who comes gets a tour group, who still waits another way."""
        async with self.database.reading() as reader:
            due = await upkeep.to_close(reader, self.now())
        for id_ in due:
            async with self.database.transaction() as tx:
                now = self.now()
                info_session = await store.lock(tx, id_)
                if info_session.state is not State.PUBLISHED:
                    continue
                await upkeep.set_state(tx, id_, State.CLOSED)
                await crew.divide(tx, id_)
                for number, person in await upkeep.people_in(tx, id_, Status.WAITING):
                    told = promises.no_seat(info_session, number, person, waking_hours(now))
                    await outbox.promise(tx, told, now=now)
        return len(due)

    async def remind(self) -> int:
        """A week before, the day before, the morning; after a break only the latest of them."""
        async with self.database.reading() as reader:
            coming = await upkeep.soon(reader, self.now())
        sent = 0
        for info_session in coming:
            which = reminder_now(self.now(), info_session.starts_at)
            if which is not None:
                sent += await self._remind(info_session, which)
        return sent

    async def hold(self) -> int:
        async with self.database.reading() as reader:
            due = await upkeep.to_hold(reader, self.now())
        for id_ in due:
            async with self.database.transaction() as tx:
                info_session = await store.lock(tx, id_)
                if info_session.state in (State.PUBLISHED, State.CLOSED):
                    await upkeep.set_state(tx, id_, State.HELD)
        return len(due)

    async def thank(self) -> int:
        """The morning after: thanks and the next step, to who was there (to all who were
        expected, when nobody was checked in)."""
        now = self.now()
        async with self.database.reading() as reader:
            due = [each for each in await upkeep.to_thank(reader) if thanks_at(each.ends_at) <= now]
        thanked = 0
        for info_session in due:
            async with self.database.transaction() as tx:
                if not await upkeep.thanked(tx, info_session.id, now):
                    continue
                people = await upkeep.who_came(tx, info_session.id)
                if not people:
                    people = await upkeep.people_in(tx, info_session.id, Status.CONFIRMED)
                for number, person in people:
                    told = promises.thanks(info_session, number, person, waking_hours(now))
                    await outbox.promise(tx, told, now=now)
                thanked += len(people)
        return thanked

    async def ask_the_interested(self) -> int:
        """Whoever is on the interest list for half a year is asked whether they still want it."""
        sent = 0
        while True:
            async with self.database.transaction() as tx:
                now = self.now()
                batch = await upkeep.to_ask(tx, now)
                for interest, person in batch:
                    if await upkeep.asked(tx, interest, now):
                        told = promises.still_interested(interest, person, now)
                        sent += await outbox.promise(tx, told, now=now)
            if len(batch) < BATCH:
                return sent

    async def anonymise(self) -> int:
        """Names, answers and codes go when their term is over; counts stay."""
        async with self.database.reading() as reader:
            due = await upkeep.past_their_term(reader, self.now())
        for id_ in due:
            async with self.database.transaction() as tx:
                info_session = await store.lock(tx, id_)
                if info_session.state is State.ANONYMISED:
                    continue
                counted = counts(info_session, await upkeep.groups(tx, id_))
                await upkeep.keep_counts(tx, id_, counted.items())
                await upkeep.forget_names(tx, id_)
        return len(due)

    async def _remind(self, info_session: InfoSession, which: Reminder) -> int:
        sent = 0
        while True:
            async with self.database.transaction() as tx:
                now = self.now()
                must_confirm = await upkeep.must_confirm(tx, info_session.id)
                batch = await upkeep.to_remind(tx, info_session.id, which)
                for number, person in batch:
                    if await upkeep.reminded(tx, number, which):
                        told = promises.reminder(
                            info_session, number, person, which, must_confirm=must_confirm
                        )
                        until = reminder_until(which, info_session.starts_at)
                        told = replace(told, not_after=until)
                        sent += await outbox.promise(tx, told, now=now)
            if len(batch) < BATCH:
                return sent

    @staticmethod
    async def _free(hall: Hall, givers: list[SignUp]) -> int:
        """Their seats go on; a party may need those of several."""
        for sign_up in givers:
            assert sign_up.person_id is not None
            await hall.end(sign_up, Ending.NOT_CONFIRMED)
            told = promises.not_confirmed(
                hall.info_session, sign_up.id, sign_up.person_id, waking_hours(hall.now)
            )
            await outbox.promise(hall.tx, told, now=hall.now)
        await hall.settle()
        return len(givers)

    @staticmethod
    async def _end_erased(hall: Hall, number: SignUpId) -> int:
        found = await store.sign_up(hall.tx, number)
        if found is None or not found.is_open or found.person_id or found.name:
            return 0
        await hall.end(found, Ending.ERASED)
        return 1


def counts(info_session: InfoSession, groups: list[Group]) -> Counter[tuple[str, str, str, str]]:
    """How many people did what, by track, language and source: about nobody."""
    somebody_checked_in = any(group.came for group in groups)
    counted: Counter[tuple[str, str, str, str]] = Counter()
    for group in groups:
        what = _what(group, somebody_checked_in)
        track = str(info_session.track)
        if info_session.track is Track.BOTH and group.wish in (Track.UNIFORM, Track.CIVILIAN):
            track = group.wish
        counted[what, track, group.language, group.source] += group.people
    return counted


def _what(group: Group, somebody_checked_in: bool) -> str:
    if group.status is Status.ENDED:
        return group.ended_how
    if group.status is not Status.CONFIRMED:
        return Status.WAITING.value
    if group.came:
        return "came"
    return "absent" if somebody_checked_in else "signed_up"
