"""What candidates see before they decide, and of what is theirs. Nothing here changes anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.clock import Now, utc_now
from bot.info_sessions import plans, records, store
from bot.info_sessions.model import (
    Availability,
    InfoSession,
    InfoSessionId,
    Place,
    PoolKind,
    QuestionId,
    SignUp,
    Status,
    Track,
    availability,
)
from bot.info_sessions.occupancy import Occupancy
from bot.info_sessions.plan import Plan
from bot.info_sessions.views import Asked, TourGroup
from bot.people.model import PersonId
from bot.storage.database import Database, Reader


@dataclass(frozen=True, slots=True)
class Coming:
    """One line of the list."""

    info_session: InfoSession
    availability: Availability


@dataclass(frozen=True, slots=True)
class Details:
    """Everything a candidate may see of one info session."""

    info_session: InfoSession
    availability: Availability
    plan: Plan
    uid: str
    sequence: int


@dataclass(frozen=True, slots=True)
class Look:
    """One info session as one person sees it, and what they have there."""

    details: Details
    occupancy: Occupancy
    place: Place | None
    """What they have there."""
    group: TourGroup | None
    replaced: InfoSession | None
    """What they keep until they get a seat here."""
    elsewhere: InfoSession | None
    """The sister session in which they have a seat; they can move."""
    opens_at: datetime
    """From when they can sign up: earlier than others, with a head start."""
    questions: tuple[tuple[Asked, str | None], ...]
    """What is asked there, with their own answers so far."""

    @property
    def info_session(self) -> InfoSession:
        return self.details.info_session

    @property
    def free(self) -> dict[PoolKind, int]:
        """Free seats by sub-pool, those that still have seats of their own."""
        return {pool.kind: pool.free for pool in self.occupancy.pools if pool.seats}

    def has_seat_for(self, wish: PoolKind) -> bool:
        """Whether somebody with this wish gets a seat now, and does not have to wait."""
        return self.occupancy.seat_for_newcomer(wish, 1) is not None

    @property
    def unanswered(self) -> tuple[Asked, ...]:
        return tuple(asked for asked, answer in self.questions if answer is None)


class Looking:
    """The half of `InfoSessions` that only reads."""

    def __init__(self, database: Database, now: Now = utc_now) -> None:
        self.database = database
        self.now = now

    async def coming(self, track: Track | None = None, language: str | None = None) -> list[Coming]:
        """The info sessions one can know of, the first to come first; full ones stay visible.

        With *language*, those in that language come before the others of the same list.
        """
        async with self.database.reading() as reader:
            found = await store.coming(reader, self.now(), track)
        lines = [
            Coming(each, availability(free, each.waiting, each.seats_shown)) for each, free in found
        ]
        if language is None:
            return lines
        return sorted(lines, key=lambda line: line.info_session.language != language)

    async def get(self, id_: InfoSessionId) -> Coming:
        """Raises:
        InfoSessionClosed: there is none that candidates may see.
        """
        async with self.database.reading() as reader:
            info_session = await store.get(reader, id_)
            info_session.check_exists()
            pools = await store.pools(reader, id_)
        free = sum(pool.free for pool in pools)
        return Coming(
            info_session, availability(free, info_session.waiting, info_session.seats_shown)
        )

    async def look(self, person: PersonId, id_: InfoSessionId) -> Look:
        """Everything *person* may see of one info session, and what is theirs there.

        Raises:
            InfoSessionClosed: there is none that candidates may see.
        """
        async with self.database.reading() as reader:
            info_session = await store.get(reader, id_)
            info_session.check_exists()
            written = await plans.get(reader, id_)
            assert written is not None
            occupancy = await _occupancy(reader, info_session)
            seen = availability(occupancy.free, info_session.waiting, info_session.seats_shown)
            details = Details(info_session, seen, written.plan, written.uid, written.sequence)
            mine = await store.open_of(reader, person, self.now())
            here = in_session(mine, id_)
            sister = next(
                (each for each in mine if is_sister_seat(each, info_session.series)), None
            )
            opens_at = info_session.opens_at
            if here is None and self.now() < opens_at:
                let_in_at = await store.let_in_at(reader, id_, person)
                opens_at = min(let_in_at or opens_at, opens_at)
            return Look(
                details=details,
                occupancy=occupancy,
                place=None if here is None else await _place(reader, info_session, here),
                group=None if here is None else await records.group_of(reader, here.id),
                replaced=await _replaced(reader, mine, here),
                elsewhere=await store.get(reader, sister.info_session_id)
                if sister is not None and here is None
                else None,
                opens_at=opens_at,
                questions=await _questions(reader, id_, here),
            )

    async def mine(self, person: PersonId) -> list[Place]:
        """What they are signed up for, with their position where they wait."""
        async with self.database.reading() as reader:
            return [
                await _place(reader, await store.get(reader, sign_up.info_session_id), sign_up)
                for sign_up in await store.open_of(reader, person, self.now())
            ]

    async def interests_of(self, person: PersonId) -> list[tuple[Track, str]]:
        async with self.database.reading() as reader:
            return await store.interests_of(reader, person)


def in_session(sign_ups: list[SignUp], id_: InfoSessionId) -> SignUp | None:
    return next((each for each in sign_ups if each.info_session_id == id_), None)


def is_sister_seat(sign_up: SignUp, series: str | None) -> bool:
    return series is not None and sign_up.series == series and sign_up.status is Status.CONFIRMED


async def _occupancy(reader: Reader, info_session: InfoSession) -> Occupancy:
    pools = await store.pools(reader, info_session.id)
    if info_session.waiting == 0:
        return Occupancy(pools)
    return Occupancy(pools, await store.waiters(reader, info_session, pools))


async def _place(reader: Reader, info_session: InfoSession, sign_up: SignUp) -> Place:
    return Place(info_session, sign_up, await store.position(reader, sign_up), new=False)


async def _replaced(reader: Reader, mine: list[SignUp], here: SignUp | None) -> InfoSession | None:
    if here is None or here.replaces_id is None:
        return None
    old = next((each for each in mine if each.id == here.replaces_id), None)
    return None if old is None else await store.get(reader, old.info_session_id)


async def _questions(
    reader: Reader, id_: InfoSessionId, here: SignUp | None
) -> tuple[tuple[Asked, str | None], ...]:
    asked = await records.questions(reader, id_)
    answers: dict[QuestionId, str] = {}
    if asked and here is not None:
        answers = await records.answers_of(reader, here.id)
    return tuple((each, answers.get(each.id)) for each in asked)
