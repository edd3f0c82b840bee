"""T4, T-06, R-05: what colleagues do is written down, refusals too; whole or not at all."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot import audit
from bot.audit import Audit
from bot.audit.tables import audit_keys
from bot.errors import StorageTrouble
from bot.people.model import PersonId
from bot.staff import Field, NotAllowed, Role, Staff, check
from bot.staff.model import REFUSALS_NOTED
from bot.storage.database import Database, Reader, Transaction
from bot.storage.inventory import inventoried
from tests.bot.staff.conftest import Hired, Somebody
from tests.support.clock import FakeClock

COORDINATOR, EDITOR, DPO = Role.COORDINATOR, Role.EDITOR, Role.DPO


async def written(database: Database, person: PersonId | None = None) -> list[tuple[str, str]]:
    async with database.reading() as reader:
        found = await audit.entries(reader, most=1000, person=person)
    return [(entry.action, entry.object) for entry in reversed(found)]


async def test_t4_every_use_case_leaves_its_entry(
    staff: Staff, database: Database, somebody: Somebody, hired: Hired, tmp_path: Path
) -> None:
    sofie, bram = await hired(COORDINATOR), await somebody()
    before = len(await written(database))
    taken_back = await staff.invite(sofie, EDITOR, name="Back")
    await staff.withdraw(sofie, taken_back.id)
    invited = await staff.invite(sofie, EDITOR, name="Bram")
    await staff.offer_until(sofie, invited.id, date(2028, 1, 1))
    await staff.redeem(bram, invited.code)
    await staff.confirm(sofie, invited.id, yes=True)
    await staff.rename(bram, "Bram")
    await staff.show(bram, Field.NAME, on=True)
    await staff.show(bram, Field.NAME, on=False)
    await staff.absent(bram, date(2026, 12, 1), date(2026, 12, 2))
    (absence,) = await staff.absences(bram)
    await staff.call_off(bram, absence.id)
    await staff.review(sofie)
    await staff.keep(sofie, bram, EDITOR)
    await staff.end_on(sofie, bram, EDITOR, date(2027, 1, 1))
    await staff.permit(sofie, COORDINATOR, action="sign_ups.read", about=bram, object="sign_ups:1")
    await staff.revoke(sofie, bram)
    await staff.trail(sofie)
    number = invited.id

    assert (await written(database))[before:] == [
        ("staff.invited", f"staff_invitations:{taken_back.id}"),
        ("staff.withdrawn", f"staff_invitations:{taken_back.id}"),
        ("staff.invited", f"staff_invitations:{number}"),
        ("staff.offer_limited", f"staff_invitations:{number}"),
        ("staff.redeemed", f"staff_invitations:{number}"),
        ("staff.confirmed", f"staff_invitations:{number}"),
        ("staff.role_given", "role:editor"),
        ("staff.changed", "field:name"),
        ("staff.shown", "field:name"),
        ("staff.hidden", "field:name"),
        ("staff.absent", ""),
        ("staff.called_off", ""),
        ("staff.roles_read", ""),
        ("staff.role_kept", "role:editor"),
        ("staff.end_moved", "role:editor"),
        ("sign_ups.read", "sign_ups:1"),
        ("staff.role_ended", "role:editor"),
        ("audit.read", ""),
    ]
    assert await Audit(database, tmp_path / "data").verify() is None


@pytest.mark.parametrize("role", [None, *Role])
async def test_t4_coordinator_and_dpo_read_the_trail_and_nobody_else(
    staff: Staff, somebody: Somebody, hired: Hired, role: Role | None
) -> None:
    await hired(COORDINATOR)
    reader = await (hired(role) if role else somebody())

    if role in (COORDINATOR, DPO):
        assert await staff.trail(reader) != []
    else:
        with pytest.raises(NotAllowed):
            await staff.trail(reader)


async def test_t4_the_dpo_may_do_nothing_else(staff: Staff, hired: Hired) -> None:
    sofie, dpo = await hired(COORDINATOR), await hired(DPO)
    invited = await staff.invite(sofie, EDITOR, name="Bram")

    for attempt in (
        staff.invite(dpo, EDITOR, name="Friend"),
        staff.invitations(dpo),
        staff.withdraw(dpo, invited.id),
        staff.colleagues(dpo),
        staff.revoke(dpo, sofie),
        staff.absent(dpo, date(2026, 12, 1), date(2026, 12, 2), whom=sofie),
    ):
        with pytest.raises(NotAllowed):
            await attempt


async def test_t06_a_refused_attempt_is_written_down(
    staff: Staff, database: Database, somebody: Somebody, hired: Hired
) -> None:
    an, bram = await somebody(), await hired(EDITOR)
    for person in (an, bram):
        with pytest.raises(NotAllowed):
            await staff.invite(person, EDITOR, name="Friend")
    async with database.reading() as reader:
        ans = await audit.entries(reader, person=an)
        brams = (await audit.entries(reader, person=bram))[0]

    assert [(entry.action, entry.role, entry.object) for entry in ans] == [
        ("staff.not_allowed", "none", "role:coordinator")
    ]
    assert (brams.action, brams.role) == ("staff.not_allowed", "editor")


async def test_t06_a_flood_of_attempts_does_not_fill_the_trail(
    staff: Staff, database: Database, somebody: Somebody, clock: FakeClock
) -> None:
    an = await somebody()

    async def attempts(times: int) -> int:
        for _ in range(times):
            with pytest.raises(NotAllowed):
                await staff.colleagues(an)
        return len(await written(database, an))

    first = await attempts(REFUSALS_NOTED + 30)
    clock.advance(timedelta(hours=1, seconds=1))

    assert (first, await attempts(3)) == (REFUSALS_NOTED, REFUSALS_NOTED + 3)


async def test_t06_a_refusal_that_somebody_else_caught_is_noted_once(
    staff: Staff, database: Database, somebody: Somebody, clock: FakeClock
) -> None:
    an = await somebody()
    with pytest.raises(NotAllowed) as caught:
        async with database.transaction() as tx:
            await check(tx, an, EDITOR, now=clock())
    for _ in range(2):
        await staff.refused(caught.value)

    assert await written(database, an) == [("staff.not_allowed", "role:editor")]


async def test_t06_nobody_is_named_who_is_gone(
    staff: Staff, database: Database, clock: FakeClock
) -> None:
    await staff.refused(NotAllowed(PersonId(12345), [EDITOR]))
    async with database.reading() as reader:
        keys = await reader.all(select(audit_keys))

    assert (await written(database), keys) == ([], [])


async def state(database: Database) -> str:
    """All cells of all tables that a use case of colleagues touches, as text."""
    tables = [
        table
        for table, _ in inventoried()
        if table.name.startswith(("audit", "outbox", "people", "staff"))
    ]
    async with database.reading() as reader:
        found = [repr(await reader.all(select(table))) for table in tables]
    return "\n".join(found)


class Fault:
    """Breaks the statement number *at*; counts those before it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at: int | None = None
        self.ran = 0
        for name in ("_fetch", "run"):
            monkeypatch.setattr(Transaction, name, self._wrapped(getattr(Transaction, name)))

    def _wrapped(self, real: Any) -> Any:
        fault = self

        async def wrapped(tx: Reader, *given: Any, **values: Any) -> Any:
            fault.ran += 1
            if fault.ran == fault.at:
                raise StorageTrouble("a planted fault")
            return await real(tx, *given, **values)

        return wrapped


UseCase = Callable[[Staff, PersonId, PersonId, Any], Awaitable[object]]

USE_CASES: dict[str, UseCase] = {
    "invite": lambda staff, sofie, bram, _: staff.invite(sofie, EDITOR, name="New"),
    "redeem": lambda staff, sofie, bram, invited: staff.redeem(bram, invited.code),
    "absent": lambda staff, sofie, bram, _: staff.absent(
        sofie, date(2026, 11, 21), date(2026, 11, 30)
    ),
    "show": lambda staff, sofie, bram, _: staff.show(sofie, Field.NAME, on=True),
    "read": lambda staff, sofie, bram, _: staff.trail(sofie),
}


@pytest.mark.parametrize("name", USE_CASES)
async def test_r05_a_fault_at_any_statement_changes_nothing(
    name: str,
    staff: Staff,
    database: Database,
    hired: Hired,
    somebody: Somebody,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sofie, bram = await hired(COORDINATOR), await somebody()
    invited = await staff.invite(sofie, EDITOR, name="Bram")
    await check_every_fault(
        database, monkeypatch, lambda: USE_CASES[name](staff, sofie, bram, invited)
    )


@pytest.mark.parametrize("yes", [True, False])
async def test_r05_a_fault_while_answering_changes_nothing(
    yes: bool,
    staff: Staff,
    database: Database,
    hired: Hired,
    somebody: Somebody,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sofie, bram = await hired(COORDINATOR), await somebody()
    invited = await staff.invite(sofie, EDITOR, name="Bram")
    await staff.redeem(bram, invited.code)
    await check_every_fault(
        database, monkeypatch, lambda: staff.confirm(sofie, invited.id, yes=yes)
    )


async def test_r05_a_fault_while_leaving_changes_nothing(
    staff: Staff, database: Database, hired: Hired, monkeypatch: pytest.MonkeyPatch
) -> None:
    sofie, bram = await hired(COORDINATOR), await hired(EDITOR, Role.SESSION_LEAD)
    await check_every_fault(database, monkeypatch, lambda: staff.revoke(sofie, bram))


async def check_every_fault(
    database: Database, monkeypatch: pytest.MonkeyPatch, use_case: Callable[[], Awaitable[object]]
) -> None:
    """Break each statement in turn, then none: the state is that of before until the last."""
    before = await state(database)
    fault = Fault(monkeypatch)
    while True:
        fault.ran, fault.at = 0, (fault.at or 0) + 1
        try:
            await use_case()
        except StorageTrouble:
            assert await state(database) == before
        else:
            break
    ran, fault.at = fault.ran, None

    assert fault.ran >= 5
    assert ran < 100
    assert await state(database) != before
