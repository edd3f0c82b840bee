"""The statements on the tables of the audit trail."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, bindparam, delete, func, insert, or_, select, update

from bot.audit.model import BEGINNING, Checkpoint, Entry, name_for
from bot.audit.tables import audit, audit_checkpoints, audit_head, audit_keys
from bot.people.model import PersonId
from bot.people.store import people
from bot.storage.columns import Moment, upsert
from bot.storage.database import Reader, Transaction
from bot.storage.statements import prepared

_FIELDS = (
    audit.c.id,
    audit.c.at,
    audit.c.actor,
    audit.c.role,
    audit.c.action,
    audit.c.about,
    audit.c.object,
)
_MARKS = (
    audit_checkpoints.c.last_id,
    audit_checkpoints.c.last_hash,
    audit_checkpoints.c.purged,
    audit_checkpoints.c.made_at,
)

_KEY_OF = prepared(select(audit_keys.c.key).where(audit_keys.c.person_id == bindparam("person")))
_ADD_KEY = prepared(
    upsert(audit_keys)
    .from_select(
        ["person_id", "key", "made_at"],
        select(people.c.id, bindparam("fresh", type_=String), bindparam("now", type_=Moment)).where(
            people.c.id == bindparam("person")
        ),
    )
    .on_conflict_do_nothing(index_elements=["person_id"])
)
_FIRST_HEAD = prepared(upsert(audit_head).on_conflict_do_nothing(index_elements=["id"]))
_HEAD = select(audit_head.c.last_id, audit_head.c.last_hash)
_SEEN_HEAD = prepared(_HEAD)
_LOCKED_HEAD = prepared(_HEAD.with_for_update())
_MOVE_HEAD = prepared(
    update(audit_head).values(last_id=bindparam("new_id"), last_hash=bindparam("new_hash"))
)
_ADD = prepared(insert(audit))
_AFTER = prepared(
    select(*_FIELDS, audit.c.hash)
    .where(audit.c.id > bindparam("after"))
    .order_by(audit.c.id)
    .limit(bindparam("most"))
)
_PAGE = select(*_FIELDS).order_by(audit.c.id.desc()).limit(bindparam("most"))
_BEFORE = audit.c.id < bindparam("before")
_CONCERNS = or_(audit.c.actor == bindparam("name"), audit.c.about == bindparam("name"))
_NEWEST = prepared(_PAGE.where(_BEFORE))
_NEWEST_OF = prepared(_PAGE.where(_BEFORE, _CONCERNS))
_NEWEST_OF_KIND = prepared(
    _PAGE.where(_BEFORE, audit.c.action.in_(bindparam("kind", expanding=True)))
)
_ALL_OF = prepared(select(*_FIELDS).where(_CONCERNS).order_by(audit.c.id))
_LATELY = prepared(
    select(func.count())
    .select_from(audit)
    .where(
        audit.c.actor == bindparam("name"),
        audit.c.action == bindparam("what"),
        audit.c.at > bindparam("since"),
    )
)
_KEYS_OF = prepared(
    select(audit_keys.c.person_id, audit_keys.c.key).where(
        audit_keys.c.person_id.in_(bindparam("people", expanding=True))
    )
)
_LAST_ACTS = prepared(
    select(audit.c.actor, func.max(audit.c.at).label("at"))
    .where(audit.c.actor.in_(bindparam("names", expanding=True)))
    .group_by(audit.c.actor)
)
_HOW_OFTEN = prepared(
    select(func.count(), func.count(audit.c.actor.distinct())).where(
        audit.c.action == bindparam("what"), audit.c.at > bindparam("since")
    )
)
_OLDEST = prepared(
    select(audit.c.id, audit.c.at, audit.c.hash).order_by(audit.c.id).limit(bindparam("most"))
)
_REMOVE = prepared(delete(audit).where(audit.c.id <= bindparam("last")))
_ADD_CHECKPOINT = prepared(insert(audit_checkpoints))
_CHECKPOINTS = prepared(
    select(*_MARKS, audit_checkpoints.c.signature).order_by(
        audit_checkpoints.c.last_id, audit_checkpoints.c.id
    )
)
_REMOVE_CHECKPOINTS = prepared(
    delete(audit_checkpoints).where(audit_checkpoints.c.last_id < bindparam("last"))
)
_SEALED = prepared(
    select(audit_checkpoints.c.last_id)
    .where(audit_checkpoints.c.last_id == bindparam("last"))
    .limit(1)
)

_FAR = 2**62
_VERIFIED_AT_ONCE = 1_000


async def name_of(reader: Reader, person: PersonId) -> str | None:
    """Whom the trail means with *person*; None for somebody it never mentioned."""
    key = await reader.scalar(_KEY_OF, person=person)
    return None if key is None else name_for(key)


async def names_of(reader: Reader, people: Sequence[PersonId]) -> dict[PersonId, str]:
    """As `name_of`, for several; those that it never mentioned are left out."""
    rows = await reader.all(_KEYS_OF, people=sorted(set(people)))
    return {PersonId(row.person_id): name_for(row.key) for row in rows}


async def named(tx: Transaction, person: PersonId, fresh_key: str, now: datetime) -> str:
    """As `name_of`; the first time, *fresh_key* becomes theirs.

    Somebody who is gone gets a name that points at nobody. Only for who holds the head.
    """
    key = await tx.scalar(_KEY_OF, person=person)
    if key is None:
        await tx.run(_ADD_KEY, person=person, fresh=fresh_key, now=now)
        key = await tx.scalar(_KEY_OF, person=person)
    return name_for(fresh_key if key is None else key)


async def locked_head(tx: Transaction) -> tuple[int, str]:
    """Number and hash of the newest entry; until the end of *tx* nobody else adds one."""
    row = await tx.first(_LOCKED_HEAD)
    if row is None:
        await tx.run(_FIRST_HEAD, id=1, last_id=0, last_hash=BEGINNING)
        row = await tx.one(_LOCKED_HEAD)
    return row.last_id, row.last_hash


async def head(reader: Reader) -> tuple[int, str]:
    row = await reader.first(_SEEN_HEAD)
    return (0, BEGINNING) if row is None else (row.last_id, row.last_hash)


async def add(tx: Transaction, entry: Entry, hash_: str) -> None:
    await tx.run(
        _ADD,
        id=entry.number,
        at=entry.at,
        actor=entry.actor,
        role=entry.role,
        action=entry.action,
        about=entry.about,
        object=entry.object,
        hash=hash_,
    )
    await tx.run(_MOVE_HEAD, new_id=entry.number, new_hash=hash_)


async def chain(reader: Reader) -> AsyncIterator[tuple[Entry, str]]:
    """All entries with their hash, oldest first."""
    after = -_FAR
    while True:
        rows = await reader.all(_AFTER, after=after, most=_VERIFIED_AT_ONCE)
        for row in rows:
            yield Entry(*row[:-1]), row[-1]
        if len(rows) < _VERIFIED_AT_ONCE:
            return
        after = rows[-1][0]


async def newest(
    reader: Reader,
    *,
    before: int | None,
    most: int,
    name: str | None = None,
    actions: Sequence[str] = (),
) -> list[Entry]:
    """The newest entries first; only those with a number under *before*, of one person, or of
    some actions."""
    given: dict[str, Any] = {"before": _FAR if before is None else before, "most": most}
    if actions:
        rows = await reader.all(_NEWEST_OF_KIND, **given, kind=list(actions))
    elif name is None:
        rows = await reader.all(_NEWEST, **given)
    else:
        rows = await reader.all(_NEWEST_OF, **given, name=name)
    return [Entry(*row) for row in rows]


async def all_of(reader: Reader, name: str) -> list[Entry]:
    """Everything that *name* did or that was done about them, oldest first."""
    return [Entry(*row) for row in await reader.all(_ALL_OF, name=name)]


async def lately(reader: Reader, name: str, action: str, since: datetime) -> int:
    """How often *name* did *action* after *since*."""
    return int(await reader.scalar(_LATELY, name=name, what=action, since=since))


async def last_acts(reader: Reader, names: Sequence[str]) -> dict[str, datetime]:
    """The moment of the newest deed of each of *names*."""
    return {row.actor: row.at for row in await reader.all(_LAST_ACTS, names=list(names))}


async def how_often(reader: Reader, action: str, since: datetime) -> tuple[int, int]:
    """How often *action* was done after *since*, and by how many."""
    row = await reader.one(_HOW_OFTEN, what=action, since=since)
    return row[0], row[1]


async def oldest(reader: Reader, most: int) -> list[tuple[int, datetime, str]]:
    """Number, moment and hash of the oldest entries."""
    return [(row.id, row.at, row.hash) for row in await reader.all(_OLDEST, most=most)]


async def remove(tx: Transaction, last: int) -> int:
    """Remove the entries up to *last*, for which a checkpoint must be there."""
    return await tx.run(_REMOVE, last=last)


async def add_checkpoint(tx: Transaction, checkpoint: Checkpoint, signature: str) -> None:
    await tx.run(
        _ADD_CHECKPOINT,
        last_id=checkpoint.last,
        last_hash=checkpoint.hash,
        purged=checkpoint.purged,
        made_at=checkpoint.made_at,
        signature=signature,
    )


async def remove_checkpoints(tx: Transaction, before: int) -> int:
    """Remove the checkpoints of entries under *before*, when one of a purge stands there."""
    return await tx.run(_REMOVE_CHECKPOINTS, last=before)


async def checkpoints(reader: Reader) -> list[tuple[Checkpoint, str]]:
    """With their signature, those of the oldest entries first."""
    rows = await reader.all(_CHECKPOINTS)
    return [(Checkpoint(*row[:-1]), row[-1]) for row in rows]


async def is_sealed(reader: Reader, last: int) -> bool:
    return await reader.first(_SEALED, last=last) is not None
