"""The statements of the sender on the outbox; what they mean stands in `delivery`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, bindparam, exists, func, null, or_, select, update

from bot.notifications.outbox import State, is_open, is_to_remove, outbox
from bot.people.store import people
from bot.storage.columns import Moment
from bot.storage.database import Reader, Row, Transaction
from bot.storage.statements import prepared

_earlier = outbox.alias("earlier")
_waits_for_earlier = exists().where(
    _earlier.c.person_id == outbox.c.person_id,
    _earlier.c.id < outbox.c.id,
    _earlier.c.ended_at.is_(None),
    _earlier.c.tries > 0,
)
_not_held = or_(
    ~people.c.reachable, and_(people.c.paused_at.is_(None), people.c.stopped_at.is_(None))
)
_is_due = and_(
    outbox.c.ended_at.is_(None),
    outbox.c.due_at <= bindparam("now", type_=Moment),
    _not_held,
    ~_waits_for_earlier,
)
_DUE = prepared(
    select(outbox.c.id, outbox.c.person_id, people.c.account)
    .join(people, people.c.id == outbox.c.person_id)
    .where(_is_due)
    .order_by(outbox.c.due_at, outbox.c.id)
    .limit(bindparam("most"))
)
_OLDEST = prepared(
    select(func.min(outbox.c.due_at).label("oldest"))
    .join(people, people.c.id == outbox.c.person_id)
    .where(_is_due)
)
_LOOK = prepared(
    select(
        outbox.c.id,
        outbox.c.text_key,
        outbox.c.parameters,
        outbox.c.buttons,
        outbox.c.state,
        outbox.c.tries,
        outbox.c.maybe_sent,
        outbox.c.document,
        outbox.c.kept_minutes,
        outbox.c.expires_at,
        outbox.c.person_id,
        people.c.account,
        people.c.language,
        people.c.reachable,
    )
    .join(people, people.c.id == outbox.c.person_id)
    .where(
        outbox.c.id == bindparam("letter"),
        is_open,
        outbox.c.due_at <= bindparam("now", type_=Moment),
        _not_held,
    )
    .with_for_update(of=outbox)
)
_LEASE = prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("letter"))
    .values(
        state=State.LEASED.value,
        due_at=bindparam("until", type_=Moment),
        tries=outbox.c.tries + 1,
        maybe_sent=bindparam("maybe"),
    )
)
_BACK = prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("letter"), is_open)
    .values(
        state=State.PENDING.value,
        due_at=bindparam("at", type_=Moment),
        maybe_sent=bindparam("maybe"),
        reason=bindparam("why"),
    )
)
_END = prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("letter"), is_open)
    .values(
        state=bindparam("how"),
        ended_at=bindparam("at", type_=Moment),
        reason=bindparam("why"),
        message_id=bindparam("number"),
        remove_at=bindparam("removing", type_=Moment),
        parameters=null(),
        buttons=null(),
    )
)
_TO_REMOVE = prepared(
    select(
        outbox.c.id, people.c.account, outbox.c.message_id, outbox.c.person_id, outbox.c.ended_at
    )
    .join(people, people.c.id == outbox.c.person_id)
    .where(is_to_remove, outbox.c.remove_at <= bindparam("now", type_=Moment))
    .order_by(outbox.c.remove_at, outbox.c.id)
    .limit(bindparam("most"))
)
_REMOVED = prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("letter"), outbox.c.removed_at.is_(None))
    .values(removed_at=bindparam("now", type_=Moment))
)


async def due(reader: Reader, now: datetime, most: int) -> list[tuple[int, int]]:
    """What may be taken up now, oldest first, as (id, account)."""
    return [(row.id, row.account) for row in await reader.all(_DUE, now=now, most=most)]


async def oldest_due(reader: Reader, now: datetime) -> datetime | None:
    found: datetime | None = await reader.scalar(_OLDEST, now=now)
    return found


async def look(tx: Transaction, letter: int, now: datetime) -> Row | None:
    """The row and its person, locked; None when it is not to be taken up now (any more)."""
    return await tx.first(_LOOK, letter=letter, now=now)


async def lease(tx: Transaction, letter: int, until: datetime, maybe_sent: int) -> None:
    await tx.run(_LEASE, letter=letter, until=until, maybe=maybe_sent)


async def back(
    tx: Transaction, letter: int, at: datetime, maybe_sent: int, reason: str | None
) -> None:
    """Not ended yet: to be tried again *at*."""
    await tx.run(_BACK, letter=letter, at=at, maybe=maybe_sent, why=reason)


async def end(
    tx: Transaction,
    letter: int,
    state: State,
    at: datetime,
    reason: str | None,
    message_id: int | None = None,
    remove_at: datetime | None = None,
) -> None:
    """Sent, dropped or dead; what it would have said is forgotten."""
    await tx.run(
        _END,
        letter=letter,
        how=state.value,
        at=at,
        why=reason,
        number=message_id,
        removing=remove_at,
    )


async def to_remove(reader: Reader, now: datetime, most: int) -> list[Row]:
    """The messages (id, account, message_id, person_id, ended_at) to take out of chats now."""
    return await reader.all(_TO_REMOVE, now=now, most=most)


async def removed(tx: Transaction, letter: int, now: datetime) -> bool:
    """Note it; False when it was noted before."""
    return await tx.run(_REMOVED, letter=letter, now=now) == 1
