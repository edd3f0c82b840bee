"""Small tables for tests of the storage itself, apart from those of the product."""

from sqlalchemy import Column, MetaData, Text, text
from sqlalchemy.schema import CreateTable

from bot.storage.columns import RowId
from bot.storage.database import Database
from bot.storage.inventory import About, impersonal, table
from bot.storage.statements import DIALECTS

apart = MetaData()
_ABOUT = About(purpose="tests of the storage", kept_because="goes with the test")

notes = table(
    "notes",
    Column("id", RowId, primary_key=True, info=impersonal("a number")),
    Column("text", Text, nullable=False, unique=True, info=impersonal("made up by a test")),
    about=_ABOUT,
    metadata=apart,
)


async def with_notes(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.run(text(str(CreateTable(notes).compile(dialect=DIALECTS[database.dialect]))))
