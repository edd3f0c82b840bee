"""The statements on who works at an info session: leads, guides and their groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from sqlalchemy import Integer, bindparam, delete, exists, func, select, update

from bot.info_sessions import store, tour
from bot.info_sessions.door_views import HOSTS, GroupSheet, Standing
from bot.info_sessions.model import InfoSessionId, SignUpId, Status
from bot.info_sessions.tables import info_session_leads, sign_ups, tour_groups
from bot.people.model import PersonId
from bot.staff.model import Colleague, Role
from bot.staff.store import colleagues
from bot.staff.tables import staff
from bot.storage.columns import upsert
from bot.storage.database import Reader, Transaction, prepared

_this = bindparam("info_session", type_=Integer)
_person = bindparam("person", type_=Integer)
_is_confirmed = sign_ups.c.status == Status.CONFIRMED.value

_LEADS = prepared(
    select(
        exists().where(
            info_session_leads.c.info_session_id == _this,
            info_session_leads.c.person_id == _person,
        )
    )
)
_GUIDED = prepared(
    select(tour_groups.c.number)
    .where(tour_groups.c.info_session_id == _this, tour_groups.c.guide_id == _person)
    .order_by(tour_groups.c.number)
)
_ALL_LED = prepared(
    select(info_session_leads.c.info_session_id).where(info_session_leads.c.person_id == _person)
)
_ALL_GUIDED = prepared(
    select(tour_groups.c.info_session_id, tour_groups.c.number).where(
        tour_groups.c.guide_id == _person
    )
)
_ADD_LEAD = prepared(
    upsert(info_session_leads)
    .values(info_session_id=_this, person_id=_person)
    .on_conflict_do_nothing(index_elements=["info_session_id", "person_id"])
)
_REMOVE_LEAD = prepared(
    delete(info_session_leads).where(
        info_session_leads.c.info_session_id == _this, info_session_leads.c.person_id == _person
    )
)
_SET_GUIDE = prepared(
    update(tour_groups)
    .where(
        tour_groups.c.info_session_id == _this,
        tour_groups.c.number == bindparam("which", type_=Integer),
    )
    .values(guide_id=bindparam("guide", type_=Integer))
)
_in_group = (
    select(func.coalesce(func.sum(sign_ups.c.party), 0))
    .where(sign_ups.c.group_id == tour_groups.c.id, _is_confirmed)
    .scalar_subquery()
)
_GROUPS = prepared(
    select(
        tour_groups.c.id,
        tour_groups.c.number,
        tour_groups.c.size,
        tour_groups.c.meeting_point,
        tour_groups.c.guide_id,
        staff.c.display_name.label("guide_name"),
        _in_group.label("people"),
    )
    .outerjoin(staff, staff.c.person_id == tour_groups.c.guide_id)
    .where(tour_groups.c.info_session_id == _this)
    .order_by(tour_groups.c.number)
)
_PARTIES = prepared(
    select(sign_ups.c.id, sign_ups.c.party, sign_ups.c.group_id)
    .where(sign_ups.c.info_session_id == _this, _is_confirmed)
    .order_by(sign_ups.c.id)
)
_INTO_GROUP = prepared(
    update(sign_ups)
    .where(sign_ups.c.id == bindparam("sign_up"))
    .values(group_id=bindparam("in_group", type_=Integer))
)


async def standing(reader: Reader, id_: InfoSessionId, colleague: Colleague) -> Standing:
    """What *colleague* has to do there, whether or not that is anything."""
    if not colleague.has(*HOSTS):
        return Standing()
    named = bool(await reader.scalar(_LEADS, info_session=id_, person=colleague.person))
    rows = await reader.all(_GUIDED, info_session=id_, person=colleague.person)
    return _standing(colleague, named, [row[0] for row in rows])


async def standings(reader: Reader, colleague: Colleague) -> Callable[[InfoSessionId], Standing]:
    """As `standing`, for any info session, with two questions to the database in all."""
    if not colleague.has(*HOSTS):
        return lambda _: Standing()
    person = colleague.person
    leading = {row[0] for row in await reader.all(_ALL_LED, person=person)}
    guiding: dict[int, set[int]] = {}
    for info_session, number in await reader.all(_ALL_GUIDED, person=person):
        guiding.setdefault(info_session, set()).add(number)

    def of(id_: InfoSessionId) -> Standing:
        return _standing(colleague, id_ in leading, guiding.get(id_, ()))

    return of


def _standing(colleague: Colleague, named: bool, groups: Iterable[int]) -> Standing:
    leads = named or colleague.has(Role.COORDINATOR)
    return Standing(
        leads=leads,
        is_named=named,
        groups=frozenset(groups),
        registers=leads or colleague.has(Role.CONTACT_POINT),
    )


async def receivers(reader: Reader, id_: InfoSessionId, today: date) -> list[PersonId]:
    """Whom to write to about it: its leads who are not away; coordinators when that is nobody."""
    everybody = await colleagues(reader, today)
    named = set(await store.leads(reader, id_))
    leads = [each for each in everybody if each.person in named]
    coordinators = [each for each in everybody if each.has(Role.COORDINATOR)]
    there = [each for each in leads if not each.is_absent]
    there = there or [each for each in coordinators if not each.is_absent]
    return [each.person for each in there or coordinators]


async def set_lead(tx: Transaction, id_: InfoSessionId, person: PersonId, *, on: bool) -> bool:
    """False when it was so already."""
    return await tx.run(_ADD_LEAD if on else _REMOVE_LEAD, info_session=id_, person=person) == 1


async def set_guide(
    tx: Transaction, id_: InfoSessionId, number: int, person: PersonId | None
) -> bool:
    """False when there is no such group."""
    return await tx.run(_SET_GUIDE, info_session=id_, which=number, guide=person) == 1


async def groups(reader: Reader, id_: InfoSessionId) -> list[GroupSheet]:
    return [GroupSheet(*row[1:]) for row in await reader.all(_GROUPS, info_session=id_)]


async def into_group(
    tx: Transaction, id_: InfoSessionId, sign_up: SignUpId, number: int | None
) -> bool:
    """Put a party into group *number*, or into none; False when there is no such group."""
    rows = await tx.all(_GROUPS, info_session=id_)
    group = next((row.id for row in rows if row.number == number), None)
    if number is not None and group is None:
        return False
    await tx.run(_INTO_GROUP, sign_up=sign_up, in_group=group)
    return True


async def divide(tx: Transaction, id_: InfoSessionId) -> dict[SignUpId, int]:
    """Give everybody with a seat a tour group; who has one keeps it. Lock the info session first.

    Returns the groups of those who had none, by the number of the group.
    """
    rows = await tx.all(_GROUPS, info_session=id_)
    parties = await tx.all(_PARTIES, info_session=id_)
    kept = {row.id: row.group_id for row in parties if row.group_id is not None}
    found = tour.divide(
        [(row.id, row.party) for row in parties], [(row.id, row.size) for row in rows], kept
    )
    fresh = {party: group for party, group in found.items() if party not in kept}
    for party, group in fresh.items():
        await tx.run(_INTO_GROUP, sign_up=party, in_group=group)
    numbers = {row.id: row.number for row in rows}
    return {SignUpId(party): numbers[group] for party, group in fresh.items()}
