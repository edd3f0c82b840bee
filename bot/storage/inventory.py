"""The data inventory: what every table and column is for, about whom, for how long.

Tables are declared through :func:`table`, which refuses a column that does not say whether it
is personal. Export, erasure and retention (`bot.privacy`) and the register of the data
protection officer are driven by what stands here, so none of them can forget a column.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table
from sqlalchemy.schema import SchemaItem

from bot.storage.columns import metadata


class Erasure(StrEnum):
    DELETE = "delete"
    """The row goes."""
    CLEAR = "clear"
    """The row stays for others; its personal columns become empty (NULL)."""


DELETE = Erasure.DELETE
CLEAR = Erasure.CLEAR


@dataclass(frozen=True, kw_only=True)
class About:
    """What a row of a table is: for what, about whom, until when."""

    purpose: str
    person: str | None = None
    """The column with the id in `people` of the person a row is about."""
    account: str | None = None
    """The column with the messenger account of that person, where there is no id."""
    keep: timedelta | None = None
    """How long a row is kept after *counted_from*; None: as long as *kept_because* says."""
    counted_from: str | tuple[str, ...] | None = None
    """Column(s) of which the first filled one starts the term; a row with none filled stays."""
    kept_because: str | None = None
    """Why there is no term of its own, for example: goes with the person."""
    on_erasure: Erasure = DELETE

    def __post_init__(self) -> None:
        if (self.keep is None) == (self.kept_because is None):
            raise TypeError("a table has either a term (keep) or a reason to have none")
        if self.keep is not None and not self.started_by:
            raise TypeError("a term must say what it is counted from")
        if self.person and self.account:
            raise TypeError("a row is about a person by id or by account, not both")

    @property
    def started_by(self) -> tuple[str, ...]:
        if isinstance(self.counted_from, str):
            return (self.counted_from,)
        return self.counted_from or ()


@dataclass(frozen=True)
class Entry:
    """What the inventory says of one column."""

    personal: bool
    why: str
    export: bool = False


def personal(why: str, *, export: bool = True) -> dict[Any, Any]:
    """Mark a column (`info=personal(...)`) that tells something about a person.

    *export* is False only for what would be meaningless or harmful to hand over; say why.
    """
    return {"inventory": Entry(personal=True, why=why, export=export)}


def impersonal(why: str) -> dict[Any, Any]:
    """Mark a column that tells nothing about a person, with the reason."""
    return {"inventory": Entry(personal=False, why=why)}


def table(
    name: str, *items: SchemaItem, about: About, metadata: MetaData = metadata, **options: Any
) -> Table:
    """Declare a table. Options are those of `sqlalchemy.Table`.

    Raises:
        TypeError: a column, or the table's own entry, does not say what it must.
    """
    made = Table(name, metadata, *items, info={"about": about}, **options)
    problems = problems_of(made)
    if problems:
        metadata.remove(made)
        raise TypeError("; ".join(problems))
    if _counts_rows(made):
        # A number that was given once never comes back: an old button must not open a new row.
        made.dialect_options["sqlite"]["autoincrement"] = True
    return made


def problems_of(table: Table) -> list[str]:
    """What the inventory misses about *table*; empty when it is complete."""
    about = table.info.get("about")
    if not isinstance(about, About):
        return [f"{table.name}: not declared through the inventory"]
    problems = [
        f"{table.name}.{column.name}: no inventory entry"
        for column in table.columns
        if not isinstance(column.info.get("inventory"), Entry)
        or not column.info["inventory"].why.strip()
    ]
    named = [about.person, about.account, *about.started_by]
    problems += [
        f"{table.name}: its entry names {name}, which is no column"
        for name in named
        if name is not None and name not in table.columns
    ]
    if problems:
        return problems
    has_personal = any(entry_of(column).personal for column in table.columns)
    if has_personal and not (about.person or about.account):
        problems.append(f"{table.name}: has personal columns but does not say whose row it is")
    if about.on_erasure is CLEAR:
        problems += [
            f"{table.name}.{column.name}: personal, must be emptied on erasure, cannot be empty"
            for column in table.columns
            if entry_of(column).personal and not column.nullable
        ]
    return problems


def about_of(table: Table) -> About:
    found: About = table.info["about"]
    return found


def entry_of(column: Column[Any]) -> Entry:
    found: Entry = column.info["inventory"]
    return found


def inventoried(metadata: MetaData = metadata) -> Iterator[tuple[Table, About]]:
    """All tables, those referred to before those that refer."""
    for each in metadata.sorted_tables:
        yield each, about_of(each)


def _counts_rows(table: Table) -> bool:
    counter = table.autoincrement_column
    if counter is None or counter.autoincrement is False:
        return False
    on_sqlite = counter.type.dialect_impl(_SQLITE)
    return isinstance(on_sqlite, Integer) and not isinstance(on_sqlite, BigInteger)


def _sqlite_dialect() -> Any:
    from sqlalchemy.dialects import sqlite

    return sqlite.dialect()


_SQLITE = _sqlite_dialect()
