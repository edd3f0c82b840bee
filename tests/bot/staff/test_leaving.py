"""T1, T-08: who leaves has no access from the next tap on, and somebody is always left."""

import asyncio
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update

from bot import audit
from bot.clock import brussels
from bot.errors import Conflict
from bot.notifications.outbox import outbox
from bot.people.model import PersonId
from bot.people.service import People
from bot.privacy import Privacy, after_restore
from bot.staff import NotAllowed, Role, Staff, colleague_of, store
from bot.staff.model import EndPassed, LastCoordinator, WrongCode, leaves_nobody
from bot.staff.tables import staff as staff_table
from bot.staff.tables import staff_absences, staff_consents, staff_roles
from bot.storage.database import Database, Transaction, prepared
from bot.storage.ledger import Ledger
from tests.bot.staff.conftest import Hired, Somebody
from tests.support.clock import FakeClock

COORDINATOR, EDITOR, SESSION_LEAD = Role.COORDINATOR, Role.EDITOR, Role.SESSION_LEAD


async def roles_of(staff: Staff, person: PersonId) -> frozenset[Role]:
    colleague = await staff.me(person)
    return frozenset() if colleague is None else colleague.roles


async def told(database: Database, person: PersonId) -> list[str]:
    async with database.reading() as reader:
        rows = await reader.all(
            select(outbox.c.text_key).where(outbox.c.person_id == person).order_by(outbox.c.id)
        )
    return [row[0] for row in rows]


class Released:
    """Stands in for a feature whose work has owners."""

    def __init__(self, staff: Staff) -> None:
        self.seen: list[tuple[PersonId, frozenset[Role]]] = []
        staff.on_leaving.append(self)

    async def __call__(self, tx: Transaction, person: PersonId, now: datetime) -> None:
        left = await colleague_of(tx, person, now.date())
        self.seen.append((person, frozenset() if left is None else left.roles))


async def test_t08_a_role_ends_at_the_next_tap(
    staff: Staff, database: Database, hired: Hired
) -> None:
    sofie, bram = await hired(COORDINATOR), await hired(EDITOR, SESSION_LEAD)
    released = Released(staff)
    ended = [await staff.revoke(sofie, bram, SESSION_LEAD) for _ in range(2)]

    with pytest.raises(NotAllowed):
        async with staff.acting(bram, SESSION_LEAD):
            pass
    assert ended == [1, 0]
    assert released.seen == [(bram, {EDITOR})]
    assert await roles_of(staff, bram) == {EDITOR}
    assert await told(database, bram) == ["staff.role_ended"]


async def test_t08_with_the_last_role_the_rest_goes_too(
    staff: Staff, database: Database, hired: Hired
) -> None:
    sofie, bram = await hired(COORDINATOR), await hired(EDITOR, SESSION_LEAD)
    await staff.absent(bram, date(2026, 12, 24), date(2026, 12, 31))
    await staff.speak(bram, ["nl", "fr"])
    ended = await staff.revoke(sofie, bram)
    async with database.reading() as reader:
        left = [
            await reader.all(select(table).where(table.c.person_id == bram))
            for table in (staff_table, staff_absences, staff_consents)
        ]

    assert ended == 2
    assert left == [[], [], []]
    assert await staff.me(bram) is None


async def test_t08_in_the_middle_of_a_dialogue(staff: Staff, hired: Hired) -> None:
    """No role is remembered anywhere: each step asks anew."""
    sofie, bram = await hired(COORDINATOR), await hired(COORDINATOR)
    invited = await staff.invite(bram, EDITOR, name="Friend")
    await staff.revoke(sofie, bram)

    for step in (
        staff.invite(bram, EDITOR, name="Friend"),
        staff.withdraw(bram, invited.id),
        staff.rename(bram, "Baas"),
        staff.absent(bram, date(2026, 12, 1), date(2026, 12, 2)),
        staff.trail(bram),
        staff.revoke(bram, sofie),
        staff.revoke(bram, bram),
    ):
        with pytest.raises(NotAllowed):
            await step
    assert await roles_of(staff, sofie) == {COORDINATOR}


async def test_t08_colleagues_may_leave_by_themselves(
    staff: Staff, database: Database, hired: Hired
) -> None:
    await hired(COORDINATOR)
    bram = await hired(EDITOR)
    ended = await staff.revoke(bram, bram, EDITOR)

    assert ended == 1
    assert await roles_of(staff, bram) == frozenset()
    assert await told(database, bram) == []


async def test_r05_a_hook_that_fails_leaves_everything_as_it_was(
    staff: Staff, database: Database, hired: Hired
) -> None:
    sofie, bram = await hired(COORDINATOR), await hired(EDITOR)

    async def fails(tx: Transaction, person: PersonId, now: datetime) -> None:
        await tx.run(update(staff_table).values(service="gone"))
        raise RuntimeError

    staff.on_leaving.append(fails)
    with pytest.raises(RuntimeError):
        await staff.revoke(sofie, bram)
    colleague = await staff.me(bram)

    assert colleague is not None
    assert (colleague.roles, colleague.service) == ({EDITOR}, None)
    assert await told(database, bram) == []


@pytest.mark.parametrize(
    ("permanent", "stuck"),
    [
        pytest.param([1], True, id="the only one"),
        pytest.param([1, 2], False, id="one of two"),
        pytest.param([2], False, id="has an end date already"),
        pytest.param([], False, id="nobody at all"),
    ],
)
def test_t08_the_rule_of_the_last_coordinator(permanent: list[int], stuck: bool) -> None:
    assert leaves_nobody([PersonId(each) for each in permanent], PersonId(1)) is stuck


async def test_t08_the_last_coordinator_stays(staff: Staff, hired: Hired, clock: FakeClock) -> None:
    """Others with an end date do not count: on that day nobody would be left."""
    sofie = await hired(COORDINATOR)
    await hired(COORDINATOR, ends_on=date(2027, 3, 1))

    for attempt in (
        staff.revoke(sofie, sofie),
        staff.revoke(sofie, sofie, COORDINATOR),
        staff.revoke(None, sofie, COORDINATOR),
        staff.end_on(sofie, sofie, COORDINATOR, date(2027, 1, 1)),
    ):
        with pytest.raises(LastCoordinator):
            await attempt
    await staff.end_on(sofie, sofie, COORDINATOR, None)
    els = await hired(COORDINATOR)
    await staff.end_on(els, sofie, COORDINATOR, date(2026, 12, 1))
    clock.set(brussels(2026, 12, 1))

    with pytest.raises(LastCoordinator):
        await staff.revoke(els, els, COORDINATOR)
    assert await roles_of(staff, sofie) == frozenset()


STATEMENTS = [
    pytest.param({"ended_at": datetime.fromisoformat("2026-11-21T09:00:00+00:00")}, id="ended"),
    pytest.param({"ends_on": date(2027, 1, 1)}, id="an end date"),
    pytest.param({"role": "editor"}, id="another role"),
]


@pytest.mark.parametrize("values", STATEMENTS)
async def test_t08_the_database_keeps_the_last_coordinator_too(
    database: Database, hired: Hired, values: dict[str, Any]
) -> None:
    sofie = await hired(COORDINATOR)
    statement = update(staff_roles).where(staff_roles.c.person_id == sofie).values(**values)

    with pytest.raises(Conflict, match="last coordinator"):
        async with database.transaction() as tx:
            await tx.run(statement)


async def both_leave(staff: Staff, one: PersonId, other: PersonId) -> list[str]:
    """Each revokes the other at the same moment; what came of it."""
    outcomes = await asyncio.gather(
        staff.revoke(one, other, COORDINATOR),
        staff.revoke(other, one, COORDINATOR),
        return_exceptions=True,
    )
    return sorted(
        type(outcome).__name__ if isinstance(outcome, Exception) else "done" for outcome in outcomes
    )


async def test_t08_two_who_remove_each_other_at_once(
    staff: Staff, database: Database, hired: Hired, clock: FakeClock
) -> None:
    for _ in range(5):
        one, other = await hired(COORDINATOR), await hired(COORDINATOR)
        await remove_all_but(database, one, other)
        outcome = await both_leave(staff, one, other)
        left = [person for person in (one, other) if await roles_of(staff, person)]

        assert outcome[1] == "done"
        assert outcome[0] in ("LastCoordinator", "NotAllowed")
        assert len(left) == 1


async def remove_all_but(database: Database, *kept: PersonId) -> None:
    async with database.transaction() as tx:
        await tx.run(staff_roles.delete().where(staff_roles.c.person_id.not_in(kept)))


_UNLOCKED = prepared(
    select(staff_roles.c.person_id).where(
        staff_roles.c.role == "coordinator", staff_roles.c.ended_at.is_(None)
    )
)


async def unlocked(tx: Transaction) -> list[PersonId]:
    found = [PersonId(row[0]) for row in await tx.all(_UNLOCKED)]
    await asyncio.sleep(0.05)  # long enough for the other to have looked too
    return found


@pytest.mark.parametrize("trigger", [True, False], ids=["with the trigger", "without anything"])
async def test_t08_without_the_lock_the_trigger_holds_and_without_both_nobody_is_left(
    postgres_database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, trigger: bool
) -> None:
    """The control: the race is real, and each guard alone is enough."""
    staff, people = Staff(postgres_database, clock), People(postgres_database, clock)
    one, other = [(await people.arrived(account, "nl")).id for account in (1, 2)]
    for person in (one, other):
        await staff.redeem(person, (await staff.invite(None, COORDINATOR, name="S")).code)
    if not trigger:
        async with postgres_database.transaction() as tx:
            await tx.run(text("ALTER TABLE staff_roles DISABLE TRIGGER USER"))
    monkeypatch.setattr(store, "locked_permanent", unlocked)
    outcome = await both_leave(staff, one, other)
    left = [person for person in (one, other) if await roles_of(staff, person)]

    assert outcome == (["Conflict", "done"] if trigger else ["done", "done"])
    assert len(left) == (1 if trigger else 0)


@pytest.mark.parametrize(
    ("moment", "access"),
    [
        pytest.param(brussels(2026, 12, 31, 23, 59), True, id="the evening before"),
        pytest.param(brussels(2027, 1, 1), False, id="midnight in Brussels"),
        pytest.param(brussels(2027, 1, 1) - timedelta(seconds=1), True, id="a second before"),
    ],
)
async def test_t1_on_the_end_date_access_stops(
    staff: Staff, hired: Hired, clock: FakeClock, moment: datetime, access: bool
) -> None:
    bram = await hired(EDITOR, ends_on=date(2027, 1, 1))
    clock.set(moment)

    assert await roles_of(staff, bram) == ({EDITOR} if access else frozenset())


async def test_t1_on_the_end_date_open_work_returns_to_the_pool(
    staff: Staff, database: Database, hired: Hired, clock: FakeClock
) -> None:
    bram = await hired(EDITOR, ends_on=date(2027, 1, 1))
    els = await hired(SESSION_LEAD)
    released = Released(staff)
    clock.set(brussels(2026, 12, 31, 23, 50))
    early = await staff.tidy()
    clock.set(brussels(2027, 1, 1, 0, 1))
    due = [await staff.tidy(), await staff.tidy()]

    assert (early, due) == (0, [1, 0])
    assert released.seen == [(bram, frozenset())]
    assert await told(database, bram) == ["staff.role_ended"]
    assert await roles_of(staff, els) == {SESSION_LEAD}


async def test_t1_an_end_date_can_be_moved(staff: Staff, hired: Hired, clock: FakeClock) -> None:
    sofie, bram = await hired(COORDINATOR), await hired(EDITOR, ends_on=date(2027, 1, 1))
    await staff.end_on(sofie, bram, EDITOR, date(2027, 2, 1))
    with pytest.raises(EndPassed):
        await staff.end_on(sofie, bram, EDITOR, date(2026, 11, 21))
    with pytest.raises(NotAllowed):
        await staff.end_on(sofie, bram, SESSION_LEAD, date(2027, 2, 1))
    clock.set(brussels(2027, 1, 31, 12))

    assert await roles_of(staff, bram) == {EDITOR}


@pytest.fixture
def privacy(database: Database, staff: Staff, tmp_path: Path, clock: FakeClock) -> Privacy:
    made = Privacy(database, Ledger(tmp_path / "ledger"), clock)
    made.before_erasure.append(staff.leaving)
    return made


async def test_p12_who_erases_themselves_leaves(
    staff: Staff, database: Database, hired: Hired, privacy: Privacy, clock: FakeClock
) -> None:
    sofie, bram = await hired(COORDINATOR), await hired(EDITOR)
    invited = await staff.invite(sofie, EDITOR, name="Friend")
    released = Released(staff)
    people = People(database, clock)
    await privacy.forget(await people.get(bram))
    await privacy.forget(await people.get(sofie))
    account = await people.arrived(424242, "nl")

    assert [person for person, _ in released.seen] == [bram, sofie]
    assert await staff.colleagues(None) == []
    with pytest.raises(WrongCode):
        await staff.redeem(account.id, invited.code)


async def test_p12_erasure_wins_also_over_the_last_coordinator(
    staff: Staff, database: Database, hired: Hired, privacy: Privacy, clock: FakeClock
) -> None:
    """The command line can then invite a new one."""
    sofie = await hired(COORDINATOR)
    await privacy.forget(await People(database, clock).get(sofie))
    els = await hired(COORDINATOR)

    assert [each.person for each in await staff.colleagues(None)] == [els]


async def test_p12_nothing_happens_to_the_work_of_who_is_no_colleague(
    staff: Staff, database: Database, somebody: Somebody, privacy: Privacy, clock: FakeClock
) -> None:
    an, released = await somebody(), Released(staff)
    await privacy.forget(await People(database, clock).get(an))

    assert released.seen == []


async def test_r22_after_a_restore_no_code_of_that_day_works(
    staff: Staff, database: Database, hired: Hired, somebody: Somebody, tmp_path: Path
) -> None:
    """It may have been used since the backup was made; a second use would be somebody else's."""
    sofie, bram = await hired(COORDINATOR), await somebody()
    invited = await staff.invite(sofie, EDITOR, name="Bram")
    await after_restore(Ledger(tmp_path / "ledger"), staff.now)(database)
    async with database.reading() as reader:
        newest = (await audit.entries(reader, most=1))[0]

    with pytest.raises(WrongCode):
        await staff.redeem(bram, invited.code)
    assert (newest.action, newest.role) == ("backup.restored", "command_line")
