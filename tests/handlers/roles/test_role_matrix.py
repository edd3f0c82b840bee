"""T-05, T-06, T-08: what is for colleagues does nothing for others, and looks as if it were not
there. Generated from what the handlers declare."""

from collections.abc import Callable

import pytest

from bot import audit
from bot.services import Services
from bot.staff import Role
from bot.staff.model import REFUSALS_NOTED
from bot.storage.database import Database
from handlers import buttons, commands, payloads, typed
from handlers.application import FEATURES
from handlers.audience import Audience
from tests.handlers.roles.conftest import NAME_OF_THE_OTHER, Member, Team
from tests.handlers.roles.objects import BUTTONS, OTHERS, TYPED
from tests.handlers.roles.watching import FORGED, NOWHERE, changed, said_to, state, typed_by
from tests.support.clock import FakeClock

FOR_STAFF = {
    action: claim.for_ for action, claim in buttons.CLAIMS.items() if not claim.for_.is_everybody
}
TYPED_FOR_STAFF = {
    action: claim.for_ for action, claim in typed.CLAIMS.items() if not claim.for_.is_everybody
}


def outsider(team: Team, for_: Audience) -> Member | None:
    """A colleague whose role is not among those of *for_*."""
    for role in (Role.EDITOR, Role.DPO):
        if role not in for_.roles:
            return team.with_role(role)
    return None


def insider(team: Team, for_: Audience) -> Member:
    """Somebody with a role of *for_*: the least one where there is a choice."""
    return team.with_role(Role.EDITOR if Role.EDITOR in for_.roles else Role.COORDINATOR)


def stranger(team: Team, for_: Audience) -> Member:
    """Somebody with a role of *for_*, to whom the object of somebody else does not belong."""
    for role in (Role.EDITOR, Role.SESSION_LEAD):
        if role in for_.roles:
            return team.with_role(role)
    return team.other_coordinator


def test_t06_the_matrix_is_complete() -> None:
    assert FEATURES
    assert set(BUTTONS) == set(FOR_STAFF)
    assert set(TYPED) == set(TYPED_FOR_STAFF)


def test_t06_of_the_staff_buttons_only_using_a_code_is_for_anybody() -> None:
    features = {action.partition(".")[0] for action in FOR_STAFF}
    shared = {"info_sessions"}  # candidates and colleagues

    open_to_all = {
        action
        for action, claim in buttons.CLAIMS.items()
        if action.partition(".")[0] in features - shared and claim.for_.is_everybody
    }

    assert open_to_all == {"staff.redeem"}


@pytest.mark.parametrize("who", ["candidate", "revoked", "other role"])
async def test_t06_nobody_else_has_any_effect_and_all_replies_are_alike(
    team: Team, sqlite_database: Database, clock: FakeClock, who: str
) -> None:
    before = await state(sqlite_database)
    replies: dict[str, list[str]] = {}
    unknown: list[str] = []
    for action, for_ in FOR_STAFF.items():
        member = {"candidate": team.candidate, "revoked": team.revoked}.get(
            who, outsider(team, for_)
        )
        if member is None:
            continue
        unknown = await said_to(member, NOWHERE, clock)
        replies[action] = await said_to(member, f"{action}:{BUTTONS[action](team)}", clock)

    assert len(replies) > 15
    assert {action for action, said in replies.items() if said != unknown} == set()
    assert await state(sqlite_database) == before
    assert team.health.counts["attempts_refused"] == len(replies)


async def test_t06_refusals_stand_in_the_trail_under_who_tried(
    team: Team, sqlite_database: Database, clock: FakeClock
) -> None:
    for action in FOR_STAFF:
        await said_to(team.candidate, f"{action}:{BUTTONS[action](team)}", clock)
    async with sqlite_database.reading() as reader:
        noted = await audit.entries(reader, person=team.candidate.person, most=1000)

    assert len(FOR_STAFF) > REFUSALS_NOTED
    assert [entry.action for entry in noted] == ["staff.not_allowed"] * REFUSALS_NOTED
    assert {entry.role for entry in noted} == {"none"}


ABOUT_THE_MOMENT = {"people", "pressed", "outbox"}
"""What we ask them to type, that they pressed, and who is told: no deed of its own."""


@pytest.mark.parametrize("action", sorted(FOR_STAFF))
async def test_t4_t06_who_may_is_answered_and_what_they_did_or_saw_stands_in_the_trail(
    team: Team, sqlite_database: Database, clock: FakeClock, action: str
) -> None:
    """The control of the matrix: without it, it would pass for buttons that do nothing at all."""
    before = await state(sqlite_database)
    async with sqlite_database.reading() as reader:
        noted = (await audit.entries(reader, most=1))[0].number
    member = insider(team, FOR_STAFF[action])
    unknown = await said_to(member, NOWHERE, clock)
    said = await said_to(member, f"{action}:{BUTTONS[action](team)}", clock)
    after = await state(sqlite_database)
    async with sqlite_database.reading() as reader:
        (newest,) = await audit.entries(reader, most=1)

    assert said != unknown
    assert team.health.counts["attempts_refused"] == 0
    assert len(member.chat.last.buttons) <= 8
    did = {table for table in before if after[table] != before[table]} - ABOUT_THE_MOMENT
    looked = any(NAME_OF_THE_OTHER in each for each in said)
    assert newest.number > noted or (did, looked) == (set(), False)


async def test_t05_the_object_of_somebody_else_is_no_object(
    team: Team, sqlite_database: Database, clock: FakeClock
) -> None:
    before = await state(sqlite_database)
    wrong = []
    for action, object_ in OTHERS.items():
        member = stranger(team, FOR_STAFF[action])
        unknown = await said_to(member, NOWHERE, clock)
        if await said_to(member, f"{action}:{object_(team)}", clock) != unknown:
            wrong.append(action)

    assert wrong == []
    assert await changed(sqlite_database, before) == set()


NOTHING = frozenset({"", "@fr"})
"""Nothing behind the colon is oneself, or something new."""

OF_NOTHING = frozenset({"staff.away_other", "planning.new", "planning.day"})

AT_ONCE = frozenset(
    f"staff.{action}" for action in ("no_service", "left", "rename", "service", "inventory", "open")
) | {"door.fill"}
"""About oneself, or about everything, whatever stands behind the colon."""


@pytest.mark.parametrize("id_", FORGED)
async def test_t05_made_up_data_has_no_effect_for_who_may_press_either(
    team: Team, sqlite_database: Database, clock: FakeClock, id_: str
) -> None:
    before = await state(sqlite_database)
    for action, for_ in FOR_STAFF.items():
        if action in AT_ONCE or (id_ in NOTHING and action in OF_NOTHING):
            continue
        await said_to(insider(team, for_), f"{action}:{id_}", clock)

    assert await changed(sqlite_database, before) == set()
    assert team.health.counts["attempts_refused"] <= 10  # as an editor, about somebody else


@pytest.mark.parametrize("who", ["candidate", "revoked"])
async def test_t06_a_command_of_colleagues_is_no_command(
    team: Team, sqlite_database: Database, clock: FakeClock, who: str
) -> None:
    member: Member = getattr(team, who)
    before = await state(sqlite_database)
    unknown = await typed_by(member, "/bestaatniet", clock)
    for name in commands.STAFF_NAMES:
        for spelling in commands.spellings(name):
            for text in (f"/{spelling}", f"/{spelling} 1", f"/{spelling}@contactpunt_bot"):
                assert await typed_by(member, text, clock) == unknown

    assert await state(sqlite_database) == before
    assert team.health.counts["attempts_refused"] >= 4


async def test_t06_control_the_command_works_for_a_colleague(team: Team, clock: FakeClock) -> None:
    unknown = await typed_by(team.editor, "/bestaatniet", clock)

    for name in commands.STAFF_NAMES:
        for spelling in commands.spellings(name):
            assert await typed_by(team.editor, f"/{spelling}", clock) != unknown


@pytest.mark.parametrize("action", sorted(TYPED_FOR_STAFF))
async def test_t08_what_was_asked_of_who_is_revoked_is_a_question_like_any_other(
    team: Team, services: Services, sqlite_database: Database, clock: FakeClock, action: str
) -> None:
    before = await state(sqlite_database)
    await services.people.asked(team.revoked.person, f"{action}:{TYPED[action](team)}")
    refused = await typed_by(team.revoked, "Bram 3/12", clock)
    plain = await typed_by(team.candidate, "Bram 3/12", clock)
    after = await state(sqlite_database)

    assert refused == plain
    for table in before.keys() - {"people", "dialogues", "unanswered"}:
        assert after[table] == before[table], table
    person = await services.people.get(team.revoked.person)
    assert person.asked is None
    assert team.health.counts["attempts_refused"] == 1


@pytest.mark.parametrize("action", sorted(TYPED_FOR_STAFF))
async def test_t06_control_what_was_asked_of_a_colleague_is_taken(
    team: Team, services: Services, sqlite_database: Database, clock: FakeClock, action: str
) -> None:
    member = insider(team, TYPED_FOR_STAFF[action])
    plain = await typed_by(team.candidate, "Bram 3/12", clock)
    await services.people.asked(member.person, f"{action}:{TYPED[action](team)}")

    assert await typed_by(member, "Bram 3/12", clock) != plain


async def test_t23_a_payload_of_colleagues_is_a_greeting_for_others(
    team: Team, sqlite_database: Database, clock: FakeClock
) -> None:
    before = await state(sqlite_database)
    for prefix, claim in payloads.CLAIMS.items():
        if claim.for_.is_everybody:
            continue
        unknown = await typed_by(team.candidate, "/start zomaar", clock)
        assert await typed_by(team.candidate, f"/start {prefix}1", clock) == unknown

    assert await state(sqlite_database) == before


async def test_t23_opening_a_link_changes_nothing(
    team: Team, services: Services, sqlite_database: Database, clock: FakeClock
) -> None:
    invited = await services.staff.invite(team.coordinator.person, Role.EDITOR, name="An")
    before = await state(sqlite_database)
    for payload in (f"staff_{invited.code}", "staff_" + "a" * 26, "staff_", "faq_minimum-age"):
        await typed_by(team.candidate, f"/start {payload}", clock)

    assert await state(sqlite_database) == before


async def test_t06_negative_control_without_the_first_check_the_matrix_finds_it(
    team: Team, clock: FakeClock, open_door: Callable[[], None]
) -> None:
    unknown = await said_to(team.candidate, NOWHERE, clock)
    open_door()
    different = {
        action
        for action in FOR_STAFF
        if await said_to(team.candidate, f"{action}:{BUTTONS[action](team)}", clock) != unknown
    }

    assert {"staff.invite", "staff.invite_as", "staff.profile"} <= different


async def test_t06_without_the_first_check_the_use_case_still_refuses(
    team: Team, sqlite_database: Database, clock: FakeClock, open_door: Callable[[], None]
) -> None:
    before = await state(sqlite_database)
    open_door()
    for member in (team.candidate, team.revoked):
        for action in FOR_STAFF:
            await said_to(member, f"{action}:{BUTTONS[action](team)}", clock)
    after = await state(sqlite_database)

    changed = {table for table in before if before[table] != after[table]}
    # That they pressed, and what they were asked to type, which nobody takes.
    assert changed <= {"people", "pressed"}
    assert team.health.counts["attempts_refused"] > 20
