"""Contact points with hours and candidates for tests, and what must be true of all appointments."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from itertools import pairwise

from sqlalchemy import delete, insert, select, update

from bot.appointments.model import State, Track, Wanted
from bot.appointments.roster import Hours, Roster, packed
from bot.appointments.tables import appointments, rosters
from bot.clock import brussels
from bot.notifications.outbox import outbox
from bot.people.model import PersonId
from bot.people.store import people
from bot.staff.tables import staff, staff_roles
from bot.storage.database import Database, Reader

NOW = brussels(2026, 11, 21, 10)
"""Where the fake clock stands: a Saturday."""

TALK = Wanted("selection", Track.UNIFORM, "nl")

OFFICE = Roster(weekly=dict.fromkeys(range(5), (Hours(540, 720), Hours(780, 1020))))
"""Nine to twelve and one to five, each working day."""


async def contact_points(
    database: Database, count: int, roster: Roster = OFFICE, *, first: int = 1
) -> list[PersonId]:
    """Colleagues who receive people; account numbers from 90,000 on."""
    rows = [
        {
            "account": 90_000 + number,
            "language": "nl",
            "language_chosen": False,
            "source": None,
            "last_seen_on": date(2026, 11, 21),
            "created_at": NOW,
        }
        for number in range(first, first + count)
    ]
    async with database.transaction() as tx:
        await tx.run_many(insert(people), rows)
        found = await tx.all(
            select(people.c.id)
            .where(people.c.account.between(90_000 + first, 90_000 + first + count - 1))
            .order_by(people.c.account)
        )
        ids = [PersonId(row.id) for row in found]
        await tx.run_many(
            insert(staff),
            [
                {
                    "person_id": id_,
                    "display_name": f"Collega {id_}",
                    "service": None,
                    "languages": ["nl", "fr"],
                    "since": NOW,
                }
                for id_ in ids
            ],
        )
        await tx.run_many(
            insert(staff_roles),
            [
                {"person_id": id_, "role": "contact_point", "starts_on": date(2026, 1, 1)}
                for id_ in ids
            ],
        )
        await tx.run_many(
            insert(rosters),
            [{"colleague_id": id_, "content": packed(roster), "since": NOW} for id_ in ids],
        )
    return ids


async def a_coordinator(database: Database) -> PersonId:
    """Who plans, and receives nobody."""
    (id_,) = await contact_points(database, 1, first=9_000)
    async with database.transaction() as tx:
        await tx.run(delete(rosters).where(rosters.c.colleague_id == id_))
        await tx.run(
            update(staff_roles).where(staff_roles.c.person_id == id_).values(role="coordinator")
        )
    return id_


async def told(database: Database, whom: PersonId) -> list[str]:
    """What was promised to somebody about appointments, in order."""
    async with database.reading() as reader:
        rows = await reader.all(
            select(outbox.c.text_key).where(outbox.c.person_id == whom).order_by(outbox.c.id)
        )
    keys = [row[0] for row in rows if row[0].startswith("appointments.")]
    return [key.removeprefix("appointments.") for key in keys]


async def everything(database: Database) -> list[dict[str, object]]:
    async with database.reading() as reader:
        rows = await reader.all(select(appointments).order_by(appointments.c.id))
    names = [column.name for column in appointments.columns]
    return [dict(zip(names, row, strict=True)) for row in rows]


async def wrong_with(reader: Reader) -> list[str]:
    """Two appointments of one colleague, or of one candidate, at once."""
    rows = await reader.all(select(appointments).where(appointments.c.state != State.ENDED.value))
    busy: dict[tuple[str, int], list[tuple[datetime, datetime, int]]] = defaultdict(list)
    for row in rows:
        busy["colleague", row.colleague_id].append((row.busy_from, row.busy_until, row.id))
        busy["candidate", row.person_id].append((row.starts_at, row.ends_at, row.id))
    problems = []
    for (kind, person), spans in busy.items():
        spans.sort()
        problems += [
            f"{kind} {person} has {one[2]} and {other[2]} at once"
            for one, other in pairwise(spans)
            if other[0] < one[1]
        ]
    return problems


async def check_whole(database: Database) -> None:
    async with database.reading() as reader:
        assert await wrong_with(reader) == []
