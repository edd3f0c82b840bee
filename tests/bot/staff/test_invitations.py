"""T1, T-07: a role reaches the person who is meant, once, and the far-reaching ones by two."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import bindparam, select, update
from sqlalchemy.sql import Executable

from bot.notifications.outbox import outbox
from bot.people.model import PersonId
from bot.staff import NotAllowed, Role, Staff, invitation_store
from bot.staff.model import (
    ANSWER_WITHIN,
    INVITED_FOR,
    WRONG_CODES,
    EndPassed,
    FirstStays,
    Invitation,
    InvitationId,
    NameMissing,
    Stage,
    TooManyCodes,
    WrongCode,
    fresh_code,
    hash_of,
    seconds,
)
from bot.staff.tables import staff_invitations, staff_roles
from bot.storage.database import Database, Reader, Transaction, prepared
from tests.bot.staff.conftest import Hired, Somebody
from tests.support.clock import FakeClock

COORDINATOR, EDITOR, TECHNICAL = Role.COORDINATOR, Role.EDITOR, Role.TECHNICAL


async def roles_of(staff: Staff, person: PersonId) -> frozenset[Role]:
    colleague = await staff.me(person)
    return frozenset() if colleague is None else colleague.roles


async def told(database: Database, person: PersonId) -> list[str]:
    async with database.reading() as reader:
        rows = await reader.all(
            select(outbox.c.text_key).where(outbox.c.person_id == person).order_by(outbox.c.id)
        )
    return [row[0] for row in rows]


async def test_t1_the_first_coordinator_comes_from_the_command_line(
    staff: Staff, somebody: Somebody, clock: FakeClock
) -> None:
    sofie = await somebody()
    invited = await staff.invite(None, COORDINATOR, name="Sofie")
    redeemed = await staff.redeem(sofie, invited.code)
    colleague = await staff.me(sofie)

    assert redeemed.stage is Stage.ACCEPTED
    assert colleague is not None
    assert (colleague.display_name, colleague.roles) == ("Sofie", {COORDINATOR})
    assert colleague.shown_name is None


async def test_t1_others_are_invited_in_chat_and_the_inviter_knows_them(
    staff: Staff, database: Database, somebody: Somebody, hired: Hired
) -> None:
    sofie, bram = await hired(COORDINATOR), await somebody()
    ends_on = date(2027, 1, 1)
    invited = await staff.invite(sofie, EDITOR, name="Bram", ends_on=ends_on)
    redeemed = await staff.redeem(bram, invited.code, called="Bram V.")
    before = await roles_of(staff, bram)
    stage = await staff.confirm(sofie, invited.id, yes=True)
    colleague = await staff.me(bram)

    assert (redeemed.stage, before, stage) == (Stage.REDEEMED, frozenset(), Stage.ACCEPTED)
    assert colleague is not None
    assert [(term.role, term.ends_on) for term in colleague.terms] == [(EDITOR, ends_on)]
    assert await told(database, sofie) == ["staff.is_this"]
    assert await told(database, bram) == ["staff.welcome"]


async def test_t1_not_the_person_who_was_meant(
    staff: Staff, database: Database, somebody: Somebody, hired: Hired
) -> None:
    sofie, stranger = await hired(COORDINATOR), await somebody()
    invited = await staff.invite(sofie, EDITOR, name="Bram")
    await staff.redeem(stranger, invited.code)
    stages = [await staff.confirm(sofie, invited.id, yes=answer) for answer in (False, True)]

    assert stages == [Stage.DECLINED, Stage.DECLINED]
    assert await roles_of(staff, stranger) == frozenset()
    assert await told(database, stranger) == ["staff.declined"]


async def test_t07_only_the_hash_of_a_code_is_stored(
    staff: Staff, database: Database, hired: Hired
) -> None:
    sofie = await hired(COORDINATOR)
    invited = await staff.invite(sofie, EDITOR, name="Bram")
    async with database.reading() as reader:
        stored = repr(await reader.all(select(staff_invitations)))

    assert invited.code not in stored
    assert hash_of(invited.code) in stored


def test_t07_codes_have_128_bits_and_can_be_dictated() -> None:
    codes = {fresh_code() for _ in range(1000)}
    code = codes.pop()
    spaced = "-".join(code[i : i + 4].upper() for i in range(0, len(code), 4))

    assert len(codes) == 999
    assert len(code) * 5 >= 128
    assert hash_of(f" {spaced} ") == hash_of(code)


async def test_t07_a_code_works_once_and_twice_by_the_same_is_once(
    staff: Staff, somebody: Somebody, hired: Hired
) -> None:
    sofie, bram, other = await hired(COORDINATOR), await somebody(), await somebody()
    invited = await staff.invite(sofie, EDITOR, name="Bram")
    first = await staff.redeem(bram, invited.code)
    again = await staff.redeem(bram, invited.code)
    with pytest.raises(WrongCode):
        await staff.redeem(other, invited.code)
    await staff.confirm(sofie, invited.id, yes=True)
    later = await staff.redeem(bram, invited.code)

    assert (first, later.stage) == (again, Stage.ACCEPTED)


@pytest.mark.parametrize(
    ("after", "works"),
    [
        pytest.param(INVITED_FOR - timedelta(seconds=1), True, id="just in time"),
        pytest.param(INVITED_FOR, False, id="too late"),
    ],
)
async def test_t07_a_code_lives_24_hours(
    staff: Staff, somebody: Somebody, hired: Hired, clock: FakeClock, after: timedelta, works: bool
) -> None:
    sofie, bram = await hired(COORDINATOR), await somebody()
    invited = await staff.invite(sofie, EDITOR, name="Bram")
    clock.advance(after)

    if works:
        assert (await staff.redeem(bram, invited.code)).stage is Stage.REDEEMED
    else:
        with pytest.raises(WrongCode):
            await staff.redeem(bram, invited.code)


async def test_t07_a_yes_that_comes_too_late_gives_nothing(
    staff: Staff, somebody: Somebody, hired: Hired, clock: FakeClock
) -> None:
    sofie, bram = await hired(COORDINATOR), await somebody()
    invited = await staff.invite(sofie, EDITOR, name="Bram")
    await staff.redeem(bram, invited.code)
    clock.advance(ANSWER_WITHIN)

    with pytest.raises(NotAllowed):
        await staff.confirm(sofie, invited.id, yes=True)
    assert await roles_of(staff, bram) == frozenset()


async def test_t07_what_was_taken_back_gives_nothing(
    staff: Staff, somebody: Somebody, hired: Hired
) -> None:
    sofie, bram = await hired(COORDINATOR), await somebody()
    invited = await staff.invite(sofie, EDITOR, name="Bram")
    listed = [each.id for each in await staff.invitations(sofie)]
    await staff.withdraw(sofie, invited.id)

    with pytest.raises(WrongCode):
        await staff.redeem(bram, invited.code)
    assert (listed, await staff.invitations(sofie)) == ([invited.id], [])


async def test_t07_an_invitation_goes_with_the_role_of_its_inviter(
    staff: Staff, somebody: Somebody, hired: Hired
) -> None:
    sofie, els = await hired(COORDINATOR), await hired(COORDINATOR)
    bram, stijn = await somebody(), await somebody()
    unused = await staff.invite(els, EDITOR, name="Bram")
    used = await staff.invite(els, EDITOR, name="Stijn")
    await staff.redeem(stijn, used.code)
    await staff.revoke(sofie, els, COORDINATOR)

    with pytest.raises(WrongCode):
        await staff.redeem(bram, unused.code)
    with pytest.raises(NotAllowed):
        await staff.confirm(els, used.id, yes=True)
    assert await roles_of(staff, stijn) == frozenset()


async def redeemers(staff: Staff, code: str, people: list[PersonId]) -> int:
    """How many of those who come at once get somewhere."""
    outcomes = await asyncio.gather(
        *(staff.redeem(person, code) for person in people), return_exceptions=True
    )
    return sum(not isinstance(outcome, Exception) for outcome in outcomes)


async def test_t07_of_those_who_come_at_once_one_wins(
    staff: Staff, somebody: Somebody, hired: Hired
) -> None:
    sofie = await hired(COORDINATOR)
    people = [await somebody() for _ in range(8)]
    for _ in range(5):
        invited = await staff.invite(sofie, EDITOR, name="Bram")

        assert await redeemers(staff, invited.code, people) == 1


async def test_t07_without_the_guards_several_win(
    postgres_database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: neither the lock on the invitation nor the look at its stage."""
    from bot.people.service import People

    staff, people = Staff(postgres_database, clock), People(postgres_database, clock)
    unlocked = prepared(
        invitation_store._invitation.where(staff_invitations.c.code_hash == bindparam("code_hash"))
    )

    async def found(tx: Transaction, code_hash: str) -> Any:
        row = await tx.first(unlocked, code_hash=code_hash)
        await asyncio.sleep(0.05)  # long enough for everybody else to have looked too
        return invitation_store._found(row)

    async def unconditional(
        tx: Transaction, id_: InvitationId, person: PersonId, until: object
    ) -> bool:
        statement: Executable = (
            update(staff_invitations)
            .where(staff_invitations.c.id == id_)
            .values(stage=Stage.REDEEMED.value, redeemer_id=person)
        )
        return await tx.run(statement) == 1

    monkeypatch.setattr(invitation_store, "invitation_of_code", found)
    monkeypatch.setattr(invitation_store, "claim", unconditional)
    invited = await staff.invite(None, EDITOR, name="Bram")
    crowd = [(await people.arrived(account, "nl")).id for account in range(1, 5)]

    assert await redeemers(staff, invited.code, crowd) > 1


async def test_t07_brute_force_ends_after_five(
    staff: Staff, somebody: Somebody, hired: Hired, clock: FakeClock
) -> None:
    sofie, bram, other = await hired(COORDINATOR), await somebody(), await somebody()
    invited = await staff.invite(sofie, EDITOR, name="Bram")
    wrong = [WrongCode] * WRONG_CODES + [TooManyCodes] * 45
    for expected in wrong:
        with pytest.raises(expected):
            await staff.redeem(bram, fresh_code())
    with pytest.raises(TooManyCodes):
        await staff.redeem(bram, invited.code)
    elsewhere = await staff.redeem(other, (await staff.invite(sofie, EDITOR, name="O")).code)
    clock.advance(timedelta(minutes=60, seconds=1))

    assert elsewhere.stage is Stage.REDEEMED
    assert (await staff.redeem(bram, invited.code)).stage is Stage.REDEEMED


async def test_t07_at_once_is_no_way_around_the_limit(staff: Staff, somebody: Somebody) -> None:
    bram = await somebody()
    outcomes = await asyncio.gather(
        *(staff.redeem(bram, fresh_code()) for _ in range(30)), return_exceptions=True
    )

    kinds = [type(outcome) for outcome in outcomes]
    assert (kinds.count(WrongCode), kinds.count(TooManyCodes)) == (WRONG_CODES, 25)


async def test_t07_every_wrong_code_costs_the_same(
    staff: Staff,
    database: Database,
    somebody: Somebody,
    hired: Hired,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Counted in statements: a stopwatch would tell more about the machine."""
    sofie, bram, tries = await hired(COORDINATOR), await somebody(), await somebody()
    used = await staff.invite(sofie, EDITOR, name="Bram")
    await staff.redeem(bram, used.code)
    over = await staff.invite(sofie, EDITOR, name="Over")
    taken_back = await staff.invite(sofie, EDITOR, name="Back")
    await staff.withdraw(sofie, taken_back.id)
    clock.advance(INVITED_FOR)
    with pytest.raises(WrongCode):
        await staff.redeem(tries, fresh_code())  # from now on the trail has a name for them
    ran: list[str] = []
    monkeypatch.setattr(Reader, "_fetch", counting(Reader._fetch, ran))
    monkeypatch.setattr(Transaction, "_fetch", counting(Transaction._fetch, ran))
    monkeypatch.setattr(Transaction, "run", counting(Transaction.run, ran))
    costs = []
    for code in (fresh_code(), over.code, taken_back.code, used.code):
        ran.clear()
        with pytest.raises(WrongCode):
            await staff.redeem(tries, code)
        costs.append(list(ran))

    assert costs[0]
    assert all(cost == costs[0] for cost in costs)


def counting(real: Any, ran: list[str]) -> Any:
    async def counted(self: object, *given: Any, **values: Any) -> Any:
        ran.append(str(sorted(values)))
        return await real(self, *given, **values)

    return counted


@pytest.mark.parametrize("code", ["", "x", "é" * 26, "\x00" * 26, "a" * 100_000, "-", "=" * 26])
async def test_t07_nonsense_is_a_wrong_code(staff: Staff, somebody: Somebody, code: str) -> None:
    with pytest.raises(WrongCode):
        await staff.redeem(await somebody(), code)


P1, P2, P3, P4 = (PersonId(number) for number in range(1, 5))


@pytest.mark.parametrize(
    ("role", "coordinators", "inviter", "redeemer", "expected"),
    [
        pytest.param(EDITOR, [P1, P2], P1, P3, set(), id="an ordinary role"),
        pytest.param(COORDINATOR, [], None, P3, set(), id="the very first"),
        pytest.param(COORDINATOR, [P1], P1, P3, set(), id="there is only one yet"),
        pytest.param(COORDINATOR, [P1, P2], P1, P3, {P2}, id="the other one"),
        pytest.param(TECHNICAL, [P1, P2, P4], P1, P3, {P2, P4}, id="any of the others"),
        pytest.param(COORDINATOR, [P1, P2], None, P3, {P1, P2}, id="from the command line"),
        pytest.param(TECHNICAL, [P1, P2], P1, P1, {P2}, id="for oneself"),
        pytest.param(TECHNICAL, [P1, P2], P1, P2, set(), id="two coordinators are in it already"),
    ],
)
def test_t1_who_gives_the_second_yes(
    role: Role,
    coordinators: list[PersonId],
    inviter: PersonId | None,
    redeemer: PersonId,
    expected: set[PersonId],
) -> None:
    assert seconds(role, coordinators, inviter, redeemer) == expected


async def test_t1_far_reaching_roles_take_two_people(
    staff: Staff, database: Database, somebody: Somebody, hired: Hired
) -> None:
    sofie, els, bram = await hired(COORDINATOR), await hired(COORDINATOR), await somebody()
    invited = await staff.invite(sofie, TECHNICAL, name="Bram")
    await staff.redeem(bram, invited.code)
    with pytest.raises(NotAllowed):
        await staff.confirm(els, invited.id, yes=True)  # the inviter knows Bram, Els does not
    first = await staff.confirm(sofie, invited.id, yes=True)
    alone = await staff.confirm(sofie, invited.id, yes=True)
    before = await roles_of(staff, bram)
    second = await staff.confirm(els, invited.id, yes=True)

    assert (first, alone, second) == (Stage.CONFIRMED, Stage.CONFIRMED, Stage.ACCEPTED)
    assert (before, await roles_of(staff, bram)) == (frozenset(), {TECHNICAL})
    assert (await told(database, els))[-1] == "staff.announced"
    assert "staff.agree" in await told(database, els)


async def test_t1_the_second_person_may_say_no(
    staff: Staff, somebody: Somebody, hired: Hired
) -> None:
    sofie, els, bram = await hired(COORDINATOR), await hired(COORDINATOR), await somebody()
    invited = await staff.invite(sofie, COORDINATOR, name="Bram")
    await staff.redeem(bram, invited.code)
    await staff.confirm(sofie, invited.id, yes=True)

    assert await staff.confirm(els, invited.id, yes=False) is Stage.DECLINED
    assert await roles_of(staff, bram) == frozenset()


async def test_t1_a_coordinator_alone_cannot_take_on_the_technical_role(
    staff: Staff, hired: Hired
) -> None:
    sofie, els = await hired(COORDINATOR), await hired(COORDINATOR)
    invited = await staff.invite(sofie, TECHNICAL, name="Sofie")
    redeemed = await staff.redeem(sofie, invited.code)

    with pytest.raises(NotAllowed):
        await staff.confirm(PersonId(sofie + 1000), invited.id, yes=True)
    assert redeemed.stage is Stage.CONFIRMED
    assert await staff.confirm(els, invited.id, yes=True) is Stage.ACCEPTED
    assert await roles_of(staff, sofie) == {COORDINATOR, TECHNICAL}


@pytest.mark.parametrize("role", [None, *(role for role in Role if role is not COORDINATOR)])
async def test_t06_only_coordinators_invite_confirm_list_and_withdraw(
    staff: Staff, somebody: Somebody, hired: Hired, role: Role | None
) -> None:
    sofie, bram = await hired(COORDINATOR), await somebody()
    invited = await staff.invite(sofie, EDITOR, name="Bram")
    await staff.redeem(bram, invited.code)
    other = await (hired(role) if role else somebody())

    for attempt in (
        staff.invite(other, EDITOR, name="Friend"),
        staff.confirm(other, invited.id, yes=True),
        staff.withdraw(other, invited.id),
        staff.invitations(other),
        staff.colleagues(other),
        staff.revoke(other, sofie, COORDINATOR),
        staff.end_on(other, sofie, COORDINATOR, None),
    ):
        with pytest.raises(NotAllowed):
            await attempt
    assert await roles_of(staff, bram) == frozenset()
    assert await roles_of(staff, sofie) == {COORDINATOR}


@pytest.mark.parametrize("number", [0, -1, 999_999, 2**62])
async def test_t06_what_does_not_exist_looks_like_what_is_forbidden(
    staff: Staff, hired: Hired, number: int
) -> None:
    sofie = await hired(COORDINATOR)

    for attempt in (
        staff.confirm(sofie, InvitationId(number), yes=True),
        staff.withdraw(sofie, InvitationId(number)),
    ):
        with pytest.raises(NotAllowed):
            await attempt


async def test_t1_an_invitation_never_shortens_a_role(
    staff: Staff, somebody: Somebody, hired: Hired, clock: FakeClock
) -> None:
    sofie, bram = await hired(COORDINATOR), await somebody()
    ends: list[date | None] = []
    for ends_on in (date(2027, 1, 1), date(2026, 12, 1), date(2027, 6, 1), None, date(2027, 1, 1)):
        invited = await staff.invite(sofie, EDITOR, name="Bram", ends_on=ends_on)
        await staff.redeem(bram, invited.code)
        await staff.confirm(sofie, invited.id, yes=True)
        colleague = await staff.me(bram)
        assert colleague is not None
        ends += [term.ends_on for term in colleague.terms]

    assert ends == [date(2027, 1, 1), date(2027, 1, 1), date(2027, 6, 1), None, None]


async def test_t1_somebody_may_come_back_after_the_end(
    staff: Staff, database: Database, somebody: Somebody, hired: Hired, clock: FakeClock
) -> None:
    """Also when the night in which the old role is ended has not come yet."""
    sofie, bram = await hired(COORDINATOR), await somebody()

    async def hire_again(ends_on: date) -> Invitation:
        invited = await staff.invite(sofie, EDITOR, name="Bram", ends_on=ends_on)
        await staff.redeem(bram, invited.code)
        await staff.confirm(sofie, invited.id, yes=True)
        return invited

    await hire_again(date(2026, 11, 23))
    clock.advance(timedelta(days=2))
    between = await roles_of(staff, bram)
    await hire_again(date(2026, 12, 23))
    async with database.reading() as reader:
        rows = await reader.all(select(staff_roles).where(staff_roles.c.person_id == bram))

    assert (between, await roles_of(staff, bram)) == (frozenset(), {EDITOR})
    assert [row.ended_at is None for row in rows] == [False, True]


async def test_t1_what_makes_no_sense_is_refused(staff: Staff, hired: Hired) -> None:
    with pytest.raises(FirstStays):
        await staff.invite(None, COORDINATOR, name="Sofie", ends_on=date(2027, 1, 1))
    sofie = await hired(COORDINATOR)
    with pytest.raises(EndPassed):
        await staff.invite(sofie, EDITOR, name="Bram", ends_on=date(2026, 11, 21))
    for name in ("", "   ", "\u202e\u200b", "✅", "123"):
        with pytest.raises(NameMissing):
            await staff.invite(sofie, EDITOR, name=name)


async def test_r06_an_invitation_made_again_after_a_crash_is_the_same_one(
    staff: Staff, hired: Hired, somebody: Somebody
) -> None:
    sofie, bram = await hired(COORDINATOR), await somebody()
    unseen = await staff.invite(sofie, EDITOR, name="Bram", asked_in=77)
    shown = await staff.invite(sofie, EDITOR, name="Bram", asked_in=77)
    (only,) = await staff.invitations(sofie)

    assert (shown.id, only.id) == (unseen.id, unseen.id)
    with pytest.raises(WrongCode):
        await staff.redeem(bram, unseen.code)
    assert (await staff.redeem(bram, shown.code)).stage is Stage.REDEEMED


async def test_r06_two_people_of_one_name_are_two_invitations(
    staff: Staff, hired: Hired, somebody: Somebody
) -> None:
    """The control: without the number of the update a crash leaves two."""
    sofie, els = await hired(COORDINATOR), await hired(COORDINATOR)
    first = await staff.invite(sofie, EDITOR, name="Bram", asked_in=77)
    second = await staff.invite(sofie, EDITOR, name="Bram", asked_in=78)
    others = await staff.invite(els, EDITOR, name="Bram", asked_in=77)
    unnumbered = [await staff.invite(sofie, EDITOR, name="Bram") for _ in range(2)]
    await staff.redeem(await somebody(), first.code)
    reused = await staff.invite(sofie, EDITOR, name="Bram", asked_in=77)  # numbers start anew

    assert len({each.id for each in (first, second, others, *unnumbered, reused)}) == 6


async def test_t1_until_when_the_role_will_last_is_said_with_the_invitation(
    staff: Staff, hired: Hired, somebody: Somebody
) -> None:
    sofie, bram, els = await hired(COORDINATOR), await somebody(), await hired(EDITOR)
    invited = await staff.invite(sofie, Role.CONTACT_POINT, name="Bram")
    offered = await staff.offer_until(sofie, invited.id, date(2027, 11, 1))
    with pytest.raises(EndPassed):
        await staff.offer_until(sofie, invited.id, date(2026, 11, 21))
    with pytest.raises(NotAllowed):
        await staff.offer_until(els, invited.id, None)
    await staff.redeem(bram, invited.code)
    with pytest.raises(NotAllowed):
        await staff.offer_until(sofie, invited.id, None)
    await staff.confirm(sofie, invited.id, yes=True)
    me = await staff.me(bram)

    assert offered.ends_on == date(2027, 11, 1)
    assert me is not None
    assert [term.ends_on for term in me.terms] == [date(2027, 11, 1)]
