"""Adding to the audit trail and looking whether it is whole, inside the caller's transaction."""

from collections.abc import Callable, Sequence
from datetime import datetime
from secrets import token_hex

from bot.audit import store
from bot.audit.model import (
    ACTION_FORM,
    BEGINNING,
    OBJECT_FORM,
    Broken,
    Checkpoint,
    Entry,
    Fault,
)
from bot.people.model import PersonId
from bot.storage.database import Reader, Transaction


async def record(
    tx: Transaction,
    *,
    actor: PersonId | None,
    role: str,
    action: str,
    now: datetime,
    about: PersonId | None = None,
    object: str = "",  # noqa: A002  (the word the trail uses)
) -> None:
    """Add an entry if this transaction is kept.

    *actor* is None for the command line and the clock (`model.COMMAND_LINE`, `model.CLOCK`). The
    entry is written at the end of the transaction: whoever adds one holds the end of the chain,
    and must not wait for anything any more.

    Raises:
        ValueError: *action* is no `feature.verb`, or *object* could hold a text.
    """
    if not ACTION_FORM.fullmatch(action):
        raise ValueError(f"not an action: {action!r}")
    if not OBJECT_FORM.fullmatch(object):
        raise ValueError(f"not the kind and number of something: {object!r}")
    # Asked now: at the end they may have been erased, and then have no name any more.
    who = None if actor is None else await store.name_of(tx, actor)
    whom = None if about is None else await store.name_of(tx, about)

    async def add() -> None:
        last, previous = await store.locked_head(tx)
        entry = Entry(
            last + 1,
            now,
            who or await _named(tx, actor, now),
            role,
            action,
            whom or await _named(tx, about, now),
            object,
        )
        await store.add(tx, entry, entry.hash_after(previous))

    tx.at_the_end(add)


async def _named(tx: Transaction, person: PersonId | None, now: datetime) -> str | None:
    return None if person is None else await store.named(tx, person, token_hex(32), now)


async def verify(
    reader: Reader, is_ours: Callable[[Checkpoint, str], bool] | None = None
) -> Broken | None:
    """The first place where the trail is not what was written, or None.

    *is_ours* judges the signature of a checkpoint; without it signatures are not looked at.
    """
    seals: dict[int, str] = {}
    number, previous = 0, BEGINNING
    for checkpoint, signature in await store.checkpoints(reader):
        if is_ours is not None and not is_ours(checkpoint, signature):
            return Broken(checkpoint.last, Fault.FORGED)
        seals[checkpoint.last] = checkpoint.hash
        if checkpoint.purged:
            number, previous = checkpoint.last, checkpoint.hash
    async for entry, hash_ in store.chain(reader):
        if entry.number <= number:
            return Broken(entry.number, Fault.INSERTED)
        if entry.number > number + 1:
            return Broken(number + 1, Fault.MISSING)
        if entry.hash_after(previous) != hash_:
            return Broken(entry.number, Fault.CHANGED)
        if seals.get(entry.number, hash_) != hash_:
            return Broken(entry.number, Fault.REWRITTEN)
        number, previous = entry.number, hash_
    last, last_hash = await store.head(reader)
    if max(last, *seals, 0) > number:
        return Broken(number + 1, Fault.MISSING)
    if last < number:
        return Broken(last + 1, Fault.INSERTED)
    if last_hash != previous:
        return Broken(last, Fault.REWRITTEN)
    return None


async def entries(
    reader: Reader,
    *,
    before: int | None = None,
    most: int = 20,
    person: PersonId | None = None,
    actions: Sequence[str] = (),
) -> list[Entry]:
    """A page of the trail, the newest first; *before* is the number the last page ended with.

    With *person*, only what they did or what was done about them; with *actions*, only those.
    Who may look is decided in `bot.staff`.
    """
    name = None
    if person is not None:
        name = await store.name_of(reader, person)
        if name is None:
            return []
    return await store.newest(reader, before=before, most=most, name=name, actions=actions)


async def of_person(reader: Reader, person: PersonId) -> list[dict[str, object]]:
    """What the trail holds about *person*, for their own export; nobody else is named in it."""
    name = await store.name_of(reader, person)
    if name is None:
        return []
    return [
        {
            "at": entry.at,
            "action": entry.action,
            "object": entry.object,
            "role": entry.role,
            "done_by_you": entry.actor == name,
            "about_you": entry.about == name,
        }
        for entry in await store.all_of(reader, name)
    ]


async def last_acts(reader: Reader, people: Sequence[PersonId]) -> dict[PersonId, datetime]:
    """When each of *people* did or read something for the last time, as far back as it is kept."""
    names = await store.names_of(reader, people)
    acts = await store.last_acts(reader, list(names.values()))
    return {person: acts[name] for person, name in names.items() if name in acts}


async def how_often(reader: Reader, action: str, since: datetime) -> tuple[int, int]:
    """How often *action* was done after *since*, and by how many."""
    return await store.how_often(reader, action, since)


async def lately(reader: Reader, person: PersonId, action: str, since: datetime) -> int:
    """How often *person* did *action* after *since*."""
    name = await store.name_of(reader, person)
    return 0 if name is None else await store.lately(reader, name, action, since)
