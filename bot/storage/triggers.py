"""Rules a table keeps by itself, where a constraint cannot say them.

A trigger is written twice, in the words of each database, beside the table it guards. The
migration that makes the table makes the trigger too; a test compares the two.
"""

from collections.abc import Sequence

from sqlalchemy import Table

_KEY = "triggers"


def guarded(table: Table, *, sqlite: Sequence[str], postgresql: Sequence[str]) -> Table:
    """Declare the statements that make the triggers of *table*; each list runs in its order.

    On PostgreSQL raise with ``ERRCODE = 'check_violation'``: a refused row is then a
    `bot.errors.Conflict` on both databases.
    """
    table.info[_KEY] = {"sqlite": tuple(sqlite), "postgresql": tuple(postgresql)}
    return table


def triggers_of(table: Table, dialect: str) -> tuple[str, ...]:
    """The statements that make the triggers of *table*; run them when all tables are there."""
    declared: dict[str, tuple[str, ...]] = table.info.get(_KEY, {})
    return declared.get(dialect, ())
