"""Keeps the promises of the outbox: one paced sender that knows what was sent and what was not.

A row is leased right before it is sent, so a lease that nobody ended means: it may have arrived.
There is no way to ask the messenger, and a repeat is a second message; so what may have arrived
is repeated once at most.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final, Protocol

import structlog
from markupsafe import Markup

from bot.clock import Now, spoken, utc_now
from bot.errors import MaybeSent, StorageTrouble, TryLater, Undeliverable
from bot.health import Health
from bot.notifications import store
from bot.notifications.errors import MessengerClosed, Rejected
from bot.notifications.message import Button, File, Message
from bot.notifications.outbox import TOO_LATE, Sentence, State, unpack
from bot.notifications.pacing import Pacer, growing
from bot.people import store as people_store
from bot.people.model import PersonId
from bot.storage.database import Database, Row, Transaction

log = structlog.get_logger(__name__)

LEASE: Final = timedelta(seconds=60)
BATCH: Final = 200
AT_ONCE: Final = 16
"""Messages on their way at the same moment; the pacer sets the speed."""

MAYBE_SENT_AT_MOST: Final = 2
FIRST_PAUSE: Final = 2.0
LONGEST_PAUSE: Final = 600.0
"""Seconds."""
TRIES: Final = 300
"""About two days."""


class Transport(Protocol):
    """Whoever brings a message to an account; the messenger.

    Raises Undeliverable, Rejected, TryLater, MaybeSent or MessengerClosed.
    """

    async def send(self, account: int, message: Message) -> int: ...


Maker = Callable[[PersonId, str, str], Awaitable[File | None]]
"""Makes the document of a promise, for a person, from what stands behind the slash in its name, in
a language. None: there is nothing for them (any more), and nothing is sent."""


class Sentences(Protocol):
    """The part of `bot.texts.Texts` we need."""

    def __call__(self, key: str, language: str, **values: object) -> Markup: ...
    def plain(self, key: str, language: str, **values: object) -> str: ...


@dataclass(frozen=True, slots=True)
class _Letter:
    """A row that was leased to be sent now."""

    id: int
    account: int
    message: Message
    tries: int
    maybe_sent: int
    person: PersonId
    language: str
    document: str | None
    keep_for: timedelta | None


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of it: an end, or a moment to try again."""

    state: State
    reason: str | None = None
    at: timedelta = timedelta()
    maybe_sent: int = 0
    message_id: int | None = None
    unreachable: bool = False


class Delivery:
    """The sender; one per token, whoever owns the token runs it."""

    def __init__(
        self,
        database: Database,
        transport: Transport,
        pacer: Pacer,
        texts: Sentences,
        *,
        now: Now = utc_now,
        language_of: Callable[[str], str] = str,
        health: Health | None = None,
        at_once: int = AT_ONCE,
        documents: Mapping[str, Maker] | None = None,
    ) -> None:
        self._database = database
        self._transport = transport
        self._pacer = pacer
        self._texts = texts
        self._now = now
        self._language_of = language_of
        self._health = health or Health()
        self._at_once = at_once
        self._documents = documents or {}
        self._under_way: set[asyncio.Task[bool]] = set()

    async def deliver_due(self) -> int:
        """Send what is due until nothing is; returns how many rows were taken up.

        Raises:
            StorageTrouble: not everything was taken up; ask again in a moment.
            MessengerClosed: there is no point in going on.
        """
        taken = 0
        while True:
            async with self._database.reading() as reader:
                due = await store.due(reader, self._now(), BATCH)
            if not due:
                return taken
            taken += len(due)
            await self._deliver_all(due)

    async def waiting_for(self) -> timedelta | None:
        """How long the oldest due message is late; None when none is due."""
        async with self._database.reading() as reader:
            oldest = await store.oldest_due(reader, self._now())
        return None if oldest is None else self._now() - oldest

    async def close(self, grace: timedelta = timedelta(seconds=5)) -> None:
        """After `deliver_due` was cancelled: let what is under way arrive, and note it."""
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=grace.total_seconds())
            for task in late:
                task.cancel()

    async def _deliver_all(self, due: Sequence[tuple[int, int]]) -> None:
        """One person's messages one after the other, people side by side."""
        lanes: dict[int, deque[int]] = defaultdict(deque)
        for id_, account in due:
            lanes[account].append(id_)
        waiting = deque(lanes.items())

        async def work() -> None:
            while waiting:
                account, letters = waiting.popleft()
                for id_ in letters:
                    await self._pacer.turn(account)
                    if not await self._unbroken(id_):
                        break

        workers = [asyncio.create_task(work()) for _ in range(min(self._at_once, len(lanes)))]
        try:
            ended = await asyncio.gather(*workers, return_exceptions=True)
        except asyncio.CancelledError:
            for worker in workers:
                worker.cancel()
            raise
        for fault in ended:
            if isinstance(fault, BaseException):
                raise fault

    async def _unbroken(self, id_: int) -> bool:
        """Lease, send, note: once begun it is finished, also when we are told to stop."""
        task = asyncio.create_task(self._deliver(id_))
        self._under_way.add(task)
        task.add_done_callback(self._under_way_no_more)
        return await asyncio.shield(task)

    def _under_way_no_more(self, task: asyncio.Task[Any]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.info("delivery broke off", fault=type(task.exception()).__name__)

    async def _deliver(self, id_: int) -> bool:
        """False when the next message of this person has to wait for this one."""
        began = time.monotonic()
        letter = await self._lease(id_)
        if letter is None:
            return True
        closed: MessengerClosed | None = None
        try:
            outcome = await self._send(letter)
        except MessengerClosed as refused:
            closed = refused
            outcome = _Outcome(State.PENDING, "refused", maybe_sent=letter.maybe_sent)
        await self._note(letter, outcome, began)
        if closed is not None:
            raise closed
        return outcome.state is not State.PENDING

    async def _lease(self, id_: int) -> _Letter | None:
        now = self._now()
        async with self._database.transaction() as tx:
            row = await store.look(tx, id_, now)
            if row is None:
                return None
            maybe_sent = row.maybe_sent + (row.state == State.LEASED)
            if row.expires_at is not None and row.expires_at < now:
                await self._end(tx, id_, State.DROPPED, TOO_LATE)
                return None
            if not row.reachable:
                await self._end(tx, id_, State.DROPPED, "unreachable")
                return None
            if maybe_sent >= MAYBE_SENT_AT_MOST:
                await self._end(tx, id_, State.DEAD, "sent twice, unknown whether it arrived")
                return None
            try:
                message = self._written(row)
            except Exception as bug:
                log.error("a promise cannot be put into words", text=row.text_key, outbox_id=id_)
                await self._end(tx, id_, State.DEAD, f"cannot be written: {type(bug).__name__}")
                return None
            await store.lease(tx, id_, now + LEASE, maybe_sent)
        return _Letter(
            id_,
            row.account,
            message,
            row.tries + 1,
            maybe_sent,
            PersonId(row.person_id),
            self._language_of(row.language),
            row.document,
            row.kept_minutes and timedelta(minutes=row.kept_minutes),
        )

    async def _with_document(self, letter: _Letter) -> Message | _Outcome:
        """What is sent: with the file that was promised, as it is at this moment."""
        if letter.document is None:
            return letter.message
        kind, _, about = letter.document.partition("/")
        try:
            file = await self._documents[kind](letter.person, about, letter.language)
        except StorageTrouble:
            return _Outcome(State.PENDING, "storage", _pause(letter), letter.maybe_sent)
        except Exception as bug:
            log.error("a document cannot be made", document=kind, fault=type(bug).__name__)
            return _Outcome(State.DEAD, f"cannot be made: {type(bug).__name__}")
        if file is None:
            return _Outcome(State.DROPPED, "not for them any more")
        return replace(letter.message, file=file)

    async def _send(self, letter: _Letter) -> _Outcome:
        message = await self._with_document(letter)
        if isinstance(message, _Outcome):
            return message
        try:
            number = await self._transport.send(letter.account, message)
        except Undeliverable as gone:
            return _Outcome(State.DROPPED, str(gone) or "undeliverable", unreachable=True)
        except Rejected as refused:
            log.error("message refused", outbox_id=letter.id, reason=str(refused))
            return _Outcome(State.DEAD, f"refused: {refused}")
        except TryLater as patience:
            return self._later(letter, patience)
        except MessengerClosed:
            raise
        except Exception as unclear:
            # MaybeSent; and whatever else broke off after the call was made.
            if not isinstance(unclear, MaybeSent):
                log.error("sending failed", outbox_id=letter.id, fault=type(unclear).__name__)
            maybe_sent = letter.maybe_sent + 1
            if maybe_sent >= MAYBE_SENT_AT_MOST:
                return _Outcome(
                    State.DEAD, "sent twice, unknown whether it arrived", maybe_sent=maybe_sent
                )
            return _Outcome(State.PENDING, "unknown whether it arrived", _pause(letter), maybe_sent)
        return _Outcome(State.SENT, message_id=number)

    def _later(self, letter: _Letter, patience: TryLater) -> _Outcome:
        if patience.after is not None:
            self._pacer.stop_for(patience.after)
        if letter.tries >= TRIES:
            return _Outcome(State.DEAD, f"given up after {letter.tries} tries: {patience}")
        at = patience.after if patience.after is not None else _pause(letter)
        return _Outcome(State.PENDING, str(patience) or "later", at, letter.maybe_sent)

    async def _note(self, letter: _Letter, outcome: _Outcome, began: float) -> None:
        """Write down what happened; for as long as the lease runs, the database may be away."""
        attempt = 0
        while True:
            try:
                async with self._database.transaction() as tx:
                    if outcome.state is State.PENDING:
                        at = self._now() + outcome.at
                        await store.back(tx, letter.id, at, outcome.maybe_sent, outcome.reason)
                        self._health.count("messages_delayed")
                        return
                    await self._end(
                        tx,
                        letter.id,
                        outcome.state,
                        outcome.reason,
                        outcome.message_id,
                        letter.keep_for if outcome.message_id is not None else None,
                    )
                    if outcome.unreachable:
                        await people_store.unreachable(tx, letter.account)
                    return
            except StorageTrouble:
                pause = growing(0.5, attempt, 8.0)
                attempt += 1
                if time.monotonic() - began + pause > LEASE.total_seconds():
                    raise
                await asyncio.sleep(pause)

    async def _end(
        self,
        tx: Transaction,
        id_: int,
        state: State,
        reason: str | None,
        number: int | None = None,
        keep_for: timedelta | None = None,
    ) -> None:
        now = self._now()
        remove_at = None if keep_for is None else now + keep_for
        await store.end(tx, id_, state, now, reason, number, remove_at)
        self._health.count("messages_sent" if state is State.SENT else "messages_dropped")

    def _written(self, row: Row) -> Message:
        language = self._language_of(row.language)

        def one(value: object) -> object:
            if isinstance(value, Sentence):
                return self._texts.plain(value.text_key, language)
            return spoken(value, language) if isinstance(value, date) else value

        def said(packed: dict[str, Any]) -> dict[str, object]:
            return {name: one(value) for name, value in unpack(packed or {}).items()}

        buttons = tuple(
            tuple(
                Button(
                    self._texts.plain(button["text_key"], language, **said(button["parameters"])),
                    button["data"],
                    button["url"],
                )
                for button in each
            )
            for each in row.buttons or []
        )
        return Message(self._texts(row.text_key, language, **said(row.parameters)), buttons)


def _pause(letter: _Letter) -> timedelta:
    return timedelta(seconds=growing(FIRST_PAUSE, letter.tries - 1, LONGEST_PAUSE))
