"""The table of people and the statements on it."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    String,
    bindparam,
    delete,
    func,
    select,
    true,
)
from sqlalchemy import update as sql_update

from bot.people.model import INACTIVE_AFTER, Person, PersonId
from bot.storage.columns import Moment, RowId, upsert
from bot.storage.database import Reader, Row, Transaction, prepared
from bot.storage.inventory import About, personal, table

people = table(
    "people",
    Column("id", RowId, primary_key=True, info=personal("our number for this person")),
    Column(
        "account",
        BigInteger,
        nullable=False,
        unique=True,
        info=personal("where to write back"),
    ),
    Column("language", String(8), nullable=False, info=personal("in which language to write")),
    Column(
        "language_chosen",
        Boolean,
        nullable=False,
        info=personal("whether they chose the language themselves"),
    ),
    Column("source", String(64), info=personal("which poster or link brought them here")),
    Column(
        "reachable",
        Boolean,
        nullable=False,
        server_default=true(),
        info=personal("whether messages still arrive"),
    ),
    Column("paused_at", Moment, info=personal("since when they want everything frozen")),
    Column("stopped_at", Moment, info=personal("since when they want no messages from us")),
    Column(
        "last_seen_on",
        Date,
        nullable=False,
        index=True,
        info=personal("the last day they wrote; from it the term is counted"),
    ),
    Column("reminded_on", Date, info=personal("when we announced that we would forget them")),
    Column("created_at", Moment, nullable=False, info=personal("when they first wrote")),
    Column(
        "first_update",
        BigInteger,
        info=personal("their first message: the reply to it says who we are", export=False),
    ),
    Column("asked", String(64), info=personal("what we asked them to type")),
    Column("asked_until", Moment, info=personal("until when what they type answers that")),
    about=About(
        person="id",
        purpose="answer who writes to us, in their language, and respect who wants silence",
        keep=INACTIVE_AFTER,
        counted_from="last_seen_on",
    ),
)

chat_commands = table(
    "chat_commands",
    Column(
        "person_id",
        RowId,
        ForeignKey("people.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        info=personal("whose chat", export=False),
    ),
    Column("language", String(8), nullable=False, info=personal("in which language it is shown")),
    Column("set_at", Moment, nullable=False, info=personal("when the messenger was told")),
    about=About(
        purpose="knowing in which chats the commands of colleagues are shown, to take them away",
        person="person_id",
        kept_because="as long as they have a role",
    ),
)

_FIELDS = (
    people.c.id,
    people.c.account,
    people.c.language,
    people.c.language_chosen,
    people.c.source,
    people.c.reachable,
    people.c.paused_at,
    people.c.stopped_at,
    people.c.last_seen_on,
    people.c.created_at,
    people.c.first_update,
    people.c.asked,
    people.c.asked_until,
)

_OF_ACCOUNT = prepared(select(*_FIELDS).where(people.c.account == bindparam("account")))
_BY_ID = prepared(select(*_FIELDS).where(people.c.id == bindparam("person")))
_ADD = prepared(upsert(people).on_conflict_do_nothing(index_elements=["account"]))
_SEEN = prepared(
    sql_update(people)
    .where(people.c.id == bindparam("person"))
    .values(last_seen_on=bindparam("today"), reachable=True, reminded_on=None)
)
_LANGUAGE = prepared(
    sql_update(people)
    .where(people.c.id == bindparam("person"))
    .values(language=bindparam("chosen"), language_chosen=True)
)
_PAUSE = prepared(
    sql_update(people)
    .where(people.c.id == bindparam("person"))
    .values(paused_at=func.coalesce(people.c.paused_at, bindparam("since", type_=Moment())))
)
_UNPAUSE = prepared(
    sql_update(people).where(people.c.id == bindparam("person")).values(paused_at=None)
)
_STOP = prepared(
    sql_update(people)
    .where(people.c.id == bindparam("person"))
    .values(stopped_at=func.coalesce(people.c.stopped_at, bindparam("since", type_=Moment())))
)
_RESUME = prepared(
    sql_update(people)
    .where(people.c.id == bindparam("person"))
    .values(stopped_at=None, paused_at=None)
)
_UNREACHABLE = prepared(
    sql_update(people).where(people.c.account == bindparam("whose")).values(reachable=False)
)
_SOURCE = prepared(
    sql_update(people)
    .where(people.c.id == bindparam("person"), people.c.source.is_(None))
    .values(source=bindparam("tag"))
)
_ASKED = prepared(
    sql_update(people)
    .where(people.c.id == bindparam("person"))
    .values(asked=bindparam("what"), asked_until=bindparam("until"))
)
_WITH_COMMANDS = prepared(
    select(chat_commands.c.person_id, chat_commands.c.language).order_by(chat_commands.c.person_id)
)
_insert_commands = upsert(chat_commands)
_SHOW_COMMANDS = prepared(
    _insert_commands.values(
        person_id=bindparam("person"), language=bindparam("shown_in"), set_at=bindparam("now")
    ).on_conflict_do_update(
        index_elements=["person_id"],
        set_={
            "language": _insert_commands.excluded.language,
            "set_at": _insert_commands.excluded.set_at,
        },
    )
)
_HIDE_COMMANDS = prepared(
    delete(chat_commands).where(chat_commands.c.person_id == bindparam("person"))
)
_REMINDED = prepared(
    sql_update(people)
    .where(people.c.id == bindparam("person"))
    .values(reminded_on=bindparam("today"))
)
_TO_REMIND = prepared(
    select(*_FIELDS)
    .where(
        people.c.last_seen_on <= bindparam("until"),
        people.c.reminded_on.is_(None),
        people.c.reachable,
        people.c.stopped_at.is_(None),
        people.c.paused_at.is_(None),
    )
    .order_by(people.c.id)
    .limit(bindparam("most"))
)
_TO_FORGET = prepared(
    select(*_FIELDS)
    .where(
        people.c.last_seen_on <= bindparam("inactive"),
        (people.c.reminded_on <= bindparam("reminded"))
        | ~people.c.reachable
        | people.c.stopped_at.is_not(None)
        | people.c.paused_at.is_not(None),
    )
    .order_by(people.c.id)
    .limit(bindparam("most"))
)
_EVERYBODY = prepared(select(*_FIELDS).order_by(people.c.id))
_NOT_SEEN_SINCE = prepared(
    select(people.c.id)
    .where(people.c.id == bindparam("person"), people.c.last_seen_on <= bindparam("day"))
    .with_for_update()
)


async def of_account(reader: Reader, account: int) -> Person | None:
    return _person(await reader.first(_OF_ACCOUNT, account=account))


async def get(reader: Reader, id_: PersonId) -> Person:
    """Raises:
    LookupError: there is no such person (any more).
    """
    return Person(*await reader.one(_BY_ID, person=id_))


async def add(
    tx: Transaction,
    account: int,
    language: str,
    today: date,
    now: datetime,
    first_update: int | None,
) -> Person:
    """Make a person, unless somebody else just did."""
    await tx.run(
        _ADD,
        account=account,
        language=language,
        language_chosen=False,
        last_seen_on=today,
        created_at=now,
        first_update=first_update,
    )
    return Person(*await tx.one(_OF_ACCOUNT, account=account))


async def seen(tx: Transaction, id_: PersonId, today: date) -> int:
    return await tx.run(_SEEN, person=id_, today=today)


async def choose_language(tx: Transaction, id_: PersonId, language: str) -> None:
    await tx.run(_LANGUAGE, person=id_, chosen=language)


async def pause(tx: Transaction, id_: PersonId, since: datetime) -> None:
    await tx.run(_PAUSE, person=id_, since=since)


async def unpause(tx: Transaction, id_: PersonId) -> None:
    await tx.run(_UNPAUSE, person=id_)


async def stop(tx: Transaction, id_: PersonId, since: datetime) -> None:
    await tx.run(_STOP, person=id_, since=since)


async def resume(tx: Transaction, id_: PersonId) -> None:
    await tx.run(_RESUME, person=id_)


async def unreachable(tx: Transaction, account: int) -> None:
    await tx.run(_UNREACHABLE, whose=account)


async def source(tx: Transaction, id_: PersonId, tag: str) -> None:
    """Keep where they came from the first time."""
    await tx.run(_SOURCE, person=id_, tag=tag)


async def asked(tx: Transaction, id_: PersonId, what: str | None, until: datetime | None) -> None:
    """Keep what their next message answers, until *until*; None: nothing."""
    await tx.run(_ASKED, person=id_, what=what, until=until)


async def with_commands(reader: Reader) -> dict[PersonId, str]:
    """Whose chat shows the commands of colleagues, and in which language."""
    rows = await reader.all(_WITH_COMMANDS)
    return {PersonId(row.person_id): row.language for row in rows}


async def show_commands(tx: Transaction, id_: PersonId, language: str, now: datetime) -> None:
    await tx.run(_SHOW_COMMANDS, person=id_, shown_in=language, now=now)


async def hide_commands(tx: Transaction, id_: PersonId) -> None:
    await tx.run(_HIDE_COMMANDS, person=id_)


async def to_remind(reader: Reader, until: date, most: int) -> list[Person]:
    """People not seen since *until* whom we can tell that we will forget them."""
    return [Person(*row) for row in await reader.all(_TO_REMIND, until=until, most=most)]


async def reminded(tx: Transaction, id_: PersonId, today: date) -> None:
    await tx.run(_REMINDED, person=id_, today=today)


async def to_forget(reader: Reader, inactive: date, reminded: date, most: int) -> list[Person]:
    """People not seen since *inactive* who were told by *reminded*, or whom we may not write."""
    rows = await reader.all(_TO_FORGET, inactive=inactive, reminded=reminded, most=most)
    return [Person(*row) for row in rows]


async def everybody(reader: Reader) -> list[Person]:
    return [Person(*row) for row in await reader.all(_EVERYBODY)]


async def not_seen_since(tx: Transaction, id_: PersonId, day: date) -> bool:
    """Whether they are still here and have not written after *day*; locks their row."""
    return await tx.first(_NOT_SEEN_SINCE, person=id_, day=day) is not None


def _person(row: Row | None) -> Person | None:
    return None if row is None else Person(*row)
