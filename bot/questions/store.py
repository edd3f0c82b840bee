"""Tables of the questions: dialogue state, what went unanswered, what readers thought."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Integer,
    String,
    Text,
    bindparam,
    delete,
    select,
)

from bot.people.model import PersonId
from bot.questions.model import Dialogue, EntryId, Verdict
from bot.questions.unanswered import Unanswered
from bot.storage.columns import JsonText, Moment, RowId, upsert
from bot.storage.database import Reader, Transaction
from bot.storage.inventory import About, impersonal, personal, table
from bot.storage.statements import prepared

dialogues = table(
    "dialogues",
    Column(
        "person_id",
        RowId,
        ForeignKey("people.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        info=personal("whose conversation", export=False),
    ),
    Column("last_entry", String(64), info=personal("the answer last shown, for follow-ups")),
    Column(
        "clarified",
        Boolean(create_constraint=False),
        nullable=False,
        info=personal("whether we just asked back"),
    ),
    Column("update_id", BigInteger, nullable=False, info=impersonal("number of the update")),
    Column("previous", JsonText, info=personal("the same before this update, for a repeat of it")),
    Column("changed_at", Moment, nullable=False, info=personal("time of the last question")),
    about=About(
        person="person_id",
        purpose="follow-up questions, and never asking back twice",
        keep=timedelta(days=7),
        counted_from="changed_at",
    ),
)

unanswered = table(
    "unanswered",
    Column("id", RowId, primary_key=True, info=impersonal("row number")),
    Column("text", Text, nullable=False, info=impersonal("scrubbed of numbers, addresses, names")),
    Column("language", String(8), nullable=False, info=impersonal("language of the question")),
    Column("best", String(64), info=impersonal("the entry that came closest")),
    Column("asked_on", Date, nullable=False, info=impersonal("day, without a time")),
    about=About(
        purpose="editors see what the assistant could not answer",
        keep=timedelta(days=90),
        counted_from="asked_on",
    ),
)

feedback = table(
    "feedback",
    Column("entry", String(64), primary_key=True, info=impersonal("an entry")),
    Column("language", String(8), primary_key=True, info=impersonal("language of the answer")),
    Column("verdict", String(16), primary_key=True, info=impersonal("thumb or reason")),
    Column("count", Integer, nullable=False, info=impersonal("a count, never under a person")),
    about=About(
        purpose="which answers help and which do not",
        kept_because="counts per entry, about nobody",
    ),
)

_DIALOGUE = prepared(
    select(
        dialogues.c.last_entry, dialogues.c.clarified, dialogues.c.update_id, dialogues.c.previous
    ).where(dialogues.c.person_id == bindparam("person_id"))
)
_insert = upsert(dialogues)
_REMEMBER = prepared(
    _insert.values(
        {column: bindparam(column.name) for column in dialogues.columns}
    ).on_conflict_do_update(
        index_elements=["person_id"],
        set_={
            name: _insert.excluded[name]
            for name in ("last_entry", "clarified", "update_id", "previous", "changed_at")
        },
    )
)
_FORGET = prepared(delete(dialogues).where(dialogues.c.person_id == bindparam("person_id")))
_KEEP = prepared(
    unanswered.insert().values(
        text=bindparam("text"),
        language=bindparam("language"),
        best=bindparam("best"),
        asked_on=bindparam("asked_on"),
    )
)
_TAKE_OUT = prepared(delete(unanswered).where(unanswered.c.id == bindparam("number")))
_COUNT = prepared(
    upsert(feedback)
    .values(
        entry=bindparam("entry"),
        language=bindparam("language"),
        verdict=bindparam("verdict"),
        count=1,
    )
    .on_conflict_do_update(
        index_elements=["entry", "language", "verdict"], set_={"count": feedback.c.count + 1}
    )
)


async def dialogue(reader: Reader, person: PersonId, update_id: int) -> Dialogue:
    """The state before *update_id*: what that update itself changed is not seen."""
    row = await reader.first(_DIALOGUE, person_id=person)
    if row is None:
        return Dialogue()
    if row.update_id == update_id:
        return _read(row.previous or {})
    return Dialogue(row.last_entry, bool(row.clarified))


async def remember(
    tx: Transaction,
    person: PersonId,
    before: Dialogue,
    after: Dialogue,
    update_id: int,
    now: datetime,
) -> None:
    await tx.run(
        _REMEMBER,
        person_id=person,
        last_entry=after.last_entry,
        clarified=after.clarified,
        update_id=update_id,
        previous={"last_entry": before.last_entry, "clarified": before.clarified},
        changed_at=now,
    )


async def is_handled(reader: Reader, person: PersonId, update_id: int) -> bool:
    """Whether this update already left its trace: it is being repeated."""
    row = await reader.first(_DIALOGUE, person_id=person)
    return row is not None and row.update_id == update_id


async def is_known(reader: Reader, person: PersonId) -> bool:
    return await reader.first(_DIALOGUE, person_id=person) is not None


async def forget(tx: Transaction, person: PersonId) -> None:
    await tx.run(_FORGET, person_id=person)


async def keep(tx: Transaction, question: Unanswered) -> None:
    await tx.run(
        _KEEP,
        text=question.text,
        language=question.language,
        best=question.best,
        asked_on=question.asked_on,
    )


async def kept_since(reader: Reader, day: date) -> Sequence[Unanswered]:
    rows = await reader.all(
        select(unanswered).where(unanswered.c.asked_on >= day).order_by(unanswered.c.id)
    )
    return [
        Unanswered(
            row.text,
            row.language,
            EntryId(row.best) if row.best else None,
            row.asked_on,
            number=row.id,
        )
        for row in rows
    ]


async def take_out(tx: Transaction, numbers: Sequence[int]) -> None:
    await tx.run_many(_TAKE_OUT, [{"number": number} for number in numbers])


async def count(tx: Transaction, entry: EntryId, language: str, verdict: Verdict) -> None:
    await tx.run(_COUNT, entry=entry, language=language, verdict=str(verdict))


async def counts(reader: Reader) -> dict[tuple[EntryId, str, Verdict], int]:
    counted = feedback.c.count.label("times")  # a row is a tuple, whose count is a method
    rows = await reader.all(
        select(feedback.c.entry, feedback.c.language, feedback.c.verdict, counted)
    )
    return {(EntryId(row.entry), row.language, Verdict(row.verdict)): row.times for row in rows}


def _read(previous: dict[str, Any]) -> Dialogue:
    return Dialogue(previous.get("last_entry"), bool(previous.get("clarified")))
