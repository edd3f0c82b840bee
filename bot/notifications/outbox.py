"""Promises to write to somebody, kept as rows in the transaction that made them.

A promise holds a text key and what goes into it, not the sentence: the person's language is asked
when it is sent. What goes in may hold moments and days; they are then said in that language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    and_,
    bindparam,
    func,
    null,
    update,
)

from bot.clock import utc_now
from bot.notifications.message import Button
from bot.people.model import PersonId
from bot.storage.columns import JsonText, Moment, RowId, upsert
from bot.storage.database import Transaction
from bot.storage.inventory import About, impersonal, personal, table
from bot.storage.statements import prepared

KEPT: Final = timedelta(days=30)

LONGEST_IN_CHAT: Final = timedelta(hours=40)
"""Of what is taken out of a chat again: it can be for 48 hours, and not every try succeeds.
Source: https://core.telegram.org/bots/api#deletemessage."""

TOO_LATE: Final = "too late"
"""Why a promise was dropped that could not be kept before it was of no use."""


class State(StrEnum):
    """`sent`, `dropped` and `dead` are ends; a dead one is our failure, somebody must look."""

    PENDING = "pending"
    LEASED = "leased"
    SENT = "sent"
    DROPPED = "dropped"
    DEAD = "dead"


OPEN: Final = (State.PENDING, State.LEASED)

outbox = table(
    "outbox",
    Column("id", RowId, primary_key=True, info=impersonal("the order in which it was promised")),
    Column(
        "key",
        String(200),
        nullable=False,
        unique=True,
        info=personal("which of their affairs it is about, so that it is promised once"),
    ),
    Column(
        "person_id",
        RowId,
        ForeignKey("people.id"),
        nullable=False,
        index=True,
        info=personal("who is to hear it"),
    ),
    Column("text_key", String(100), nullable=False, info=personal("which sentence")),
    Column("parameters", JsonText, info=personal("what goes into it; gone once it has ended")),
    Column("buttons", JsonText, info=personal("what stands under it; gone once it has ended")),
    Column("state", String(8), nullable=False, info=impersonal("how far it is")),
    Column(
        "due_at",
        Moment,
        nullable=False,
        info=impersonal("not to be touched before: its moment, the next try, or the lease's end"),
    ),
    Column(
        "tries",
        Integer,
        nullable=False,
        server_default="0",
        info=impersonal("how often it was taken up to be sent"),
    ),
    Column(
        "maybe_sent",
        Integer,
        nullable=False,
        server_default="0",
        info=impersonal("how often it went out without our knowing whether it arrived"),
    ),
    Column("reason", Text, info=impersonal("why it was dropped, is dead or is late")),
    Column("message_id", BigInteger, info=personal("its number in the chat", export=False)),
    Column("created_at", Moment, nullable=False, info=impersonal("when it was promised")),
    Column("ended_at", Moment, info=impersonal("starts the term")),
    Column("document", String(64), info=impersonal("which file is made when it is sent")),
    Column("kept_minutes", Integer, info=impersonal("how long it may stand in the chat")),
    Column("expires_at", Moment, info=impersonal("later than this it is of no use")),
    Column("remove_at", Moment, info=impersonal("when it is taken out of the chat again")),
    Column("removed_at", Moment, info=impersonal("when it was, or could not be any more")),
    CheckConstraint(
        "state IN ('pending', 'leased', 'sent', 'dropped', 'dead')", name="state_known"
    ),
    about=About(
        purpose="telling people what changed for them, once, also after a crash",
        person="person_id",
        keep=KEPT,
        counted_from="ended_at",
    ),
)
is_open = outbox.c.state.in_([state.value for state in OPEN])
Index(
    "ix_outbox_open",
    outbox.c.due_at,
    sqlite_where=outbox.c.ended_at.is_(None),
    postgresql_where=outbox.c.ended_at.is_(None),
)
is_to_remove = and_(outbox.c.remove_at.is_not(None), outbox.c.removed_at.is_(None))
Index(
    "ix_outbox_to_remove",
    outbox.c.remove_at,
    sqlite_where=is_to_remove,
    postgresql_where=is_to_remove,
)

_ADD = prepared(
    upsert(outbox)
    .values(
        key=bindparam("key"),
        person_id=bindparam("person"),
        text_key=bindparam("text_key"),
        parameters=bindparam("parameters"),
        buttons=bindparam("buttons"),
        document=bindparam("document"),
        kept_minutes=bindparam("kept_minutes"),
        expires_at=bindparam("expires_at"),
        state=State.PENDING.value,
        due_at=bindparam("due_at"),
        created_at=bindparam("now"),
    )
    .on_conflict_do_nothing(index_elements=["key"])
)
_DROP = (
    update(outbox)
    .where(outbox.c.state == State.PENDING.value)
    .values(
        state=State.DROPPED.value,
        reason="withdrawn",
        ended_at=bindparam("now", type_=Moment),
        parameters=null(),
        buttons=null(),
    )
)
_prefix = bindparam("prefix", type_=String)
_REMOVE_NOW = prepared(
    update(outbox)
    .where(
        outbox.c.person_id == bindparam("person"),
        is_to_remove,
        outbox.c.remove_at > bindparam("now", type_=Moment),
    )
    .values(remove_at=bindparam("now", type_=Moment))
)
_WITHDRAW = prepared(_DROP.where(outbox.c.key == bindparam("withdrawn_key")))
_WITHDRAW_ALL = prepared(_DROP.where(func.substr(outbox.c.key, 1, func.length(_prefix)) == _prefix))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A parameter that is a sentence itself: said in the language of whoever reads it."""

    text_key: str


@dataclass(frozen=True, slots=True)
class PromisedButton:
    """A button whose label is a text key; *data* or *url* as of `message.Button`."""

    text_key: str
    data: str | None = None
    url: str | None = None
    parameters: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        Button(self.text_key, self.data, self.url)  # the same rules, found out at once


@dataclass(frozen=True, slots=True)
class Promise:
    """*key* names the row that caused it (`info_sessions.offered:17`); no text of the person.

    *document* names a file (`info_sessions.list_pdf/12`) that is made when the promise is kept, so
    that nothing of it is stored; the words stand under it. With *keep_for* the message is taken
    out of the chat again so long after it was sent.
    """

    key: str
    person: PersonId
    text_key: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    buttons: tuple[tuple[PromisedButton, ...], ...] = ()
    not_before: datetime | None = None
    not_after: datetime | None = None
    """Later than this it is of no use, and not sent any more."""
    document: str | None = None
    keep_for: timedelta | None = None

    def __post_init__(self) -> None:
        if self.keep_for is not None and not timedelta() < self.keep_for <= LONGEST_IN_CHAT:
            raise ValueError("what is to be removed must be removed within two days")


async def promise(tx: Transaction, promise: Promise, *, now: datetime | None = None) -> bool:
    """Keep *promise* if this transaction is kept; False when the same key was promised before."""
    now = now or utc_now()
    added = await tx.run(
        _ADD,
        key=promise.key,
        person=promise.person,
        text_key=promise.text_key,
        parameters=pack(promise.parameters),
        buttons=[[_packed(button) for button in row] for row in promise.buttons],
        document=promise.document,
        kept_minutes=promise.keep_for and int(promise.keep_for / timedelta(minutes=1)),
        expires_at=promise.not_after,
        due_at=promise.not_before or now,
        now=now,
    )
    return added == 1


async def withdraw(
    tx: Transaction,
    *,
    keys: Iterable[str] = (),
    prefix: str | None = None,
    now: datetime | None = None,
) -> int:
    """Take back what was not sent yet, by key or all that begin with *prefix*; returns how many.

    What is on its way at this very moment can no longer be taken back.
    """
    now = now or utc_now()
    withdrawn = 0
    for key in keys:
        withdrawn += await tx.run(_WITHDRAW, withdrawn_key=key, now=now)
    if prefix is not None:
        if not prefix:
            raise ValueError("an empty prefix would take back everything")
        withdrawn += await tx.run(_WITHDRAW_ALL, prefix=prefix, now=now)
    return withdrawn


async def remove_now(tx: Transaction, person: PersonId, now: datetime) -> int:
    """What was to stand in their chat for a while (`keep_for`) goes at once; how many that are."""
    return await tx.run(_REMOVE_NOW, person=person, now=now)


def pack(parameters: Mapping[str, object]) -> dict[str, Any]:
    """*parameters* as JSON can hold them; moments, days and sentences are marked as such."""
    packed: dict[str, Any] = {}
    for name, value in parameters.items():
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise ValueError("a moment without a time zone cannot be promised")
            packed[name] = {"moment": value.isoformat()}
        elif isinstance(value, date):
            packed[name] = {"day": value.isoformat()}
        elif isinstance(value, Sentence):
            packed[name] = {"sentence": value.text_key}
        elif isinstance(value, (str, int, float, bool)) or value is None:
            packed[name] = value
        else:
            raise TypeError(f"{name} cannot be promised: {type(value).__name__}")
    return packed


def unpack(packed: Mapping[str, Any]) -> dict[str, object]:
    """The reverse of `pack`."""
    return {name: _unpacked(value) for name, value in packed.items()}


def _unpacked(value: Any) -> object:
    match value:
        case {"moment": moment}:
            return datetime.fromisoformat(moment)
        case {"day": day}:
            return date.fromisoformat(day)
        case {"sentence": text_key}:
            return Sentence(text_key)
        case _:
            return value


def _packed(button: PromisedButton) -> dict[str, Any]:
    return {
        "text_key": button.text_key,
        "data": button.data,
        "url": button.url,
        "parameters": pack(button.parameters),
    }
