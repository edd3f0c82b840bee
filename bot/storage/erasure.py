"""Erasing and listing what the inventory says is about one person."""

from typing import Any

from sqlalchemy import Column, Table, delete, select, update
from sqlalchemy.sql import ColumnElement

from bot.storage.database import Reader, Transaction
from bot.storage.inventory import CLEAR, About, entry_of, inventoried


def of_person(
    table: Table, about: About, person: int | None, account: int
) -> ColumnElement[bool] | None:
    """The condition for rows about this person; None where rows are about nobody."""
    if about.person is not None:
        return None if person is None else table.c[about.person] == person
    if about.account is not None:
        return table.c[about.account] == account
    return None


async def erase(tx: Transaction, person: int | None, account: int) -> dict[str, int]:
    """Erase everything about a person; return how many rows of which table it touched.

    *person* is None for somebody who never got a row in `people`.
    """
    touched = {}
    for table, about in reversed(list(inventoried())):
        condition = of_person(table, about, person, account)
        if condition is None:
            continue
        if about.on_erasure is CLEAR:
            empty = {column.name: None for column in table.columns if entry_of(column).personal}
            count = await tx.run(update(table).where(condition).values(empty))
        else:
            count = await tx.run(delete(table).where(condition))
        if count:
            touched[table.name] = count
    return touched


async def about_person(
    reader: Reader, person: int, account: int
) -> dict[str, list[dict[str, Any]]]:
    """Every row about a person, by table, with the columns that are theirs to have."""
    found = {}
    for table, about in inventoried():
        condition = of_person(table, about, person, account)
        columns: list[Column[Any]] = [
            column
            for column in table.columns
            if entry_of(column).personal and entry_of(column).export
        ]
        if condition is None or not columns:
            continue
        names = [column.name for column in columns]
        rows = await reader.all(
            select(*columns).where(condition).order_by(*table.primary_key.columns)
        )
        if rows:
            found[table.name] = [dict(zip(names, row, strict=True)) for row in rows]
    return found


async def loose_accounts(reader: Reader) -> set[int]:
    """Accounts in tables that know no person id, where somebody may be who has none."""
    accounts: set[int] = set()
    for table, about in inventoried():
        if about.account is None:
            continue
        column = table.c[about.account]
        found = await reader.all(select(column).where(column.is_not(None)).distinct())
        accounts.update(row[0] for row in found)
    return accounts
