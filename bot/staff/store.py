"""The statements on the tables of colleagues."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import BindParameter, and_, bindparam, delete, func, insert, or_, select, update

from bot.people.model import PersonId
from bot.people.store import people
from bot.staff.model import (
    Absence,
    AbsenceId,
    Access,
    Colleague,
    Field,
    Role,
    Term,
)
from bot.staff.tables import (
    is_permanent,
    staff,
    staff_absences,
    staff_consents,
    staff_roles,
)
from bot.storage.columns import upsert
from bot.storage.database import Reader, Row, Transaction
from bot.storage.statements import prepared

_WHOSE: BindParameter[int] = bindparam("person")
_TODAY: BindParameter[date] = bindparam("today")

_in_force = and_(
    staff_roles.c.ended_at.is_(None),
    staff_roles.c.starts_on <= _TODAY,
    or_(staff_roles.c.ends_on.is_(None), staff_roles.c.ends_on > _TODAY),
)
_TERMS = (
    select(
        staff_roles.c.person_id,
        staff.c.display_name,
        staff.c.service,
        staff.c.languages,
        staff_roles.c.role,
        staff_roles.c.starts_on,
        staff_roles.c.ends_on,
    )
    .join(staff, staff.c.person_id == staff_roles.c.person_id)
    .where(_in_force)
)
_CONSENTS = select(staff_consents.c.person_id, staff_consents.c.field)
_AWAY = (
    select(
        staff_absences.c.person_id,
        func.min(staff_absences.c.from_on),
        func.max(staff_absences.c.until_on),
    )
    .where(staff_absences.c.from_on <= _TODAY, staff_absences.c.until_on >= _TODAY)
    .group_by(staff_absences.c.person_id)
)
_TERMS_OF = prepared(_TERMS.where(staff_roles.c.person_id == _WHOSE))
_CONSENTS_OF = prepared(_CONSENTS.where(staff_consents.c.person_id == _WHOSE))
_AWAY_OF = prepared(_AWAY.where(staff_absences.c.person_id == _WHOSE))
_ALL_TERMS = prepared(_TERMS.order_by(staff.c.display_name, staff_roles.c.person_id))
_ALL_CONSENTS = prepared(_CONSENTS)
_ALL_AWAY = prepared(_AWAY)
_HOLDERS = prepared(
    select(staff_roles.c.person_id)
    .where(_in_force, staff_roles.c.role == bindparam("role"))
    .order_by(staff_roles.c.person_id)
)
_LOCKED_PERMANENT = prepared(
    select(staff_roles.c.person_id).where(is_permanent).order_by(staff_roles.c.id).with_for_update()
)
_OPEN = and_(staff_roles.c.person_id == _WHOSE, staff_roles.c.ended_at.is_(None))
_OPEN_TERMS = prepared(
    select(staff_roles.c.id, staff_roles.c.role, staff_roles.c.starts_on, staff_roles.c.ends_on)
    .where(_OPEN)
    .order_by(staff_roles.c.id)
    .with_for_update()
)
_ADD_COLLEAGUE = prepared(upsert(staff).on_conflict_do_nothing(index_elements=["person_id"]))
_ADD_ROLE = prepared(insert(staff_roles))
_MOVE_END = prepared(
    update(staff_roles)
    .where(staff_roles.c.id == bindparam("row"))
    .values(ends_on=bindparam("ends"))
)
_END = prepared(
    update(staff_roles)
    .where(staff_roles.c.id == bindparam("row"), staff_roles.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)
_PAST_END = prepared(
    select(staff_roles.c.person_id)
    .where(staff_roles.c.ended_at.is_(None), staff_roles.c.ends_on <= _TODAY)
    .order_by(staff_roles.c.person_id)
    .distinct()
)
_ACCESSES = prepared(
    select(
        staff_roles.c.id,
        staff_roles.c.person_id,
        staff.c.display_name,
        staff_roles.c.role,
        staff_roles.c.starts_on,
        staff_roles.c.ends_on,
        staff_roles.c.reviewed_at,
    )
    .join(staff, staff.c.person_id == staff_roles.c.person_id)
    .where(_in_force)
    .order_by(staff.c.display_name, staff_roles.c.person_id, staff_roles.c.id)
)
_REVIEWED = prepared(
    update(staff_roles)
    .where(staff_roles.c.id == bindparam("row"))
    .values(reviewed_at=bindparam("now"))
)
_FORGET_CONSENTS = prepared(delete(staff_consents).where(staff_consents.c.person_id == _WHOSE))
_FORGET_ABSENCES = prepared(delete(staff_absences).where(staff_absences.c.person_id == _WHOSE))
_FORGET_COLLEAGUE = prepared(delete(staff).where(staff.c.person_id == _WHOSE))
_NAME_OF = prepared(select(staff.c.display_name).where(staff.c.person_id == _WHOSE))

_RENAME = prepared(
    update(staff).where(staff.c.person_id == _WHOSE).values(display_name=bindparam("name"))
)
_WORK_FOR = prepared(
    update(staff).where(staff.c.person_id == _WHOSE).values(service=bindparam("service"))
)
_SPEAK = prepared(
    update(staff).where(staff.c.person_id == _WHOSE).values(languages=bindparam("languages"))
)
_CONSENT = prepared(
    upsert(staff_consents).on_conflict_do_nothing(index_elements=["person_id", "field"])
)
_TAKE_BACK = prepared(
    delete(staff_consents).where(
        staff_consents.c.person_id == _WHOSE, staff_consents.c.field == bindparam("field")
    )
)

_ADD_ABSENCE = prepared(insert(staff_absences))
_absence = select(staff_absences.c.id, staff_absences.c.from_on, staff_absences.c.until_on)
_ABSENCES = prepared(
    _absence.where(
        staff_absences.c.person_id == _WHOSE, staff_absences.c.until_on >= _TODAY
    ).order_by(staff_absences.c.from_on, staff_absences.c.id)
)
_NOW_AWAY = and_(staff_absences.c.from_on <= _TODAY, staff_absences.c.until_on >= _TODAY)
_BACK_TODAY = prepared(
    delete(staff_absences).where(
        staff_absences.c.person_id == _WHOSE, staff_absences.c.from_on == _TODAY
    )
)
_BACK = prepared(
    update(staff_absences)
    .where(staff_absences.c.person_id == _WHOSE, _NOW_AWAY)
    .values(until_on=bindparam("yesterday"))
)
_ABSENCE = prepared(
    _absence.where(
        staff_absences.c.id == bindparam("row"),
        staff_absences.c.person_id == _WHOSE,
        staff_absences.c.until_on >= _TODAY,
    ).with_for_update()
)
_REMOVE_ABSENCE = prepared(delete(staff_absences).where(staff_absences.c.id == bindparam("row")))
_END_ABSENCE = prepared(
    update(staff_absences)
    .where(staff_absences.c.id == bindparam("row"))
    .values(until_on=bindparam("yesterday"))
)
_BEGUN = prepared(
    select(staff_absences.c.person_id)
    .where(_NOW_AWAY, staff_absences.c.handed_over_at.is_(None))
    .order_by(staff_absences.c.person_id)
    .distinct()
)
_HANDED_OVER = prepared(
    update(staff_absences)
    .where(
        staff_absences.c.person_id == _WHOSE,
        staff_absences.c.handed_over_at.is_(None),
        _NOW_AWAY,
    )
    .values(handed_over_at=bindparam("now"))
)

# Rows that refer to the person may still be added by others: only we lock it this way.
_LOCK_PERSON = prepared(
    select(people.c.id).where(people.c.id == _WHOSE).with_for_update(key_share=True)
)


async def colleague_of(reader: Reader, person: PersonId, today: date) -> Colleague | None:
    """Costs one statement for who is none."""
    terms = await reader.all(_TERMS_OF, person=person, today=today)
    if not terms:
        return None
    shown = await reader.all(_CONSENTS_OF, person=person)
    away = await reader.first(_AWAY_OF, person=person, today=today)
    return _colleague(terms, [row.field for row in shown], away)


async def colleagues(reader: Reader, today: date) -> list[Colleague]:
    """Everybody with a role in force, by name."""
    terms = defaultdict(list)
    for row in await reader.all(_ALL_TERMS, today=today):
        terms[row.person_id].append(row)
    shown = defaultdict(list)
    for row in await reader.all(_ALL_CONSENTS):
        shown[row.person_id].append(row.field)
    away = {row.person_id: row for row in await reader.all(_ALL_AWAY, today=today)}
    return [_colleague(rows, shown[who], away.get(who)) for who, rows in terms.items()]


async def holders(reader: Reader, role: Role, today: date) -> list[PersonId]:
    """Who has *role* today."""
    rows = await reader.all(_HOLDERS, role=role.value, today=today)
    return [PersonId(row[0]) for row in rows]


async def locked_permanent(tx: Transaction) -> list[PersonId]:
    """The coordinators of whom no end is known; until the end of *tx* none of them goes."""
    return [PersonId(row[0]) for row in await tx.all(_LOCKED_PERMANENT)]


async def open_terms(tx: Transaction, person: PersonId) -> list[tuple[int, Term]]:
    """Every role that was not ended yet, with the number of its row."""
    rows = await tx.all(_OPEN_TERMS, person=person)
    return [(row.id, Term(Role(row.role), row.starts_on, row.ends_on)) for row in rows]


async def add_colleague(tx: Transaction, person: PersonId, name: str, now: datetime) -> None:
    """Unless they are one already: then their own name stays."""
    await tx.run(_ADD_COLLEAGUE, person_id=person, display_name=name, since=now)


async def add_role(
    tx: Transaction, person: PersonId, role: Role, starts_on: date, ends_on: date | None
) -> None:
    await tx.run(_ADD_ROLE, person_id=person, role=role.value, starts_on=starts_on, ends_on=ends_on)


async def move_end(tx: Transaction, row: int, ends_on: date | None) -> None:
    await tx.run(_MOVE_END, row=row, ends=ends_on)


async def accesses(reader: Reader, today: date) -> list[Access]:
    """Every role in force, by the name of who has it."""
    return [
        Access(
            row=row.id,
            person=PersonId(row.person_id),
            name=row.display_name,
            term=Term(Role(row.role), row.starts_on, row.ends_on),
            reviewed_at=row.reviewed_at,
        )
        for row in await reader.all(_ACCESSES, today=today)
    ]


async def reviewed(tx: Transaction, row: int, now: datetime) -> None:
    await tx.run(_REVIEWED, row=row, now=now)


async def end(tx: Transaction, row: int, now: datetime) -> bool:
    return await tx.run(_END, row=row, now=now) == 1


async def past_their_end(reader: Reader, today: date) -> list[PersonId]:
    """Whose role gives no access any more but was not ended yet."""
    return [PersonId(row[0]) for row in await reader.all(_PAST_END, today=today)]


async def forget_colleague(tx: Transaction, person: PersonId) -> None:
    """What is only kept as long as they have a role."""
    await tx.run(_FORGET_CONSENTS, person=person)
    await tx.run(_FORGET_ABSENCES, person=person)
    await tx.run(_FORGET_COLLEAGUE, person=person)


async def name_of(reader: Reader, person: PersonId) -> str | None:
    name: str | None = await reader.scalar(_NAME_OF, person=person)
    return name


async def rename(tx: Transaction, person: PersonId, name: str) -> None:
    await tx.run(_RENAME, person=person, name=name)


async def work_for(tx: Transaction, person: PersonId, service: str | None) -> None:
    await tx.run(_WORK_FOR, person=person, service=service)


async def speak(tx: Transaction, person: PersonId, languages: Sequence[str]) -> None:
    await tx.run(_SPEAK, person=person, languages=list(languages) or None)


async def consent(tx: Transaction, person: PersonId, field: Field, now: datetime) -> None:
    await tx.run(_CONSENT, person_id=person, field=field.value, given_at=now)


async def take_back(tx: Transaction, person: PersonId, field: Field) -> None:
    await tx.run(_TAKE_BACK, person=person, field=field.value)


async def add_absence(tx: Transaction, person: PersonId, from_on: date, until_on: date) -> None:
    await tx.run(_ADD_ABSENCE, person_id=person, from_on=from_on, until_on=until_on)


async def absences(reader: Reader, person: PersonId, today: date) -> list[Absence]:
    """The one they are in and those to come."""
    return [Absence(*row) for row in await reader.all(_ABSENCES, person=person, today=today)]


async def back(tx: Transaction, person: PersonId, today: date, yesterday: date) -> int:
    """End the absence they are in; how many there were (they may overlap)."""
    ended = await tx.run(_BACK_TODAY, person=person, today=today)
    return ended + await tx.run(_BACK, person=person, today=today, yesterday=yesterday)


async def absence(tx: Transaction, id_: AbsenceId, person: PersonId, today: date) -> Absence | None:
    """One of *person* that is not over; locked."""
    row = await tx.first(_ABSENCE, row=id_, person=person, today=today)
    return None if row is None else Absence(*row)


async def call_off(tx: Transaction, id_: AbsenceId) -> None:
    """As if this absence had never been said."""
    await tx.run(_REMOVE_ABSENCE, row=id_)


async def end_absence(tx: Transaction, id_: AbsenceId, yesterday: date) -> None:
    """This absence is over since that day; the days before it stay."""
    await tx.run(_END_ABSENCE, row=id_, yesterday=yesterday)


async def absences_begun(reader: Reader, today: date) -> list[PersonId]:
    """Who is away since lately and still has their open work."""
    return [PersonId(row[0]) for row in await reader.all(_BEGUN, today=today)]


async def handed_over(tx: Transaction, person: PersonId, today: date, now: datetime) -> bool:
    """Whether this is the moment to hand their work over; noted, so that it happens once."""
    return await tx.run(_HANDED_OVER, person=person, today=today, now=now) > 0


async def lock_person(tx: Transaction, person: PersonId) -> bool:
    """Let *tx* have this person to itself; False when they are gone."""
    return await tx.first(_LOCK_PERSON, person=person) is not None


def _colleague(rows: Sequence[Row], shown: Sequence[str], away: Row | None) -> Colleague:
    first = rows[0]
    terms = [Term(Role(row.role), row.starts_on, row.ends_on) for row in rows]
    return Colleague(
        person=PersonId(first.person_id),
        display_name=first.display_name,
        service=first.service,
        languages=tuple(first.languages or ()),
        shown=frozenset(Field(field) for field in shown),
        terms=tuple(sorted(terms, key=lambda term: list(Role).index(term.role))),
        absent_from=None if away is None else away[1],
        absent_until=None if away is None else away[2],
    )
