"""What candidates do: look, sign up, wait, answer an offer, move, withdraw."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from bot.info_sessions import records, store
from bot.info_sessions.hall import Hall
from bot.info_sessions.looking import Looking, in_session, is_sister_seat
from bot.info_sessions.model import (
    LONGEST_ANSWER,
    MOST_SIGN_UPS,
    Ending,
    Full,
    InfoSession,
    InfoSessionClosed,
    InfoSessionId,
    Mark,
    NameMissing,
    NoRoom,
    NoSuchSignUp,
    NotAnAnswer,
    OfferGone,
    Place,
    PoolKind,
    QuestionId,
    SeatElsewhere,
    SignUp,
    SignUpId,
    Status,
    TooManySignUps,
    Track,
)
from bot.names import shown
from bot.people.model import PersonId
from bot.storage.database import Transaction


class InfoSessions(Looking):
    """Each method is one use case and one transaction; twice is the same as once."""

    async def answer(
        self, person: PersonId, id_: SignUpId, question: QuestionId, text: str
    ) -> None:
        """Keep their answer until the day the question names; a second one replaces it.

        Raises:
            NoSuchSignUp: it is not theirs, or has ended, or the question is not asked there.
            NotAnAnswer: not one of the choices, empty, or too long.
        """
        async with self.database.transaction() as tx:
            found = await store.sign_up(tx, id_)
            if found is None or found.person_id != person or not found.is_open:
                raise NoSuchSignUp
            there = await records.questions(tx, found.info_session_id)
            asked = next((each for each in there if each.id == question), None)
            if asked is None:
                raise NoSuchSignUp
            said = " ".join(text.split())
            if not 0 < len(said) <= LONGEST_ANSWER or (asked.choices and said not in asked.choices):
                raise NotAnAnswer
            await records.answer(tx, id_, person, asked, said)

    # Signing up and what follows.

    async def sign_up(
        self,
        person: PersonId,
        id_: InfoSessionId,
        party: int = 1,
        wish: PoolKind = PoolKind.GENERAL,
        name: str | None = None,
    ) -> Place:
        """Give *person* seats, or a place on the waiting list. Twice is the same as once.

        Args:
            party: how many come together; they get seats together or wait together.
            wish: the sub-pool they may use beside the general seats.
            name: what to call them at the door, when they told.

        Raises:
            InfoSessionClosed: it is too late, or it does not exist.
            NotOpenYet: it is too early.
            PartyTooBig: fewer may come together.
            SeatElsewhere: they have a seat in a sister session, and can move.
            TooManySignUps: they are signed up for enough.
            Full: and there is no waiting list.
        """
        async with self.database.transaction() as tx:
            now = self.now()
            speaker = await store.lock_person(tx, person)
            hall = await Hall.locked(tx, id_, now)
            mine = await store.open_of(tx, person, now)
            before = in_session(mine, id_)
            if before is not None:
                return await self._as_it_is(tx, hall.info_session, before)
            await self._check_open(tx, hall.info_session, person, now)
            _check_seat_elsewhere(mine, hall.info_session)
            if len(mine) >= MOST_SIGN_UPS:
                raise TooManySignUps(most=MOST_SIGN_UPS)

            occupancy = await hall.occupancy()
            hall.info_session.check_party(party, occupancy.largest_for(wish))
            pool = occupancy.seat_for_newcomer(wish, party)
            if pool is None and not hall.info_session.waiting_list:
                raise Full
            sign_up = await hall.add(
                person, speaker, party=party, wish=wish, pool=pool, name=shown(name) or None
            )
            if pool is not None:
                await self._no_more_interest(tx, hall.info_session, person)
            await hall.keep_count()  # nothing came free
            last = hall.info_session.waiting if pool is None else None
            return Place(hall.info_session, sign_up, last)

    async def withdraw(self, person: PersonId, id_: InfoSessionId) -> bool:
        """They do not come, or wait no longer; False when there was nothing to end.

        Raises:
            InfoSessionClosed: it has begun, or does not exist.
        """
        return await self._leave(person, id_, also_a_seat=True)

    async def leave_waiting(self, person: PersonId, id_: InfoSessionId) -> bool:
        """Off the waiting list; a seat they meanwhile have stays theirs (an old button)."""
        return await self._leave(person, id_, also_a_seat=False)

    async def move(self, person: PersonId, from_: InfoSessionId, to: InfoSessionId) -> Place:
        """Change to another info session; the old place is kept until the new seat is certain.

        Without a free seat there they wait for one, and keep what they have until they accept.

        Raises:
            NoSuchSignUp: they are not signed up for *from_*.
            InfoSessionClosed, NotOpenYet, PartyTooBig, Full: as for `sign_up`.
        """
        async with self.database.transaction() as tx:
            now = self.now()
            speaker = await store.lock_person(tx, person)
            halls = await Hall.several(tx, {from_, to}, now)
            for hall in halls.values():
                hall.info_session.check_exists()
            mine = await store.open_of(tx, person, now)
            old, new = in_session(mine, from_), in_session(mine, to)
            if new is not None and (old is None or from_ == to or new.holds_seats):
                return await self._as_it_is(tx, halls[to].info_session, new)
            if old is None or not halls[from_].info_session.can_change(now):
                raise NoSuchSignUp
            await self._check_open(tx, halls[to].info_session, person, now)
            _check_seat_elsewhere([each for each in mine if each != old], halls[to].info_session)
            if new is not None:  # they wait there already: from now on to change to it
                await store.replaces(tx, new.id, old.id)
                return await self._placed(tx, halls[to].info_session, new)

            occupancy = await halls[to].occupancy()
            halls[to].info_session.check_party(old.party, occupancy.largest_for(old.wish))
            pool = occupancy.seat_for_newcomer(old.wish, old.party)
            if pool is None and not halls[to].info_session.waiting_list:
                raise Full
            if pool is not None:  # the old seat first: they never hold two of one series
                await halls[from_].end(old, Ending.MOVED)
            sign_up = await halls[to].add(
                person,
                speaker,
                party=old.party,
                wish=old.wish,
                pool=pool,
                name=old.name,
                replaces=old.id if pool is None else None,
            )
            for hall in halls.values():
                await hall.settle()
            return await self._placed(tx, halls[to].info_session, sign_up)

    async def change_party(self, person: PersonId, id_: InfoSessionId, party: int) -> Place:
        """Come with fewer or more. Fewer is always possible; more only where nobody waits.

        On the waiting list, with fewer they keep their place; with more they join anew.

        Raises:
            InfoSessionClosed: it does not exist.
            NoSuchSignUp: they are not signed up, or it has begun.
            PartyTooBig: so many cannot come together.
            NoRoom: there are no seats beside theirs.
        """
        async with self.database.transaction() as tx:
            now = self.now()
            await store.lock_person(tx, person)
            hall = await Hall.locked(tx, id_, now)
            hall.info_session.check_exists()
            sign_up = in_session(await store.open_of(tx, person, now), id_)
            if sign_up is None or not hall.info_session.can_change(now):
                raise NoSuchSignUp
            if party == sign_up.party:
                return await self._as_it_is(tx, hall.info_session, sign_up)
            changed = await resized(hall, sign_up, party)
            await hall.settle()
            return await self._placed(tx, hall.info_session, changed)

    async def call_me(self, person: PersonId, id_: InfoSessionId, name: str) -> None:
        """What to call them at the door.

        Raises:
            NoSuchSignUp: they are not signed up.
            NameMissing: nothing readable is left of the name.
        """
        readable = shown(name)
        if not any(character.isalpha() for character in readable):
            raise NameMissing
        async with self.database.transaction() as tx:
            sign_up = in_session(await store.open_of(tx, person, self.now()), id_)
            if sign_up is None:
                raise NoSuchSignUp
            await store.call(tx, sign_up.id, readable)

    # Answering an offer.

    async def accept(self, person: PersonId, id_: SignUpId) -> Place:
        """The offered seats are theirs; what they wanted to change from ends now.

        Raises:
            OfferGone: it has ended, or was never theirs.
        """
        async with self.database.transaction() as tx:
            now = self.now()
            await store.lock_person(tx, person)
            asked = await self._own(tx, person, id_)
            mine = await store.open_of(tx, person, now)
            olds = _replaced_by(asked, mine)
            ids = {asked.info_session_id, *(old.info_session_id for old in olds)}
            halls = await Hall.several(tx, ids, now)
            hall = halls[asked.info_session_id]
            asked = await self._own(tx, person, id_)  # it may have ended while we waited
            if asked.status is Status.CONFIRMED:
                return await self._as_it_is(tx, hall.info_session, asked)
            check_offer(asked, now)
            for old in _replaced_by(asked, await store.open_of(tx, person, now)):
                await halls[old.info_session_id].end(old, Ending.MOVED)
            confirmed = await hall.confirm(asked)
            await self._no_more_interest(tx, hall.info_session, person)
            for each in halls.values():
                await each.settle()
            return await self._placed(tx, hall.info_session, confirmed)

    async def refuse(self, person: PersonId, id_: SignUpId) -> InfoSession:
        """They do not want the seat any more: it goes to the next.

        Raises:
            OfferGone: it has ended otherwise, or was never theirs.
        """
        async with self.database.transaction() as tx:
            hall, asked = await self._offered(tx, person, id_)
            await hall.end(asked, Ending.REFUSED)
            await hall.settle()
            return hall.info_session

    async def let_pass(self, person: PersonId, id_: SignUpId) -> Place:
        """Not this seat, but ask me again: they wait on, behind everybody who waits now.

        Raises:
            OfferGone: it has ended otherwise, or was never theirs.
        """
        async with self.database.transaction() as tx:
            hall, asked = await self._offered(tx, person, id_)
            waiting = await hall.let_pass(asked)
            await hall.settle()
            return await self._placed(tx, hall.info_session, waiting)

    async def still_coming(self, person: PersonId, id_: SignUpId, yes: bool) -> InfoSession:
        """The answer to «still coming?»; a no frees the seats at once.

        Raises:
            NoSuchSignUp: it is not theirs, or has ended.
        """
        async with self.database.transaction() as tx:
            now = self.now()
            await store.lock_person(tx, person)
            found = await store.sign_up(tx, id_)
            if found is None or found.person_id != person:
                raise NoSuchSignUp
            hall = await Hall.locked(tx, found.info_session_id, now)
            found = await store.sign_up(tx, id_)
            if found is None or found.person_id != person or not found.is_open:
                raise NoSuchSignUp
            if yes:
                await store.coming_still(tx, id_)
            elif hall.info_session.can_change(now):
                await hall.end(found, Ending.WITHDRAWN)
                await hall.settle()
            return hall.info_session

    async def feedback(self, person: PersonId, id_: InfoSessionId, mark: Mark) -> bool:
        """How it was, counted without a name; once for each: False the second time."""
        async with self.database.transaction() as tx:
            info_session = await store.get(tx, id_)
            info_session.check_exists()
            if self.now() < info_session.ends_at:
                return False
            given = await records.gave_feedback(tx, id_, person)
            if given:
                await records.count_one(tx, id_, f"feedback_{mark}", info_session.track)
            return given

    # The interest list: no date yet.

    async def interested(self, person: PersonId, track: Track, language: str) -> None:
        """Tell them when a next date is known, and let them go first. Twice keeps the place."""
        async with self.database.transaction() as tx:
            await store.lock_person(tx, person)
            await store.interested(tx, person, track, language, self.now())

    async def interested_in(self, person: PersonId, wanted: Collection[tuple[Track, str]]) -> None:
        """Tell them of these tracks and languages, and of nothing else; none ends it all.

        What they wanted before keeps its place, and counts as said anew.
        """
        async with self.database.transaction() as tx:
            await store.lock_person(tx, person)
            for track, language in await store.interests_of(tx, person):
                if (track, language) not in wanted:
                    await store.not_interested_in(tx, person, track, language)
            for track, language in wanted:
                await store.interested(tx, person, track, language, self.now())

    async def not_interested(self, person: PersonId, track: Track | None = None) -> None:
        """Do not tell them any more; all of it without *track*."""
        async with self.database.transaction() as tx:
            await store.not_interested(tx, person, track)

    # For others, in their transaction.

    async def forget(self, tx: Transaction, person: PersonId, now: datetime) -> None:
        """For `Privacy.before_erasure`: end everything of a person; their seats go on at once."""
        if not await store.person_locked(tx, person):
            return
        mine = await store.open_of(tx, person, now)
        halls = await Hall.several(tx, {each.info_session_id for each in mine}, now)
        for each in await store.open_of(tx, person, now):
            await halls[each.info_session_id].end(each, Ending.ERASED)
        for hall in halls.values():
            await hall.settle()

    async def _leave(self, person: PersonId, id_: InfoSessionId, *, also_a_seat: bool) -> bool:
        async with self.database.transaction() as tx:
            now = self.now()
            await store.lock_person(tx, person)
            hall = await Hall.locked(tx, id_, now)
            hall.info_session.check_exists()
            sign_up = in_session(await store.open_of(tx, person, now), id_)
            if sign_up is None or (sign_up.status is Status.CONFIRMED and not also_a_seat):
                return False
            if not hall.info_session.can_change(now):
                raise InfoSessionClosed
            await hall.end(sign_up, Ending.WITHDRAWN)
            await hall.settle()
            return True

    async def _offered(
        self, tx: Transaction, person: PersonId, id_: SignUpId
    ) -> tuple[Hall, SignUp]:
        now = self.now()
        await store.lock_person(tx, person)
        asked = await self._own(tx, person, id_)
        hall = await Hall.locked(tx, asked.info_session_id, now)
        asked = await self._own(tx, person, id_)
        check_offer(asked, now)
        return hall, asked

    @staticmethod
    async def _own(tx: Transaction, person: PersonId, id_: SignUpId) -> SignUp:
        """Raises: OfferGone; a number alone opens nothing."""
        found = await store.sign_up(tx, id_)
        if found is None or found.person_id != person:
            raise OfferGone
        return found

    @staticmethod
    async def _check_open(
        tx: Transaction, info_session: InfoSession, person: PersonId, now: datetime
    ) -> None:
        head_start = None
        if now < info_session.opens_at and info_session.is_open(now):
            head_start = await store.let_in_at(tx, info_session.id, person)
        info_session.check_open(now, head_start)

    @staticmethod
    async def _no_more_interest(
        tx: Transaction, info_session: InfoSession, person: PersonId
    ) -> None:
        """They have what they wanted to hear of."""
        track = None if info_session.track is Track.BOTH else info_session.track
        await store.not_interested(tx, person, track)

    @staticmethod
    async def _placed(tx: Transaction, info_session: InfoSession, sign_up: SignUp) -> Place:
        now_is = await store.sign_up(tx, sign_up.id) if sign_up.place is not None else sign_up
        assert now_is is not None
        return Place(info_session, now_is, await store.position(tx, now_is))

    @staticmethod
    async def _as_it_is(tx: Transaction, info_session: InfoSession, sign_up: SignUp) -> Place:
        return Place(info_session, sign_up, await store.position(tx, sign_up), new=False)


def check_offer(sign_up: SignUp, now: datetime) -> None:
    """Whether it can still be answered. Raises: OfferGone."""
    if sign_up.status is not Status.OFFERED or sign_up.offer_until is None:
        raise OfferGone
    if now >= sign_up.offer_until:
        raise OfferGone


async def resized(hall: Hall, sign_up: SignUp, party: int) -> SignUp:
    """Come with another number of people. Raises: PartyTooBig, NoRoom."""
    occupancy = await hall.occupancy()
    hall.info_session.check_party(party, occupancy.largest_for(sign_up.wish))
    if party < sign_up.party:
        return await hall.shrink(sign_up, party)
    more = party - sign_up.party
    if sign_up.status is Status.OFFERED:
        raise NoRoom
    if sign_up.status is Status.CONFIRMED:
        assert sign_up.pool_id is not None
        if not occupancy.can_grow(sign_up.pool_id, more):
            raise NoRoom
    return await hall.grow(sign_up, party)


def _check_seat_elsewhere(mine: list[SignUp], info_session: InfoSession) -> None:
    """Raises: SeatElsewhere."""
    for each in mine:
        if is_sister_seat(each, info_session.series):
            raise SeatElsewhere(info_session_id=each.info_session_id)


def _replaced_by(new: SignUp, mine: list[SignUp]) -> list[SignUp]:
    """What ends when *new* gets its seats."""
    return [
        each
        for each in mine
        if each.id != new.id and (each.id == new.replaces_id or is_sister_seat(each, new.series))
    ]
