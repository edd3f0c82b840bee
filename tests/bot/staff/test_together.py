"""R-05, T-26: many colleagues at once; nobody waits for somebody who waits for them."""

import asyncio
import random
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from bot import audit
from bot.audit import Audit
from bot.errors import Refusal, StorageTrouble
from bot.people.model import PersonId
from bot.people.service import People
from bot.staff import Field, Role, Staff, store
from bot.storage.database import Database, Transaction
from tests.bot.staff.conftest import Hired, Somebody
from tests.support.clock import FakeClock

ROUNDS = 12


async def busy(
    staff: Staff, me: PersonId, others: list[PersonId], dice: random.Random
) -> Counter[str]:
    """Do this and that to oneself and to others; what was refused is counted, nothing else."""
    outcomes: Counter[str] = Counter()
    for _ in range(ROUNDS):
        whom = dice.choice(others)
        role = dice.choice(list(Role))
        try:
            match dice.randrange(6):
                case 0:
                    invited = await staff.invite(me, role, name="Somebody")
                    await staff.redeem(whom, invited.code)
                    await staff.confirm(me, invited.id, yes=True)
                case 1:
                    await staff.revoke(me, whom, role)
                case 2:
                    await staff.absent(me, date(2026, 11, 21), date(2026, 11, 22), whom=whom)
                case 3:
                    await staff.show(me, dice.choice(list(Field)), on=dice.random() < 0.5)
                case 4:
                    await staff.trail(me, person=whom)
                case _:
                    await staff.end_on(me, whom, role, date(2027, 1, 1))
        except Refusal as refusal:
            outcomes[type(refusal).__name__] += 1
        else:
            outcomes["done"] += 1
    return outcomes


async def test_t26_a_busy_day_has_no_deadlock_and_a_whole_trail(
    staff: Staff, database: Database, hired: Hired, somebody: Somebody, tmp_path: Path
) -> None:
    people = [await hired(Role.COORDINATOR) for _ in range(4)]
    people += [await somebody() for _ in range(2)]
    outcomes = await asyncio.gather(
        *(busy(staff, me, people, random.Random(number)) for number, me in enumerate(people[:4]))
    )
    coordinators = [
        each
        for each in await staff.colleagues(None)
        if any(term.role is Role.COORDINATOR and term.ends_on is None for term in each.terms)
    ]

    assert sum(sum(each.values()) for each in outcomes) == 4 * ROUNDS
    assert sum(each["done"] for each in outcomes) > ROUNDS
    assert len(coordinators) >= 1
    assert await Audit(database, tmp_path).verify() is None


@pytest.mark.parametrize("at_once", [False, True], ids=["put off", "control: at once"])
async def test_t26_the_end_of_the_chain_is_taken_last(
    postgres_database: Database, clock: FakeClock, at_once: bool
) -> None:
    """One notes something and then wants a row; another has that row and then notes something."""
    person = (await People(postgres_database, clock).arrived(1, "nl")).id
    async with postgres_database.transaction() as tx:
        await store.add_role(tx, person, Role.EDITOR, clock().date(), None)
    both = asyncio.Barrier(2)

    async def note(tx: Transaction) -> None:
        await audit.record(tx, actor=person, role="editor", action="faq.changed", now=clock())
        if at_once:
            await tx._put_off.pop()()

    async def first_note() -> None:
        async with postgres_database.transaction() as tx:
            await note(tx)
            await both.wait()
            await store.open_terms(tx, person)

    async def first_row() -> None:
        async with postgres_database.transaction() as tx:
            await store.open_terms(tx, person)
            await both.wait()
            await note(tx)

    outcomes = await asyncio.gather(first_note(), first_row(), return_exceptions=True)

    troubles = [isinstance(outcome, StorageTrouble) for outcome in outcomes]
    assert sum(troubles) == (1 if at_once else 0)
