"""T-05, T-06, T-08: each role gives what its work needs, there where it is needed, and no more."""

from collections.abc import Callable

import pytest

from bot.services import Services
from bot.staff import Role
from bot.storage.database import Database
from handlers import buttons, payloads, typed
from tests.handlers.roles.conftest import NAME_OF_THE_OTHER, Team
from tests.handlers.roles.objects import BUTTONS, OTHERS, TYPED, TYPED_OTHERS
from tests.handlers.roles.watching import FORGED, changed, state, typed_by
from tests.support.clock import FakeClock

OVERSIGHT = {"staff.trail", "staff.trail_kinds", "staff.inventory"}
OWN_AFFAIRS = {
    f"staff.{action}"
    for action in (
        *("menu", "open", "leave", "left"),
        *("absence", "absences", "away", "away_yes", "away_other", "present", "call_off"),
        *("profile", "show", "consent", "hide", "rename"),
        *("service", "no_service", "languages", "speak"),
    )
}


def pressed_by(role: Role) -> set[str]:
    return {
        action
        for action, claim in buttons.CLAIMS.items()
        if not claim.for_.is_everybody and role in claim.for_.roles
    }


def typed_as(role: Role) -> set[str]:
    return {
        action
        for action, claim in typed.CLAIMS.items()
        if not claim.for_.is_everybody and role in claim.for_.roles
    }


@pytest.mark.parametrize(
    ("role", "more"),
    [(Role.DPO, OVERSIGHT), (Role.EDITOR, set()), (Role.TECHNICAL, set())],
)
def test_t06_who_watches_edits_or_runs_the_server_needs_nothing_of_candidates(
    role: Role, more: set[str]
) -> None:
    assert pressed_by(role) == OWN_AFFAIRS | more
    assert typed_as(role) == {"staff.away_days", "staff.own_name", "staff.own_service"}


def test_t05_whatever_a_lead_may_do_somewhere_is_tried_elsewhere() -> None:
    somewhere = pressed_by(Role.SESSION_LEAD) - pressed_by(Role.EDITOR)
    about_something = {action for action in somewhere if BUTTONS[action].__code__.co_names}

    assert about_something - set(OTHERS) == set()
    assert typed_as(Role.SESSION_LEAD) - typed_as(Role.EDITOR) == set(TYPED_OTHERS)


@pytest.mark.parametrize("action", sorted(TYPED_OTHERS))
async def test_t05_what_a_lead_types_about_another_session_changes_nothing(
    team: Team, services: Services, sqlite_database: Database, clock: FakeClock, action: str
) -> None:
    before = await state(sqlite_database)
    await services.people.asked(team.lead.person, f"{action}:{TYPED_OTHERS[action](team)}")
    said = await typed_by(team.lead, "Bo", clock)

    assert not any(NAME_OF_THE_OTHER in each for each in said)
    assert await changed(sqlite_database, before) == set()


@pytest.mark.parametrize("who", ["candidate", "revoked"])
async def test_t06_without_the_first_check_what_is_typed_is_still_refused(
    team: Team,
    services: Services,
    sqlite_database: Database,
    clock: FakeClock,
    open_door: Callable[[], None],
    who: str,
) -> None:
    before = await state(sqlite_database)
    open_door()
    for action, object_ in TYPED.items():
        member = getattr(team, who)
        await services.people.asked(member.person, f"{action}:{object_(team)}")
        await typed_by(member, "Bram 3/12/2026 10:00", clock)

    assert await changed(sqlite_database, before) == set()


async def test_t05_made_up_questions_change_nothing_either(
    team: Team, services: Services, sqlite_database: Database, clock: FakeClock
) -> None:
    """What we ask stands in our own database; this is as if it had been tampered with."""
    before = await state(sqlite_database)
    about_oneself = {"staff.away_days", "staff.own_name", "staff.own_service", "planning.when"}
    for action in TYPED.keys() - about_oneself:
        for id_ in FORGED:
            await services.people.asked(team.coordinator.person, f"{action}:{id_}")
            await typed_by(team.coordinator, "Bram 3/12", clock)

    assert await changed(sqlite_database, before) == set()


async def test_s9_the_code_opens_for_who_receives_people_there_and_for_no_other_lead(
    team: Team, sqlite_database: Database, clock: FakeClock
) -> None:
    before = await state(sqlite_database)
    unknown = await typed_by(team.lead, "/start zomaar", clock)
    elsewhere = await typed_by(team.lead, f"/start c_{team.other_code}", clock)
    here = await typed_by(team.lead, f"/start c_{team.code}", clock)
    everywhere = await typed_by(team.coordinator, f"/start c_{team.other_code}", clock)

    assert "c_" in payloads.CLAIMS
    assert elsewhere == unknown
    for said in (here, everywhere):
        assert any(NAME_OF_THE_OTHER in each for each in said)
    assert await changed(sqlite_database, before) == set()
